"""/v1/searches: what one's own agency searched for, with or without a hit."""

from typing import Annotated

from fastapi import APIRouter, Path, Query, Response

from heritage.domain.access import Scope
from heritage.domain.review import Origin
from heritage.faces import examples
from heritage.faces.api.openapi import GUARDED, answers
from heritage.faces.api.paging import PageNow
from heritage.faces.api.running import RunningNow
from heritage.faces.api.viewing import ViewerNow
from heritage.faces.schemas.searches import KeptSearchModel, SearchPage
from heritage.service.review import find_searches, read_search

router = APIRouter(tags=["searches"])

SearchKey = Annotated[str, Path(pattern="^[0-9a-f]{24}$", examples=[examples.SEARCH["search_id"]])]


@router.get(
    "/v1/searches",
    operation_id="searches.list",
    summary="Searches of your agency",
    responses=answers(examples.SEARCH_PAGE, *GUARDED, 422, 503, headers=["Link"]),
)
def searches(
    running: RunningNow,
    viewer: ViewerNow,
    page: PageNow,
    response: Response,
    origin: Annotated[Origin | None, Query(description="why they were made; without it all but those of scans")] = None,
) -> SearchPage:
    """The newest first, those that found nothing too. Those of a scan are named at its listings."""
    viewer.require(Scope.READ)
    found = find_searches(running.context, viewer, page.place, page.wanted_count, origin)
    return SearchPage.of(*page.shown(found, response, lambda one: one.search_id))


@router.get(
    "/v1/searches/{search_id}",
    operation_id="searches.get",
    summary="One search of your agency, with its hits",
    responses=answers(examples.KEPT_SEARCH, *GUARDED, 404, 422, 503),
)
def one_search(running: RunningNow, viewer: ViewerNow, search_id: SearchKey) -> KeptSearchModel:
    """What was searched when, by whom, with what, and what was found: also the proof that nothing was.

    Nothing found is not a clearance: `coverage` says what was searched.
    """
    viewer.require(Scope.READ)
    return KeptSearchModel.of(*read_search(running.context, search_id, viewer))
