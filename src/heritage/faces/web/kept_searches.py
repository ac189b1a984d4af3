"""The searches of one's own agency: the list of them, and each with what was asked and found."""

from typing import Annotated

from fastapi import APIRouter, Path, Query
from starlette.requests import Request
from starlette.responses import HTMLResponse

from heritage.domain.access import Scope, Viewer
from heritage.domain.review import KeptSearch, Origin
from heritage.faces.api.running import RunningNow
from heritage.faces.api.viewing import ViewerNow, needs
from heritage.faces.search_words import labelled_criteria
from heritage.faces.web.deciding import searched_url
from heritage.faces.web.framing import page
from heritage.faces.web.inbox import thumbnail
from heritage.faces.web.watches import Watchable
from heritage.service.review import find_searches, outcomes, read_search

router = APIRouter(include_in_schema=False, default_response_class=HTMLResponse)

PAGE_SIZE = 30


@router.get("/searches", dependencies=[needs(Scope.READ)])
def searches(
    request: Request,
    running: RunningNow,
    viewer: ViewerNow,
    after: Annotated[str, Query(pattern="^([0-9a-f]{24})?$")] = "",
) -> HTMLResponse:
    """The newest first, but for those of scans. ``after`` is the last one of the page before."""
    found = find_searches(running.context, viewer, after, PAGE_SIZE + 1)
    shown = found[:PAGE_SIZE]
    older = shown[-1].search_id if len(found) > PAGE_SIZE else ""
    listed = tuple(zip(shown, outcomes(running.context, shown), strict=True))
    may_scan = viewer.may(Scope.MATCH)
    return page(request, "searches.html", searches=listed, after=after, older=older, may_scan=may_scan)


@router.get("/searches/{search_id}", dependencies=[needs(Scope.READ)])
def one_search(
    request: Request,
    running: RunningNow,
    viewer: ViewerNow,
    search_id: Annotated[str, Path(pattern="^[0-9a-f]{24}$")],
) -> HTMLResponse:
    kept, hits, _ = read_search(running.context, search_id, viewer)
    photos = [(one, searched_url(running.context, kept, one.digest, viewer)) for one in kept.photos]
    own = {one.digest: url for one, url in photos} if _may_be_watched(kept, viewer) else None
    watchable = own and Watchable.of(running.context, [one for one, url in own.items() if url], viewer)
    return page(
        request,
        "search.html",
        search=kept,
        hits=hits,
        photos=photos,
        criteria=labelled_criteria(kept.criteria),
        thumbnail=thumbnail,
        watchable=watchable,
    )


def _may_be_watched(kept: KeptSearch, viewer: Viewer) -> bool:
    """Photos of records are in the registry themselves; those of other agencies are theirs to watch."""
    return kept.origin is not Origin.COUNTERPART and kept.agency == viewer.agency
