import logging
import sys
import traceback
from collections.abc import Iterator
from pathlib import Path

import psycopg.errors
import pytest
from sqlalchemy import func, make_url, select, text
from sqlalchemy.exc import DatabaseError, OperationalError

import heritage.storage.postgres as postgres_module
from heritage.errors import HeritageError, InputError, StorageError
from heritage.storage.database import Database
from heritage.storage.postgres import Postgres
from heritage.storage.schema import meta
from tests.databases import PostgresServer

SECRET = "hunter2"


@pytest.fixture
def database(tmp_path: Path, address: str) -> Iterator[Database]:
    database = Database.open(tmp_path, address)
    yield database
    database.close()


def as_user(address: str, name: str, password: str | None = None) -> str:
    return make_url(address).set(username=name, password=password).render_as_string(hide_password=False)


def test_nothing_of_it_is_in_the_home_and_it_always_exists(tmp_path: Path, database: Database, address: str) -> None:
    assert list(tmp_path.iterdir()) == []
    assert Database.exists(tmp_path, address)


def test_writers_see_what_was_committed_before_their_turn_and_readers_one_state(database: Database) -> None:
    names = ("transaction_isolation", "transaction_read_only", "lock_timeout", "idle_in_transaction_session_timeout")
    statement = select(*(func.current_setting(name) for name in names))
    with database.begin() as connection:
        assert tuple(connection.execute(statement).one()) == ("read committed", "off", "1min", "1min")
    with database.read() as connection:
        assert tuple(connection.execute(statement).one())[:2] == ("repeatable read", "on")


def test_keys_are_in_the_order_of_their_code_points(database: Database) -> None:
    """Whatever language the server was set up for: most sort Z after a."""
    columns = text("SELECT column_name FROM information_schema.columns WHERE collation_name = 'C' ORDER BY 1")
    with database.read() as connection:
        assert {"number", "registry"} <= set(connection.execute(columns).scalars())


def test_a_restarted_server_is_met_again(postgres: PostgresServer, database: Database) -> None:
    with database.read() as connection:
        process = connection.execute(select(func.pg_backend_pid())).scalar_one()
    postgres.execute(f"SELECT pg_terminate_backend({process}, 5000)")
    with database.read() as connection:
        assert connection.execute(select(func.pg_backend_pid())).scalar_one() != process


def test_a_connection_lost_half_way_undoes_the_transaction(postgres: PostgresServer, database: Database) -> None:
    with pytest.raises(StorageError, match="terminating connection"), database.begin() as connection:
        connection.execute(meta.insert().values(key="half", value="done"))
        process = connection.execute(select(func.pg_backend_pid())).scalar_one()
        postgres.execute(f"SELECT pg_terminate_backend({process}, 5000)")
        connection.execute(select(meta))
    with database.begin() as connection:  # its lock went with it
        assert connection.execute(select(meta.c.key).where(meta.c.key == "half")).all() == []


def test_a_writer_that_keeps_the_lock_is_told_of(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    taken = postgres_module._TAKE_WRITE_LOCK.replace("lock_timeout = '60s'", "lock_timeout = '20ms'")
    monkeypatch.setattr(postgres_module, "_TAKE_WRITE_LOCK", taken)
    with (
        database.begin(),
        pytest.raises(StorageError, match="has been written by another process for over 60 s"),
        database.begin(),
    ):
        pass


def test_a_foreign_database_is_left_alone(tmp_path: Path, postgres: PostgresServer, empty_address: str) -> None:
    with psycopg.connect(empty_address) as foreign:
        foreign.execute("CREATE TABLE recipe (name TEXT)")
    with pytest.raises(StorageError, match=r"the PostgreSQL database test_\d+ is not a heritage database"):
        Database.open(tmp_path, empty_address)
    with psycopg.connect(empty_address) as foreign:
        tables = foreign.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public'").fetchall()
    assert tables == [("recipe",)]


def test_a_user_who_may_not_make_tables_is_told_what_to_do(
    tmp_path: Path, postgres: PostgresServer, empty_address: str
) -> None:
    postgres.execute("CREATE ROLE guest LOGIN")
    with pytest.raises(StorageError, match=r"make the user in HERITAGE_DATABASE_URL the owner .*permission denied"):
        Database.open(tmp_path, as_user(empty_address, "guest"))


def test_a_database_that_cannot_hold_every_script_is_refused(tmp_path: Path, postgres: PostgresServer) -> None:
    with (
        postgres.empty("ENCODING 'LATIN1' LOCALE 'C' TEMPLATE template0") as address,
        pytest.raises(StorageError, match="holds LATIN1 text; make one with ENCODING 'UTF8'"),
    ):
        Database.open(tmp_path, address)


def test_a_full_disk_is_told_of() -> None:
    error = OperationalError("INSERT", {}, psycopg.errors.DiskFull("could not extend file"))
    told = Postgres("postgresql://host/database").explain(error)
    assert told == "cannot grow: the server's disk is full; free space there and run again (could not extend file)"


@pytest.mark.parametrize("kind", ["UniqueViolation", "UndefinedTable", "StringDataRightTruncation"])
def test_our_own_mistakes_pass_unchanged(kind: str) -> None:
    cause = getattr(psycopg.errors, kind)("mistaken")
    error = DatabaseError.instance("SELECT", {}, cause, psycopg.Error)
    assert Postgres("postgresql://host/database").explain(error) is None
    assert Postgres("postgresql://host/database").explain(KeyError("mistaken")) is None


def test_a_missing_driver_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "psycopg", None)  # importing it fails then
    with pytest.raises(StorageError, match=r"pip install 'heritage\[postgres\]'"):
        Database.open(tmp_path, "postgresql://host/database")


@pytest.mark.parametrize(
    "address",
    [
        f"mysql://user:{SECRET}@host/database",
        f"postgresql+asyncpg://user:{SECRET}@host/database",
        f"postgresql://user:{SECRET}@host",
        f"postgresql://user:p@{SECRET}@host/database",
        f"postgresql://user:p@{SECRET}/word@host/database",
        f"postgresql://user:{SECRET}@host:port/database",
        SECRET,
    ],
)
def test_an_address_of_another_kind_is_refused_without_a_word_of_it(tmp_path: Path, address: str) -> None:
    with pytest.raises(InputError, match="HERITAGE_DATABASE_URL must be like postgresql://") as caught:
        Database.open(tmp_path, address)
    assert_kept_secret(caught.value)


@pytest.mark.parametrize(
    "place",
    ["@localhost:1/database", "@/database?host=/nowhere", "@no-such-host.invalid/database", "@localhost/d?bad=option"],
)
def test_a_server_that_cannot_be_reached_is_named_without_the_password(
    tmp_path: Path, place: str, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    with pytest.raises(StorageError, match=r"database d.* cannot be reached .*HERITAGE_DATABASE_URL") as caught:
        Database.open(tmp_path, f"postgresql://user:{SECRET}{place}")
    assert "\n" not in str(caught.value)
    assert_kept_secret(caught.value)
    assert SECRET not in caplog.text


def test_a_wrong_password_is_told_of_and_not_shown(tmp_path: Path, postgres: PostgresServer, address: str) -> None:
    postgres.execute("CREATE ROLE locked LOGIN PASSWORD 'another'")
    postgres.demand_password("locked")
    with pytest.raises(StorageError, match=r"cannot be reached .*password authentication failed") as caught:
        Database.open(tmp_path, as_user(address, "locked", SECRET))
    assert_kept_secret(caught.value)


def assert_kept_secret(error: HeritageError) -> None:
    assert SECRET not in "".join(traceback.format_exception(error))
