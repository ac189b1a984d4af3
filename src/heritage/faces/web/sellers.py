"""The pages of sellers: all that the agency's scans came across, and one with the pictures that are used again."""

from typing import Annotated
from urllib.parse import quote, urlencode

from fastapi import APIRouter, Path, Query
from starlette.requests import Request
from starlette.responses import HTMLResponse

from heritage.domain.access import Scope
from heritage.domain.duplicates import DuplicateKind
from heritage.domain.pictures import Likeness
from heritage.faces.api.running import RunningNow
from heritage.faces.api.viewing import ViewerNow, needs
from heritage.faces.languages import N_
from heritage.faces.scan_words import STATE_WORDS
from heritage.faces.web.framing import page
from heritage.service.sellers import find_sellers, reused_pictures, seller_matches

router = APIRouter(include_in_schema=False, default_response_class=HTMLResponse, dependencies=[needs(Scope.MATCH)])

PAGE_SIZE = 50
MAX_LISTED = 100  # listings of one seller
MAX_REUSED = 30
LIKENESS_WORDS = {
    DuplicateKind.SAME.value: N_("The same file."),
    Likeness.NEARLY.value: N_("Nearly the same photograph, in different files."),
    Likeness.ALIKE.value: N_("Alike: look whether it is one object."),
}


def seller_url(name: str) -> str:
    return f"/sellers/{quote(name, safe='')}"


@router.get("/sellers")
def sellers(
    request: Request,
    running: RunningNow,
    viewer: ViewerNow,
    text: Annotated[str, Query()] = "",
    start: Annotated[int, Query(ge=0, le=1_000_000)] = 0,
) -> HTMLResponse:
    found = find_sellers(running.context.sellers, viewer, text.strip(), start, PAGE_SIZE + 1)
    asked = {"text": text.strip()} if text.strip() else {}
    further = f"/sellers?{urlencode(asked | {'start': start + PAGE_SIZE})}" if len(found) > PAGE_SIZE else ""
    return page(
        request,
        "sellers.html",
        sellers=found[:PAGE_SIZE],
        text=text,
        seller_url=seller_url,
        may_export=viewer.may(Scope.EXPORT),
        first=f"/sellers?{urlencode(asked)}".rstrip("?") if start else "",
        further=further,
    )


@router.get("/sellers/{name:path}")
def one_seller(
    request: Request, running: RunningNow, viewer: ViewerNow, name: Annotated[str, Path(max_length=2_000)]
) -> HTMLResponse:
    context = running.context
    found = context.sellers.get(name, viewer)
    with running.turns.take():
        reused = reused_pictures(context, viewer, name)
    matches = seller_matches(context, viewer, name)
    sightings = context.sellers.sightings(viewer, name)
    return page(
        request,
        "seller.html",
        seller=found,
        reused=reused[:MAX_REUSED],
        reused_count=len(reused),
        matches=matches[:MAX_LISTED],
        title_by_listing={one.listing_id: one.title or one.key for one in sightings},
        sightings=sightings[::-1][:MAX_LISTED],
        state_words=STATE_WORDS,
        likeness_words=LIKENESS_WORDS,
        seller_url=seller_url,
    )
