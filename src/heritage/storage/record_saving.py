"""Saving records, some hundreds at once, inside a transaction of the caller's."""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import replace
from enum import StrEnum
from typing import Any

from sqlalchemy import Connection, Row

from heritage.domain.access import Viewer
from heritage.domain.classification import check_terms
from heritage.domain.descriptors import DescribedImage, Specs
from heritage.domain.images import ImageDigest
from heritage.domain.personal import check_personal
from heritage.domain.records import RecordId, RegistryRecord
from heritage.errors import ConflictError, ForbiddenError, RecordError, StorageError
from heritage.storage.image_rows import is_described, sequence_of, store_described
from heritage.storage.record_rows import read_records, rows_by_id
from heritage.storage.record_writing import Write, write_records

MAX_AGENCY_LENGTH = 200  # characters
Item = tuple[RegistryRecord, Sequence[DescribedImage]]
Known = tuple[Row[Any], RegistryRecord]
Refusal = RecordError | ForbiddenError | ConflictError
"""Why one record cannot be saved; it says nothing of those beside it."""


class Change(StrEnum):
    """What saving a record did."""

    ADDED = "added"
    UPDATED = "updated"
    UNCHANGED = "unchanged"


def save_records(connection: Connection, batch: Sequence[Item], specs: Specs, by: Viewer) -> list[Change | Refusal]:
    """What became of each record, in order; one that is refused has written nothing. Raises `StorageError`."""
    outcomes: list[Change | Refusal] = []
    for run in _runs(batch):
        rows = rows_by_id(connection, [saved.record_id for saved, _ in run])
        known = {one.record_id: (row, one) for row, one in zip(rows, read_records(connection, rows), strict=True)}
        judged = [_judge(connection, item, known.get(item[0].record_id), specs, by) for item in run]
        write_records(connection, [one for one in judged if isinstance(one, Write)], by)
        outcomes += [_change(one) if isinstance(one, Write) else one for one in judged]
    return outcomes


def _runs(batch: Sequence[Item]) -> Iterator[list[Item]]:
    """``batch`` cut where a record comes once more: it must find itself saved."""
    run: list[Item] = []
    seen: set[RecordId] = set()
    for item in batch:
        if item[0].record_id in seen:
            yield run
            run, seen = [], set()
        run.append(item)
        seen.add(item[0].record_id)
    if run:
        yield run


def _judge(
    connection: Connection, item: Item, known: Known | None, specs: Specs, by: Viewer
) -> Write | Change | Refusal:
    """What is to be done about one record. Its new images are stored, if it is not refused."""
    given, described = item
    saved = _normal(given)
    try:
        _check(saved, known[1] if known else None, by)
    except (RecordError, ForbiddenError, ConflictError) as error:
        return error
    store_described(connection, described, specs)
    sequences = _sequences(connection, saved, known[1].images if known else (), specs)
    if known and known[1] == saved:
        return Change.UNCHANGED
    row, before = known or (None, None)
    return Write(saved, row, before, sequences)


def _change(write: Write) -> Change:
    return Change.UPDATED if write.old else Change.ADDED


def _normal(given: RegistryRecord) -> RegistryRecord:
    """As it comes back from the database: each photograph once, agencies sorted."""
    photographs = tuple({one.digest: one for one in reversed(given.photographs)}.values())[::-1]
    return replace(given, photographs=photographs, shared_with=tuple(sorted(set(given.shared_with))))


def _check(saved: RegistryRecord, known: RegistryRecord | None, by: Viewer) -> None:
    _check_agencies(saved)
    check_terms(saved)
    check_personal(saved)
    if known:
        if not by.sees(known):
            raise taken(saved.record_id)
        check_may_change(known, by)
    if known != saved:
        check_may_change(saved, by)


def taken(record_id: RecordId) -> ConflictError:
    """In the same words whether or not the one who asks may see the record there is."""
    return ConflictError(f"the number of {record_id} is taken; choose another one")


def _check_agencies(saved: RegistryRecord) -> None:
    for name in (saved.owner_agency, *saved.shared_with):
        if len(name) > MAX_AGENCY_LENGTH:
            raise RecordError(f"the agency {name[:40]!r}... has a name of more than {MAX_AGENCY_LENGTH} characters")


def check_may_change(one: RegistryRecord, by: Viewer) -> None:
    """Raises `ForbiddenError` when the record is another agency's."""
    if not by.owns(one):
        raise ForbiddenError(f"record {one.record_id} is {one.owner_agency or 'nobody'}'s to change; ask them")


def _sequences(
    connection: Connection, saved: RegistryRecord, shown: Collection[ImageDigest], specs: Specs
) -> list[int]:
    """The sequences of the record's images, in its order. Those ``shown`` already may lack a description."""
    sequences: list[int] = []
    for digest in saved.images:
        sequence = sequence_of(connection, digest)
        if sequence is None or not (digest in shown or is_described(connection, sequence, specs)):
            raise StorageError(f"record {saved.record_id} shows image {digest}, which is not described yet; ingest it")
        sequences.append(sequence)
    return sequences
