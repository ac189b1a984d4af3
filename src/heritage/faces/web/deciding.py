"""The page of one kept hit: what was found, what was said to it, and the forms to say more or file it in a case."""

from contextlib import suppress
from dataclasses import dataclass
from typing import Annotated, Self

from fastapi import APIRouter, Form, Path
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response

from heritage.domain.access import Scope, Viewer
from heritage.domain.calibration import POSSIBLE_RATE, STRONG_RATE
from heritage.domain.cases import CaseFieldError, read_case_key
from heritage.domain.hits import SearchedPhoto
from heritage.domain.images import ImageDigest
from heritage.domain.review import DecisionKind, KeptHit, KeptSearch, Origin, Side
from heritage.domain.rules import Rules
from heritage.errors import ConflictError, InputError, NotFoundError
from heritage.faces.api.running import RunningNow
from heritage.faces.api.viewing import ViewerNow, needs
from heritage.faces.decision_words import Choice, basis_words, choices_of, said_words, state_words, with_reason
from heritage.faces.languages import _
from heritage.faces.problems import problem_of
from heritage.faces.schemas.records import photo_url
from heritage.faces.web.case_views import once_of
from heritage.faces.web.case_words import fault_words
from heritage.faces.web.filing import Filing, file_in_case
from heritage.faces.web.framing import page
from heritage.faces.web.hit_view import REGISTERED_SIDE, HitView, registered_url
from heritage.faces.web.once import once
from heritage.faces.wording import NO_RECORD_STEP, labelled_evidence, next_step, rate_words
from heritage.service.context import Context
from heritage.service.review import decide, read_hit

router = APIRouter(include_in_schema=False, default_response_class=HTMLResponse)

RULES = Rules(STRONG_RATE, POSSIBLE_RATE, gallery_count=0, search_count=0)  # only its rates are told
HitKey = Annotated[str, Path(pattern="^[0-9a-f]{24}$")]


@dataclass(frozen=True, slots=True)
class Draft:
    """What was typed into a form that could not be taken, and why not."""

    note: str = ""
    problem: str = ""
    case: str = ""
    case_problem: str = ""
    reason: str = ""


NOTHING_TYPED = Draft()


@dataclass(frozen=True, slots=True)
class HitPage:
    """What the template says of a kept hit. ``view`` is None where the record is not shown to the reader.

    ``photo_url`` is empty where the photo that was searched is not kept any more.
    """

    hit: KeptHit
    side: Side
    view: HitView | None
    rate: str
    evidence: tuple[tuple[str, str], ...]
    state: str
    basis: str
    told: str
    photo: SearchedPhoto
    photo_url: str
    choices: tuple[Choice, ...]
    may_decide: bool
    filing: Filing

    @classmethod
    def of(cls, context: Context, hit: KeptHit, viewer: Viewer) -> Self:
        side, photos = hit.side_of(viewer), hit.search.photos
        return cls(
            hit=hit,
            side=side,
            view=HitView.of(hit.hit, photos, RULES, registered_url).linked() if hit.hit else None,
            rate=rate_words(hit.false_alarm_rate, RULES),
            evidence=labelled_evidence(hit, photos, RULES),
            state=state_words(hit),
            basis=basis_words(hit, side),
            told=next_step(hit.record.owner_agency, hit.record.record_id) if hit.record else _(NO_RECORD_STEP),
            photo=photos[hit.view],
            photo_url=searched_url(context, hit.search, photos[hit.view].digest, viewer),
            choices=choices_of(side, viewer),
            may_decide=viewer.may(Scope.DECIDE),
            filing=Filing.of(context, hit.hit_id, viewer),
        )


def searched_url(context: Context, search: KeptSearch, digest: ImageDigest, viewer: Viewer) -> str:
    """Where a photo that was searched is had; empty where it is not kept, or not shown to ``viewer``."""
    if search.origin is Origin.COUNTERPART:
        return registered_url(digest) if context.records.shows(digest, viewer) else ""
    with suppress(NotFoundError):
        context.photos.get(digest, viewer)
        return f"{photo_url(digest)}?size={REGISTERED_SIDE}"
    return ""


def written_note(note: str, reason: str) -> str:
    """What is kept of what was typed and chosen."""
    return with_reason(note.replace("\r\n", "\n").strip(), reason)


@router.get("/hits/{hit_id}", dependencies=[needs(Scope.READ)])
def hit_page(
    request: Request, running: RunningNow, viewer: ViewerNow, hit_id: HitKey, said: DecisionKind | None = None
) -> HTMLResponse:
    """``said``: what was just put on record by this reader, to confirm that it was."""
    hit = read_hit(running.context, hit_id, viewer)
    is_so = bool(hit.decisions) and (hit.decisions[-1].kind, hit.decisions[-1].actor) == (said, viewer.actor)
    shown = HitPage.of(running.context, hit, viewer)
    return page(
        request, "hit.html", shown=shown, said=said_words(said, viewer) if said and is_so else "", draft=NOTHING_TYPED
    )


@router.post("/hits/{hit_id}/decisions", dependencies=[needs(Scope.DECIDE)])
def put_on_record(
    request: Request,
    running: RunningNow,
    viewer: ViewerNow,
    hit_id: HitKey,
    decision: Annotated[DecisionKind, Form()],
    note: Annotated[str, Form()] = "",
    reason: Annotated[str, Form()] = "",
    token: Annotated[str, Form()] = "",
) -> Response:
    """What cannot be taken is told at its field, with all that was typed."""
    context, written = running.context, written_note(note, reason if decision is DecisionKind.REJECTED else "")
    try:
        with once(context.replies, viewer, token, hit_id, decision.value, written) as is_first:
            if is_first:
                decide(context, hit_id, decision, written, viewer)
    except InputError as error:
        shown = HitPage.of(context, read_hit(context, hit_id, viewer), viewer)
        return page(request, "hit.html", 422, shown=shown, said="", draft=Draft(note, str(error), reason=reason))
    return RedirectResponse(f"/hits/{hit_id}?said={decision.value}", 303)


@router.post("/hits/{hit_id}/case", dependencies=[needs(Scope.DECIDE)])
def put_into_case(
    request: Request,
    running: RunningNow,
    viewer: ViewerNow,
    hit_id: HitKey,
    case: Annotated[str, Form()] = "",
    once: Annotated[str, Form()] = "",
) -> Response:
    """On to the case; one that cannot take it any more is told at the field."""
    context = running.context
    hit = read_hit(context, hit_id, viewer)
    try:
        file_in_case(context, hit_id, case, viewer, once_of(once, hit_id, case))
    except (InputError, ConflictError) as error:
        words = fault_words(error.fault) if isinstance(error, CaseFieldError) else str(error)
        shown, draft = HitPage.of(context, hit, viewer), Draft(case=case, case_problem=words)
        return page(request, "hit.html", problem_of(error).status, shown=shown, said="", draft=draft)
    return RedirectResponse(f"/cases/{read_case_key(case)}", 303)
