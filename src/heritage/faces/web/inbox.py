"""The inbox of an agency: hits that wait for its word, and what became of its own searches."""

from dataclasses import dataclass
from typing import Annotated
from urllib.parse import urlencode

from fastapi import APIRouter, Query
from starlette.requests import Request
from starlette.responses import HTMLResponse

from heritage.domain.access import Scope, Viewer
from heritage.domain.review import HitQuestion, HitState, KeptHit, Side
from heritage.faces.api.running import RunningNow
from heritage.faces.api.viewing import ViewerNow, needs
from heritage.faces.languages import N_
from heritage.faces.schemas.records import image_url
from heritage.faces.web.framing import page
from heritage.service.context import Context
from heritage.service.review import find_hits

router = APIRouter(include_in_schema=False, default_response_class=HTMLResponse)

THUMBNAIL_SIDE = 192  # px; shown at half of it
PAGE_SIZE = 20
OVERVIEW_SIZE = 10

HitAsked = Annotated[str, Query(pattern="^([0-9a-f]{24})?$")]
StateAsked = Annotated[str, Query(pattern="^(open|confirmed|rejected)?$")]
PartAsked = Annotated[str, Query(pattern="^(asked|found|own)?$")]


@dataclass(frozen=True, slots=True)
class Part:
    """One list of the inbox: whose searches, and whether a question waits in them."""

    name: str
    heading: str
    nothing: str
    side: Side
    is_waiting: bool | None = None

    def question(self, state: HitState | None) -> HitQuestion:
        return HitQuestion(state, side=self.side, is_waiting=self.is_waiting)


PARTS = (
    Part("asked", N_("You are asked"), N_("No question waits for your agency."), Side.OWNER, True),
    Part("found", N_("Found by others on your records"), N_("Nothing here."), Side.OWNER, False),
    Part("own", N_("Found by your own searches"), N_("Nothing here."), Side.SEARCHER),
)


@dataclass(frozen=True, slots=True)
class Listed:
    """A part as it is shown; ``older`` is the address of what follows, empty when nothing does."""

    part: Part
    hits: tuple[KeptHit, ...]
    older: str


@router.get("/inbox", dependencies=[needs(Scope.READ)])
def inbox(
    request: Request,
    running: RunningNow,
    viewer: ViewerNow,
    state: StateAsked = "",
    part: PartAsked = "",
    after: HitAsked = "",
) -> HTMLResponse:
    """All parts, or one of them; the newest first. ``after`` is the last hit of the page before."""
    wanted = HitState(state) if state else None
    shown = [one for one in PARTS if part in ("", one.name)]
    found = [_listed(running.context, viewer, one, wanted, after if part else "") for one in shown]
    listed = [one for one in found if one.hits or part or wanted in (None, HitState.OPEN) or not one.part.is_waiting]
    return page(
        request, "inbox.html", listed=listed, parts=PARTS, state=state, part=part, after=after, thumbnail=thumbnail
    )


def thumbnail(hit: KeptHit) -> str:
    """Where a small registered photograph of a hit is had, whose record is shown."""
    return f"{image_url(hit.digest)}?size={THUMBNAIL_SIDE}"


def _listed(context: Context, viewer: Viewer, part: Part, state: HitState | None, after: str) -> Listed:
    size = PAGE_SIZE if after else OVERVIEW_SIZE
    found = find_hits(context, part.question(state), viewer, after, size + 1)
    last = found[size - 1].hit_id if len(found) > size else ""
    asked = {"part": part.name, "state": state.value if state else "", "after": last}
    older = f"/inbox?{urlencode({name: value for name, value in asked.items() if value})}" if last else ""
    return Listed(part, found[:size], older)
