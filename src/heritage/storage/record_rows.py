"""Reading and writing the rows of one record, inside a transaction of the caller's."""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Connection, Row, Select, delete, insert, select, update

from heritage.domain.access import Handling, Viewer
from heritage.domain.classification import terms_of
from heritage.domain.images import ImageDigest
from heritage.domain.records import ObjectIdCard, Photograph, PhotoView, RecordId, RegistryRecord, Status
from heritage.storage.database import in_chunks
from heritage.storage.fulltext import PLACES, TEXTS, write_text
from heritage.storage.schema import (
    CARD_FIELDS,
    image,
    record,
    record_image,
    record_share,
    record_status,
    record_term,
)


def by_id(record_id: RecordId) -> Select[Any]:
    return select(record).where(record.c.registry == record_id.registry, record.c.number == record_id.number)


def write_record(connection: Connection, saved: RegistryRecord, old: Row[Any] | None, by: Viewer) -> int:
    """Write the record and all that it is found by, except its images; the key of its row."""
    now = datetime.now(UTC)
    values = _values(saved)
    stamps: dict[str, Any] = {"updated_at": now, "version": old.version + 1 if old else 1}
    if old is None:
        added = insert(record).values(**values, **stamps, created_at=now).returning(record.c.id)
        row_id = int(connection.execute(added).scalar_one())
    else:
        row_id = old.id
        connection.execute(update(record).where(record.c.id == row_id).values(**values, **stamps))
        for table in (record_share, record_term):
            connection.execute(delete(table).where(table.c.record_id == row_id))
    if old is None or old.status != saved.status:
        note_status(connection, row_id, saved.status, by)
    shares = [{"record_id": row_id, "agency": agency} for agency in sorted(set(saved.shared_with))]
    if shares:
        connection.execute(insert(record_share), shares)
    found_by = [{"record_id": row_id, "term": term} for term in sorted(terms_of(saved))]
    if found_by:
        connection.execute(insert(record_term), found_by)
    write_text(connection, row_id, [values[name] for name in TEXTS], [values[name] for name in PLACES])
    return row_id


def note_status(connection: Connection, row_id: int, status: Status, by: Viewer) -> None:
    """Add to the record's history."""
    values = {"status": status.value, "at": datetime.now(UTC), "actor": by.actor, "agency": by.agency}
    connection.execute(insert(record_status).values(record_id=row_id, **values))


def link_images(
    connection: Connection, row_id: int, photographs: Sequence[Photograph], sequences: Sequence[int]
) -> None:
    """Make these the record's photographs, in this order."""
    connection.execute(delete(record_image).where(record_image.c.record_id == row_id))
    links = [
        {"record_id": row_id, "sequence": sequence, "position": position, "view": photograph.view.value}
        for position, (photograph, sequence) in enumerate(zip(photographs, sequences, strict=True))
    ]
    if links:
        connection.execute(insert(record_image), links)


def read_records(connection: Connection, rows: Sequence[Row[Any]]) -> list[RegistryRecord]:
    """The records of these rows of ``record``, in order."""
    keys = [row.id for row in rows]
    photographs_by_key: dict[int, list[Photograph]] = {key: [] for key in keys}
    shares_by_key: dict[int, list[str]] = {key: [] for key in keys}
    columns = (record_image.c.record_id, image.c.digest, record_image.c.view)
    for chunk in in_chunks(keys):
        shown = select(*columns).join_from(record_image, image).where(record_image.c.record_id.in_(chunk))
        for key, hex_digits, view in connection.execute(shown.order_by(record_image.c.position)):
            photographs_by_key[key].append(Photograph(ImageDigest(hex_digits), PhotoView(view)))
        shared = select(record_share).where(record_share.c.record_id.in_(chunk)).order_by(record_share.c.agency)
        for key, agency in connection.execute(shared):
            shares_by_key[key].append(agency)
    return [_record_of(row, tuple(photographs_by_key[row.id]), tuple(shares_by_key[row.id])) for row in rows]


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


def _record_of(row: Row[Any], photographs: tuple[Photograph, ...], shared_with: tuple[str, ...]) -> RegistryRecord:
    return RegistryRecord(
        record_id=RecordId(row.registry, row.number),
        status=Status(row.status),
        owner_agency=row.owner_agency,
        theft_date=row.theft_date,
        theft_place=row.theft_place,
        category=row.category,
        terms=tuple(row.terms.split()),
        handling=Handling(row.handling),
        shared_with=shared_with,
        icg_reference=row.icg_reference,
        card=ObjectIdCard(*(getattr(row, name) for name in CARD_FIELDS)),
        photographs=photographs,
        version=row.version,
        updated_at=row.updated_at,
    )
