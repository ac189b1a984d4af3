import sqlite3
from pathlib import Path

import pytest
from sqlalchemy import text

from heritage.errors import NotFoundError, StorageError
from heritage.storage.database import Database
from heritage.storage.schema import meta
from heritage.storage.sqlite import FILE_NAME


def test_it_is_durable_and_keeps_foreign_keys(tmp_path: Path) -> None:
    database = Database.open(tmp_path)
    with database.read() as connection:
        answers = [connection.execute(text(f"PRAGMA {name}")).scalar() for name in ("journal_mode", "synchronous")]
        assert answers == ["wal", 2]
        assert connection.execute(text("PRAGMA foreign_keys")).scalar() == 1
        assert connection.execute(text("PRAGMA busy_timeout")).scalar() == 60_000
    database.close()


def test_it_exists_once_it_was_opened(tmp_path: Path) -> None:
    assert not Database.exists(tmp_path)
    Database.open(tmp_path).close()
    assert Database.exists(tmp_path)


def test_a_file_that_is_no_database_is_named(tmp_path: Path) -> None:
    (tmp_path / FILE_NAME).write_bytes(b"something else entirely, but long enough for a header" * 100)
    with pytest.raises(StorageError, match=r"heritage\.db is damaged.*backup"):
        Database.open(tmp_path)


def test_a_torn_database_is_named(tmp_path: Path) -> None:
    database = Database.open(tmp_path)
    with database.begin() as connection:
        connection.execute(meta.insert(), [{"key": f"k{number}", "value": "v" * 500} for number in range(200)])
    database.close()
    path = tmp_path / FILE_NAME
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])
    with pytest.raises(StorageError, match="damaged"):
        Database.open(tmp_path)


def test_a_foreign_database_is_left_alone(tmp_path: Path) -> None:
    foreign = sqlite3.connect(tmp_path / FILE_NAME)
    foreign.execute("CREATE TABLE recipe (name TEXT)")
    foreign.close()
    with pytest.raises(StorageError, match="not a heritage database"):
        Database.open(tmp_path)
    foreign = sqlite3.connect(tmp_path / FILE_NAME)
    assert foreign.execute("SELECT name FROM sqlite_master").fetchall() == [("recipe",)]
    foreign.close()


def test_a_home_without_a_database_gets_none_by_being_read(tmp_path: Path) -> None:
    with pytest.raises(NotFoundError, match="no database in"):
        Database.open_to_read(tmp_path / "home")
    assert not (tmp_path / "home").exists()
