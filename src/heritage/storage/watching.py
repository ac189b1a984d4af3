"""Looking back: which photographs of records are new to the photos seen before, and what was found in those.

Each call is one transaction. That a photograph was compared is noted only after everything that it found is kept, and
what is kept already is not kept again: a process may be killed at any moment.
"""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, Select, and_, delete, exists, func, insert, or_, select, update

from heritage.domain.access import Viewer
from heritage.domain.audit import Action, event
from heritage.domain.descriptors import Specs
from heritage.domain.hits import Hit, Verdict
from heritage.domain.images import ImageDigest
from heritage.domain.records import LOST, RecordId
from heritage.domain.review import KeptSearch
from heritage.domain.watches import SECOND_PASS_AFTER, Watch
from heritage.errors import NotFoundError
from heritage.storage.audit import append_events
from heritage.storage.database import Database
from heritage.storage.hit_rows import record_row, write_search
from heritage.storage.hits import add_hit
from heritage.storage.photo_rows import is_kept, photo_days
from heritage.storage.schema import (
    alert,
    image,
    looked_back,
    photo,
    photo_keeping,
    record,
    record_image,
    search_photo,
    seen,
    watch,
)
from heritage.storage.seen import specs_key

PASSES = 2


@dataclass(frozen=True, slots=True)
class NewPhotograph:
    """A photograph of a lost record that is to be compared with the photos seen before.

    ``since``: when the record came or was last changed, UTC. Photos that were searched later were compared with it.
    """

    record_id: RecordId
    digest: ImageDigest
    sequence: int
    since: datetime

    @property
    def before(self) -> datetime:
        """Photos that somebody kept first by then may not have been compared with it."""
        return self.since + SECOND_PASS_AFTER


