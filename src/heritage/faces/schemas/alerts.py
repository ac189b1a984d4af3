"""Alerts, and the channels by which agencies are told of them."""

from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Self

from pydantic import ConfigDict, Field

from heritage.domain.alerts import Alert, Channel, ChannelKind, Delivery, DeliveryState
from heritage.domain.hits import Verdict
from heritage.domain.review import Origin, Side
from heritage.faces import examples
from heritage.faces.languages import LANGUAGES
from heritage.faces.schemas.base import Model

if TYPE_CHECKING:  # the client reads these models without the whole service
    from heritage.service.alerting import NewChannel


class AlertModel(Model):
    model_config = ConfigDict(json_schema_extra={"examples": [examples.ALERT]})

    alert_id: str
    raised_at: datetime = Field(description="UTC")
    side: Side = Field(description="why you: the record is yours, or you searched for the photo before")
    verdict: Verdict
    false_alarm_rate: float
    origin: Origin = Field(description="`watch`: a record that is new or changed matches a photo that was seen before")
    hit_id: str
    record: str | None = Field(description="`registry/number`; null when you may not see it")

    @classmethod
    def of(cls, alert: Alert) -> Self:
        return cls(
            alert_id=alert.alert_id,
            raised_at=alert.raised_at,
            side=alert.side,
            verdict=alert.verdict,
            false_alarm_rate=alert.false_alarm_rate,
            origin=alert.origin,
            hit_id=alert.hit_id,
            record=str(alert.record_id) if alert.record_id else None,
        )


class AlertPage(Model):
    model_config = ConfigDict(json_schema_extra={"examples": [examples.ALERT_PAGE]})

    alerts: list[AlertModel] = Field(description="the newest first")
    next: str | None = Field(description="`cursor` of the page after this one; null: this is the last")

    @classmethod
    def of(cls, alerts: Sequence[Alert], following: str | None) -> Self:
        return cls(alerts=[AlertModel.of(one) for one in alerts], next=following)


class ChannelModel(Model):
    model_config = ConfigDict(json_schema_extra={"examples": [examples.CHANNEL]})

    channel_id: str
    kind: ChannelKind
    address: str
    least: Verdict = Field(description="hits that are weaker are not told by it")
    language: str = Field(description="of mails")
    created_by: str
    created_at: datetime | None
    ended_at: datetime | None = None

    @classmethod
    def of(cls, channel: Channel) -> Self:
        names = ("channel_id", "kind", "address", "least", "language", "created_by", "created_at", "ended_at")
        return cls(**{name: getattr(channel, name) for name in names})


class ChannelsModel(Model):
    channels: list[ChannelModel]


class NewChannelModel(Model):
    channel: ChannelModel
    secret: str = Field(description="what a webhook's messages are signed with, told this once; empty for mail")

    @classmethod
    def of(cls, made: "NewChannel") -> Self:
        return cls(channel=ChannelModel.of(made.channel), secret=made.secret)


class ChannelDraft(Model):
    """By what to be told, and where."""

    kind: ChannelKind
    address: str = Field(max_length=2_000, description="`https://...` of a webhook, or a mailbox")
    least: Verdict = Field(default=Verdict.STRONG, description="`strong`, or `possible` for those as well")
    language: str = Field(default="en", pattern=f"^({'|'.join(LANGUAGES)})$", description="of mails")


class DeliveryModel(Model):
    model_config = ConfigDict(json_schema_extra={"examples": [examples.DELIVERY]})

    delivery_id: str = Field(description="also the message's `webhook-id`")
    alert_id: str
    channel_id: str
    address: str
    state: DeliveryState
    attempt_count: int
    due_at: datetime = Field(description="UTC; of one that waits, the next attempt, else the last")
    problem: str = Field(description="of the last attempt")

    @classmethod
    def of(cls, delivery: Delivery) -> Self:
        return cls(
            delivery_id=delivery.delivery_id,
            alert_id=delivery.alert.alert_id,
            channel_id=delivery.channel.channel_id,
            address=delivery.channel.address,
            state=delivery.state,
            attempt_count=delivery.attempt_count,
            due_at=delivery.due_at,
            problem=delivery.problem,
        )


class DeliveriesModel(Model):
    deliveries: list[DeliveryModel]
