"""The hits of a scan: all by record or by seller, and one after the other to decide on, by keyboard too."""

from dataclasses import dataclass
from itertools import islice
from typing import Annotated, Self

from fastapi import APIRouter, Form, Query
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response

from heritage.domain.access import Scope
from heritage.domain.review import DecisionKind, KeptHit, Side
from heritage.domain.scans import FoundHit
from heritage.errors import InputError
from heritage.faces.api.running import RunningNow
from heritage.faces.api.viewing import ViewerNow, needs
from heritage.faces.decision_words import said_words, state_words
from heritage.faces.languages import N_, _
from heritage.faces.web.deciding import NOTHING_TYPED, RULES, Draft, searched_url, written_note
from heritage.faces.web.framing import page
from heritage.faces.web.hit_view import registered_url
from heritage.faces.web.inbox import thumbnail
from heritage.faces.web.once import once
from heritage.faces.web.scans import MAX_PLACE, ScanKey
from heritage.faces.web.sellers import seller_url
from heritage.faces.wording import NO_RECORD_STEP, next_step, rate_words
from heritage.service.context import Context
from heritage.service.folding import Fold, ShownFold, fold, show
from heritage.service.reading import log_restricted
from heritage.service.review import read_hit
from heritage.service.scan_results import by_record, by_seller
from heritage.service.scan_review import Queue, decide_together, review_queue

router = APIRouter(include_in_schema=False, default_response_class=HTMLResponse, dependencies=[needs(Scope.MATCH)])

GROUPS_SHOWN = 20
FOLDS_SHOWN = 6  # of a group
LISTINGS_SHOWN = 10  # of a fold
HitAsked = Annotated[str, Query(pattern="^([0-9a-f]{24})?$")]
KEYS_BY_KIND = {DecisionKind.CONFIRMED: "c", DecisionKind.REJECTED: "r", DecisionKind.ASK_OWNER: "a"}
REVIEW_WORDS = {
    DecisionKind.CONFIRMED: N_("Confirm: it is the object"),
    DecisionKind.REJECTED: N_("Not the same object"),
    DecisionKind.ASK_OWNER: N_("Ask the owner agency"),
}


@dataclass(frozen=True, slots=True)
class Step:
    """One hit to look at, in its fold; ``place`` of the fold from 0, ``before`` and ``after`` hits of its neighbours.

    ``listed``: the first listings of the fold. ``others``: hits of it that are left besides this one, and may be
    decided on together.
    """

    hit: KeptHit
    fold: Fold
    listed: ShownFold
    place: int
    before: str
    after: str
    others: tuple[FoundHit, ...]
    photo_url: str
    image_url: str
    rate: str
    state: str
    told: str
    side: Side

    @classmethod
    def of(cls, context: Context, scan_id: str, queue: Queue, hit: KeptHit) -> Self:
        place = queue.place_of(hit.hit_id)
        one = queue.folds[place]
        [shown] = show(context.listings, scan_id, queue.viewer, [one], LISTINGS_SHOWN)
        around = [queue.shown_of(other).hit_id for other in (place - 1, place + 1) if 0 <= other < len(queue.folds)]
        is_first, is_last = place == 0, place == len(queue.folds) - 1
        photo = hit.search.photos[hit.view]
        return cls(
            hit=hit,
            fold=one,
            listed=shown,
            place=place,
            before="" if is_first else around[0],
            after="" if is_last else around[-1],
            others=tuple(other for other in one.found if other.hit_id != hit.hit_id and other.is_left),
            photo_url=searched_url(context, hit.search, photo.digest, queue.viewer),
            image_url=registered_url(hit.digest) if hit.record else "",
            rate=rate_words(hit.false_alarm_rate, RULES),
            state=state_words(hit),
            told=next_step(hit.record.owner_agency, hit.record.record_id) if hit.record else _(NO_RECORD_STEP),
            side=hit.side_of(queue.viewer),
        )

    @property
    def choices(self) -> tuple[tuple[DecisionKind, str, str], ...]:
        """(what, its words, its key): whoever keeps the record asks nobody."""
        kinds = [kind for kind in REVIEW_WORDS if kind is not DecisionKind.ASK_OWNER or self.side is Side.SEARCHER]
        return tuple((kind, REVIEW_WORDS[kind], KEYS_BY_KIND[kind]) for kind in kinds)


@dataclass(frozen=True, slots=True)
class Asked:
    """A hit of a scan; ``hit_id`` empty: nothing is left."""

    scan_id: str
    queue: Queue
    hit_id: str


