"""Reading the rows of records, inside a transaction of the caller's."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection, Row, Select, select

from heritage.domain.access import Handling
from heritage.domain.images import ImageDigest
from heritage.domain.records import ObjectIdCard, Photograph, PhotoView, RecordId, RegistryRecord, Status
from heritage.storage.database import in_chunks
from heritage.storage.schema import CARD_FIELDS, image, record, record_image, record_share


def by_id(record_id: RecordId) -> Select[Any]:
    return select(record).where(record.c.registry == record_id.registry, record.c.number == record_id.number)


def rows_by_id(connection: Connection, record_ids: Sequence[RecordId]) -> list[Row[Any]]:
    """The rows of those of the records that are there."""
    numbers_by_registry: dict[str, list[str]] = {}
    for one in record_ids:
        numbers_by_registry.setdefault(one.registry, []).append(one.number)
    rows: list[Row[Any]] = []
    for registry, numbers in numbers_by_registry.items():
        for chunk in in_chunks(numbers):
            wanted = (record.c.registry == registry, record.c.number.in_(chunk))
            rows += connection.execute(select(record).where(*wanted)).all()
    return rows


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
