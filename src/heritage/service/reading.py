"""Reading the registry on somebody's behalf."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from heritage.domain.access import ANYBODY, NAMED_ROLES, OPEN_HANDLING, Viewer
from heritage.domain.audit import Action, event
from heritage.domain.criteria import Criteria
from heritage.domain.facets import Facets
from heritage.domain.images import Capture, ImageDigest, Photo
from heritage.domain.records import RecordId, RegistryRecord, StatusChange
from heritage.domain.revisions import Revision
from heritage.errors import NotFoundError
from heritage.service import auditing
from heritage.service.context import Context


def find_records(
    context: Context, criteria: Criteria, viewer: Viewer, after: RecordId | None = None, limit: int = 100
) -> tuple[RegistryRecord, ...]:
    """See `heritage.storage.records.Records.find`."""
    found = context.records.find(criteria, viewer, after, limit)
    log_restricted(context, viewer, found)
    return found


def count_facets(context: Context, criteria: Criteria, viewer: Viewer) -> Facets:
    """See `heritage.storage.records.Records.facets`."""
    return context.records.facets(criteria, viewer)


def read_record(context: Context, record_id: RecordId, viewer: Viewer) -> RegistryRecord:
    """Raises `NotFoundError`, also when ``viewer`` must not know of it."""
    found = context.records.get(record_id, viewer)
    log_restricted(context, viewer, [found])
    return found


def read_history(context: Context, record_id: RecordId, viewer: Viewer) -> tuple[StatusChange, ...]:
    """The record's statuses, oldest first. Raises `NotFoundError`."""
    read_record(context, record_id, viewer)
    return context.records.history(record_id, viewer)


def read_revisions(context: Context, record_id: RecordId, viewer: Viewer, since: int = 0) -> tuple[Revision, ...]:
    """What was changed about the record after version ``since``, for whom may know. Raises `NotFoundError`."""
    return context.records.revisions(record_id, viewer, since)


def log_restricted(context: Context, viewer: Viewer, found: Sequence[RegistryRecord]) -> None:
    """Reading what is restricted leaves a trace; reading what every agency may read does not."""
    restricted = [one for one in found if one.handling not in OPEN_HANDLING]
    if restricted:
        auditing.record(context.audit, *(event(viewer, Action.READ, one.record_id) for one in restricted))


def check_image(context: Context, digest: ImageDigest, viewer: Viewer) -> None:
    """Raises `NotFoundError` for an image that no listed record shows to ``viewer``: the store holds more than that."""
    if not context.records.shows(digest, viewer):
        raise NotFoundError(f"no registered record shows an image {digest}")
    if not context.records.shows(digest, ANYBODY):
        auditing.record(context.audit, event(viewer, Action.READ, digest))


@dataclass(frozen=True, slots=True)
class ShownCapture:
    """What somebody may know of when and where a photograph was taken.

    ``is_place_withheld`` says nothing of whether there is a place.
    """

    capture: Capture
    is_place_withheld: bool


def shown_capture(context: Context, photo: Photo, viewer: Viewer) -> ShownCapture:
    """Of an image that passed `check_image`. The place may be somebody's home: only its keepers are told."""
    if viewer.role in NAMED_ROLES and context.records.shows_own(photo.digest, viewer.agency):
        return ShownCapture(photo.capture, is_place_withheld=False)
    return ShownCapture(replace(photo.capture, latitude=None, longitude=None), is_place_withheld=True)
