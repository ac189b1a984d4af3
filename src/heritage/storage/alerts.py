"""Alerts and their deliveries in the database, which all servers share: one that is due is claimed by one of them."""

import secrets
from collections.abc import Collection
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

from sqlalchemy import (
    ColumnElement,
    Connection,
    Row,
    Select,
    and_,
    exists,
    func,
    insert,
    literal,
    or_,
    select,
    true,
    update,
)

from heritage.domain.access import Role, Viewer
from heritage.domain.alerts import MAX_CHANNELS, Alert, Channel, ChannelKind, Delivery, DeliveryState
from heritage.domain.audit import Action, event
from heritage.domain.hits import Verdict
from heritage.domain.records import RecordId
from heritage.domain.review import Origin, Side
from heritage.errors import ConflictError, NotFoundError
from heritage.storage.audit import append_events
from heritage.storage.database import Database
from heritage.storage.schema import agency, alert, channel, delivery, hit, record, search
from heritage.storage.visibility import hit_shown_to, visible_to

_NO_CHANNEL = "there is no such channel, or it has ended"
LEASE = timedelta(minutes=2)  # longer than an attempt takes: who claimed it and died lets others try again


class Alerts:
    """Each call is one transaction."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def newest(self, viewer: Viewer, after: str = "", limit: int = 100) -> tuple[Alert, ...]:
        """Up to ``limit`` alerts to hits that ``viewer`` may see, the newest first, those after the alert ``after``."""
        statement = _alerts(viewer).where(_of(viewer)).order_by(alert.c.id.desc()).limit(limit)
        if after:
            statement = statement.where(alert.c.id < select(alert.c.id).where(alert.c.key == after).scalar_subquery())
        with self._database.read() as connection:
            return tuple(map(_alert_of, connection.execute(statement)))

    def add_channel(self, added: Channel, secret: str, by: Viewer) -> Channel:
        """As it is then. Raises `ConflictError` when the agency has too many, or this one already."""
        is_theirs = and_(channel.c.agency == added.agency, channel.c.ended_at.is_(None))
        with self._database.begin() as connection:
            known = connection.execute(select(channel.c.kind, channel.c.address).where(is_theirs)).all()
            if (added.kind.value, added.address) in [tuple(row) for row in known]:
                raise ConflictError(f"{added.address} is told already; end that channel first to change it")
            if len(known) >= MAX_CHANNELS:
                raise ConflictError(f"there are {MAX_CHANNELS} channels already; end one first")
            values = {name: getattr(added, name) for name in ("agency", "address", "language", "created_by")}
            named = {"kind": added.kind.value, "least": added.least.value, "created_at": added.created_at}
            key = secrets.token_hex(12)
            connection.execute(insert(channel).values(**values, **named, key=key, secret=secret))
            append_events(connection, event(by, Action.ACCOUNT, key, f"channel added: {added.kind} {_host(added)}"))
            return _channel_of(connection.execute(select(channel).where(channel.c.key == key)).one())

    def channels(self, of_agency: str | None = None) -> tuple[Channel, ...]:
        """Those that have not ended, oldest first; all agencies' without ``of_agency``."""
        statement = select(channel).where(channel.c.ended_at.is_(None)).order_by(channel.c.id)
        if of_agency is not None:
            statement = statement.where(channel.c.agency == of_agency)
        with self._database.read() as connection:
            return tuple(map(_channel_of, connection.execute(statement)))

    def open_channel(self, channel_id: str, by: Viewer) -> tuple[Channel, str]:
        """One that has not ended, and what its messages are signed with. Raises `NotFoundError`, as `end_channel`."""
        with self._database.read() as connection:
            row = connection.execute(select(channel).where(_is_open(channel_id, by))).first()
        if row is None:
            raise NotFoundError(_NO_CHANNEL)
        return _channel_of(row), row.secret

    def end_channel(self, channel_id: str, at: datetime, by: Viewer) -> Channel:
        """Tell nothing more by it; what still waits is given up. Raises `NotFoundError`, also for another agency's."""
        with self._database.begin() as connection:
            row = connection.execute(select(channel.c.id).where(_is_open(channel_id, by))).first()
            if row is None:
                raise NotFoundError(_NO_CHANNEL)
            connection.execute(update(channel).where(channel.c.id == row.id).values(ended_at=at))
            waiting = and_(delivery.c.channel_id == row.id, delivery.c.state == DeliveryState.WAITING.value)
            given_up = {"state": DeliveryState.DEAD.value, "problem": "the channel was ended"}
            connection.execute(update(delivery).where(waiting).values(**given_up))
            append_events(connection, event(by, Action.ACCOUNT, channel_id, "channel ended"))
            return _channel_of(connection.execute(select(channel).where(channel.c.id == row.id)).one())

    def claim(self, now: datetime, resting: Collection[str] = ()) -> Delivery | None:
        """The delivery that has been due longest, for the caller to attempt within `LEASE`; None: there is none.

        Channels whose ids are in ``resting`` are passed over.
        """
        is_due = and_(
            delivery.c.state == DeliveryState.WAITING.value,
            delivery.c.due_at <= now,
            channel.c.key.not_in(resting) if resting else true(),
        )
        while True:
            with self._database.read() as connection:  # most times there is none, and nobody waits for a lock
                row = connection.execute(_deliveries().where(is_due).order_by(delivery.c.due_at).limit(1)).first()
            if row is None:
                return None
            with self._database.begin() as connection:
                if _is_claimed(connection, row, now):
                    return _delivery_of(
                        connection.execute(_deliveries().where(delivery.c.key == row.delivery_key)).one()
                    )

    def refusal(self, due: Delivery) -> str:
        """Why it must not be told now, "" when nothing is against it: much may have changed since it was raised."""
        of_alert = alert.c.key == due.alert.alert_id
        joined = _FROM.join(record, record.c.id == alert.c.record_id)
        source, registrar = record.alias("source"), Viewer("", due.channel.agency, Role.REGISTRAR)
        is_source_shown = exists().where(source.c.id == search.c.source_id, visible_to(registrar, source))
        is_shown = and_(visible_to(registrar), or_(search.c.source_id.is_(None), is_source_shown))
        is_suspended = and_(agency.c.name == due.channel.agency, agency.c.suspended_at.is_not(None))
        with self._database.read() as connection:
            if connection.execute(select(agency.c.id).where(is_suspended)).first():
                return "the agency is suspended"
            if not connection.execute(select(alert.c.id).select_from(joined).where(of_alert, is_shown)).first():
                return "what it tells of is not shown to the agency any more"
        return ""

    def settle(self, attempted: Delivery, state: DeliveryState, due_at: datetime, problem: str = "") -> None:
        """What became of an attempt. Nothing, if it took so long that somebody else attempts it now."""
        is_ours = and_(delivery.c.key == attempted.delivery_id, delivery.c.attempt_count == attempted.attempt_count)
        values = {"state": state.value, "due_at": due_at, "problem": problem[:500]}
        with self._database.begin() as connection:
            connection.execute(update(delivery).where(is_ours).values(**values))

    def deliveries(self, viewer: Viewer, state: DeliveryState, limit: int = 100) -> tuple[Delivery, ...]:
        """The newest ``limit`` of the viewer's agency that are in this state."""
        statement = _deliveries().where(_owned_by(viewer), delivery.c.state == state.value)
        with self._database.read() as connection:
            rows = connection.execute(statement.order_by(delivery.c.id.desc()).limit(limit)).all()
        return tuple(map(_delivery_of, rows))

    def try_again(self, delivery_id: str, now: datetime, by: Viewer) -> Delivery:
        """Let a delivery that was given up be attempted from the beginning.

        Raises `NotFoundError`, and `ConflictError` when it was not given up or its channel has ended.
        """
        with self._database.begin() as connection:
            row = connection.execute(_deliveries().where(delivery.c.key == delivery_id, _owned_by(by))).first()
            if row is None:
                raise NotFoundError("there is no such delivery")
            if row.delivery_state != DeliveryState.DEAD.value or row.ended_at:
                raise ConflictError("only what was given up, by a channel that has not ended, is attempted again")
            values = {"state": DeliveryState.WAITING.value, "attempt_count": 0, "due_at": now, "problem": ""}
            connection.execute(update(delivery).where(delivery.c.key == delivery_id).values(**values))
            append_events(connection, event(by, Action.ACCOUNT, delivery_id, "delivery attempted again"))
            return _delivery_of(connection.execute(_deliveries().where(delivery.c.key == delivery_id)).one())

    def waiting_count(self) -> int:
        """How many deliveries wait, due or not."""
        with self._database.read() as connection:
            return _number(connection, select(func.count()).where(delivery.c.state == DeliveryState.WAITING.value))


