"""/v1/alerts: hits that were raised, also as an Atom feed; /v1/channels: by what agencies are told of them."""

from typing import Annotated

from fastapi import APIRouter, Path, Query, Response
from starlette.responses import Response as PlainResponse

from heritage.domain.access import Scope
from heritage.domain.alerts import DeliveryState
from heritage.faces import examples
from heritage.faces.api.openapi import GUARDED, answers, created, problems
from heritage.faces.api.paging import PageNow
from heritage.faces.api.running import RunningNow
from heritage.faces.api.viewing import ViewerNow, needs
from heritage.faces.mails import trial_mail
from heritage.faces.schemas.alerts import (
    AlertPage,
    ChannelDraft,
    ChannelModel,
    ChannelsModel,
    DeliveriesModel,
    DeliveryModel,
    NewChannelModel,
)
from heritage.faces.web.feeds import alerts_feed
from heritage.service.alerting import (
    ChannelWish,
    add_channel,
    channels_of,
    deliver_again,
    deliveries_of,
    end_channel,
    newest_alerts,
    try_channel,
)

router = APIRouter(tags=["alerts"])

FEED_TYPE = "application/atom+xml"
FEED_LENGTH = 100
_KEY_PATTERN = "^[0-9a-f]{24}$"
ChannelKey = Annotated[str, Path(pattern=_KEY_PATTERN, examples=[examples.CHANNEL["channel_id"]])]
DeliveryKey = Annotated[str, Path(pattern=_KEY_PATTERN, examples=[examples.DELIVERY["delivery_id"]])]


@router.get(
    "/v1/alerts",
    operation_id="alerts.list",
    dependencies=[needs(Scope.READ)],
    summary="What your agency was alerted to",
    responses=answers(examples.ALERT_PAGE, *GUARDED, 422, 503, headers=["Link"]),
)
def alerts(running: RunningNow, viewer: ViewerNow, page: PageNow, response: Response) -> AlertPage:
    """Hits on your records that others found, and records that match what you searched for before: each pair once."""
    found = newest_alerts(running.context.database, viewer, page.place, page.wanted_count)
    return AlertPage.of(*page.shown(found, response, lambda one: one.alert_id))


@router.get(
    "/v1/alerts.atom",
    operation_id="alerts.feed",
    dependencies=[needs(Scope.READ)],
    summary="The newest alerts as an Atom feed (RFC 4287)",
    response_class=PlainResponse,
    responses={
        200: {"content": {FEED_TYPE: {"schema": {"type": "string"}, "example": examples.FEED}}},
        **problems(*GUARDED, 503),
    },
)
def feed(running: RunningNow, viewer: ViewerNow) -> PlainResponse:
    """Feed readers that cannot send a key as Bearer send it as the password of HTTP Basic, with any login."""
    found = newest_alerts(running.context.database, viewer, limit=FEED_LENGTH)
    text = alerts_feed(found, viewer.agency, running.context.settings.public_address, running.context.database.identity)
    return PlainResponse(text, media_type=FEED_TYPE)


@router.get(
    "/v1/channels",
    operation_id="channels.list",
    dependencies=[needs(Scope.ACCOUNTS)],
    summary="By what your agency is told of alerts",
    responses=answers({"channels": [examples.CHANNEL]}, 503),
)
def channels(running: RunningNow, viewer: ViewerNow) -> ChannelsModel:
    return ChannelsModel(channels=[ChannelModel.of(one) for one in channels_of(running.context.database, viewer)])


@router.post(
    "/v1/channels",
    operation_id="channels.create",
    dependencies=[needs(Scope.ACCOUNTS)],
    status_code=201,
    summary="Be told by webhook or mail",
    responses=created(examples.NEW_CHANNEL, 409, 422, 503),
)
def create(running: RunningNow, viewer: ViewerNow, wanted: ChannelDraft) -> NewChannelModel:
    """Of alerts from now on. Messages are signed as Standard Webhooks has it; the secret is told this once."""
    wish = ChannelWish(wanted.kind, wanted.address, wanted.least, wanted.language, viewer.agency)
    return NewChannelModel.of(add_channel(running.context.database, wish, viewer))


@router.delete(
    "/v1/channels/{channel_id}",
    operation_id="channels.end",
    dependencies=[needs(Scope.ACCOUNTS)],
    summary="Be told nothing more by a channel",
    responses=answers({**examples.CHANNEL, "ended_at": "2026-06-01T08:00:00Z"}, 404, 422, 503),
)
def end(running: RunningNow, viewer: ViewerNow, channel_id: ChannelKey) -> ChannelModel:
    """What still waits is given up."""
    return ChannelModel.of(end_channel(running.context.database, channel_id, viewer))


@router.post(
    "/v1/channels/{channel_id}/test",
    operation_id="channels.test",
    dependencies=[needs(Scope.ACCOUNTS)],
    summary="Send a message that tells of no hit",
    responses=answers(examples.CHANNEL, 404, 422, 424, 503),
)
def test(running: RunningNow, viewer: ViewerNow, channel_id: ChannelKey) -> ChannelModel:
    """At once, and once: 424 says why it was not taken. A webhook's has the type `channel.tried`."""
    return ChannelModel.of(try_channel(running.context, channel_id, trial_mail, viewer))


@router.get(
    "/v1/deliveries",
    operation_id="deliveries.list",
    dependencies=[needs(Scope.ACCOUNTS)],
    summary="Messages that wait, or were given up",
    responses=answers({"deliveries": [examples.DELIVERY]}, 422, 503),
)
def deliveries(
    running: RunningNow,
    viewer: ViewerNow,
    state: Annotated[DeliveryState, Query(description="`dead`: given up")] = DeliveryState.DEAD,
) -> DeliveriesModel:
    """The newest hundred."""
    found = deliveries_of(running.context.database, state, viewer)
    return DeliveriesModel(deliveries=[DeliveryModel.of(one) for one in found])


@router.post(
    "/v1/deliveries/{delivery_id}/retry",
    operation_id="deliveries.retry",
    dependencies=[needs(Scope.ACCOUNTS)],
    summary="Attempt once more what was given up",
    responses=answers({**examples.DELIVERY, "state": "waiting"}, 404, 409, 422, 503),
)
def retry(running: RunningNow, viewer: ViewerNow, delivery_id: DeliveryKey) -> DeliveryModel:
    return DeliveryModel.of(deliver_again(running.context.database, delivery_id, viewer))
