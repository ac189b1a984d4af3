"""/v1/hits: what searches found, for people to decide on; /v1/counterparts: the same of lost and found records."""

from datetime import date
from typing import Annotated

from fastapi import APIRouter, Path, Query, Response

from heritage.domain.access import Scope, Viewer
from heritage.domain.records import RecordId
from heritage.domain.review import HitQuestion, HitState, Origin
from heritage.faces import examples
from heritage.faces.api.openapi import GUARDED, answers
from heritage.faces.api.paging import Page, PageNow
from heritage.faces.api.record_ids import RecordIdAsked
from heritage.faces.api.running import RunningNow
from heritage.faces.api.viewing import ViewerNow
from heritage.faces.schemas.hits import DecisionDraft, HitPage, KeptHitModel
from heritage.service.context import Context
from heritage.service.review import decide, find_hits, read_hit

router = APIRouter(tags=["hits"])

HitKey = Annotated[str, Path(pattern="^[0-9a-f]{24}$", examples=[examples.KEPT_HIT["hit_id"]])]


@router.get(
    "/v1/hits",
    operation_id="hits.list",
    summary="Hits of your agency's searches, and hits on its records",
    responses=answers(examples.HIT_PAGE, *GUARDED, 404, 422, 503, headers=["Link"]),
)
def hits(
    running: RunningNow,
    viewer: ViewerNow,
    page: PageNow,
    response: Response,
    state: Annotated[HitState | None, Query(description="what was decided so far")] = None,
    origin: Annotated[Origin | None, Query(description="a photo that somebody sent, or a record's")] = None,
    record: Annotated[
        str | None, Query(description="`registry/number`", examples=["national-register/2019-0417"])
    ] = None,
    since: Annotated[date | None, Query(description="not found before this day, UTC")] = None,
) -> HitPage:
    """The newest first. Of a record, and of who searched for what, each agency sees only what is shown to it."""
    viewer.require(Scope.READ)
    asked = HitQuestion(state, origin, None if record is None else RecordId.parse(record), since)
    return _page_of(running.context, asked, viewer, page, response)


@router.get(
    "/v1/hits/{hit_id}",
    operation_id="hits.get",
    summary="One hit, with its evidence and what was decided",
    responses=answers(examples.KEPT_HIT, *GUARDED, 404, 422, 503),
)
def one_hit(running: RunningNow, viewer: ViewerNow, hit_id: HitKey) -> KeptHitModel:
    viewer.require(Scope.READ)
    return KeptHitModel.of(read_hit(running.context, hit_id, viewer))


@router.post(
    "/v1/hits/{hit_id}/decisions",
    operation_id="hits.decide",
    status_code=201,
    summary="Put on record what a person says to a hit",
    responses=answers(examples.KEPT_HIT, 400, *GUARDED, 404, 413, 422, 503, status=201),
)
def add_decision(running: RunningNow, viewer: ViewerNow, hit_id: HitKey, draft: DecisionDraft) -> KeptHitModel:
    """Added to what was said before; nothing is ever changed or removed.

    The owner of the record and the agency that searched may decide, and both see what either said. The hit's `state` is
    the owner's last confirmation or rejection; as long as there is none, the searcher's last. Questions
    (`ask_owner`, `ask_expert`) change nothing about it. Without a `note` that says why, nothing is rejected.
    """
    viewer.require(Scope.DECIDE)
    return KeptHitModel.of(decide(running.context, hit_id, draft.decision, draft.note, viewer))


@router.get(
    "/v1/counterparts/{registry}/{number:path}",
    operation_id="counterparts.list",
    summary="Records that may be of the same object: found ones of a lost one, lost ones of a found one",
    responses=answers(examples.HIT_PAGE, *GUARDED, 404, 422, 503, headers=["Link"]),
)
def counterparts(
    running: RunningNow, viewer: ViewerNow, record_id: RecordIdAsked, page: PageNow, response: Response
) -> HitPage:
    """The record is the `record` of a hit, or its search's `source`; the counterpart is the other one of both."""
    viewer.require(Scope.READ)
    asked = HitQuestion(origin=Origin.COUNTERPART, record=record_id)
    return _page_of(running.context, asked, viewer, page, response)


def _page_of(context: Context, asked: HitQuestion, viewer: Viewer, page: Page, response: Response) -> HitPage:
    found = find_hits(context, asked, viewer, page.place, page.wanted_count)
    return HitPage.of(*page.shown(found, response, lambda one: one.hit_id))
