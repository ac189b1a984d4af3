"""The model that a home has chosen. In its database, so that every process that searches it sees a change at once."""

from sqlalchemy import Connection, delete, insert, select

from heritage.domain.descriptors import Specs
from heritage.errors import InputError
from heritage.storage.backlog import count_undescribed
from heritage.storage.database import Database
from heritage.storage.schema import meta

_CHOSEN = "model"


class ModelChoice:
    """Which model folder describes this home's queries. No choice was made until one is kept."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def name(self) -> str:
        """The model chosen; empty when none was. Cheap: every search asks."""
        with self._database.read() as connection:
            return _chosen(connection)

    def keep(self, name: str) -> None:
        """Choose ``name`` unless a choice was made."""
        with self._database.begin() as connection:
            if not _chosen(connection):
                _choose(connection, name)

    def change(self, name: str, specs: Specs, incomplete: bool = False) -> int:
        """Choose ``name`` if every image is described under its ``specs``, or ``incomplete`` says not to mind.

        One transaction that holds the write lock: no image can be added between the count and the change. Returns how
        many images are missing. Raises `InputError` when some are, and nothing is changed.
        """
        with self._database.begin() as connection:
            missing = count_undescribed(connection, specs)
            if missing and not incomplete:
                raise InputError(f"{missing:,} images are not described by {name}; run `heritage models fill {name}`")
            _choose(connection, name)
            return missing


def _chosen(connection: Connection) -> str:
    return connection.execute(select(meta.c.value).where(meta.c.key == _CHOSEN)).scalar() or ""


def _choose(connection: Connection, name: str) -> None:
    connection.execute(delete(meta).where(meta.c.key == _CHOSEN))
    connection.execute(insert(meta).values(key=_CHOSEN, value=name))
