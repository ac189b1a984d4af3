"""What the forms of a case's page do. Each answers with the case, or with the page and what was typed still in it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Annotated

from fastapi import APIRouter, Depends, Form
from starlette.datastructures import UploadFile
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response

from heritage.domain.access import Scope, Viewer
from heritage.domain.cases import CaseFacts, CaseReference, EntryContent, EntryKind, ReferenceKind
from heritage.domain.images import ImageDigest
from heritage.errors import ConflictError, ForbiddenError, HeritageError, InputError
from heritage.faces.api.running import Running, RunningNow
from heritage.faces.api.viewing import ViewerNow, needs
from heritage.faces.web.case_views import Typed, case_page, once_of, refused
from heritage.faces.web.pages import Form as WholeForm
from heritage.faces.web.pages import whole_form
from heritage.service.cases import (
    add_entries,
    add_note,
    add_reference,
    change_facts,
    decline,
    hand_over,
    hit_contents,
    read_case,
)

router = APIRouter(include_in_schema=False, default_response_class=HTMLResponse, dependencies=[needs(Scope.DECIDE)])

Text = Annotated[str, Form()]  # how long it may be is told at the field


@dataclass(frozen=True, slots=True)
class Sent:
    """One form that was sent: on whose behalf, for which case."""

    request: Request
    running: Running
    viewer: Viewer
    key: str

    def answer(self, form: str, values: Mapping[str, str], act: Callable[[], object], text_field: str = "") -> Response:
        """Do it and show the case; what cannot be done is told where it was asked. Raises `NotFoundError`."""
        try:
            act()
        except (InputError, ConflictError, ForbiddenError) as error:
            return self._shown_again(error, Typed.of(form, values, error, text_field))
        return RedirectResponse(f"/cases/{self.key}", 303)

    def _shown_again(self, error: HeritageError, typed: Typed) -> HTMLResponse:
        case = read_case(self.running.context, self.key, self.viewer)
        return refused(case_page(self.request, self.running, self.viewer, case, typed), error)


def _sent(request: Request, running: RunningNow, viewer: ViewerNow, reference: str) -> Sent:
    return Sent(request, running, viewer, reference)


SentNow = Annotated[Sent, Depends(_sent)]


@router.post("/cases/{reference}/notes")
def note(sent: SentNow, note: Text = "", once: Text = "") -> Response:
    named = once_of(once, sent.key, note)
    act = lambda: add_note(sent.running.context, sent.key, note.strip(), sent.viewer, named)  # noqa: E731
    return sent.answer("note", {"note": note}, act)


@router.post("/cases/{reference}/references")
def refer(sent: SentNow, kind: Text = "", reference_text: Text = "", once: Text = "") -> Response:
    chosen = ReferenceKind(kind) if kind in set(ReferenceKind) else ReferenceKind.OTHER
    named = once_of(once, sent.key, kind, reference_text)

    def act() -> None:
        given = CaseReference(chosen, reference_text.strip())
        add_reference(sent.running.context, sent.key, given, sent.viewer, named)

    return sent.answer("reference", {"kind": kind, "reference_text": reference_text}, act)


@router.post("/cases/{reference}/facts")
def change(sent: SentNow, title: Text = "", date: Text = "", place: Text = "", once: Text = "") -> Response:
    def act() -> None:
        facts = CaseFacts(title.strip(), date.strip(), place.strip())
        change_facts(sent.running.context, sent.key, facts, sent.viewer, once_of(once, sent.key, title, date, place))

    return sent.answer("facts", {"title": title, "date": date, "place": place}, act)


@router.post("/cases/{reference}/hits")
def file_hit(sent: SentNow, hit: Text = "", once: Text = "") -> Response:
    def act() -> None:
        contents = hit_contents(sent.running.context, hit.strip(), sent.viewer)
        add_entries(sent.running.context, sent.key, contents, sent.viewer, once_of(once, sent.key, hit))

    return sent.answer("hit", {"hit": hit}, act)


# The form comes before the right: what was answered before is told by its whole body, which the form reads.
@router.post("/cases/{reference}/photos", dependencies=[Depends(whole_form)])
def photograph(sent: SentNow, form: WholeForm) -> Response:
    uploads = (*form.getlist("photos"), *form.getlist("camera"))
    once = form.get("once")

    def act() -> None:
        files = [one.file.read() for one in uploads if isinstance(one, UploadFile) and one.filename]
        digests = [str(ImageDigest.of(data)) for data in files]
        named = once_of(once, sent.key, *digests) if isinstance(once, str) else ""
        sent.running.add_case_photos(sent.key, files, sent.viewer, named)

    return sent.answer("photos", {}, act)


@router.post("/cases/{reference}/photos/{digest}/search", dependencies=[needs(Scope.MATCH)])
def search(sent: SentNow, digest: str, once: Text = "") -> Response:
    named = once_of(once, sent.key, digest)
    act = lambda: sent.running.search_case_photo(sent.key, ImageDigest.parse(digest), sent.viewer, named)  # noqa: E731
    return sent.answer("search", {}, act)


@router.post("/cases/{reference}/offer")
def offer(sent: SentNow, agency: Text = "", offer_note: Text = "", once: Text = "") -> Response:
    def act() -> None:
        offered = EntryContent(EntryKind.OFFERED, offer_note.strip(), agency=agency)
        add_entries(sent.running.context, sent.key, [offered], sent.viewer, once_of(once, sent.key, agency, offer_note))

    return sent.answer("offer", {"agency": agency, "offer_note": offer_note}, act, "offer_note")


@router.post("/cases/{reference}/withdraw")
def take_back(sent: SentNow, withdraw_note: Text = "", once: Text = "") -> Response:
    return _said(sent, EntryKind.TAKEN_BACK, ("withdraw_note", withdraw_note), once)


@router.post("/cases/{reference}/close")
def close(sent: SentNow, close_reason: Text = "", once: Text = "") -> Response:
    return _said(sent, EntryKind.CLOSED, ("close_reason", close_reason), once)


@router.post("/cases/{reference}/reopen")
def reopen(sent: SentNow, reopen_reason: Text = "", once: Text = "") -> Response:
    return _said(sent, EntryKind.REOPENED, ("reopen_reason", reopen_reason), once)


@router.post("/cases/{reference}/accept")
def accept(sent: SentNow, accept_note: Text = "", once: Text = "") -> Response:
    named = once_of(once, sent.key, accept_note)
    act = lambda: hand_over(sent.running.context, sent.key, accept_note.strip(), sent.viewer, named)  # noqa: E731
    return sent.answer("accept", {"accept_note": accept_note}, act, "accept_note")


@router.post("/cases/{reference}/decline")
def refuse(sent: SentNow, decline_reason: Text = "", once: Text = "") -> Response:
    """Back to the list: from now on there is no such case for them."""
    named = once_of(once, sent.key, decline_reason)
    act = lambda: decline(sent.running.context, sent.key, decline_reason.strip(), sent.viewer, named)  # noqa: E731
    answer = sent.answer("decline", {"decline_reason": decline_reason}, act, "decline_reason")
    return RedirectResponse("/cases?listed=offered", 303) if isinstance(answer, RedirectResponse) else answer


def _said(sent: Sent, kind: EntryKind, said: tuple[str, str], once: str) -> Response:
    """An entry that has a text and nothing else; ``said``: what the form calls it, and the text."""
    name, text = said

    def act() -> None:
        content, named = EntryContent(kind, text.strip()), once_of(once, sent.key, text)
        add_entries(sent.running.context, sent.key, [content], sent.viewer, named)

    return sent.answer(kind.value, {name: text}, act, name)
