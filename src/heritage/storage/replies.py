"""Answers kept for callers who ask the same thing again, because they did not get the first answer."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from json import dumps, loads

from sqlalchemy import and_, delete, insert, select, update

from heritage.storage.database import Database
from heritage.storage.schema import reply

KEPT = timedelta(hours=24)
ABANDONED = timedelta(minutes=10)  # after which a request without an answer is taken to have died with its server


@dataclass(frozen=True, slots=True)
class Reply:
    """What was answered to a request: its digest (hex), and the answer; ``status`` 0 while there is none yet."""

    request_digest: str
    status: int = 0
    headers: Mapping[str, str] | None = None
    body: bytes = b""


class Replies:
    """By caller and by the key that the caller chose. All processes on one database agree on them."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def claim(self, caller: str, key: str, request_digest: str) -> Reply | None:
        """None: the request is new and the caller's to answer. Else what is known of the one that came before."""
        now = datetime.now(UTC)
        is_this = and_(reply.c.caller == caller, reply.c.key == key)
        is_dead = and_(reply.c.status == 0, reply.c.created_at < now - ABANDONED)
        with self._database.begin() as connection:
            connection.execute(delete(reply).where((reply.c.created_at < now - KEPT) | (is_this & is_dead)))
            row = connection.execute(select(reply).where(is_this)).first()
            if row:
                return Reply(row.request_digest, row.status, loads(row.headers), row.body)
            values = {"caller": caller, "key": key, "request_digest": request_digest, "created_at": now}
            connection.execute(insert(reply).values(**values, status=0, headers="{}", body=b""))
        return None

    def keep(self, caller: str, key: str, answered: Reply) -> None:
        """Keep the answer to a claimed request."""
        values = {"status": answered.status, "headers": dumps(dict(answered.headers or {})), "body": answered.body}
        with self._database.begin() as connection:
            connection.execute(update(reply).where(reply.c.caller == caller, reply.c.key == key).values(values))

    def forget(self, caller: str, key: str) -> None:
        """Let a claimed request be asked anew: it was not answered."""
        with self._database.begin() as connection:
            connection.execute(delete(reply).where(reply.c.caller == caller, reply.c.key == key))
