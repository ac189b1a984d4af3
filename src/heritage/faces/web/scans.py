"""The pages of scans: the list, beginning one, and how far each is."""

import hashlib
from typing import Annotated

from fastapi import APIRouter, File, Form, Path, Query, UploadFile
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response

from heritage.domain.access import Scope
from heritage.domain.scans import ListingState, Scan, ScanState
from heritage.errors import ConflictError, InputError
from heritage.faces.api.running import RunningNow
from heritage.faces.api.viewing import ViewerNow, needs
from heritage.faces.languages import _
from heritage.faces.problems import problem_of
from heritage.faces.scan_words import SCAN_WORDS, STATE_WORDS
from heritage.faces.web.framing import page
from heritage.faces.web.once import leading_once
from heritage.service import scans
from heritage.service.operations import SentFile

router = APIRouter(include_in_schema=False, default_response_class=HTMLResponse, dependencies=[needs(Scope.MATCH)])

LISTED = 50  # scans
PAGE_SIZE = 30  # listings
REFRESH_S = 5
MAX_PLACE = 1_000_000_000  # what any database takes for a number
ScanKey = Annotated[str, Path(pattern="^[0-9a-f]{32}$")]
_TURNS = {"pause": scans.pause, "resume": scans.resume, "cancel": scans.cancel, "retry": scans.retry}


@router.get("/scans")
def list_scans(request: Request, running: RunningNow, viewer: ViewerNow) -> HTMLResponse:
    found = running.context.scans.newest(viewer, LISTED)
    return page(request, "scans.html", scans=found, scan_words=SCAN_WORDS, state_words=STATE_WORDS)


@router.get("/scans/new")
def new_scan(request: Request) -> HTMLResponse:
    return page(request, "scan_new.html", problem="")


@router.post("/scans/new")
def begin_scan(
    request: Request,
    running: RunningNow,
    viewer: ViewerNow,
    file: Annotated[UploadFile | None, File()] = None,
    token: Annotated[str, Form()] = "",
) -> Response:
    """What is wrong with the file is told at it; a second click begins no second scan."""
    if file is None or not file.filename:
        return page(request, "scan_new.html", 422, problem=_("Choose a file first."))
    try:
        with leading_once(running.context.replies, viewer, token, "scan", file.filename, _digest_of(file)) as way:
            if way.is_first:
                with running.opening_turns.take():
                    asked = scans.ask_scan(running.context, viewer, SentFile(file.filename, file.file))
                way.to = f"/scans/{asked.scan_id}"
    except (InputError, ConflictError) as error:
        return page(request, "scan_new.html", problem_of(error).status, problem=str(error))
    running.scan_worker.wake()
    return RedirectResponse(way.to, 303)


@router.get("/scans/{scan_id}")
def one_scan(
    request: Request,
    running: RunningNow,
    viewer: ViewerNow,
    scan_id: ScanKey,
    state: str = "",
    after: Annotated[int, Query(ge=-1, le=MAX_PLACE)] = -1,
) -> HTMLResponse:
    """Those that somebody should look at first are listed unless another state is asked for."""
    found = running.context.scans.get(scan_id, viewer)
    chosen = ListingState(state) if state in set(ListingState) else _first_of(found)
    listings = running.context.listings.page(scan_id, viewer, [chosen], after, PAGE_SIZE + 1)
    shown = listings[:PAGE_SIZE]
    older = f"/scans/{scan_id}?state={chosen}&after={shown[-1].listing.place}" if len(listings) > PAGE_SIZE else ""
    answer = page(
        request,
        "scan.html",
        scan=found,
        counts=[(one, words, getattr(found.counts, one.value)) for one, words in STATE_WORDS.items()],
        chosen=chosen,
        state_words=STATE_WORDS,
        scan_words=SCAN_WORDS,
        listings=shown,
        may_retry=viewer.may(Scope.MATCH) and found.state is ScanState.FINISHED and bool(found.counts.unreachable),
        may_export=viewer.may(Scope.EXPORT),
        first=f"/scans/{scan_id}?state={chosen}" if after >= 0 else "",
        older=older,
    )
    if found.state is ScanState.RUNNING:
        answer.headers["Refresh"] = str(REFRESH_S)  # no script is needed to watch it
    return answer


@router.post("/scans/{scan_id}/turn")
def turn_scan(
    running: RunningNow,
    viewer: ViewerNow,
    scan_id: ScanKey,
    to: Annotated[str, Form(pattern="^(pause|resume|cancel|retry)$")],
) -> Response:
    _TURNS[to](running.context, scan_id, viewer)
    running.scan_worker.wake()
    return RedirectResponse(f"/scans/{scan_id}", 303)


@router.post("/scans/{scan_id}/delete")
def delete_scan(running: RunningNow, viewer: ViewerNow, scan_id: ScanKey) -> Response:
    scans.delete(running.context, scan_id, viewer)
    return RedirectResponse("/scans", 303)


def _digest_of(file: UploadFile) -> str:
    """Of the content, which is read from its beginning again: another file of the same name is another scan."""
    digest = hashlib.file_digest(file.file, "sha256")  # type: ignore[arg-type]  # a spooled file is one since 3.11
    file.file.seek(0)
    return digest.hexdigest()


def _first_of(found: Scan) -> ListingState:
    counts = found.counts
    return next((one for one in STATE_WORDS if getattr(counts, one.value)), ListingState.STRONG)
