"""Alerts on somebody's behalf: the channels by which an agency is told of hits, and what was told by them."""

import base64
import json
import secrets
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from heritage.domain.access import Scope, Viewer
from heritage.domain.alerts import Alert, Channel, ChannelKind, Delivery, DeliveryState, Mail, next_wait
from heritage.domain.audit import Action, event, written_time
from heritage.domain.hits import Verdict
from heritage.errors import DeliveryError, InputError
from heritage.service import auditing
from heritage.service.accounts import agency_for
from heritage.service.context import Context, check_channel_address
from heritage.storage.alerts import Alerts
from heritage.storage.database import Database

SECRET_MARK = "whsec_"
REST = timedelta(seconds=30)  # of a channel that failed
Compose = Callable[[Alert, Channel, str], Mail]
"""Writes the mail about an alert, in the channel's language; the text is an address to look at the hit, or empty."""
ComposeTrial = Callable[[Channel, str], Mail]
"""Writes the mail that only tries a channel out; the text makes its Message-ID."""


@dataclass(frozen=True, slots=True)
class NewChannel:
    """The only moment that a webhook's secret is told; "" for a mailbox."""

    channel: Channel
    secret: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class ChannelWish:
    """What is wanted to be told, and where. No ``agency``: the one that asks."""

    kind: ChannelKind
    address: str
    least: Verdict = Verdict.STRONG
    language: str = "en"
    agency: str = ""


def add_channel(database: Database, wish: ChannelWish, by: Viewer) -> NewChannel:
    """Raises `ForbiddenError`, `InputError` for an address that cannot be used, `ConflictError`, `NotFoundError`."""
    by.require(Scope.ACCOUNTS)
    if wish.least is Verdict.NONE:
        raise InputError("choose strong, or possible for those as well: nothing else is a hit")
    address = check_channel_address(wish.kind, wish.address.strip())
    secret = SECRET_MARK + base64.b64encode(secrets.token_bytes(32)).decode("ascii")
    wanted = Channel(
        channel_id="",
        agency=agency_for(database, by, wish.agency),
        kind=wish.kind,
        address=address,
        least=wish.least,
        language=wish.language,
        created_by=by.actor,
        created_at=datetime.now(UTC),
    )
    kept = secret if wish.kind is ChannelKind.WEBHOOK else ""
    return NewChannel(Alerts(database).add_channel(wanted, kept, by), kept)


def channels_of(database: Database, by: Viewer) -> tuple[Channel, ...]:
    """Those of the agency that asks, oldest first; at the machine everybody's. Raises `ForbiddenError`."""
    by.require(Scope.ACCOUNTS)
    return Alerts(database).channels(None if by.is_unrestricted else by.agency)


def end_channel(database: Database, channel_id: str, by: Viewer) -> Channel:
    """As it is then. Raises `ForbiddenError`, `NotFoundError`."""
    by.require(Scope.ACCOUNTS)
    return Alerts(database).end_channel(channel_id, datetime.now(UTC), by)


def try_channel(context: Context, channel_id: str, compose: ComposeTrial, by: Viewer) -> Channel:
    """Send a message that tells of no hit, at once and once, and put on record that somebody did.

    Raises `ForbiddenError`, `NotFoundError`, and `DeliveryError` when it does not get through.
    """
    by.require(Scope.ACCOUNTS)
    channel, secret = Alerts(context.database).open_channel(channel_id, by)
    # First, so that whoever probes addresses leaves a trace, whatever comes of it.
    auditing.record(context.audit, event(by, Action.ACCOUNT, channel_id, "channel tried out"))
    now, trial_id = datetime.now(UTC), secrets.token_hex(12)
    if channel.kind is ChannelKind.WEBHOOK:
        values = {"type": "channel.tried", "timestamp": written_time(now), "data": {"channel_id": channel_id}}
        context.webhooks.send(
            channel.address, secret, trial_id, now, json.dumps(values, separators=(",", ":")).encode()
        )
    else:
        context.mailer.send(compose(channel, trial_id))
    return channel


