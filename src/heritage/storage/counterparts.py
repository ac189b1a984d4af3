"""Lost and found records that may be of one object, and which photographs were compared already."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection, Select, and_, case, delete, exists, func, insert, not_, select, tuple_

from heritage.domain.access import OPEN_HANDLING
from heritage.domain.hits import Hit, Verdict
from heritage.domain.images import ImageDigest
from heritage.domain.records import CAME_TO_LIGHT, LOST, RecordId
from heritage.domain.review import Comparable, KeptSearch
from heritage.storage.alert_rows import raise_alerts
from heritage.storage.coverage import change_count
from heritage.storage.database import Database
from heritage.storage.hit_rows import is_decided, record_row, write_hit, write_search
from heritage.storage.image_rows import sequence_of
from heritage.storage.schema import comparison, counterpart, hit, image, record, record_image

_COMPARED_WITH = case((record.c.status.in_(sorted(LOST)), "found"), else_="lost")


class Counterparts:
    """Each call is one transaction. Two records have one hit, whichever was compared with the other."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def change_count(self) -> int:
        """How many changes to records there were: what a comparison from now on can know."""
        with self._database.read() as connection:
            return change_count(connection)

    def add(self, kept: KeptSearch, hits: Sequence[Hit], compared: Comparable, changes: int) -> int:
        """Keep what comparing a photograph found, and that it was compared; how many hits are new or stronger.

        A strong hit takes the place of a possible one as long as nobody said anything to that. ``changes`` had been
        made to records when the comparison began.
        """
        with self._database.begin() as connection:
            source = record_row(connection, compared.record_id)
            found = [one for one in hits if one.verdict is not Verdict.NONE]
            known = [_known_hit(connection, *_pair(connection, source, one)) for one in found]
            new = [pair for pair in zip(found, known, strict=True) if _is_news(connection, *pair)]
            search_row = write_search(connection, kept)[0] if new else 0
            for one, old in new:
                row, _ = write_hit(connection, search_row, one, old)
                raise_alerts(connection, row, kept, compared.digest)
                if old is None:
                    first, second = _pair(connection, source, one)
                    connection.execute(insert(counterpart).values(first_id=first, second_id=second, hit_id=row))
            _note(
                connection, {"record_id": source, "sequence": sequence_of(connection, compared.digest)}, kept, changes
            )
        return len(new)

    def count(self, again: bool = False) -> int:
        """How many photographs are to be compared; with ``again``, those that were compared already too."""
        with self._database.read() as connection:
            pending = _pending(change_count(connection), again).subquery()
            return int(connection.execute(select(func.count()).select_from(pending)).scalar_one())

    def page(self, after: tuple[int, int], limit: int, again: bool = False) -> tuple[Comparable, ...]:
        """Up to ``limit`` photographs that are to be compared, by ``place``, following the place ``after``."""
        place = tuple_(record_image.c.record_id, record_image.c.sequence)
        with self._database.read() as connection:
            statement = _pending(change_count(connection), again).where(place > tuple_(*after))
            rows = connection.execute(statement.order_by(*place.clauses).limit(limit)).all()
        return tuple(
            Comparable(RecordId(row.registry, row.number), ImageDigest(row.digest), (row.record_id, row.sequence))
            for row in rows
        )


def _pending(changes: int, again: bool) -> Select[Any]:
    """Photographs of lost and found records that were not compared since they were lost, or found.

    Once is enough for most: whatever is registered later is compared when it comes. But its owner may not see all
    that it should be compared with; so restricted records are compared again, on behalf of their own owners.
    """
    columns = (record_image.c.record_id, record_image.c.sequence, record.c.registry, record.c.number, image.c.digest)
    shown = select(*columns).select_from(record_image.join(image).join(record))
    to_compare = shown.where(record.c.status.in_(sorted(LOST | CAME_TO_LIGHT)))
    if again:
        return to_compare
    is_open = record.c.handling.in_(sorted(OPEN_HANDLING))
    of_photograph = and_(
        comparison.c.record_id == record_image.c.record_id, comparison.c.sequence == record_image.c.sequence
    )
    is_new_enough = is_open | (comparison.c.change_count >= changes)
    was_compared = exists().where(of_photograph, comparison.c.compared_with == _COMPARED_WITH, is_new_enough)
    return to_compare.where(not_(was_compared))


def _pair(connection: Connection, source: int, found: Hit) -> tuple[int, int]:
    first, second = sorted((source, record_row(connection, found.record.record_id)))
    return first, second


def _known_hit(connection: Connection, first: int, second: int) -> int | None:
    of_pair = (counterpart.c.first_id == first, counterpart.c.second_id == second)
    return connection.execute(select(counterpart.c.hit_id).where(*of_pair)).scalar()


def _is_news(connection: Connection, found: Hit, old: int | None) -> bool:
    if old is None:
        return True
    verdict = connection.execute(select(hit.c.verdict).where(hit.c.id == old)).scalar_one()
    is_stronger = found.verdict is Verdict.STRONG and verdict != Verdict.STRONG.value
    return is_stronger and not is_decided(connection, old)


def _note(connection: Connection, key: dict[str, int | None], kept: KeptSearch, changes: int) -> None:
    connection.execute(delete(comparison).where(*(comparison.c[name] == value for name, value in key.items())))
    compared_with = "found" if kept.criteria.statuses == CAME_TO_LIGHT else "lost"
    connection.execute(insert(comparison).values(**key, compared_with=compared_with, change_count=changes))
