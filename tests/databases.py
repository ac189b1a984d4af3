"""A real PostgreSQL server for the tests, and new databases in it; and migrations up to any revision."""

import itertools
import tempfile
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from alembic import command
from alembic.config import Config
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, create_engine, make_url

import heritage.storage.database as database_module
from heritage.storage.database import Database

_NAMES = (f"test_{number}" for number in itertools.count())


class PostgresServer:
    """Listens on a socket in its own folder only. Addresses are such as HERITAGE_DATABASE_URL takes."""

    def __init__(self, address: str) -> None:
        self.address = address
        self._engine = create_engine(_with_driver(address), isolation_level="AUTOCOMMIT")
        self._template = ""

    @contextmanager
    def empty(self, options: str = "") -> Iterator[str]:
        """The address of a database without a table; it is dropped at the end."""
        name = next(_NAMES)
        self.execute(f"CREATE DATABASE {name} {options}")
        try:
            yield make_url(self.address).set(database=name).render_as_string(hide_password=False)
        finally:
            self.execute(f"DROP DATABASE {name} WITH (FORCE)")

    @contextmanager
    def migrated(self) -> Iterator[str]:
        """The address of a database at the newest schema, copied from one: far faster than migrating each time."""
        if not self._template:
            self._template = next(_NAMES)
            self.execute(f"CREATE DATABASE {self._template}")
            with tempfile.TemporaryDirectory() as home:
                address = make_url(self.address).set(database=self._template).render_as_string(hide_password=False)
                Database.open(Path(home), address).close()
        with self.empty(f"TEMPLATE {self._template}") as address:
            yield address

    def execute(self, statement: str) -> None:
        """Outside of any transaction, as such statements must be."""
        with self._engine.connect() as connection:
            connection.exec_driver_sql(statement)

    def demand_password(self, role: str) -> None:
        """Let that role in only with its password; everybody else needs none."""
        with self._engine.connect() as connection:
            file = Path(connection.exec_driver_sql("SHOW hba_file").scalar_one())
        file.write_text(f"local all {role} scram-sha-256\n{file.read_text()}")
        self.execute("SELECT pg_reload_conf()")

    def close(self) -> None:
        self._engine.dispose()


@contextmanager
def running_server() -> Iterator[PostgresServer]:
    """A new server, gone at the end with all its data. Skips the test, with the reason, where none can be started."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # it warns where the system has no folder for sockets
        try:
            import pgserver
        except ImportError:
            pytest.skip("pgserver is not installed: there is no PostgreSQL to test with")
        with tempfile.TemporaryDirectory(prefix="heritage-postgres-", ignore_cleanup_errors=True) as folder:
            try:
                server = pgserver.get_server(folder)
            except Exception as error:
                pytest.skip(f"PostgreSQL cannot be started here: {error}")
            found = PostgresServer(server.get_uri())
            found.execute("ALTER SYSTEM SET fsync = off")  # nobody pulls the plug on a test's data
            found.execute("SELECT pg_reload_conf()")
            try:
                yield found
            finally:
                found.close()
                server.cleanup()


def revisions() -> list[str]:
    """Every schema there ever was, the first one first."""
    return [script.revision for script in ScriptDirectory.from_config(_config()).walk_revisions()][::-1]


@contextmanager
def at_revision(home: Path, address: str, revision: str) -> Iterator[Connection]:
    """A transaction in a database as the release with that schema left it."""
    engine = create_engine(_with_driver(address) if address else f"sqlite:///{home / database_module.FILE_NAME}")
    with engine.begin() as connection:
        config = _config()
        config.attributes["connection"] = connection
        command.upgrade(config, revision)
        yield connection
    engine.dispose()


def _with_driver(address: str) -> str:
    return address.replace("postgresql:", "postgresql+psycopg:", 1)


def _config() -> Config:
    config = Config()
    config.set_main_option("script_location", str(Path(database_module.__file__).parent / "migrations"))
    return config
