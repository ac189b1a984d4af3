"""The searches of an agency with what they found, for that agency alone: they tell what it suspects."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection, Row, func, select, true

from heritage.domain.access import Viewer
from heritage.domain.hits import Verdict
from heritage.domain.review import KeptHit, KeptSearch, ListedSearch, Origin
from heritage.errors import NotFoundError
from heritage.storage.database import Database
from heritage.storage.hit_rows import read_hits, read_searches
from heritage.storage.schema import hit, search
from heritage.storage.visibility import Condition


class Searches:
    """Each call is one transaction."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def get(self, search_id: str, viewer: Viewer) -> tuple[KeptSearch, tuple[KeptHit, ...]]:
        """A search with its hits, the best first. Raises `NotFoundError`, also for another agency's."""
        with self._database.read() as connection:
            row = connection.execute(select(search).where(search.c.key == search_id, _made_by(viewer))).first()
            if row is None:
                raise NotFoundError("there is no such search")
            hits = connection.execute(select(hit).where(hit.c.search_id == row.id).order_by(hit.c.id)).all()
            return read_searches(connection, [row], viewer)[0], tuple(read_hits(connection, hits, viewer))

    def find(self, viewer: Viewer, after: str = "", limit: int = 100) -> tuple[ListedSearch, ...]:
        """Up to ``limit`` searches that somebody asked for, the newest first, those that come after ``after``."""
        statement = select(search).where(_made_by(viewer), search.c.origin == Origin.QUERY.value)
        if after:
            before = select(search.c.id).where(search.c.key == after).scalar_subquery()
            statement = statement.where(search.c.id < before)
        with self._database.read() as connection:
            rows = connection.execute(statement.order_by(search.c.id.desc()).limit(limit)).all()
            return _listed(connection, rows, viewer)


def _made_by(viewer: Viewer) -> Condition:
    return true() if viewer.is_unrestricted else search.c.agency == viewer.agency


def _listed(connection: Connection, rows: Sequence[Row[Any]], viewer: Viewer) -> tuple[ListedSearch, ...]:
    counted = (
        select(hit.c.search_id, hit.c.verdict, func.count().label("hit_count"))
        .where(hit.c.search_id.in_([row.id for row in rows]))
        .group_by(hit.c.search_id, hit.c.verdict)
    )
    counts: dict[int, dict[str, int]] = {}
    for row in connection.execute(counted):
        counts.setdefault(row.search_id, {})[row.verdict] = row.hit_count
    return tuple(
        ListedSearch(kept, sum(counts.get(row.id, {}).values()), _best(counts.get(row.id, {})))
        for row, kept in zip(rows, read_searches(connection, rows, viewer), strict=True)
    )


def _best(count_by_verdict: dict[str, int]) -> Verdict:
    """`Verdict` is ordered from strong to none."""
    return next((one for one in Verdict if one.value in count_by_verdict), Verdict.NONE)
