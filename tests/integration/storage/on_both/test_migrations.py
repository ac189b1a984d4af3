"""From nothing, and from every earlier schema with rows in it, to the newest schema; on both databases."""

from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import Column, Connection, MetaData, Row, Table, insert, select, text
from sqlalchemy import types as kinds

from heritage.storage.database import Database
from heritage.storage.schema import HEAD, described, descriptor, image, keypoint_set, metadata, spec
from tests.databases import at_revision, revisions
from tests.integration.storage.on_both.test_database import image_row

ROW_COUNT = 3
TEXT_BY_COLUMN = {
    "status": "stolen",
    "theft_date": "1998-05",
    "json": "{}",
    "terms": "",
    "category": "",
    "headers": "{}",
}
"""What a later migration may read; other columns get any text."""


def test_head_is_the_newest_migration() -> None:
    assert revisions()[-1] == HEAD


def test_migrations_from_empty_make_the_schema(tmp_path: Path, empty_address: str) -> None:
    Database.open(tmp_path, empty_address).close()
    assert differences(tmp_path, empty_address) == []


@pytest.mark.parametrize("revision", revisions()[:-1])
def test_rows_of_an_earlier_schema_are_kept(tmp_path: Path, empty_address: str, revision: str) -> None:
    with at_revision(tmp_path, empty_address, revision) as connection:
        earlier = tables_of(connection)
        for table in earlier:
            connection.execute(insert(table), [row_of(table, number) for number in range(1, ROW_COUNT + 1)])
        before = {table.name: rows_of(connection, table) for table in earlier}
    assert before.keys() >= {"meta", "record", "image", "record_image", "spec", "descriptor", "keypoint_set"}
    Database.open(tmp_path, empty_address).close()
    assert differences(tmp_path, empty_address) == []
    database = Database.open(tmp_path, empty_address)
    with database.read() as connection:
        for table in earlier:
            kept = rows_of(connection, table)
            assert [row for row in before[table.name] if row not in kept] == []
    database.close()


def test_images_described_before_the_second_migration_keep_their_place(tmp_path: Path, empty_address: str) -> None:
    """Their serial is their sequence, so that an index built up to a sequence is an index up to that serial.

    Image 5 has no descriptor of the second model, image 7 no keypoints.
    """
    with at_revision(tmp_path, empty_address, "0001") as connection:
        for digest in ("first", "second", "points"):
            connection.execute(insert(spec).values(digest=digest, kind="", json="{}"))
        for sequence in (2, 5, 7):
            connection.execute(insert(image).values(image_row(str(sequence)) | {"sequence": sequence}))
        for digest, sequence in (("first", 2), ("first", 5), ("first", 7), ("second", 2)):
            connection.execute(insert(descriptor).values(spec=digest, sequence=sequence, vector=b""))
        for sequence in (2, 5):
            facts = {"width": 1, "height": 1, "keypoint_count": 0, "packed": b""}
            connection.execute(insert(keypoint_set).values(spec="points", sequence=sequence, **facts))
    database = Database.open(tmp_path, empty_address)
    with database.read() as connection:
        rows = connection.execute(select(described).order_by(described.c.descriptor_spec, described.c.serial)).all()
        if not empty_address:
            assert connection.execute(text("PRAGMA foreign_key_check")).all() == []
    database.close()
    assert [tuple(row) for row in rows] == [
        ("first", "points", 2, 2),
        ("first", "points", 5, 5),
        ("second", "points", 2, 2),
    ]


def differences(home: Path, address: str) -> list[Any]:
    """Between the newest schema as the migrations make it and as the code has it."""
    with at_revision(home, address, HEAD) as connection:
        others = full_text(connection)
        options = {"compare_type": True, "include_name": lambda name, *_: name not in others}
        return compare_metadata(MigrationContext.configure(connection, opts=options), metadata)


def tables_of(connection: Connection) -> list[Table]:
    """Those that hold rows of ours, each after the ones that it refers to."""
    found = MetaData()
    found.reflect(connection)
    others = {"alembic_version", *full_text(connection)}
    return [table for table in found.sorted_tables if table.name not in others]


def full_text(connection: Connection) -> set[str]:
    """The full text, which each database has a kind of its own for, and what SQLite keeps its content in."""
    if connection.dialect.name != "sqlite":
        return {"record_text", "ix_record_text_words", "ix_record_text_places"}
    rows = connection.exec_driver_sql("PRAGMA table_list")
    return {row.name for row in rows if row.type != "table"}


def row_of(table: Table, number: int) -> dict[str, object]:
    """A row that refers to the row of the same number in every other table."""
    row = {column.name: value_of(column, number) for column in table.columns if column.computed is None}
    for constraint in table.foreign_key_constraints:
        for element in constraint.elements:
            row[element.parent.name] = referred(element.column, number)
    return row


def referred(column: Column[Any], number: int) -> object:
    """What `row_of` puts there: its own value, unless that is a reference too."""
    for key in column.foreign_keys:
        if key.column.table is not column.table:
            return referred(key.column, number)
    return value_of(column, number)


def value_of(column: Column[Any], number: int) -> object:
    kind = column.type
    if isinstance(kind, kinds.Boolean):
        return number % 2 == 0
    if isinstance(kind, (kinds.Integer, kinds.Numeric, kinds.Float)):
        return number
    if isinstance(kind, kinds.DateTime):
        return datetime(2026, 1, number, tzinfo=UTC)
    if isinstance(kind, kinds.Date):
        return date(2026, 1, number)
    if isinstance(kind, kinds.LargeBinary):
        return bytes([number])
    if isinstance(kind, kinds.JSON):
        return {}
    known = TEXT_BY_COLUMN.get(column.name, f"{column.name} {number}")
    return known[-(getattr(kind, "length", None) or len(known)) :]  # the number is at the end


def rows_of(connection: Connection, table: Table) -> list[Row[Any]]:
    return list(connection.execute(select(table)).all())
