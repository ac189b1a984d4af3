"""Registering on somebody's behalf: records, and the photographs that they show."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace

from heritage.domain.access import Viewer
from heritage.domain.duplicates import Duplicate
from heritage.domain.images import ImageDigest
from heritage.domain.records import (
    MAX_LINE_LENGTH,
    Photograph,
    PhotoView,
    RecordId,
    RegistryRecord,
    check_text,
)
from heritage.errors import FieldError, ForbiddenError, NotFoundError, RecordError
from heritage.service.context import Context
from heritage.service.counterparts import compare_after_change
from heritage.service.describing import describe
from heritage.service.duplicates import duplicates_of

MAX_PHOTOGRAPHS = 50  # of one record that come one by one


@dataclass(frozen=True, slots=True)
class AddedPhotograph:
    """A photograph that ``record`` shows from now on; ``width`` and ``height`` in px, upright.

    ``duplicates``: other records that show this file, or nearly the same picture, as far as the viewer may see them.
    """

    digest: ImageDigest
    width: int
    height: int
    duplicates: tuple[Duplicate, ...]
    record: RegistryRecord


def add_record(context: Context, record: RegistryRecord, viewer: Viewer) -> RegistryRecord:
    """Register an object; the record as it is kept.

    Raises `ConflictError` when its number is taken, `ForbiddenError` when it would not be the viewer's agency's,
    `RecordError` for terms that do not exist.
    """
    return context.records.add(record, context.current().specs, viewer)


def change_record(context: Context, changed: RegistryRecord, version: int, viewer: Viewer) -> RegistryRecord:
    """Save a record that still has ``version``; a changed status may give it other counterparts.

    Raises what `add_record` does, `NotFoundError`, `StaleError`, and `RecordError` for a photograph that it did not
    show: whoever could name one by its digest alone could see photographs that are not shown to them.
    """
    context = context.current()
    known = _owned(context, changed.record_id, viewer)
    if not set(changed.images) <= set(known.images):
        raise RecordError("photographs may be reordered or left out here; add new ones with POST /v1/images")
    saved = context.records.change(changed, version, context.specs, viewer)
    if saved.status.counterparts != known.status.counterparts:
        compare_after_change(context, saved, saved.images)
    return saved


def withdraw_record(context: Context, record_id: RecordId, version: int, viewer: Viewer, reason: str) -> RegistryRecord:
    """Take the record out of every search; as it is then. ``version`` 0: whichever it has.

    Raises `NotFoundError`, `ForbiddenError`, `StaleError`, and `FieldError` unless ``reason``, which stays in its
    history and in the audit log, is a line that says something.
    """
    _owned(context, record_id, viewer)  # what is wrong with a reason is told to nobody who may not give one
    if not reason.strip():
        raise FieldError("say why the record is withdrawn: it stays in its history and in the audit log", "reason")
    try:
        check_text("the reason", reason, MAX_LINE_LENGTH)
    except RecordError as error:
        raise FieldError(str(error), "reason") from error
    context.records.withdraw(record_id, viewer, version, reason)
    return context.records.get(record_id, viewer)


def add_photograph(
    context: Context, record_id: RecordId, data: bytes, view: PhotoView, viewer: Viewer
) -> AddedPhotograph:
    """Let a record show one more photograph: its original is kept, it is described, and found from now on.

    Raises `NotFoundError`, `ForbiddenError`, `ImageError`, and `RecordError` when the record has too many.
    """
    context = context.current()
    owned = _owned(context, record_id, viewer)  # before anything of the file is looked at
    photo = context.decode(data)
    added = Photograph(photo.digest, view)
    _with(owned, added)  # before anything is kept
    duplicates = duplicates_of(context, photo, viewer, besides=record_id)
    with ThreadPoolExecutor(1) as pool:
        described = describe(context, pool, [(photo, len(data))])
    context.images.put(data)
    record = context.records.edit(
        record_id, lambda known: _with(known, added), context.specs, viewer, tuple(described.values())
    )
    compare_after_change(context, record, [photo.digest])
    return AddedPhotograph(photo.digest, photo.width, photo.height, duplicates, record)


def remove_photograph(context: Context, record_id: RecordId, digest: ImageDigest, viewer: Viewer) -> RegistryRecord:
    """Let a record show the photograph no longer; as it is then. The original stays, since hits refer to it.

    Raises `NotFoundError` when there is no such record, or it does not show the photograph, and `ForbiddenError`.
    """
    return context.records.edit(record_id, lambda known: _without(known, digest), context.current().specs, viewer)


def _owned(context: Context, record_id: RecordId, viewer: Viewer) -> RegistryRecord:
    record = context.records.get(record_id, viewer)
    if not viewer.owns(record):
        raise ForbiddenError(f"record {record_id} is not your agency's to change; ask its owner")
    return record


def _with(record: RegistryRecord, added: Photograph) -> RegistryRecord:
    """With ``added`` at the end; one that is shown already keeps its place, and gets the view."""
    if added.digest in record.images:
        return replace(
            record, photographs=tuple(added if one.digest == added.digest else one for one in record.photographs)
        )
    if len(record.photographs) >= MAX_PHOTOGRAPHS:
        raise RecordError(f"record {record.record_id} has {MAX_PHOTOGRAPHS} photographs; remove one first")
    return replace(record, photographs=(*record.photographs, added))


def _without(record: RegistryRecord, digest: ImageDigest) -> RegistryRecord:
    if digest not in record.images:
        raise NotFoundError(f"record {record.record_id} shows no image {digest}")
    return replace(record, photographs=tuple(one for one in record.photographs if one.digest != digest))