@router.get("/scans/{scan_id}/review", dependencies=[needs(Scope.READ)])
def review(
    request: Request,
    running: RunningNow,
    viewer: ViewerNow,
    scan_id: ScanKey,
    hit: HitAsked = "",
    after: HitAsked = "",
    said: DecisionKind | None = None,
) -> HTMLResponse:
    """The hit asked for, else the next one that is left, ``after`` the one that was decided on."""
    queue = review_queue(running.context, scan_id, viewer)
    told = said_words(said, viewer) if said and after else ""
    return _shown(request, running.context, Asked(scan_id, queue, hit or _next_of(queue, after)), told=told)


@router.post("/scans/{scan_id}/review", dependencies=[needs(Scope.DECIDE)])
def put_on_record(
    request: Request,
    running: RunningNow,
    viewer: ViewerNow,
    scan_id: ScanKey,
    hit: Annotated[str, Form(pattern="^[0-9a-f]{24}$")],
    decision: Annotated[DecisionKind, Form()],
    note: Annotated[str, Form()] = "",
    reason: Annotated[str, Form()] = "",
    token: Annotated[str, Form()] = "",
    together: Annotated[bool, Form()] = False,
) -> Response:
    """``together``: also of what is left of other listings with the same picture."""
    context, written = running.context, written_note(note, reason if decision is DecisionKind.REJECTED else "")
    queue = review_queue(context, scan_id, viewer)
    chosen = _together(queue, hit, together)
    try:
        with once(context.replies, viewer, token, hit, decision.value, written, str(together)) as is_first:
            if is_first:
                decide_together(context, chosen, decision, written, viewer)
    except InputError as error:
        return _shown(request, context, Asked(scan_id, queue, hit), Draft(note, str(error), reason=reason))
    return RedirectResponse(f"/scans/{scan_id}/review?after={hit}&said={decision.value}", 303)


@router.get("/scans/{scan_id}/hits", dependencies=[needs(Scope.READ)])
def grouped_hits(
    request: Request,
    running: RunningNow,
    viewer: ViewerNow,
    scan_id: ScanKey,
    by: Annotated[str, Query(pattern="^(record|seller)$")] = "record",
    start: Annotated[int, Query(ge=0, le=MAX_PLACE)] = 0,
) -> HTMLResponse:
    """All hits, the strongest first; listings with the same picture stand together."""
    context = running.context
    found = context.scans.get(scan_id, viewer)
    groups = (by_seller if by == "seller" else by_record)(context.listings.hits(scan_id, viewer))
    listed = groups[start : start + GROUPS_SHOWN]
    folds = fold(context, [group.found for group in listed])
    wanted = [one for ones in folds for one in ones[:FOLDS_SHOWN]]
    shown = show(context.listings, scan_id, viewer, wanted, LISTINGS_SHOWN)
    hits = [hit for one in shown for _, hit in one.found]
    log_restricted(
        context, viewer, list({str(hit.record.record_id): hit.record for hit in hits if hit.record}.values())
    )
    following = iter(shown)
    parts = [
        (group, list(islice(following, len(ones[:FOLDS_SHOWN]))), len(ones[FOLDS_SHOWN:]))
        for group, ones in zip(listed, folds, strict=True)
    ]
    own, further = f"/scans/{scan_id}/hits?by={by}", start + GROUPS_SHOWN
    return page(
        request,
        "scan_hits.html",
        scan=found,
        by=by,
        groups=parts,
        thumbnail=thumbnail,
        seller_url=seller_url,
        first=own if start else "",
        further=f"{own}&start={further}" if further < len(groups) else "",
    )


def _next_of(queue: Queue, after: str) -> str:
    found = queue.first_left(after)
    return found.hit_id if found else ""


def _together(queue: Queue, hit_id: str, together: bool) -> tuple[str, ...]:
    """The hit, and if wanted what else is left of its fold. Raises `NotFoundError`."""
    found = queue.folds[queue.place_of(hit_id)].found
    return (hit_id, *(one.hit_id for one in found if together and one.hit_id != hit_id and one.is_left))


def _shown(
    request: Request, context: Context, asked: Asked, draft: Draft = NOTHING_TYPED, told: str = ""
) -> HTMLResponse:
    scan_id, queue, hit_id = asked.scan_id, asked.queue, asked.hit_id
    step = None
    if hit_id:
        queue.place_of(hit_id)
        step = Step.of(context, scan_id, queue, read_hit(context, hit_id, queue.viewer))
    return page(
        request,
        "scan_review.html",
        422 if draft.problem else 200,
        scan=context.scans.get(scan_id, queue.viewer),
        step=step,
        left_count=queue.left_count,
        fold_count=len(queue.folds),
        may_decide=queue.viewer.may(Scope.DECIDE),
        draft=draft,
        said=told,
    )
