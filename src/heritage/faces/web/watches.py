"""Photos that an agency watches: the list of them, and the button that watches one more."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Annotated, Self

from fastapi import APIRouter, Form, Path, Query
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response

from heritage.domain.access import Scope, Viewer
from heritage.domain.images import ImageDigest
from heritage.domain.watches import WATCHED, Watch
from heritage.errors import InputError
from heritage.faces.api.running import RunningNow
from heritage.faces.api.viewing import ViewerNow, needs
from heritage.faces.asking import MAX_PHOTOS
from heritage.faces.languages import N_, _
from heritage.faces.schemas.records import photo_url
from heritage.faces.web.framing import page
from heritage.faces.web.once import once
from heritage.service.context import Context
from heritage.service.watching import WATCHES_LISTED, end_watch, watch_photo, watches_of, watches_on

router = APIRouter(include_in_schema=False, default_response_class=HTMLResponse)

THUMBNAIL_SIDE = 192  # px; shown at half of it
SAID = {
    "watched": N_("Your agency is told if it is registered."),
    "ended": N_("The watch is ended."),
}
Token = Annotated[str, Form()]


@dataclass(frozen=True, slots=True)
class Watchable:
    """What a search's page offers: its photos that the agency keeps, and until when they are watched, if they are.

    ``would_end``: of a watch that begins now.
    """

    digests: tuple[ImageDigest, ...]
    watched_until: datetime | None
    would_end: datetime

    @classmethod
    def of(cls, context: Context, digests: Sequence[ImageDigest], viewer: Viewer) -> Self | None:
        """None for those who may watch nothing."""
        if not viewer.may(Scope.MATCH):
            return None
        different = tuple(dict.fromkeys(digests))
        watched = watches_on(context, different, viewer)
        is_all = bool(different) and {one.digest for one in watched} == set(different)
        until = min(one.until for one in watched) if is_all else None
        return cls(different, until, datetime.now(UTC) + WATCHED)


@router.get("/watches", dependencies=[needs(Scope.READ)])
def watches(
    request: Request,
    running: RunningNow,
    viewer: ViewerNow,
    said: Annotated[str, Query()] = "",
) -> HTMLResponse:
    """``said``: what was just done, to confirm it."""
    found = watches_of(running.context, viewer)
    told = _(SAID[said]) if said in SAID else ""
    return page(
        request, "watches.html", watches=found, said=told, thumbnail=_thumbnail, is_full=len(found) == WATCHES_LISTED
    )


@router.post("/watches", dependencies=[needs(Scope.MATCH)])
def watch(
    running: RunningNow,
    viewer: ViewerNow,
    digest: Annotated[list[str] | None, Form()] = None,
    token: Token = "",
) -> Response:
    """All photos of one search."""
    if not digest or len(digest) > MAX_PHOTOS:
        raise InputError("choose a photo of a search to watch")
    wanted = [ImageDigest.parse(one) for one in digest]
    with once(running.context.replies, viewer, token, "watch", *digest) as is_first:
        for one in wanted if is_first else ():
            watch_photo(running.context, one, viewer)
    return RedirectResponse("/watches?said=watched", 303)


@router.post("/watches/{watch_id}/end", dependencies=[needs(Scope.MATCH)])
def end(
    running: RunningNow,
    viewer: ViewerNow,
    watch_id: Annotated[str, Path(pattern="^[0-9a-f]{24}$")],
    token: Token = "",
) -> Response:
    with once(running.context.replies, viewer, token, "end", watch_id) as is_first:
        if is_first:
            end_watch(running.context, watch_id, viewer)
    return RedirectResponse("/watches?said=ended", 303)


def _thumbnail(watch: Watch) -> str:
    return f"{photo_url(watch.digest)}?size={THUMBNAIL_SIDE}"
