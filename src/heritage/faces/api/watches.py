"""/v1/watches: be told if what a photo shows is ever registered."""

from typing import Annotated

from fastapi import APIRouter, Path

from heritage.domain.access import Scope
from heritage.domain.images import ImageDigest
from heritage.faces import examples
from heritage.faces.api.openapi import GUARDED, answers, created
from heritage.faces.api.running import RunningNow
from heritage.faces.api.viewing import ViewerNow, needs
from heritage.faces.schemas.watches import WatchDraft, WatchList, WatchModel
from heritage.service.watching import end_watch, watch_photo, watches_of

router = APIRouter(tags=["watches"])

WatchKey = Annotated[str, Path(pattern="^[0-9a-f]{24}$", examples=[examples.WATCH["watch_id"]])]


@router.post(
    "/v1/watches",
    operation_id="watches.create",
    dependencies=[needs(Scope.MATCH)],
    status_code=201,
    summary="Be told if what a photo shows is registered within a year",
    responses=created(examples.WATCH, *GUARDED, 404, 422, 503),
)
def create(running: RunningNow, viewer: ViewerNow, wanted: WatchDraft) -> WatchModel:
    """The photo is kept as long. Watching it again starts the year anew, under another id.

    Every photo that is kept is searched when something is registered, watched or not: a watch keeps it for longer.
    """
    return WatchModel.of(watch_photo(running.context, ImageDigest.parse(wanted.digest), viewer))


@router.get(
    "/v1/watches",
    operation_id="watches.list",
    dependencies=[needs(Scope.READ)],
    summary="What your agency watches",
    responses=answers(examples.WATCHES, *GUARDED, 503),
)
def watches(running: RunningNow, viewer: ViewerNow) -> WatchList:
    return WatchList.of(watches_of(running.context, viewer))


@router.delete(
    "/v1/watches/{watch_id}",
    operation_id="watches.end",
    dependencies=[needs(Scope.MATCH)],
    summary="Watch a photo no longer",
    responses=answers({**examples.WATCH, "until": "2026-06-01T08:00:00Z"}, *GUARDED, 404, 422, 503),
)
def end(running: RunningNow, viewer: ViewerNow, watch_id: WatchKey) -> WatchModel:
    """From then on the photo is kept for as many days as your agency keeps any."""
    return WatchModel.of(end_watch(running.context, watch_id, viewer))