def _host(one: Channel) -> str:
    """Whom it is told to. The path of a webhook is as good as a password to many who receive them."""
    if one.kind is ChannelKind.MAIL:
        return one.address
    parts = urlsplit(one.address)
    return f"{parts.scheme}://{parts.hostname}"


def _is_claimed(connection: Connection, row: Row[Any], now: datetime) -> bool:
    """Whether the delivery is ours from now on: its count rises with every claim, and nobody was faster if it stood."""
    unclaimed = and_(
        delivery.c.key == row.delivery_key,
        delivery.c.attempt_count == row.attempt_count,
        delivery.c.state == DeliveryState.WAITING.value,
        delivery.c.due_at <= now,
    )
    attempted = {"attempt_count": row.attempt_count + 1, "due_at": now + LEASE}
    return bool(connection.execute(update(delivery).where(unclaimed).values(**attempted)).rowcount)


def _number(connection: Connection, statement: Select[Any]) -> int:
    return int(connection.execute(statement).scalar_one())


_ALERT_COLUMNS = (
    alert.c.id,
    alert.c.key,
    alert.c.agency.label("told"),
    alert.c.side,
    alert.c.verdict,
    alert.c.raised_at,
    hit.c.key.label("hit_key"),
    hit.c.false_alarm_rate,
    search.c.origin,
    record.c.registry,
    record.c.number,
)
_FROM = alert.join(hit, hit.c.id == alert.c.hit_id).join(search, search.c.id == hit.c.search_id)


