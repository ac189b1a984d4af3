"""Registering an object, changing its record and withdrawing it, at the page: for those who keep records."""

from collections.abc import AsyncIterator, Sequence
from contextlib import nullcontext
from dataclasses import dataclass, field
from typing import Annotated
from urllib.parse import quote

from fastapi import APIRouter, Depends
from starlette.datastructures import FormData, UploadFile
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response

from heritage.domain.access import Scope, Viewer
from heritage.domain.completeness import WEIGHTS, completeness
from heritage.domain.records import PhotoView, RecordId, RegistryRecord, Status
from heritage.domain.revisions import differences
from heritage.domain.terms import Facet, category_tree
from heritage.errors import ConflictError, ForbiddenError, HeritageError, InputError, StaleError
from heritage.faces.api.record_ids import RecordIdAsked
from heritage.faces.api.running import Running, RunningNow
from heritage.faces.api.viewing import ViewerNow, needs
from heritage.faces.languages import _
from heritage.faces.problems import problem_of
from heritage.faces.schemas.records import image_url
from heritage.faces.web.framing import page
from heritage.faces.web.hit_view import record_address
from heritage.faces.web.record_draft import Draft, blame, conflicts, judge, record_id_of
from heritage.faces.web.registry import THUMBNAIL_SIDE
from heritage.faces.wording import (
    CARD_LABELS,
    HANDLING_WORDS,
    STATUS_NAMES,
    VIEW_WORDS,
    field_label,
    missing_words,
    term_path,
)
from heritage.service.reading import read_record, read_revisions
from heritage.service.registering import add_photograph, add_record, change_record, withdraw_record

router = APIRouter(include_in_schema=False, default_response_class=HTMLResponse)

SPARE_TERMS = 3
LONG_FIELDS = frozenset({"inscriptions", "distinguishing_features", "description", "related_material"})


async def _form(request: Request) -> AsyncIterator[FormData]:
    async with request.form() as form:
        yield form


Form = Annotated[FormData, Depends(_form)]


@dataclass(frozen=True, slots=True)
class Trouble:
    """What keeps a form from being saved: as a whole, at single fields, and what others wrote there meanwhile."""

    text: str = ""
    problems: dict[str, str] = field(default_factory=dict)
    others: dict[str, str] = field(default_factory=dict)
    status: int = 422


NO_TROUBLE = Trouble(status=200)


@router.get("/records/new", dependencies=[needs(Scope.WRITE)])
def show_new(request: Request, viewer: ViewerNow) -> HTMLResponse:
    return _form_page(request, _empty(viewer), None, NO_TROUBLE)


@router.post("/records/new", dependencies=[Depends(_form), needs(Scope.WRITE)])
def add(request: Request, running: RunningNow, viewer: ViewerNow, form: Form) -> Response:
    """Sent twice, it makes one record: the second finds what it asks for."""
    draft = Draft.sent(form)
    record_id, problems = record_id_of(draft)
    judged = judge(draft, _blank(record_id, viewer))
    problems |= judged.problems
    if problems or record_id is None:
        return _form_page(request, draft, None, Trouble(problems=problems))
    try:
        added = _added(running, judged.record, viewer)
    except ConflictError as error:
        trouble = Trouble(problems={"number": str(error)}, status=409)
        return _form_page(request, draft, None, trouble)
    except HeritageError as error:
        return _form_page(request, draft, None, _trouble(error))
    return _with_photographs(request, running, viewer, form, added)


@router.get("/edit/{registry}/{number:path}", dependencies=[needs(Scope.WRITE)])
def show_known(request: Request, running: RunningNow, viewer: ViewerNow, record_id: RecordIdAsked) -> HTMLResponse:
    known = _kept(running, record_id, viewer)
    return _form_page(request, Draft.of(known), known, NO_TROUBLE)


@router.post("/edit/{registry}/{number:path}", dependencies=[Depends(_form), needs(Scope.WRITE)])
def change(request: Request, running: RunningNow, viewer: ViewerNow, record_id: RecordIdAsked, form: Form) -> Response:
    """What only others changed meanwhile is kept; what both did is shown side by side, to be saved once more."""
    draft, known = Draft.sent(form), _kept(running, record_id, viewer)
    if draft.version != known.version:
        since = read_revisions(running.context, record_id, viewer, draft.version)
        draft, both = conflicts(draft, known, since)
        if both:
            return _form_page(request, draft, known, _changed_meanwhile(both))
    judged = judge(draft, known)
    if judged.problems:
        return _form_page(request, draft, known, Trouble(problems=judged.problems))
    is_compared = judged.record.status.counterparts != known.status.counterparts  # a search for each photograph
    try:
        with running.turns.take() if is_compared else nullcontext():
            saved = change_record(running.context, judged.record, known.version, viewer)
    except HeritageError as error:
        return _form_page(request, draft, known, _trouble(error))
    return _with_photographs(request, running, viewer, form, saved)


@router.post("/withdraw/{registry}/{number:path}", dependencies=[Depends(_form), needs(Scope.WRITE)])
def withdraw(
    request: Request, running: RunningNow, viewer: ViewerNow, record_id: RecordIdAsked, form: Form
) -> Response:
    known = _kept(running, record_id, viewer)
    if known.status is Status.WITHDRAWN:  # a second click
        return RedirectResponse(record_address(record_id), 303)
    reason, version = (str(form.get(name) or "").strip() for name in ("reason", "version"))
    try:
        seen = int(version) if version.isdecimal() and len(version) < 10 else 0
        withdraw_record(running.context, record_id, seen, viewer, reason)
    except (InputError, StaleError) as error:
        trouble = Trouble(problems={"reason": str(error)}, status=problem_of(error).status)
        return _form_page(request, Draft.of(known), known, trouble, reason)
    return RedirectResponse(record_address(record_id), 303)


