"""Registry records and the images they show."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import Connection, Row, Select, delete, insert, select, tuple_, update

from heritage.domain.descriptors import DescribedImage, Specs
from heritage.domain.hits import Coverage
from heritage.domain.images import ImageDigest
from heritage.domain.records import ObjectIdCard, RecordId, RegisteredImage, RegistryRecord, Status
from heritage.errors import NotFoundError, StorageError
from heritage.storage.coverage import LISTED, change_count, count_change, counted
from heritage.storage.database import Database, in_chunks
from heritage.storage.image_rows import is_described, last_serial, sequence_of, store_described
from heritage.storage.schema import CARD_FIELDS, image, record, record_image


class Change(StrEnum):
    """What saving a record did."""

    ADDED = "added"
    UPDATED = "updated"
    UNCHANGED = "unchanged"


class Records:
    """Registry records. Each call is one transaction, so no record is ever half there."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._coverage: tuple[tuple[int, int, Specs], Coverage] | None = None

    def save(self, saved: RegistryRecord, described: Sequence[DescribedImage], specs: Specs) -> Change:
        """Write a record, its new images and their descriptions, all or nothing.

        ``described`` are those of the record's images that are not yet described under ``specs``; others may be among
        them and are passed over. A withdrawn record that is saved again has the status it is saved with. Raises
        `StorageError` when an image of the record is described nowhere.
        """
        saved = replace(saved, images=tuple(dict.fromkeys(saved.images)))
        with self._database.begin() as connection:
            store_described(connection, described, specs)
            sequences = _described_sequences(connection, saved, specs)
            row = connection.execute(_by_id(saved.record_id)).first()
            if row and _read_records(connection, [row])[0] == saved:
                return Change.UNCHANGED
            _link(connection, _write(connection, saved, row.id if row else None), sequences)
            count_change(connection)
            return Change.UPDATED if row else Change.ADDED

    def get(self, record_id: RecordId) -> RegistryRecord:
        """The record, withdrawn or not. Raises `NotFoundError`."""
        with self._database.read() as connection:
            rows = connection.execute(_by_id(record_id)).all()
            if not rows:
                raise _not_found(record_id)
            return _read_records(connection, rows)[0]

    def withdraw(self, record_id: RecordId) -> Change:
        """Take the record out of every search from now on; it is kept, and can be saved again. `NotFoundError`."""
        with self._database.begin() as connection:
            row = connection.execute(_by_id(record_id)).first()
            if row is None:
                raise _not_found(record_id)
            if row.status == Status.WITHDRAWN:
                return Change.UNCHANGED
            values = {"status": Status.WITHDRAWN.value, "updated_at": datetime.now(UTC)}
            connection.execute(update(record).where(record.c.id == row.id).values(values))
            count_change(connection)
            return Change.UPDATED

    def page(self, after: RecordId | None = None, limit: int = 100) -> tuple[RegistryRecord, ...]:
        """Up to ``limit`` records, withdrawn ones too, in order of their key, following ``after``."""
        key = tuple_(record.c.registry, record.c.number)
        statement = select(record).order_by(record.c.registry, record.c.number).limit(limit)
        if after:
            statement = statement.where(key > tuple_(after.registry, after.number))
        with self._database.read() as connection:
            return tuple(_read_records(connection, connection.execute(statement).all()))

    def of_images(self, sequences: Iterable[int]) -> tuple[RegisteredImage, ...]:
        """The images in the order asked, once for each record that shows them; withdrawn records are left out."""
        wanted = list(dict.fromkeys(sequences))
        with self._database.read() as connection:
            links = _links(connection, wanted)
            rows = _rows_by_key(connection, sorted({link.record_id for link in links}))
            records = {row.id: one for row, one in zip(rows, _read_records(connection, rows), strict=True)}
        shown = [
            RegisteredImage(link.sequence, ImageDigest(link.digest), link.width, link.height, records[link.record_id])
            for link in links
        ]
        place = {sequence: index for index, sequence in enumerate(wanted)}
        return tuple(sorted(shown, key=lambda one: (place[one.sequence], one.record.record_id)))

    def shows(self, digest: ImageDigest) -> bool:
        """Whether any listed record shows the image: whether it may be handed out at all."""
        joined = record_image.join(image).join(record)
        statement = select(record.c.id).select_from(joined).where(LISTED, image.c.digest == digest.hex)
        with self._database.read() as connection:
            return connection.execute(statement.limit(1)).first() is not None

    def coverage(self, specs: Specs) -> Coverage:
        """What a search under ``specs`` covers now. Counted again only after a change."""
        with self._database.read() as connection:
            state = (change_count(connection), last_serial(connection, specs), specs)
            known = self._coverage
            if known is None or known[0] != state:
                known = (state, counted(connection, specs))
                self._coverage = known
        return known[1]