def _alerts(viewer: Viewer) -> Select[Any]:
    shown = visible_to(viewer).label("is_shown")
    joined = _FROM.join(record, record.c.id == alert.c.record_id)
    return select(*_ALERT_COLUMNS, shown).select_from(joined)


def _deliveries() -> Select[Any]:
    """Without the record's number: mails cross networks that we know nothing of, and a webhook may ask for the hit."""
    of_delivery = delivery.join(_FROM, delivery.c.alert_id == alert.c.id).join(
        channel, channel.c.id == delivery.c.channel_id
    )
    columns = (
        *_ALERT_COLUMNS,
        literal(False).label("is_shown"),
        delivery.c.key.label("delivery_key"),
        delivery.c.state.label("delivery_state"),
        delivery.c.attempt_count,
        delivery.c.due_at,
        delivery.c.problem,
        *(channel.c[name] for name in ("agency", "kind", "address", "secret", "least", "language", "created_by")),
        channel.c.key.label("channel_key"),
        channel.c.created_at,
        channel.c.ended_at,
    )
    return select(*columns).select_from(of_delivery.join(record, record.c.id == alert.c.record_id))


def _of(viewer: Viewer) -> ColumnElement[bool]:
    """Raised for the viewer's agency, and no news of what only its registrars may know of."""
    if viewer.is_unrestricted:
        return alert.c.is_news
    joined = hit.join(search, search.c.id == hit.c.search_id).join(record, record.c.id == hit.c.record_id)
    of_alert = exists().select_from(joined).where(hit.c.id == alert.c.hit_id, hit_shown_to(viewer)).correlate(alert)
    return and_(alert.c.is_news, alert.c.agency == viewer.agency, of_alert)


def _owned_by(viewer: Viewer) -> ColumnElement[bool]:
    return true() if viewer.is_unrestricted else channel.c.agency == viewer.agency


def _is_open(channel_id: str, by: Viewer) -> ColumnElement[bool]:
    return and_(channel.c.key == channel_id, channel.c.ended_at.is_(None), _owned_by(by))


def _alert_of(row: Row[Any]) -> Alert:
    return Alert(
        alert_id=row.key,
        agency=row.told,
        side=Side(row.side),
        hit_id=row.hit_key,
        record_id=RecordId(row.registry, row.number) if row.is_shown else None,
        verdict=Verdict(row.verdict),
        false_alarm_rate=row.false_alarm_rate,
        origin=Origin(row.origin),
        raised_at=row.raised_at,
    )


def _channel_of(row: Row[Any], key: str = "key") -> Channel:
    return Channel(
        channel_id=getattr(row, key),
        agency=row.agency,
        kind=ChannelKind(row.kind),
        address=row.address,
        least=Verdict(row.least),
        language=row.language,
        created_by=row.created_by,
        created_at=row.created_at,
        ended_at=row.ended_at,
    )


def _delivery_of(row: Row[Any]) -> Delivery:
    return Delivery(
        delivery_id=row.delivery_key,
        alert=_alert_of(row),
        channel=_channel_of(row, "channel_key"),
        state=DeliveryState(row.delivery_state),
        attempt_count=row.attempt_count,
        due_at=row.due_at,
        problem=row.problem,
        secret=row.secret,
    )