def newest_alerts(database: Database, viewer: Viewer, after: str = "", limit: int = 100) -> tuple[Alert, ...]:
    """What the viewer's agency was alerted to, the newest first. Raises `ForbiddenError`."""
    viewer.require(Scope.READ)
    return Alerts(database).newest(viewer, after, limit)


def deliveries_of(database: Database, state: DeliveryState, by: Viewer, limit: int = 100) -> tuple[Delivery, ...]:
    """Those of the agency in this state, the newest first. Raises `ForbiddenError`."""
    by.require(Scope.ACCOUNTS)
    return Alerts(database).deliveries(by, state, limit)


def deliver_again(database: Database, delivery_id: str, by: Viewer) -> Delivery:
    """Attempt once more what was given up. Raises `ForbiddenError`, `NotFoundError`, `ConflictError`."""
    by.require(Scope.ACCOUNTS)
    return Alerts(database).try_again(delivery_id, datetime.now(UTC), by)


@dataclass(slots=True)
class Resting:
    """Channels that failed just now: while they rest, nobody else's alerts wait for them to fail again and again."""

    until_by_channel: dict[str, datetime] = field(default_factory=dict)

    def at(self, now: datetime) -> list[str]:
        """Those that still rest."""
        self.until_by_channel = {one: until for one, until in self.until_by_channel.items() if until > now}
        return sorted(self.until_by_channel)

    def begin(self, channel_id: str, now: datetime) -> None:
        self.until_by_channel[channel_id] = now + REST


def deliver_due(
    context: Context,
    compose: Compose,
    now: Callable[[], datetime],
    limit: int = 100,
    resting: Resting | None = None,
) -> int:
    """Attempt up to ``limit`` deliveries that are due; how many were attempted.

    A process that dies between sending and saying so leaves a delivery that is attempted again: receivers know it by
    its id, which stays the same.
    """
    resting = resting or Resting()
    for count in range(limit):
        due = context.alerts.claim(now(), resting.at(now()))
        if due is None:
            return count
        if not _attempt(context, compose, due, now):
            resting.begin(due.channel.channel_id, now())
    return limit


def message_of(alert: Alert, link: str) -> bytes:
    """The body of a webhook's message. It names no record: who may know of it asks for the hit, signed in."""
    values = {
        "type": "hit.raised",
        "timestamp": written_time(alert.raised_at),
        "data": {
            "alert_id": alert.alert_id,
            "hit_id": alert.hit_id,
            "side": alert.side.value,
            "verdict": alert.verdict.value,
            "false_alarm_rate": alert.false_alarm_rate,
            "origin": alert.origin.value,
            "address": link,
        },
    }
    return json.dumps(values, separators=(",", ":")).encode()


def _attempt(context: Context, compose: Compose, due: Delivery, now: Callable[[], datetime]) -> bool:
    """Whether the channel did what it should."""
    if refusal := context.alerts.refusal(due):
        context.alerts.settle(due, DeliveryState.DEAD, now(), refusal)
        return True
    try:
        _send(context, compose, due, now())
    except DeliveryError as error:
        wait = next_wait(due.attempt_count)
        state = DeliveryState.WAITING if wait else DeliveryState.DEAD
        context.alerts.settle(due, state, now() + wait if wait else now(), str(error))
        return False
    context.alerts.settle(due, DeliveryState.DONE, now())
    return True


def _send(context: Context, compose: Compose, due: Delivery, at: datetime) -> None:
    base = context.settings.public_address.rstrip("/")
    link = f"{base}/hits/{due.alert.hit_id}" if base else ""
    if due.channel.kind is ChannelKind.WEBHOOK:
        message = message_of(due.alert, link)
        context.webhooks.send(due.channel.address, due.secret, due.delivery_id, at, message)
    else:
        context.mailer.send(compose(due.alert, due.channel, link))
