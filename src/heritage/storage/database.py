"""One SQLite database in the home folder: opened, brought to the newest schema, and used one transaction at a time."""

import sqlite3
import time
import uuid
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Self, TypeVar

from sqlalchemy import Connection, Engine, create_engine, event, inspect, select, text
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.exc import DatabaseError, IntegrityError, ProgrammingError
from sqlalchemy.pool import ConnectionPoolEntry

from heritage.errors import StorageError
from heritage.storage.schema import HEAD, meta
from heritage.storage.sqlite_hints import use_hints

FILE_NAME = "heritage.db"
BUSY_TIMEOUT_S = 60
T = TypeVar("T")
_MIGRATIONS = Path(__file__).parent / "migrations"


class Database:
    """Hands out transactions. Processes and threads may share one file: writers queue, readers never wait."""

    def __init__(self, engine: Engine, path: Path) -> None:
        self.path = path
        self._reader = engine.execution_options(heritage_begin="BEGIN")
        # The write lock is taken at once: a reader that turns writer half-way fails instead of queueing.
        self._writer = engine.execution_options(heritage_begin="BEGIN IMMEDIATE")
        self.identity = ""

    @classmethod
    def open(cls, home: Path) -> Self:
        """Open ``home/heritage.db``, making it when absent, at the newest schema. Raises `StorageError`."""
        path = home / FILE_NAME
        try:
            home.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise StorageError(f"the folder {home} cannot be made: {error.strerror}; choose another home") from error
        database = cls(_engine(path), path)
        try:
            database._prepare()
        except BaseException:
            database.close()
            raise
        return database

    @contextmanager
    def begin(self) -> Iterator[Connection]:
        """A transaction that writes; commits at the end, rolls back on any error. Raises `StorageError`."""
        with _explained(self.path), self._writer.begin() as connection:
            yield connection

    @contextmanager
    def read(self) -> Iterator[Connection]:
        """A transaction that only reads, all of it from one state of the database. Raises `StorageError`."""
        with _explained(self.path), self._reader.begin() as connection:
            yield connection

    def close(self) -> None:
        self._reader.dispose()

    def _prepare(self) -> None:
        with _explained(self.path):
            _use_write_ahead_log(self._reader)
        with self.read() as connection:
            revision = _revision(connection)
            identity = _identity(connection) if revision == HEAD else None
        if identity is None:
            with self.begin() as connection:
                _migrate(connection, self.path)
                identity = _identity(connection) or _new_identity(connection)
        self.identity = identity


def in_chunks(values: Sequence[T], size: int = 500) -> Iterator[Sequence[T]]:
    """``values`` in runs short enough for one statement's list of parameters."""
    for start in range(0, len(values), size):
        yield values[start : start + size]


def _engine(path: Path) -> Engine:
    engine = create_engine(f"sqlite:///{path}", connect_args={"timeout": BUSY_TIMEOUT_S})
    use_hints(engine)
    event.listen(engine, "connect", _configure)
    event.listen(engine, "begin", _begin)
    return engine


def _configure(connection: DBAPIConnection, _entry: ConnectionPoolEntry) -> None:
    assert isinstance(connection, sqlite3.Connection)
    connection.isolation_level = None  # transactions begin where `_begin` says, not where the driver guesses
    connection.execute("PRAGMA foreign_keys = ON")
    connection.execute("PRAGMA synchronous = FULL")  # a committed row survives the power cut


def _begin(connection: Connection) -> None:
    connection.exec_driver_sql(connection.get_execution_options().get("heritage_begin", "BEGIN"))


def _use_write_ahead_log(engine: Engine) -> None:
    """Readers then never wait for a writer. The file remembers it, so only its first opening changes anything."""
    raw = engine.raw_connection()
    try:
        cursor = raw.cursor()
        deadline = time.monotonic() + BUSY_TIMEOUT_S
        while cursor.execute("PRAGMA journal_mode").fetchone() != ("wal",):
            try:
                cursor.execute("PRAGMA journal_mode = WAL").fetchone()
            except sqlite3.OperationalError as error:
                # SQLite does not wait for other processes here, whatever the timeout says.
                if "locked" not in str(error) or time.monotonic() > deadline:
                    raise
                time.sleep(0.05)
    finally:
        raw.close()


def _revision(connection: Connection) -> str | None:
    if not inspect(connection).has_table("alembic_version"):
        return None
    return connection.execute(text("SELECT version_num FROM alembic_version")).scalar()


def _identity(connection: Connection) -> str | None:
    return connection.execute(select(meta.c.value).where(meta.c.key == "identity")).scalar()


def _new_identity(connection: Connection) -> str:
    identity = str(uuid.uuid4())
    connection.execute(meta.insert().values(key="identity", value=identity))
    return identity


def _migrate(connection: Connection, path: Path) -> None:
    """Bring the schema to `HEAD` within the caller's transaction, which holds the write lock."""
    # Loaded here only: it costs 0.4 s, which a search on an up-to-date database must not pay.
    from alembic import command
    from alembic.config import Config
    from alembic.script import ScriptDirectory

    revision = _revision(connection)  # again, under the lock: another process may just have migrated
    if revision == HEAD:
        return
    if revision is None and inspect(connection).get_table_names():
        raise StorageError(f"{path} is not a heritage database; move it away or choose another home")
    config = Config()
    config.set_main_option("script_location", str(_MIGRATIONS).replace("%", "%%"))
    known = {script.revision for script in ScriptDirectory.from_config(config).walk_revisions()}
    if revision is not None and revision not in known:
        raise StorageError(
            f"{path} was written by a newer heritage (schema {revision}, this one knows {HEAD}); update heritage"
        )
    config.attributes["connection"] = connection
    command.upgrade(config, HEAD)


@contextmanager
def _explained(path: Path) -> Iterator[None]:
    """Turn what the database driver says into a sentence that says what to do. Our own mistakes pass unchanged."""
    try:
        yield
    except (IntegrityError, ProgrammingError):
        raise
    except (DatabaseError, sqlite3.DatabaseError) as error:  # the driver's own come while connecting
        reason = error.orig if isinstance(error, DatabaseError) else error
        raise StorageError(f"{path} {_explanation(str(reason))}") from error


def _explanation(reason: str) -> str:
    if "not a database" in reason or "malformed" in reason:
        return f"is damaged ({reason}); restore a backup, or move it away and ingest the registries again"
    if "locked" in reason:
        return f"has been written by another process for over {BUSY_TIMEOUT_S} s; run again when it has ended"
    if "full" in reason:
        return "cannot grow: the disk is full; free space and run again"
    if "unable to open" in reason or "readonly" in reason:
        return f"cannot be opened ({reason}); check the permissions of its folder"
    return f"cannot be used: {reason}"
