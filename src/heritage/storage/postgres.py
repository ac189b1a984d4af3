"""The database on a PostgreSQL server: how it is reached, and what its errors mean."""

from sqlalchemy import URL, Connection, Engine, create_engine, event, make_url
from sqlalchemy.exc import ArgumentError, DataError, DBAPIError, IntegrityError, OperationalError, ProgrammingError

from heritage.errors import InputError, StorageError

BUSY_TIMEOUT_S = 60
CONNECT_TIMEOUT_S = 10
_VARIABLE = "HERITAGE_DATABASE_URL"
_EXAMPLE = "postgresql://user:password@host/database"

# One writer at a time, as on SQLite: what is given out in order, serials and the count of changes, becomes visible in
# that order. The lock goes with the transaction, so a killed process keeps none; one that stopped loses it in time.
_TAKE_WRITE_LOCK = f"""
    SET LOCAL lock_timeout = '{BUSY_TIMEOUT_S}s';
    SET LOCAL idle_in_transaction_session_timeout = '{BUSY_TIMEOUT_S}s';
    SELECT pg_advisory_xact_lock({int.from_bytes(b"heritage")})
"""

# By SQLSTATE: https://www.postgresql.org/docs/current/errcodes-appendix.html
_EXPLANATIONS = {
    "53100": "cannot grow: the server's disk is full; free space there and run again",
    "55P03": f"has been written by another process for over {BUSY_TIMEOUT_S} s; run again when it has ended",
    "42501": f"forbids its user what heritage needs; make the user in {_VARIABLE} the owner of the database",
}


class Postgres:
    """One database of a server. Processes of several machines may share it.

    ``place`` is what a person calls it; whatever the address holds beside host and name, a password above all, is in no
    message.
    """

    def __init__(self, address: str) -> None:
        """Raises `InputError` for an address of another kind, `StorageError` when the driver is not installed."""
        url = _parse(address)
        self.place = f"the PostgreSQL database {url.database}" + (f" on {url.host}" if url.host else "")
        engine = _engine(url)
        # A reader sees one state of the database throughout. A writer must not: its first statement waits for the lock,
        # and those after it must see what was committed meanwhile.
        self.reader = engine.execution_options(isolation_level="REPEATABLE READ", postgresql_readonly=True)
        self.writer = engine.execution_options(isolation_level="READ COMMITTED")
        event.listen(self.writer, "begin", _take_write_lock)

    def prepare(self) -> None:
        """Raises `StorageError` for a database that cannot hold every script."""
        with self.reader.connect() as connection:
            encoding = connection.exec_driver_sql("SHOW server_encoding").scalar_one()
        if encoding != "UTF8":
            raise StorageError(f"{self.place} holds {encoding} text; make one with ENCODING 'UTF8'")

    def explain(self, error: Exception) -> str | None:
        """What a person can do about it; None for what is no fault of the database's, such as our own mistakes."""
        if not isinstance(error, DBAPIError):
            return None
        reason = " ".join(str(error.orig).split())
        state = getattr(error.orig, "sqlstate", None)
        if state in _EXPLANATIONS:
            return f"{_EXPLANATIONS[state]} ({reason})"
        if state is None and (isinstance(error, OperationalError) or error.statement is None):
            return f"cannot be reached ({reason}); check that its server runs, and {_VARIABLE}"
        if isinstance(error, (DataError, IntegrityError, ProgrammingError)):
            return None
        return f"cannot be used: {reason}"


def _parse(address: str) -> URL:
    expected = f"{_VARIABLE} must be like {_EXAMPLE}"
    if address.count("@") > 1:  # where the password ends is then anybody's guess, and a part of it would be shown
        raise InputError(f"{expected}; in the password write %40 for @, %2F for /, %3A for :")
    try:
        url = make_url(address)
    except (ArgumentError, ValueError):
        raise InputError(expected) from None  # their messages may hold the password
    if url.drivername not in ("postgresql", "postgres") or not url.database:
        raise InputError(expected)
    return url.set(drivername="postgresql+psycopg")


def _engine(url: URL) -> Engine:
    options = {
        "connect_timeout": CONNECT_TIMEOUT_S,
        "tcp_user_timeout": BUSY_TIMEOUT_S * 1000,  # ms; a connection that a firewall dropped hangs far longer without
        "application_name": "heritage",
    }
    try:
        return create_engine(url, connect_args=options, pool_pre_ping=True)  # a restarted server is met again
    except ImportError as error:
        raise StorageError(f"{_VARIABLE} needs a driver: pip install 'heritage[postgres]'") from error


def _take_write_lock(connection: Connection) -> None:
    connection.exec_driver_sql(_TAKE_WRITE_LOCK)
