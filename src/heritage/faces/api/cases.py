"""/v1/cases: seizures, each in a file of its own that is only added to, and that may be handed to another agency."""

from collections.abc import Callable
from typing import Annotated, TypeVar

from fastapi import APIRouter, File, Path, Query, Response, UploadFile

from heritage.domain.access import Scope
from heritage.domain.cases import CaseList, CaseQuestion, EntryContent, EntryKind
from heritage.domain.images import ImageDigest
from heritage.faces import examples
from heritage.faces.api.attachments import attached
from heritage.faces.api.images import Digest, Size
from heritage.faces.api.openapi import DERIVATIVE, GUARDED, ORIGINAL, answers, files
from heritage.faces.api.paging import PageNow
from heritage.faces.api.running import RunningNow
from heritage.faces.api.viewing import ViewerNow, needs
from heritage.faces.schemas.cases import (
    CaseDeclinedModel,
    CaseDraft,
    CaseFactsModel,
    CaseHitDraft,
    CaseModel,
    CasePage,
    CaseReasonDraft,
    CaseReferenceModel,
    CaseSayingDraft,
    NoteDraft,
    OfferDraft,
)
from heritage.service import cases

router = APIRouter(tags=["cases"], dependencies=[needs(Scope.DECIDE)])

Key = Annotated[str, Path(max_length=40, examples=[examples.CASE["reference"]], description="our own reference")]
_ANSWERS = answers(examples.CASE, 400, *GUARDED, 404, 409, 413, 422, 503, status=201)
T = TypeVar("T", bound=Callable[..., object])


def _entry(name: str, operation_id: str, summary: str) -> Callable[[T], T]:
    """A route that adds to a case, and answers with the case as it is then."""
    path = f"/v1/cases/{{reference}}/{name}"
    return router.post(path, operation_id=operation_id, status_code=201, summary=summary, responses=_ANSWERS)


@router.get(
    "/v1/cases",
    operation_id="cases.list",
    summary="Your agency's cases, and cases that are offered to it",
    responses=answers(examples.CASE_PAGE, *GUARDED, 422, 503, headers=["Link"]),
)
def find(
    running: RunningNow,
    viewer: ViewerNow,
    page: PageNow,
    response: Response,
    listed: Annotated[CaseList, Query(description="`former`: handed over by your agency")] = CaseList.OPEN,
    text: Annotated[str, Query(max_length=300, description="words of the title, the place or a reference")] = "",
) -> CasePage:
    """The newest first."""
    asked = CaseQuestion(listed, text)
    found = cases.find_cases(running.context, asked, viewer, page.place, page.wanted_count)
    return CasePage.of(*page.shown(found, response, lambda one: one.key))


@router.post(
    "/v1/cases", operation_id="cases.open", status_code=201, summary="Open a case of your agency's", responses=_ANSWERS
)
def open_case(running: RunningNow, viewer: ViewerNow, draft: CaseDraft) -> CaseModel:
    """Texts name no person that need not be named; e-mail addresses and telephone numbers are refused."""
    more = [EntryContent(EntryKind.REFERENCE, reference=one.value()) for one in draft.references]
    more += [EntryContent(EntryKind.NOTE, draft.note)] if draft.note.strip() else []
    more += cases.hit_contents(running.context, draft.hit, viewer) if draft.hit else ()
    return CaseModel.of(cases.open_case(running.context, draft.facts(), more, viewer))


@router.get(
    "/v1/cases/{reference}",
    operation_id="cases.get",
    summary="One case with its timeline",
    responses=answers(examples.CASE, *GUARDED, 404, 422, 503),
)
def one_case(running: RunningNow, viewer: ViewerNow, reference: Key) -> CaseModel:
    return CaseModel.of(cases.read_case(running.context, reference, viewer))


@_entry("notes", "cases.note", "Add a note")
def add_note(running: RunningNow, viewer: ViewerNow, reference: Key, draft: NoteDraft) -> CaseModel:
    return CaseModel.of(cases.add_note(running.context, reference, draft.note, viewer))


@_entry("facts", "cases.change", "Another title, date or place")
def change(running: RunningNow, viewer: ViewerNow, reference: Key, draft: CaseFactsModel) -> CaseModel:
    """What was said before stays in the timeline."""
    return CaseModel.of(cases.change_facts(running.context, reference, draft.facts(), viewer))


@_entry("references", "cases.refer", "Add somebody else's reference")
def refer(running: RunningNow, viewer: ViewerNow, reference: Key, draft: CaseReferenceModel) -> CaseModel:
    return CaseModel.of(cases.add_reference(running.context, reference, draft.value(), viewer))


@_entry("hits", "cases.file", "File a hit in the case")
def file_hit(running: RunningNow, viewer: ViewerNow, reference: Key, draft: CaseHitDraft) -> CaseModel:
    """One that you may see. What others may see of it goes by its record as it is then."""
    contents = cases.hit_contents(running.context, draft.hit, viewer)
    return CaseModel.of(cases.add_entries(running.context, reference, contents, viewer))


