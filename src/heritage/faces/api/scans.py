"""/v1/scans: batches of listings, each searched once."""

import tempfile
from enum import StrEnum
from pathlib import Path as FilePath
from typing import Annotated, Literal

from fastapi import APIRouter, File, Form, Path, Query, Request, Response, UploadFile
from starlette.background import BackgroundTask
from starlette.responses import FileResponse

from heritage.domain.access import Scope
from heritage.domain.scans import ListingState, Scan
from heritage.errors import InputError
from heritage.faces import examples
from heritage.faces.api.attachments import XLSX, attached
from heritage.faces.api.criteria import CriteriaSent
from heritage.faces.api.openapi import GUARDED, answers, files
from heritage.faces.api.paging import PageNow
from heritage.faces.api.running import RunningNow
from heritage.faces.api.viewing import ViewerNow, needs
from heritage.faces.languages import LANGUAGES, SOURCE, speaking
from heritage.faces.scan_reports import scan_report
from heritage.faces.schemas.scans import ListingPage, ScanList, ScanModel, scan_url
from heritage.service import scans
from heritage.service.context import html_of, report_pdf_of, write_scan
from heritage.service.operations import SentFile
from heritage.service.scan_reporting import scan_findings
from heritage.service.scan_results import export_listings

router = APIRouter(tags=["scans"])

SCANS = "/v1/scans"
MAX_ADDRESSES = 1_000  # more of them make a table
_ONE = f"{SCANS}/{{scan_id}}"
ScanKey = Annotated[str, Path(pattern="^[0-9a-f]{32}$", examples=[examples.SCAN["id"]])]


class ExportKind(StrEnum):
    CSV = "csv"
    XLSX = "xlsx"
    JSONL = "jsonl"


_MEDIA_TYPES = {
    ExportKind.CSV: "text/csv",
    ExportKind.XLSX: XLSX,
    ExportKind.JSONL: "application/jsonl",
}


class ReportKind(StrEnum):
    HTML = "html"
    PDF = "pdf"


_REPORT_TYPES = {ReportKind.HTML: "text/html", ReportKind.PDF: "application/pdf"}


@router.post(
    SCANS,
    operation_id="scans.start",
    dependencies=[needs(Scope.MATCH)],
    status_code=202,
    summary="Search every listing of a table, or every photo of an archive",
    responses=answers(examples.SCAN_RUNNING, 400, *GUARDED, 409, 413, 422, 503, status=202, headers=["Location"]),
)
def start_scan(
    running: RunningNow,
    viewer: ViewerNow,
    criteria: CriteriaSent,
    response: Response,
    file: Annotated[
        UploadFile | None,
        File(description="a table of listings (CSV, .xlsx, JSON) with addresses of photos, or a ZIP file of photos"),
    ] = None,
    mapping: Annotated[
        UploadFile | None, File(description="a mapping file: which column holds images, key, title, seller, address")
    ] = None,
    addresses: Annotated[
        list[str] | None,
        Form(alias="address", max_length=MAX_ADDRESSES, description="of photos, in place of a file; repeatable"),
    ] = None,
) -> ScanModel:
    """Answers at once; `GET` the `Location` for how far it is. One bad listing never stops the others.

    Each listing ends in one state: `strong`, `possible`, `nothing`, `unreadable` or `unreachable`. Nothing found is not
    a clearance. Searches are kept as any others, and their hits are among `GET /v1/hits?origin=scan`.
    """
    if (file is None) == (not addresses):
        raise InputError("send a file with listings, or addresses of photos")
    with running.opening_turns.take():
        if file:
            sent = SentFile(file.filename or "", file.file)
            beside = SentFile(mapping.filename or "", mapping.file) if mapping else None
            asked = scans.ask_scan(running.context, viewer, sent, beside, criteria)
        else:
            asked = scans.ask_scan_of(running.context, viewer, addresses or [], criteria)
    running.scan_worker.wake()
    response.headers["Location"] = scan_url(asked)
    return ScanModel.of(asked)


@router.get(
    SCANS,
    operation_id="scans.list",
    dependencies=[needs(Scope.MATCH)],
    summary="Your agency's scans",
    responses=answers(examples.SCANS, *GUARDED, 422, 503),
)
def list_scans(
    running: RunningNow, viewer: ViewerNow, limit: Annotated[int, Query(ge=1, le=200, description="at most")] = 50
) -> ScanList:
    return ScanList.of(running.context.scans.newest(viewer, limit))


@router.get(
    _ONE,
    operation_id="scans.get",
    dependencies=[needs(Scope.MATCH)],
    summary="How far a scan is",
    responses=answers(examples.SCAN, *GUARDED, 404, 422, 503),
)
def one_scan(running: RunningNow, viewer: ViewerNow, scan_id: ScanKey) -> ScanModel:
    return ScanModel.of(running.context.scans.get(scan_id, viewer))


@router.post(
    f"{_ONE}/pause",
    operation_id="scans.pause",
    summary="Let a scan wait",
    responses=answers(examples.SCAN_PAUSED, *GUARDED, 404, 409, 422, 503),
)
def pause_scan(running: RunningNow, viewer: ViewerNow, scan_id: ScanKey) -> ScanModel:
    """What is being searched at the moment is kept yet."""
    return ScanModel.of(scans.pause(running.context, scan_id, viewer))


@router.post(
    f"{_ONE}/resume",
    operation_id="scans.resume",
    summary="Go on with a scan that waits",
    responses=answers(examples.SCAN_RUNNING, *GUARDED, 404, 409, 422, 503),
)
def resume_scan(running: RunningNow, viewer: ViewerNow, scan_id: ScanKey) -> ScanModel:
    """No listing is searched twice."""
    return _woken(running, scans.resume(running.context, scan_id, viewer))


