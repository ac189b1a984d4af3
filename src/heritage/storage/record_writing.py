"""Writing the rows of records, inside a transaction of the caller's: one statement a table for any number of them."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Connection, Row, Table, bindparam, delete, insert, update

from heritage.domain.access import Viewer
from heritage.domain.classification import terms_of
from heritage.domain.records import RegistryRecord
from heritage.storage.fulltext import PLACES, TEXTS, Searchable, clear_texts, write_texts
from heritage.storage.revisions import write_revisions
from heritage.storage.schema import (
    CARD_FIELDS,
    looked_back,
    record,
    record_image,
    record_share,
    record_status,
    record_term,
)

Values = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Write:
    """A record to be written: over ``old``, its row as it is, and ``known``, what that says; or as a new one.

    ``sequences`` are those of its photographs; None leaves the photographs as they are. ``note``: why it is changed.
    """

    record: RegistryRecord
    old: Row[Any] | None = None
    known: RegistryRecord | None = None
    sequences: Sequence[int] | None = None
    note: str = ""


def write_records(connection: Connection, writes: Sequence[Write], by: Viewer) -> None:
    """Write records, all different, and what they are found by."""
    now = datetime.now(UTC)
    new = [write for write in writes if write.old is None]
    old = [(write, write.old) for write in writes if write.old is not None]
    keys = _insert(connection, new, now)
    _update(connection, old, now)
    _clear(connection, old)
    _look_back_again(connection, old)
    write_revisions(
        connection, [(row, write.known, write.record, write.note) for write, row in old if write.known], now, by
    )
    written = [*zip(keys, new, strict=True), *((row.id, write) for write, row in old)]
    changed = [(key, write) for key, write in written if write.old is None or write.old.status != write.record.status]
    _add(connection, record_status, (_status(key, write, now, by) for key, write in changed))
    _add(connection, record_share, (row for key, write in written for row in _shares(key, write)))
    _add(connection, record_term, (row for key, write in written for row in _terms(key, write)))
    _add(connection, record_image, (row for key, write in written for row in _images(key, write)))
    write_texts(connection, [_searchable(key, write) for key, write in written])


def _insert(connection: Connection, writes: Sequence[Write], now: datetime) -> Sequence[int]:
    """The keys of the new rows, in order."""
    if not writes:
        return ()
    stamps = {"created_at": now, "updated_at": now, "version": 1}
    added = insert(record).returning(record.c.id, sort_by_parameter_order=True)
    return connection.execute(added, [{**_values(write.record), **stamps} for write in writes]).scalars().all()


def _update(connection: Connection, writes: Sequence[tuple[Write, Row[Any]]], now: datetime) -> None:
    rows = [
        {**_values(write.record), "updated_at": now, "version": row.version + 1, "row_id": row.id}
        for write, row in writes
    ]
    if rows:
        connection.execute(update(record).where(record.c.id == bindparam("row_id")), rows)


def _clear(connection: Connection, writes: Sequence[tuple[Write, Row[Any]]]) -> None:
    every = [{"row_id": row.id} for _, row in writes]
    shown_anew = [{"row_id": row.id} for write, row in writes if write.sequences is not None]
    for table, rows in ((record_share, every), (record_term, every), (record_image, shown_anew)):
        if rows:
            connection.execute(delete(table).where(table.c.record_id == bindparam("row_id")), rows)
    clear_texts(connection, [row.id for _, row in writes])


def _look_back_again(connection: Connection, writes: Sequence[tuple[Write, Row[Any]]]) -> None:
    """What an agency may see now that it did not before is searched again in the photos that it keeps."""
    rows = [
        {"row_id": row.id} for write, row in writes if write.known and _readers(write.record) - _readers(write.known)
    ]
    if rows:
        connection.execute(delete(looked_back).where(looked_back.c.record_id == bindparam("row_id")), rows)


def _readers(one: RegistryRecord) -> set[str]:
    return {one.owner_agency, *one.shared_with}


def _add(connection: Connection, table: Table, rows: Iterator[Values]) -> None:
    if given := list(rows):
        connection.execute(insert(table), given)


def _values(saved: RegistryRecord) -> dict[str, str]:
    return {
        "registry": saved.record_id.registry,
        "number": saved.record_id.number,
        "status": saved.status.value,
        "owner_agency": saved.owner_agency,
        "theft_date": saved.theft_date,
        "theft_place": saved.theft_place,
        "category": saved.category,
        "terms": " ".join(saved.terms),
        "handling": saved.handling.value,
        "icg_reference": saved.icg_reference,
        **{name: getattr(saved.card, name) for name in CARD_FIELDS},
    }


def _status(key: int, write: Write, now: datetime, by: Viewer) -> Values:
    """The next line of the record's history."""
    return {"record_id": key, "status": write.record.status.value, "at": now, "actor": by.actor, "agency": by.agency}


def _shares(key: int, write: Write) -> Iterator[Values]:
    return ({"record_id": key, "agency": agency} for agency in sorted(set(write.record.shared_with)))


def _terms(key: int, write: Write) -> Iterator[Values]:
    return ({"record_id": key, "term": term} for term in sorted(terms_of(write.record)))


def _images(key: int, write: Write) -> Iterator[Values]:
    if write.sequences is not None:
        shown = zip(write.record.photographs, write.sequences, strict=True)
        for position, (photograph, sequence) in enumerate(shown):
            yield {"record_id": key, "sequence": sequence, "position": position, "view": photograph.view.value}


def _searchable(key: int, write: Write) -> Searchable:
    values = _values(write.record)
    return Searchable(key, [values[name] for name in TEXTS], [values[name] for name in PLACES])