class Watching:
    """What is new to what was seen, and photos that somebody watches."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def pending(self, now: datetime, limit: int) -> tuple[NewPhotograph, ...]:
        """Up to ``limit`` photographs of lost records that were not compared, or only once and some minutes ago."""
        wanted = _pending(
            now, record.c.registry, record.c.number, record.c.updated_at, image.c.digest, image.c.sequence
        )
        with self._database.read() as connection:
            rows = connection.execute(wanted.order_by(image.c.sequence.desc()).limit(limit)).all()
        return tuple(
            NewPhotograph(RecordId(row.registry, row.number), ImageDigest(row.digest), row.sequence, row.updated_at)
            for row in rows
        )

    def pending_count(self, now: datetime) -> int:
        """How many `pending` would give without a limit."""
        return self._number(_pending(now, func.count()))

    def note(self, one: NewPhotograph, at: datetime) -> None:
        """That it was compared with everything seen by now."""
        with self._database.begin() as connection:
            row = record_row(connection, one.record_id)
            shown = select(record.c.status, record.c.handling).where(record.c.id == row)
            now = connection.execute(shown).one()._asdict()
            is_pair = and_(looked_back.c.record_id == row, looked_back.c.sequence == one.sequence)
            old = connection.execute(select(looked_back).where(is_pair)).first()
            if old is None:
                key = {"record_id": row, "sequence": one.sequence}
                connection.execute(insert(looked_back).values(**key, **now, pass_count=1, at=at))
            else:
                is_same = (old.status, old.handling) == (now["status"], now["handling"])
                is_apart = at - old.at >= SECOND_PASS_AFTER  # two processes may have done the first pass at once
                count = old.pass_count + is_apart if is_same else 1
                connection.execute(update(looked_back).where(is_pair).values(**now, pass_count=count, at=at))

    def undescribed(self, specs: Specs, limit: int) -> tuple[ImageDigest, ...]:
        """Up to ``limit`` kept photos that are not described under ``specs``, the newest first."""
        statement = _undescribed(specs, photo.c.digest).order_by(photo.c.id.desc()).limit(limit)
        with self._database.read() as connection:
            return tuple(map(ImageDigest, connection.execute(statement).scalars()))

    def undescribed_count(self, specs: Specs) -> int:
        """How many `undescribed` would give without a limit."""
        return self._number(_undescribed(specs, func.count()))

    def has_photo_of(self, before: datetime) -> bool:
        """Whether there is a photo that somebody kept first by then."""
        wanted = select(photo_keeping.c.photo_id).where(photo_keeping.c.since <= before).limit(1)
        with self._database.read() as connection:
            return connection.execute(wanted).first() is not None

    def keepers(self, digest: ImageDigest, before: datetime, now: datetime) -> tuple[str, ...]:
        """The agencies that keep the photo now and kept it first by ``before``, in order."""
        held = photo_keeping.join(photo, photo.c.id == photo_keeping.c.photo_id)
        is_asked = and_(photo.c.digest == digest.hex, photo_keeping.c.since <= before, is_kept(now))
        with self._database.read() as connection:
            wanted = select(photo_keeping.c.agency).select_from(held).where(is_asked)
            return tuple(connection.execute(wanted.order_by(photo_keeping.c.agency)).scalars())

    def add(self, kept: KeptSearch, hits: Sequence[Hit]) -> int:
        """Keep what was found in a photo that ``kept.agency`` keeps; how many hits are news, to it or to the owner.

        What was raised before, by whichever search of whichever day, is not kept again, unless it is strong now.
        """
        with self._database.begin() as connection:
            news = [one for one in hits if one.verdict is not Verdict.NONE and _is_news(connection, kept, one)]
            if not news:
                return 0
            search_row, _ = write_search(connection, kept)
            _link(connection, search_row, kept.photos[0].digest)
            for one in news:
                add_hit(connection, search_row, kept, one)
        return len(news)

    def watch(self, added: Watch, by: Viewer) -> Watch:
        """Keep the photo for as long as it is watched; as the watch is then. A second one extends it.

        Raises `NotFoundError` when the agency keeps no such photo.
        """
        with self._database.begin() as connection:
            row = connection.execute(_keeping(added.digest, added.agency)).first()
            if row is None:
                raise NotFoundError(f"there is no kept photo {added.digest}")
            of_both = and_(photo_keeping.c.photo_id == row.photo_id, photo_keeping.c.agency == added.agency)
            shorter = and_(of_both, photo_keeping.c.until < added.until)
            connection.execute(update(photo_keeping).where(shorter).values(until=added.until))
            known = and_(watch.c.digest == added.digest.hex, watch.c.agency == added.agency)
            connection.execute(delete(watch).where(known))
            key = secrets.token_hex(12)
            values = {name: getattr(added, name) for name in ("agency", "actor", "created_at", "until")}
            connection.execute(insert(watch).values(**values, key=key, digest=added.digest.hex))
            append_events(connection, event(by, Action.WATCH, added.digest, f"until {added.until:%Y-%m-%d}"))
            return _watch_of(connection.execute(select(watch).where(watch.c.key == key)).one())

    def watches(self, viewer: Viewer, now: datetime, limit: int = 200) -> tuple[Watch, ...]:
        """The newest of the viewer's agency that have not ended."""
        statement = select(watch).where(watch.c.until > now).order_by(watch.c.id.desc()).limit(limit)
        if not viewer.is_unrestricted:
            statement = statement.where(watch.c.agency == viewer.agency)
        with self._database.read() as connection:
            return tuple(map(_watch_of, connection.execute(statement)))

    def of_photos(self, digests: Sequence[ImageDigest], agency: str, now: datetime) -> tuple[Watch, ...]:
        """The agency's watches of these photos that have not ended."""
        is_asked = and_(watch.c.digest.in_([one.hex for one in digests]), watch.c.agency == agency, watch.c.until > now)
        with self._database.read() as connection:
            return tuple(map(_watch_of, connection.execute(select(watch).where(is_asked).order_by(watch.c.id))))

    def end(self, watch_id: str, now: datetime, default_days: int, by: Viewer) -> Watch:
        """End a watch of the viewer's agency; its photo is kept for the days of the agency more at most.

        ``default_days``: where there are no accounts. Raises `NotFoundError`.
        """
        is_this = watch.c.key == watch_id
        if not by.is_unrestricted:
            is_this = and_(is_this, watch.c.agency == by.agency)
        with self._database.begin() as connection:
            row = connection.execute(select(watch).where(is_this, watch.c.until > now)).first()
            if row is None:
                raise NotFoundError("there is no such watch, or it has ended")
            connection.execute(delete(watch).where(watch.c.id == row.id))
            photo_id = select(photo.c.id).where(photo.c.digest == row.digest).scalar_subquery()
            latest = now + timedelta(days=photo_days(connection, row.agency, default_days))
            longer = and_(
                photo_keeping.c.photo_id == photo_id,
                photo_keeping.c.agency == row.agency,
                photo_keeping.c.until > latest,
            )
            connection.execute(update(photo_keeping).where(longer).values(until=latest))
            append_events(connection, event(by, Action.WATCH, ImageDigest(row.digest), "ended"))
        return replace(_watch_of(row), until=now)

    def seen_count(self, specs: Specs) -> int:
        """How many photos are described under ``specs``."""
        return self._number(select(func.count()).select_from(seen).where(seen.c.specs == specs_key(specs)))

    def _number(self, statement: Select[Any]) -> int:
        with self._database.read() as connection:
            return int(connection.execute(statement).scalar_one())


