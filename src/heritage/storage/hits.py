"""Searches that were made, their hits, and what people decided on them, as far as the one who asks may see them."""

from collections.abc import Sequence
from datetime import UTC, datetime, time
from typing import Any

from sqlalchemy import Connection, Row, Select, exists, func, not_, or_, select

from heritage.domain.access import Viewer
from heritage.domain.audit import Action, event
from heritage.domain.hits import Hit, Verdict
from heritage.domain.review import (
    Decision,
    DecisionKind,
    HitQuestion,
    HitState,
    Kept,
    KeptHit,
    KeptSearch,
    Outcome,
    Side,
    state_of,
)
from heritage.errors import NotFoundError
from heritage.storage.alert_rows import raise_alerts
from heritage.storage.audit import append_events
from heritage.storage.database import Database
from heritage.storage.hit_rows import read_hits, write_decision, write_hit, write_search
from heritage.storage.photo_rows import Keeping
from heritage.storage.record_rows import by_id
from heritage.storage.schema import decision, hit, record, search
from heritage.storage.visibility import Condition, hit_shown_to, visible_to


class Hits:
    """Each call is one transaction. A hit is for the agency that searched and for the one that owns the record."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def add(self, kept: KeptSearch, hits: Sequence[Hit], keeping: Keeping | None = None) -> Kept:
        """Keep a search, of its hits those that are a match, and its photos as ``keeping`` has them."""
        with self._database.begin() as connection:
            search_row, search_id = write_search(connection, kept)
            if keeping:
                keeping.write(connection, search_row, kept)
            hit_ids = tuple(add_hit(connection, search_row, kept, one) for one in hits)
        return Kept(search_id, hit_ids)

    def get(self, hit_id: str, viewer: Viewer) -> KeptHit:
        """Raises `NotFoundError`, also for a hit that is not ``viewer``'s to see."""
        with self._database.read() as connection:
            return _read(connection, hit_id, viewer)[1]

    def find(self, asked: HitQuestion, viewer: Viewer, after: str = "", limit: int = 100) -> tuple[KeptHit, ...]:
        """Up to ``limit`` hits, the newest first, those that come after the hit ``after``.

        Raises `NotFoundError` for a record that there is not, or that ``viewer`` may not see.
        """
        statement = _selected(viewer).order_by(hit.c.id.desc()).limit(limit)
        if after:
            statement = statement.where(hit.c.id < select(hit.c.id).where(hit.c.key == after).scalar_subquery())
        with self._database.read() as connection:
            rows = connection.execute(statement.where(*_conditions(connection, asked, viewer))).all()
            return tuple(read_hits(connection, rows, viewer))

    def count(self, asked: HitQuestion, viewer: Viewer, limit: int) -> int:
        """How many hits `find` would give, no further than ``limit``. Raises as `find` does."""
        with self._database.read() as connection:
            wanted = _selected(viewer).where(*_conditions(connection, asked, viewer))
            counted = wanted.with_only_columns(hit.c.id).limit(limit).subquery()
            return int(connection.execute(select(func.count()).select_from(counted)).scalar_one())

    def outcomes(self, search_ids: Sequence[str]) -> tuple[Outcome, ...]:
        """What each of these searches, which the asking agency made, brought; in order."""
        counted = (
            select(search.c.key, hit.c.verdict, func.count().label("hit_count"))
            .join(hit, hit.c.search_id == search.c.id)
            .where(search.c.key.in_(search_ids))
            .group_by(search.c.key, hit.c.verdict)
        )
        counts: dict[str, dict[Verdict, int]] = {one: {} for one in search_ids}
        with self._database.read() as connection:
            for row in connection.execute(counted):
                counts[row.key][Verdict(row.verdict)] = row.hit_count
        return tuple(_outcome(counts[one]) for one in search_ids)

    def decide(self, hit_id: str, kind: DecisionKind, note: str, by: Viewer) -> KeptHit:
        """Add what ``by`` says to the hit; as it is then. Raises `NotFoundError` as `get` does, `InputError`."""
        with self._database.begin() as connection:
            row, found = _read(connection, hit_id, by)
            made = Decision(kind, found.side_of(by), datetime.now(UTC), by.actor, by.agency, note)
            write_decision(connection, row.id, made, state_of([*found.decisions, made]))
            append_events(connection, event(by, Action.DECIDE, hit_id, kind.value))
            return _read(connection, hit_id, by)[1]


def _outcome(count_by_verdict: dict[Verdict, int]) -> Outcome:
    best = next((one for one in Verdict if one in count_by_verdict), Verdict.NONE)  # in order, from strong to none
    return Outcome(sum(count_by_verdict.values()), best)


_ANSWER = decision.alias("answer")
# By the last question and the owner's last word, whatever the searcher says besides: a question that its own side's
# opinion took out of the owner's inbox would never be answered.
_IS_WAITING = exists().where(
    decision.c.hit_id == hit.c.id,
    decision.c.kind == DecisionKind.ASK_OWNER.value,
    decision.c.side == Side.SEARCHER.value,
    ~exists().where(
        _ANSWER.c.hit_id == decision.c.hit_id,
        _ANSWER.c.id > decision.c.id,
        _ANSWER.c.side == Side.OWNER.value,
        _ANSWER.c.kind.in_([DecisionKind.CONFIRMED.value, DecisionKind.REJECTED.value]),
    ),
)


def add_hit(connection: Connection, search_row: int, kept: KeptSearch, found: Hit) -> str | None:
    """Keep it, if it is a match, and tell whom it concerns; what the outside calls it."""
    if found.verdict is Verdict.NONE:
        return None
    row, hit_id = write_hit(connection, search_row, found)
    raise_alerts(connection, row, kept, kept.photos[found.view].digest)
    return hit_id


def _selected(viewer: Viewer) -> Select[Any]:
    of_search = hit.join(search, search.c.id == hit.c.search_id)
    return select(hit).select_from(of_search.join(record, record.c.id == hit.c.record_id)).where(hit_shown_to(viewer))


def _conditions(connection: Connection, asked: HitQuestion, viewer: Viewer) -> list[Condition]:
    conditions: list[Condition] = []
    if asked.state:
        conditions.append(hit.c.state == asked.state.value)
    if asked.origin:
        conditions.append(search.c.origin == asked.origin.value)
    if asked.since:
        conditions.append(search.c.at >= datetime.combine(asked.since, time(), UTC))
    if asked.side:
        is_own = search.c.agency == viewer.agency
        conditions.append(is_own if asked.side is Side.SEARCHER else not_(is_own))
    if asked.is_waiting is not None:
        conditions.append(_IS_WAITING if asked.is_waiting else not_(_IS_WAITING))
    if asked.is_unsettled:
        conditions.append(or_(hit.c.state == HitState.OPEN.value, _IS_WAITING))
    if asked.record:
        row = connection.execute(by_id(asked.record).where(visible_to(viewer))).first()
        if row is None:
            raise NotFoundError(f"there is no record {asked.record}")
        conditions.append(or_(hit.c.record_id == row.id, search.c.source_id == row.id))
    return conditions


def _read(connection: Connection, hit_id: str, viewer: Viewer) -> tuple[Row[Any], KeptHit]:
    row = connection.execute(_selected(viewer).where(hit.c.key == hit_id)).first()
    if row is None:
        raise NotFoundError("there is no such hit")
    return row, read_hits(connection, [row], viewer)[0]