def _by_id(record_id: RecordId) -> Select[Any]:
    return select(record).where(record.c.registry == record_id.registry, record.c.number == record_id.number)


def _not_found(record_id: RecordId) -> NotFoundError:
    return NotFoundError(f"there is no record {record_id}")


def _described_sequences(connection: Connection, saved: RegistryRecord, specs: Specs) -> list[int]:
    """The sequences of the record's images, in its order."""
    sequences: list[int] = []
    for digest in saved.images:
        sequence = sequence_of(connection, digest)
        if sequence is None or not is_described(connection, sequence, specs):
            raise StorageError(f"record {saved.record_id} shows image {digest}, which is not described yet; ingest it")
        sequences.append(sequence)
    return sequences


def _write(connection: Connection, saved: RegistryRecord, row_id: int | None) -> int:
    values = {
        "registry": saved.record_id.registry,
        "number": saved.record_id.number,
        "status": saved.status.value,
        "owner_agency": saved.owner_agency,
        "theft_date": saved.theft_date,
        "theft_place": saved.theft_place,
        **{name: getattr(saved.card, name) for name in CARD_FIELDS},
        "updated_at": datetime.now(UTC),
    }
    if row_id is None:
        added = insert(record).values(**values, created_at=values["updated_at"]).returning(record.c.id)
        return int(connection.execute(added).scalar_one())
    connection.execute(update(record).where(record.c.id == row_id).values(**values))
    return row_id


def _link(connection: Connection, record_row: int, sequences: Sequence[int]) -> None:
    connection.execute(delete(record_image).where(record_image.c.record_id == record_row))
    links = [
        {"record_id": record_row, "sequence": sequence, "position": position}
        for position, sequence in enumerate(sequences)
    ]
    if links:
        connection.execute(insert(record_image), links)


def _read_records(connection: Connection, rows: Sequence[Row[Any]]) -> list[RegistryRecord]:
    digests_by_record: dict[int, list[ImageDigest]] = {row.id: [] for row in rows}
    for chunk in in_chunks(list(digests_by_record)):
        statement = select(record_image.c.record_id, image.c.digest).join_from(record_image, image)
        statement = statement.where(record_image.c.record_id.in_(chunk)).order_by(record_image.c.position)
        for record_row, hex_digits in connection.execute(statement):
            digests_by_record[record_row].append(ImageDigest(hex_digits))
    return [_record_of(row, tuple(digests_by_record[row.id])) for row in rows]


def _record_of(row: Row[Any], images: tuple[ImageDigest, ...]) -> RegistryRecord:
    return RegistryRecord(
        record_id=RecordId(row.registry, row.number),
        status=Status(row.status),
        owner_agency=row.owner_agency,
        theft_date=row.theft_date,
        theft_place=row.theft_place,
        card=ObjectIdCard(*(getattr(row, name) for name in CARD_FIELDS)),
        images=images,
        updated_at=row.updated_at,
    )


def _links(connection: Connection, sequences: Sequence[int]) -> list[Row[Any]]:
    columns = (record_image.c.record_id, image.c.sequence, image.c.digest, image.c.width, image.c.height)
    statement: Select[Any] = select(*columns).select_from(record_image.join(image).join(record)).where(LISTED)
    links: list[Row[Any]] = []
    for chunk in in_chunks(sequences):
        links += connection.execute(statement.where(image.c.sequence.in_(chunk))).all()
    return links


def _rows_by_key(connection: Connection, keys: Sequence[int]) -> list[Row[Any]]:
    rows: list[Row[Any]] = []
    for chunk in in_chunks(keys):
        rows += connection.execute(select(record).where(record.c.id.in_(chunk))).all()
    return rows
