"""What both databases must do. What only one of them does is in test_sqlite.py and test_postgres.py."""

import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import IntegrityError

from heritage.errors import StorageError
from heritage.storage.database import Database
from heritage.storage.schema import HEAD, image, meta, record
from tests.databases import at_revision


@pytest.fixture
def database(tmp_path: Path, address: str) -> Iterator[Database]:
    database = Database.open(tmp_path, address)
    yield database
    database.close()


def test_identity_is_kept_and_differs_between_databases(tmp_path: Path, empty_address: str, address: str) -> None:
    identities = []
    for home, opened in (("first", empty_address), ("first", empty_address), ("second", address)):
        database = Database.open(tmp_path / home, opened)
        identities.append(database.identity)
        database.close()
    assert identities[0] == identities[1] != identities[2]


def test_image_sequences_are_never_reused(database: Database) -> None:
    with database.begin() as connection:
        first = connection.execute(image.insert().values(image_row("a"))).inserted_primary_key
        connection.execute(image.delete())
        second = connection.execute(image.insert().values(image_row("b"))).inserted_primary_key
    assert (first, second) == ((1,), (2,))


def test_rows_outlive_a_reopening(tmp_path: Path, address: str) -> None:
    """A moment comes back in UTC, whatever zone it was given in."""
    database = Database.open(tmp_path, address)
    moment = datetime(2026, 5, 4, 3, 2, 1, 456789, tzinfo=timezone(timedelta(hours=5, minutes=30)))
    with database.begin() as connection:
        connection.execute(image.insert().values(image_row("a") | {"stored_at": moment}))
    database.close()
    reopened = Database.open(tmp_path, address)
    with reopened.read() as connection:
        found = connection.execute(select(image.c.stored_at)).scalar_one()
    reopened.close()
    assert (found, found.tzinfo) == (moment, UTC)


def test_an_error_rolls_the_transaction_back(database: Database) -> None:
    with pytest.raises(KeyError), database.begin() as connection:
        connection.execute(meta.insert().values(key="half", value="done"))
        raise KeyError("half")
    with database.read() as connection:
        assert connection.execute(select(meta.c.key).where(meta.c.key == "half")).first() is None


def test_writers_queue(tmp_path: Path, address: str) -> None:
    Database.open(tmp_path, address).close()
    threads = [threading.Thread(target=_count_up, args=(tmp_path, address, 25)) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    database = Database.open(tmp_path, address)
    with database.read() as connection:
        assert connection.execute(select(meta.c.value).where(meta.c.key == "total")).scalar() == "75"
    database.close()


def test_a_reader_does_not_wait_for_a_writer(database: Database) -> None:
    with database.begin() as writing:
        writing.execute(meta.insert().values(key="new", value="1"))
        with database.read() as reading:
            assert reading.execute(select(meta.c.key).where(meta.c.key == "new")).first() is None


def test_a_reader_sees_one_state_throughout(database: Database) -> None:
    count = select(meta.c.key).where(meta.c.key == "new")
    with database.read() as reading:
        before = reading.execute(count).all()
        with database.begin() as writing:
            writing.execute(meta.insert().values(key="new", value="1"))
        assert reading.execute(count).all() == before == []
    with database.read() as reading:
        assert reading.execute(count).all() == [("new",)]


def test_several_first_openings_make_one_database(tmp_path: Path, empty_address: str) -> None:
    identities: list[str] = []

    def open_it() -> None:
        database = Database.open(tmp_path, empty_address)
        identities.append(database.identity)
        database.close()

    threads = [threading.Thread(target=open_it) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(identities) == 4
    assert len(set(identities)) == 1


def test_a_newer_schema_says_to_update(tmp_path: Path, address: str, database: Database) -> None:
    with database.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    with pytest.raises(StorageError, match=r"newer heritage \(schema 9999.*update heritage"):
        Database.open(tmp_path, address)


def test_what_is_opened_to_read_stays_as_it_is(tmp_path: Path, address: str) -> None:
    Database.open(tmp_path, address).close()
    before = {path.name: path.read_bytes() for path in tmp_path.iterdir()}
    database = Database.open_to_read(tmp_path, address)
    with database.read() as connection:
        assert connection.execute(select(record)).all() == []
    database.close()
    assert {path.name: path.read_bytes() for path in tmp_path.iterdir()} == before


def test_an_older_schema_is_not_migrated_only_to_be_read(tmp_path: Path, empty_address: str) -> None:
    with at_revision(tmp_path, empty_address, "0011"):
        pass
    with pytest.raises(StorageError, match=rf"schema 0011.*{HEAD}"):
        Database.open_to_read(tmp_path, empty_address)
    with at_revision(tmp_path, empty_address, "0011") as connection:
        assert connection.execute(text("SELECT version_num FROM alembic_version")).scalar() == "0011"


def test_a_home_that_is_a_file_is_named(tmp_path: Path, address: str) -> None:
    (tmp_path / "home").write_text("")
    with pytest.raises(StorageError, match="choose another home"):
        Database.open(tmp_path / "home", address)


def test_record_keys_are_unique(database: Database) -> None:
    """The rule is the database's, so that no program path can double a record."""
    columns = [column.name for column in record.columns if column.name not in ("id", "created_at", "updated_at")]
    now = datetime.now(UTC)
    row: dict[str, object] = dict.fromkeys(columns, "x") | {"created_at": now, "updated_at": now, "version": 1}
    with database.begin() as connection:
        connection.execute(record.insert().values(row))
    with pytest.raises(IntegrityError), database.begin() as connection:
        connection.execute(record.insert().values(row))


def image_row(digest: str) -> dict[str, object]:
    facts = {"media_type": "image/png", "byte_count": 1, "width": 1, "height": 1}
    return {"digest": digest * 64, "stored_at": datetime.now(UTC), **facts}


def _count_up(home: Path, address: str, times: int) -> None:
    database = Database.open(home, address)
    for _ in range(times):
        with database.begin() as connection:
            total = connection.execute(select(meta.c.value).where(meta.c.key == "total")).scalar()
            connection.execute(meta.delete().where(meta.c.key == "total"))
            connection.execute(meta.insert().values(key="total", value=str(int(total or 0) + 1)))
    database.close()