@router.post(
    f"{_ONE}/retry",
    operation_id="scans.retry",
    summary="Try again what could not be fetched",
    responses=answers(examples.SCAN_RUNNING, *GUARDED, 404, 409, 422, 503),
)
def retry_scan(
    running: RunningNow,
    viewer: ViewerNow,
    scan_id: ScanKey,
    state: Annotated[
        list[Literal["unreachable", "unreadable"]] | None,
        Query(description="those in this state; repeatable; when there is none, unreachable ones"),
    ] = None,
) -> ScanModel:
    """Of a scan that has finished; no other listing is touched, and nothing is alerted twice.

    Only listings whose photos all have addresses: a file that was sent is not kept when its scan has finished.
    """
    states = [ListingState(one) for one in state] if state else scans.AGAIN
    return _woken(running, scans.retry(running.context, scan_id, viewer, states))


@router.delete(
    _ONE,
    operation_id="scans.cancel",
    summary="End a scan",
    responses=answers(examples.SCAN_CANCELLED, *GUARDED, 404, 409, 422, 503),
)
def cancel_scan(running: RunningNow, viewer: ViewerNow, scan_id: ScanKey) -> ScanModel:
    """What it found by then stays."""
    return ScanModel.of(scans.cancel(running.context, scan_id, viewer))


@router.post(
    f"{_ONE}/delete",
    operation_id="scans.delete",
    summary="Delete a scan that has ended",
    responses=answers(examples.SCAN, *GUARDED, 404, 409, 422, 503),
)
def delete_scan(running: RunningNow, viewer: ViewerNow, scan_id: ScanKey) -> ScanModel:
    """Its listings go with it, and with them the names of sellers. Searches, hits and decisions stay.

    The answer says for the last time what it was.
    """
    asked = running.context.scans.get(scan_id, viewer)
    scans.delete(running.context, scan_id, viewer)
    return ScanModel.of(asked)


@router.get(
    f"{_ONE}/listings",
    operation_id="scans.listings",
    dependencies=[needs(Scope.READ)],
    summary="What became of each listing",
    responses=answers(examples.LISTINGS, *GUARDED, 404, 422, 503, headers=["Link"]),
)
def scan_listings(
    running: RunningNow,
    viewer: ViewerNow,
    scan_id: ScanKey,
    page: PageNow,
    response: Response,
    state: Annotated[list[ListingState] | None, Query(description="only those in this state; repeatable")] = None,
) -> ListingPage:
    """In the order of the source."""
    after = page.number(-1)
    found = running.context.listings.page(scan_id, viewer, state or (), after, page.wanted_count)
    return ListingPage.of(*page.shown(found, response, lambda one: str(one.listing.place)))


@router.get(
    f"{_ONE}/export",
    operation_id="scans.export",
    dependencies=[needs(Scope.EXPORT)],
    summary="All listings with what became of them, as a file",
    response_class=FileResponse,
    responses=files(
        "A line for each listing, with the columns that it came with",
        dict.fromkeys(_MEDIA_TYPES.values(), examples.SCAN_EXPORT),
        *(*GUARDED, 404, 422, 503),
    ),
)
def export_scan(
    running: RunningNow,
    viewer: ViewerNow,
    scan_id: ScanKey,
    kind: Annotated[ExportKind, Query(alias="format", description="a table, or JSON Lines with all hits")] = (
        ExportKind.CSV
    ),
) -> FileResponse:
    found = export_listings(running.context, scan_id, viewer)
    with tempfile.NamedTemporaryFile(prefix="heritage-scan-", suffix=f".{kind}", delete=False) as file:
        path = FilePath(file.name)
    try:
        write_scan(found, path, columns=running.context.listings.column_names(scan_id, viewer))
    except BaseException:
        path.unlink(missing_ok=True)
        raise
    name, removed = f"{scan_id}.{kind}", BackgroundTask(path.unlink, missing_ok=True)
    return FileResponse(path, media_type=_MEDIA_TYPES[kind], filename=name, background=removed)


@router.get(
    f"{_ONE}/report",
    operation_id="scans.report",
    dependencies=[needs(Scope.EXPORT)],
    summary="A report on a scan, to read, print or hand on",
    response_class=Response,
    responses=files(
        "The matches with both photographs, what was searched, and what could not be",
        {media_type: examples.SCAN_REPORT_BY_KIND[kind] for kind, media_type in _REPORT_TYPES.items()},
        *(*GUARDED, 404, 422, 503),
    ),
)
def report_on_scan(
    request: Request,
    running: RunningNow,
    viewer: ViewerNow,
    scan_id: ScanKey,
    kind: Annotated[
        ReportKind, Query(alias="format", description="one file that needs no other, or a form to print")
    ] = ReportKind.HTML,
    code: Annotated[str, Query(alias="language", pattern=f"^({'|'.join(LANGUAGES)})$", description="to read it in")] = (
        SOURCE
    ),
) -> Response:
    """What was searched is told in English, as it was then. The HTML file has its pictures in it, and loads nothing."""
    findings = scan_findings(running.context, scan_id, viewer, running.turns.take)
    with speaking(code):
        report = scan_report(findings, str(request.base_url))
    with running.turns.take():
        content = html_of(report) if kind is ReportKind.HTML else report_pdf_of(report, findings.at)
    return Response(content, media_type=_REPORT_TYPES[kind], headers=attached(f"{scan_id}.{kind}"))


def _woken(running: RunningNow, scan: Scan) -> ScanModel:
    running.scan_worker.wake()
    return ScanModel.of(scan)
