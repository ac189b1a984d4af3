"""What one process at a time does, of all that share a database; when it dies, another one does it."""

import json
from datetime import UTC, datetime, timedelta

from sqlalchemy import Connection, delete, insert, select, update

from heritage.storage.database import Database
from heritage.storage.schema import meta


class Lease:
    """The right to do ``name`` for ``lasts``, unless it is taken again before. Safe to share between threads.

    A process that stands still for longer than that may find another one at work: what is done under a lease must do
    no harm when it is done twice.
    """

    def __init__(self, database: Database, name: str, holder: str, lasts: timedelta) -> None:
        self._database = database
        self._key = f"lease:{name}"
        self._holder = holder
        self._lasts = lasts

    def take(self, now: datetime) -> bool:
        """Whether it is ours at ``now`` (UTC). Written only when it is free, or half over: one may ask often."""
        with self._database.read() as connection:
            holder, until = self._read(connection)
        if holder == self._holder and until - now > self._lasts / 2:
            return True
        if holder != self._holder and until > now:
            return False
        with self._database.begin() as connection:
            holder, until = self._read(connection)
            if holder != self._holder and until > now:
                return False
            self._write(connection, now + self._lasts)
        return True

    def release(self) -> None:
        """Let another process take it at once."""
        with self._database.begin() as connection:
            if self._read(connection)[0] == self._holder:
                connection.execute(delete(meta).where(meta.c.key == self._key))

    def _read(self, connection: Connection) -> tuple[str, datetime]:
        value = connection.execute(select(meta.c.value).where(meta.c.key == self._key)).scalar()
        if value is None:
            return "", datetime.min.replace(tzinfo=UTC)
        holder, until = json.loads(value)
        return str(holder), datetime.fromisoformat(until)

    def _write(self, connection: Connection, until: datetime) -> None:
        value = json.dumps([self._holder, until.isoformat()])
        changed = connection.execute(update(meta).where(meta.c.key == self._key).values(value=value))
        if not changed.rowcount:
            connection.execute(insert(meta).values(key=self._key, value=value))
