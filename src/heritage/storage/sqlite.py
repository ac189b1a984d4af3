"""The database as one SQLite file in the home folder: how it is opened, and what its errors mean."""

import sqlite3
import time
from pathlib import Path

from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.exc import DatabaseError, IntegrityError, ProgrammingError
from sqlalchemy.pool import ConnectionPoolEntry

from heritage.storage.sqlite_hints import use_hints

FILE_NAME = "heritage.db"
BUSY_TIMEOUT_S = 60


class Sqlite:
    """``home/heritage.db``. Processes and threads of one machine may share it."""

    def __init__(self, home: Path) -> None:
        path = home / FILE_NAME
        self.place = str(path)
        engine = create_engine(f"sqlite:///{path}", connect_args={"timeout": BUSY_TIMEOUT_S})
        use_hints(engine)
        event.listen(engine, "connect", _configure)
        event.listen(engine, "begin", _begin)
        self.reader = engine.execution_options(heritage_begin="BEGIN")
        # The write lock is taken at once: a reader that turns writer half-way fails instead of queueing.
        self.writer = engine.execution_options(heritage_begin="BEGIN IMMEDIATE")

    def prepare(self) -> None:
        """Readers never wait for a writer from then on."""
        _use_write_ahead_log(self.reader)

    def explain(self, error: Exception) -> str | None:
        """What a person can do about it; None for what is no fault of the database's, such as our own mistakes."""
        if isinstance(error, (IntegrityError, ProgrammingError)):
            return None
        if isinstance(error, (DatabaseError, sqlite3.DatabaseError)):  # the driver's own come while connecting
            return _explanation(str(error.orig if isinstance(error, DatabaseError) else error))
        return None


def _configure(connection: DBAPIConnection, _entry: ConnectionPoolEntry) -> None:
    assert isinstance(connection, sqlite3.Connection)
    connection.isolation_level = None  # transactions begin where `_begin` says, not where the driver guesses
    connection.execute("PRAGMA foreign_keys = ON")
    connection.execute("PRAGMA synchronous = FULL")  # a committed row survives the power cut


def _begin(connection: Connection) -> None:
    connection.exec_driver_sql(connection.get_execution_options().get("heritage_begin", "BEGIN"))


def _use_write_ahead_log(engine: Engine) -> None:
    """The file remembers it, so only its first opening changes anything."""
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
