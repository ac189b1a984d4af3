"""The model that a home has chosen. In its database, so that every process that searches it sees a change at once."""

from sqlalchemy import Connection, delete, insert, select

from heritage.domain.descriptors import Specs
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

    def change(self, name: str, specs: Specs, missing_allowed: int = 0) -> bool:
        """Choose ``name`` if all images but so many are described under its ``specs``; whether that was so.

        One transaction that holds the write lock: no image can be added between the count and the change.
        """
        with self._database.begin() as connection:
            is_complete = count_undescribed(connection, specs) <= missing_allowed
            if is_complete:
                _choose(connection, name)
            return is_complete


def _chosen(connection: Connection) -> str:
    return connection.execute(select(meta.c.value).where(meta.c.key == _CHOSEN)).scalar() or ""


def _choose(connection: Connection, name: str) -> None:
    connection.execute(delete(meta).where(meta.c.key == _CHOSEN))
    connection.execute(insert(meta).values(key=_CHOSEN, value=name))