@router.post(
    "/v1/cases/{reference}/photos",
    operation_id="cases.photograph",
    status_code=201,
    summary="Add photos",
    responses=answers(examples.CASE, 400, *GUARDED, 404, 409, 413, 415, 422, 503, status=201),
)
def add_photos(
    running: RunningNow,
    viewer: ViewerNow,
    reference: Key,
    image: Annotated[list[UploadFile], File(description="kept as they are, as long as the case; repeatable")],
) -> CaseModel:
    """A photo that the case has already is not doubled."""
    return CaseModel.of(running.add_case_photos(reference, [one.file.read() for one in image], viewer))


@router.get(
    "/v1/cases/{reference}/photos/{digest}",
    operation_id="cases.photo",
    summary="A derivative of a case's photo",
    response_class=Response,
    responses=files(*DERIVATIVE, *GUARDED, 404, 422, 503),
)
def photo(running: RunningNow, viewer: ViewerNow, reference: Key, digest: Digest, size: Size = 800) -> Response:
    wanted = ImageDigest.parse(digest)
    data = running.case_photo(reference, wanted, size, viewer)
    return Response(data, media_type="image/jpeg", headers={"Cache-Control": "private, no-cache"})


@router.get(
    "/v1/cases/{reference}/originals/{digest}",
    operation_id="cases.original",
    summary="A case's photo as it was sent, byte for byte",
    response_class=Response,
    responses=files("The file; its SHA-256 is the digest", ORIGINAL, *GUARDED, 404, 422, 503),
)
def original(running: RunningNow, viewer: ViewerNow, reference: Key, digest: Digest) -> Response:
    """On record: it may say where and when it was taken."""
    wanted = ImageDigest.parse(digest)
    data = cases.export_case_photo(running.context, reference, wanted, viewer)
    return Response(data, media_type="application/octet-stream", headers=attached(wanted.hex[:16]))


@router.post(
    "/v1/cases/{reference}/photos/{digest}/search",
    operation_id="cases.search",
    status_code=201,
    dependencies=[needs(Scope.MATCH)],
    summary="Search the registries with a case's photo, and file the hits",
    responses=_ANSWERS,
)
def search(running: RunningNow, viewer: ViewerNow, reference: Key, digest: Digest) -> CaseModel:
    """Each `strong` or `possible` hit becomes an entry after the one that says `searched`.

    None: nothing was found, which is not a clearance.
    """
    return CaseModel.of(running.search_case_photo(reference, ImageDigest.parse(digest), viewer)[0])


@_entry("offer", "cases.offer", "Offer the case to another agency")
def offer(running: RunningNow, viewer: ViewerNow, reference: Key, draft: OfferDraft) -> CaseModel:
    """Until it accepts, it sees the reference, the title, your agency's name and the note. For investigators and up."""
    offered = EntryContent(EntryKind.OFFERED, draft.note, agency=draft.agency)
    return CaseModel.of(cases.add_entries(running.context, reference, [offered], viewer))


@_entry("withdraw", "cases.withdraw", "Take the offer back")
def take_back(running: RunningNow, viewer: ViewerNow, reference: Key, draft: CaseSayingDraft) -> CaseModel:
    taken_back = EntryContent(EntryKind.TAKEN_BACK, draft.note)
    return CaseModel.of(cases.add_entries(running.context, reference, [taken_back], viewer))


@_entry("accept", "cases.accept", "Accept a case that is offered to your agency")
def accept(running: RunningNow, viewer: ViewerNow, reference: Key, draft: CaseSayingDraft) -> CaseModel:
    """It is yours from now on, with all its entries. Who held it before reads on what there was, and nothing later."""
    return CaseModel.of(cases.hand_over(running.context, reference, draft.note, viewer))


@router.post(
    "/v1/cases/{reference}/decline",
    operation_id="cases.decline",
    status_code=201,
    summary="Decline a case that is offered to your agency",
    responses=answers(examples.CASE_DECLINED, 400, *GUARDED, 404, 409, 413, 422, 503, status=201),
)
def decline(running: RunningNow, viewer: ViewerNow, reference: Key, draft: CaseReasonDraft) -> CaseDeclinedModel:
    """From now on there is no such case for you."""
    cases.decline(running.context, reference, draft.reason, viewer)
    return CaseDeclinedModel(reference=reference)


@_entry("close", "cases.close", "Close the case")
def close(running: RunningNow, viewer: ViewerNow, reference: Key, draft: CaseReasonDraft) -> CaseModel:
    closed = EntryContent(EntryKind.CLOSED, draft.reason)
    return CaseModel.of(cases.add_entries(running.context, reference, [closed], viewer))


@_entry("reopen", "cases.reopen", "Open a closed case again")
def reopen(running: RunningNow, viewer: ViewerNow, reference: Key, draft: CaseReasonDraft) -> CaseModel:
    reopened = EntryContent(EntryKind.REOPENED, draft.reason)
    return CaseModel.of(cases.add_entries(running.context, reference, [reopened], viewer))