def _pending(now: datetime, *columns: ColumnElement[Any]) -> Select[Any]:
    of_pair = and_(looked_back.c.record_id == record.c.id, looked_back.c.sequence == image.c.sequence)
    is_done = and_(
        of_pair,
        looked_back.c.status == record.c.status,
        looked_back.c.handling == record.c.handling,
        or_(looked_back.c.pass_count >= PASSES, looked_back.c.at > now - SECOND_PASS_AFTER),
    )
    shown = select(*columns).select_from(record_image.join(image).join(record))
    return shown.where(record.c.status.in_(sorted(LOST)), ~exists().where(is_done))


def _undescribed(specs: Specs, column: ColumnElement[Any]) -> Select[Any]:
    is_seen = exists().where(seen.c.digest == photo.c.digest, seen.c.specs == specs_key(specs))
    return select(column).select_from(photo).where(~is_seen)


def _is_news(connection: Connection, kept: KeptSearch, found: Hit) -> bool:
    """To the agency that keeps the photo, or to the owner of the record, who may have come by it since."""
    told = {kept.agency, found.record.owner_agency or kept.agency}
    is_pair = and_(
        alert.c.record_id == record_row(connection, found.record.record_id),
        alert.c.digest == kept.photos[found.view].digest.hex,
        alert.c.agency.in_(told),
    )
    known = connection.execute(select(alert.c.verdict).where(is_pair)).scalars().all()
    return len(known) < len(told) or (Verdict.POSSIBLE.value in known and found.verdict is Verdict.STRONG)


def _keeping(digest: ImageDigest, agency: str) -> Select[Any]:
    held = photo_keeping.join(photo, photo.c.id == photo_keeping.c.photo_id)
    return select(photo_keeping).select_from(held).where(photo.c.digest == digest.hex, photo_keeping.c.agency == agency)


def _link(connection: Connection, search_row: int, digest: ImageDigest) -> None:
    """So that both sides of its hits see the photo, as long as it is kept."""
    row = connection.execute(select(photo.c.id).where(photo.c.digest == digest.hex)).scalar()
    if row is not None:
        connection.execute(insert(search_photo).values(photo_id=row, search_id=search_row))


def _watch_of(row: Row[Any]) -> Watch:
    return Watch(row.key, ImageDigest(row.digest), row.agency, row.actor, row.created_at, row.until)
