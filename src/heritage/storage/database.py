"""The database: opened, brought to the newest schema, and used one transaction at a time."""

import uuid
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Self, TypeVar

from sqlalchemy import Connection, inspect, select, text

from heritage.errors import NotFoundError, StorageError
from heritage.storage.postgres import Postgres
from heritage.storage.schema import HEAD, meta
from heritage.storage.sqlite import FILE_NAME, Sqlite

T = TypeVar("T")
_MIGRATIONS = Path(__file__).parent / "migrations"


class Database:
    """Hands out transactions. Processes and threads may share one database: writers queue, readers never wait."""

    def __init__(self, backend: Sqlite | Postgres) -> None:
        self._backend = backend
        self.identity = ""

    @classmethod
    def open(cls, home: Path, address: str = "") -> Self:
        """Open ``home/heritage.db``, or the PostgreSQL database at ``address``, at the newest schema.

        The home and the file are made when absent. Raises `StorageError`, and `InputError` for an address of another
        kind.
        """
        try:
            home.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise StorageError(f"the folder {home} cannot be made: {error.strerror}; choose another home") from error
        database = cls(Postgres(address) if address else Sqlite(home))
        try:
            database._prepare()
        except BaseException:
            database.close()
            raise
        return database

    @classmethod
    def open_to_read(cls, home: Path, address: str = "") -> Self:
        """Open what is there as it is, for `read` alone: nothing is made, migrated or written.

        Raises `NotFoundError` where there is none, `StorageError` for any schema but the newest, and as `open` does.
        """
        if not cls.exists(home, address):
            raise NotFoundError(f"there is no database in {home}; name the home of a running heritage")
        database = cls(Postgres(address) if address else Sqlite(home))
        try:
            with database.read() as connection:
                revision = _revision(connection)
            if revision != HEAD:
                raise StorageError(_other_schema(database.place, revision))
        except BaseException:
            database.close()
            raise
        return database

    @property
    def place(self) -> str:
        """What a person calls it; holds no password."""
        return self._backend.place

    @staticmethod
    def exists(home: Path, address: str = "") -> bool:
        """Whether there is anything to open; opening would make a new file otherwise."""
        return bool(address) or (home / FILE_NAME).exists()

    @contextmanager
    def begin(self) -> Iterator[Connection]:
        """A transaction that writes; commits at the end, rolls back on any error. Raises `StorageError`."""
        with self._explained(), self._backend.writer.begin() as connection:
            yield connection

    @contextmanager
    def read(self) -> Iterator[Connection]:
        """A transaction that only reads, all of it from one state of the database. Raises `StorageError`."""
        with self._explained(), self._backend.reader.begin() as connection:
            yield connection

    def close(self) -> None:
        self._backend.reader.dispose()

    def _prepare(self) -> None:
        with self._explained():
            self._backend.prepare()
        with self.read() as connection:
            revision = _revision(connection)
            identity = _identity(connection) if revision == HEAD else None
        if identity is None:
            with self.begin() as connection:
                _migrate(connection, self._backend.place)
                identity = _identity(connection) or _new_identity(connection)
        self.identity = identity

    @contextmanager
    def _explained(self) -> Iterator[None]:
        """Turn what the database driver says into a sentence that says what to do. Other errors pass unchanged."""
        try:
            yield
        except Exception as error:
            explanation = self._backend.explain(error)
            if explanation is None:
                raise
            raise StorageError(f"{self._backend.place} {explanation}") from error


def in_chunks(values: Sequence[T], size: int = 500) -> Iterator[Sequence[T]]:
    """``values`` in runs short enough for one statement's list of parameters."""
    for start in range(0, len(values), size):
        yield values[start : start + size]


def _revision(connection: Connection) -> str | None:
    if not inspect(connection).has_table("alembic_version"):
        return None
    return connection.execute(text("SELECT version_num FROM alembic_version")).scalar()


def _other_schema(place: str, revision: str | None) -> str:
    if revision is None:
        return f"{place} is not a heritage database; choose another"
    return f"{place} has schema {revision}, and this heritage reads {HEAD} only; use the same version here and there"


def _identity(connection: Connection) -> str | None:
    return connection.execute(select(meta.c.value).where(meta.c.key == "identity")).scalar()


def _new_identity(connection: Connection) -> str:
    identity = str(uuid.uuid4())
    connection.execute(meta.insert().values(key="identity", value=identity))
    return identity


def _migrate(connection: Connection, place: str) -> None:
    """Bring the schema to `HEAD` within the caller's transaction, which holds the write lock."""
    # Loaded here only: it costs 0.4 s, which a search on an up-to-date database must not pay.
    from alembic import command
    from alembic.config import Config
    from alembic.script import ScriptDirectory

    revision = _revision(connection)  # again, under the lock: another process may just have migrated
    if revision == HEAD:
        return
    if revision is None and inspect(connection).get_table_names():
        raise StorageError(f"{place} is not a heritage database; move it away or choose another")
    config = Config()
    config.set_main_option("script_location", str(_MIGRATIONS).replace("%", "%%"))
    known = {script.revision for script in ScriptDirectory.from_config(config).walk_revisions()}
    if revision is not None and revision not in known:
        raise StorageError(
            f"{place} was written by a newer heritage (schema {revision}, this one knows {HEAD}); update heritage"
        )
    config.attributes["connection"] = connection
    command.upgrade(config, HEAD)
