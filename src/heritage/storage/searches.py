"""Searches that were made, for the agency that made them: the proof that it looked, also where nothing was found."""

from typing import Any

from sqlalchemy import Select, select

from heritage.domain.access import Viewer
from heritage.domain.images import ImageDigest
from heritage.domain.review import KeptHit, KeptSearch, Origin
from heritage.errors import NotFoundError
from heritage.storage.database import Database
from heritage.storage.hit_rows import read_hits, read_searches
from heritage.storage.schema import hit, not_of_scans, photo, search, search_photo
from heritage.storage.visibility import own_search


class Searches:
    """Each call is one transaction. A search is for the agency that made it alone; its hits are for the owner too."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def find(
        self, viewer: Viewer, after: str = "", limit: int = 100, origin: Origin | None = None
    ) -> tuple[KeptSearch, ...]:
        """Up to ``limit`` searches, the newest first, those that come after the search ``after``.

        Of that ``origin``; None: of any but scans, thousands of which would bury what people searched.
        """
        is_wanted = not_of_scans() if origin is None else search.c.origin == origin.value
        statement = _selected(viewer).where(is_wanted).order_by(search.c.id.desc()).limit(limit)
        if after:
            of_key = select(search.c.id).where(search.c.key == after, own_search(viewer))
            statement = statement.where(search.c.id < of_key.scalar_subquery())
        with self._database.read() as connection:
            return tuple(read_searches(connection, connection.execute(statement).all(), viewer))

    def get(self, search_id: str, viewer: Viewer) -> tuple[KeptSearch, tuple[KeptHit, ...], frozenset[ImageDigest]]:
        """The search, its hits in the order of their scores, and which of its photos are still kept.

        Raises `NotFoundError`, also for a search that is not ``viewer``'s to see.
        """
        with self._database.read() as connection:
            row = connection.execute(_selected(viewer).where(search.c.key == search_id)).first()
            if row is None:
                raise NotFoundError("there is no such search")
            [kept] = read_searches(connection, [row], viewer)
            found = select(hit).where(hit.c.search_id == row.id).order_by(hit.c.score.desc(), hit.c.id)
            hits = read_hits(connection, connection.execute(found).all(), viewer)
            digests = select(photo.c.digest).join(search_photo).where(search_photo.c.search_id == row.id)
            photos = frozenset(map(ImageDigest, connection.execute(digests).scalars()))
        return kept, tuple(hits), photos


def _selected(viewer: Viewer) -> Select[Any]:
    return select(search).where(own_search(viewer))
