"""Alerts: that a hit was found, told once to each agency that it concerns, and the channels by which it is told."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from heritage.domain.hits import Verdict
from heritage.domain.records import RecordId
from heritage.domain.review import Origin, Side

MAX_CHANNELS = 20  # of one agency
_WAITS = tuple(
    timedelta(minutes=minutes) for minutes in (1, 5, 15, 60, 180, 360, 720, 1440, 1440)
)  # after the first attempt, the second, ...: four days in all


class ChannelKind(StrEnum):
    """By what an agency is told."""

    WEBHOOK = "webhook"
    MAIL = "mail"


class DeliveryState(StrEnum):
    """What became of telling one alert by one channel."""

    WAITING = "waiting"
    DONE = "done"
    DEAD = "dead"  # given up: somebody must look


@dataclass(frozen=True, slots=True)
class Channel:
    """``address``: of a webhook, or of a mailbox. Of hits weaker than ``least`` nothing is told by it.

    ``language``: the code of the language that mails are written in.
    """

    channel_id: str
    agency: str
    kind: ChannelKind
    address: str
    least: Verdict = Verdict.STRONG
    language: str = "en"
    created_by: str = ""
    created_at: datetime | None = None
    ended_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Alert:
    """One hit, told to one agency, which is the record's owner or searched for the photo; ``raised_at`` is UTC.

    There is one for each record, photo and agency, however often the two are compared. ``record_id`` is None where
    the agency may not know of the record any more.
    """

    alert_id: str
    agency: str
    side: Side
    hit_id: str
    record_id: RecordId | None
    verdict: Verdict
    false_alarm_rate: float
    origin: Origin
    raised_at: datetime


@dataclass(frozen=True, slots=True)
class Delivery:
    """Telling an alert by a channel. ``secret`` is what a webhook is signed with; ``attempt_count`` has this one in."""

    delivery_id: str
    alert: Alert
    channel: Channel
    state: DeliveryState
    attempt_count: int
    due_at: datetime
    problem: str = ""
    secret: str = ""

    def __repr__(self) -> str:
        return f"Delivery({self.delivery_id!r}, {self.state.value})"  # never with the secret


@dataclass(frozen=True, slots=True)
class Mail:
    """One letter; ``message_id``, without its brackets and host, stays the same when it is sent again."""

    to: str
    subject: str
    text: str
    message_id: str


def next_wait(attempt_count: int) -> timedelta | None:
    """How long to wait after so many attempts that failed; None: give up."""
    return _WAITS[attempt_count - 1] if attempt_count <= len(_WAITS) else None