def _kept(running: Running, record_id: RecordId, viewer: Viewer) -> RegistryRecord:
    """Raises `NotFoundError`, and `ForbiddenError` for a record of another agency."""
    known = read_record(running.context, record_id, viewer)
    if not viewer.owns(known):
        raise ForbiddenError(f"record {record_id} is not your agency's to change; ask its owner")
    return known


def _blank(record_id: RecordId | None, viewer: Viewer) -> RegistryRecord:
    return RegistryRecord(record_id or RecordId("-", "-"), owner_agency=viewer.agency)


def _empty(viewer: Viewer) -> Draft:
    return Draft(Draft.of(_blank(None, viewer)).text_by_field)


def _added(running: Running, record: RegistryRecord, viewer: Viewer) -> RegistryRecord:
    """The record as it is kept; also when it is there already just as it is asked for. Raises `ConflictError`."""
    try:
        return add_record(running.context, record, viewer)
    except ConflictError:
        try:
            known = _kept(running, record.record_id, viewer)
        except HeritageError:
            known = None
        if known and {one.name for one in differences(known, record)} <= {"photographs"}:
            return known
        raise


def _with_photographs(
    request: Request, running: Running, viewer: Viewer, form: FormData, saved: RegistryRecord
) -> Response:
    """Add what photographs came along. One that cannot be used keeps back no other."""
    uploads = [one for one in form.getlist("image") if isinstance(one, UploadFile) and one.filename]
    text = form.get("view")
    view = PhotoView(text) if text in set(PhotoView) else PhotoView.UNSPECIFIED
    refused: list[str] = []
    for upload in uploads:
        try:
            with running.turns.take():
                saved = add_photograph(running.context, saved.record_id, upload.file.read(), view, viewer).record
        except InputError as error:
            refused.append(f"“{upload.filename}”: {error}")
    if refused:
        trouble = Trouble(problems={"image": "; ".join(refused)}, text=_("All else was saved."))
        return _form_page(request, Draft.of(saved), saved, trouble)
    return RedirectResponse(record_address(saved.record_id), 303)


def _trouble(error: HeritageError) -> Trouble:
    problems, status = blame(error), problem_of(error).status
    if isinstance(error, StaleError):
        return Trouble(_("Somebody else changed this record just now. Save once more to see what."), status=status)
    return Trouble("" if problems else str(error), problems, status=status)


def _changed_meanwhile(both: dict[str, str]) -> Trouble:
    text = _(
        "Somebody else changed this record meanwhile. What they wrote stands below your own words at: %(fields)s. "
        "Decide, and save once more; nothing is lost."
    ) % {"fields": ", ".join(field_label(name) for name in both)}
    return Trouble(text, others=both, status=412)


@dataclass(frozen=True, slots=True)
class PhotoRow:
    """A photograph in the form."""

    digest: str
    hex: str
    address: str
    view: PhotoView
    place: int
    is_removed: bool


def _form_page(
    request: Request, draft: Draft, known: RegistryRecord | None, trouble: Trouble, reason: str = ""
) -> HTMLResponse:
    """The form of a new record, or of ``known``, with all that was typed."""
    shown = judge(draft, known or RegistryRecord(RecordId("-", "-"))).record
    found = completeness(shown)
    tail = quote(f"/{known.record_id}") if known else ""
    return page(
        request,
        "record_form.html",
        trouble.status,
        draft=draft,
        known=known,
        version=known.version if known else 0,
        trouble=trouble,
        action=f"/edit{tail}" if known else "/records/new",
        record_address=record_address(known.record_id) if known else "",
        withdraw_address=f"/withdraw{tail}" if known and known.status is not Status.WITHDRAWN else "",
        reason=reason,
        photos=_photo_rows(draft, known),
        statuses=_status_choices(known),
        handlings=[(one.value, f"{one.value}: {_(words)}") for one, words in HANDLING_WORDS.items()],
        views=[(one.value, _(words)) for one, words in VIEW_WORDS.items()],
        categories=_paths([Facet.OBJECT]),
        term_choices=_paths([Facet.MATERIAL, Facet.TECHNIQUE, Facet.PERIOD]),
        term_lines=[*draft.lines("terms"), *[""] * SPARE_TERMS],
        card_labels=[(name, _(label), name in LONG_FIELDS) for name, label in CARD_LABELS.items()],
        weights=WEIGHTS,
        completeness=found,
        missing=missing_words(found),
    )


def _photo_rows(draft: Draft, known: RegistryRecord | None) -> list[PhotoRow]:
    """As asked for; those that came meanwhile at the end."""
    asked = {one.digest: one for one in draft.photos}
    rows = []
    for place, one in enumerate(known.photographs if known else (), start=1):
        wanted = asked.get(one.digest)
        address = f"{image_url(one.digest)}?size={THUMBNAIL_SIDE}"
        rows.append(
            PhotoRow(
                str(one.digest),
                one.digest.hex,
                "" if known and known.status is Status.WITHDRAWN else address,
                wanted.view if wanted else one.view,
                wanted.place if wanted else place,
                bool(wanted and wanted.is_removed),
            )
        )
    return rows


def _status_choices(known: RegistryRecord | None) -> list[tuple[str, str]]:
    """Withdrawing has a form of its own, that asks why."""
    is_withdrawn = known is not None and known.status is Status.WITHDRAWN
    return [(one.value, _(words)) for one, words in STATUS_NAMES.items() if is_withdrawn or one is not Status.WITHDRAWN]


def _paths(facets: Sequence[Facet]) -> list[str]:
    return [term_path(term) for facet in facets for term in category_tree().by_facet(facet)]
