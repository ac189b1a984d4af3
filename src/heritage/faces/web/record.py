"""The page of one record: its views, what is on record, what became of it, and what was found of it."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import quote

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import HTMLResponse

from heritage.domain.access import Scope, Viewer
from heritage.domain.completeness import completeness
from heritage.domain.hits import Verdict
from heritage.domain.records import PhotoView, RecordId, RegistryRecord, Status, StatusChange
from heritage.domain.review import HitQuestion, KeptHit, Origin
from heritage.domain.revisions import PHOTOGRAPHS, FieldChange, Revision
from heritage.domain.terms import category_tree
from heritage.errors import NotFoundError
from heritage.faces.api.documents import DocumentForm
from heritage.faces.api.record_ids import RecordIdAsked
from heritage.faces.api.running import RunningNow
from heritage.faces.api.viewing import ViewerNow, needs
from heritage.faces.languages import N_, _, number
from heritage.faces.schemas.records import image_url
from heritage.faces.web.framing import page
from heritage.faces.web.hit_view import record_address
from heritage.faces.wording import (
    STATUS_NAMES,
    STATUS_WORDS,
    VERDICT_WORDS,
    VIEW_WORDS,
    field_label,
    missing_words,
    next_step,
    term_label,
    whole_card,
)
from heritage.service.reading import read_history, read_record, read_revisions
from heritage.service.review import find_hits

router = APIRouter(include_in_schema=False, default_response_class=HTMLResponse)

HITS_SHOWN = 20
VIEW_SIDE, LARGE_SIDE = 800, 1600  # px
_DOCUMENT_WORDS = {
    DocumentForm.PDF: N_("Object ID form to print (PDF)"),
    DocumentForm.LIDO: "LIDO (XML)",
    DocumentForm.LINKED_ART: "Linked Art (JSON-LD)",
    DocumentForm.IIIF: N_("IIIF manifest"),
}


@dataclass(frozen=True, slots=True)
class PhotoShown:
    """A photograph as the page shows it."""

    address: str
    large_address: str
    view: str


@dataclass(frozen=True, slots=True)
class HitShown:
    """A hit on the record, or of its photographs; ``record_id`` names the other record, where there is one."""

    hit_id: str
    at: datetime
    verdict: str
    record_id: RecordId | None
    address: str


@dataclass(frozen=True, slots=True)
class RevisionShown:
    """A change as the page tells it."""

    revision: Revision
    changes: tuple[tuple[str, str, str], ...]  # (label, before, after)


@router.get("/records/{registry}/{number:path}", dependencies=[needs(Scope.READ)])
def show(request: Request, running: RunningNow, viewer: ViewerNow, record_id: RecordIdAsked) -> HTMLResponse:
    """To whom may not know of it, as if there were none."""
    context = running.context
    record = read_record(context, record_id, viewer)
    asked = HitQuestion(record=record_id)
    found = completeness(record)
    return page(
        request,
        "record.html",
        record=record,
        photos=tuple(_photos(record)),
        status_words=STATUS_WORDS[record.status],
        fact_rows=_facts(record),
        card=whole_card(record.card),
        category_path=[term_label(term) for term in _path(record.category)],
        terms=[term_label(term) for term in record.terms],
        next_step=next_step(record.owner_agency, record_id),
        completeness=found,
        missing=missing_words(found),
        steps=[_step(step, viewer) for step in read_history(context, record_id, viewer)],
        revisions=[_revision_shown(one) for one in reversed(read_revisions(context, record_id, viewer))],
        hits=[_hit_shown(one, record_id) for one in find_hits(context, asked, viewer, "", HITS_SHOWN)],
        documents=[(f"/v1/documents/{form}{_tail(record_id)}", _(words)) for form, words in _DOCUMENT_WORDS.items()],
        edit_address=f"/edit{_tail(record_id)}" if viewer.may(Scope.WRITE) and viewer.owns(record) else "",
        status_names=STATUS_NAMES,
    )


def _tail(record_id: RecordId) -> str:
    return quote(f"/{record_id}")


def _photos(record: RegistryRecord) -> Iterator[PhotoShown]:
    """Those of a withdrawn record are not shown."""
    if record.status is Status.WITHDRAWN:
        return
    for one in record.photographs:
        url = image_url(one.digest)
        words = "" if one.view is PhotoView.UNSPECIFIED else _(VIEW_WORDS[one.view])
        yield PhotoShown(f"{url}?size={VIEW_SIDE}", f"{url}?size={LARGE_SIDE}", words)


def _facts(record: RegistryRecord) -> tuple[tuple[str, str], ...]:
    facts = (
        (_("Record"), str(record.record_id)),
        (_("Status"), _(STATUS_NAMES[record.status])),
        (_("Date of theft or find"), record.theft_date),
        (_("Place of theft or find"), record.theft_place),
        (_("Import licence or statement"), record.icg_reference),
        (_("Owner agency"), record.owner_agency),
        (_("Handling"), record.handling.value),
        (_("Shared with"), ", ".join(record.shared_with)),
    )
    return tuple((label, value) for label, value in facts if value)


def _path(term: str) -> tuple[str, ...]:
    """From the top of the tree down to the term; the term alone where it is none of the tree's."""
    if not term:
        return ()
    try:
        above = category_tree().ancestors(term)
    except NotFoundError:
        return (term,)
    return (*(one.id for one in reversed(above[:-1])), term)


def _step(step: StatusChange, viewer: Viewer) -> tuple[StatusChange, str]:
    """With who set it, for whom is of the same agency."""
    is_own = viewer.is_unrestricted or (bool(step.agency) and step.agency == viewer.agency)
    return step, step.actor if is_own else ""


def _revision_shown(revision: Revision) -> RevisionShown:
    return RevisionShown(revision, tuple(_change_words(one) for one in revision.changes))


def _change_words(change: FieldChange) -> tuple[str, str, str]:
    values = (change.before, change.after)
    if change.name == PHOTOGRAPHS:
        values = (_photographs_words(change.before), _photographs_words(change.after))
    elif change.name == "status":
        values = (_(STATUS_NAMES[Status(change.before)]), _(STATUS_NAMES[Status(change.after)]))
    elif change.name in ("category", "terms"):
        values = (_terms_words(change.before), _terms_words(change.after))
    return field_label(change.name), *values


def _photographs_words(text: str) -> str:
    """How many, and what each shows: ``2 (front, not said)``."""
    lines = text.splitlines()
    views = ", ".join(_(VIEW_WORDS[PhotoView(line.partition(" ")[2])]) for line in lines)
    return f"{number(len(lines))} ({views})" if lines else number(0)


def _terms_words(text: str) -> str:
    return ", ".join(map(term_label, text.splitlines()))


def _hit_shown(hit: KeptHit, record_id: RecordId) -> HitShown:
    other = None
    if hit.search.origin is Origin.COUNTERPART:
        is_of_this = hit.record is not None and hit.record.record_id == record_id
        other = hit.search.source if is_of_this else (hit.record.record_id if hit.record else None)
    verdict = _(VERDICT_WORDS[Verdict(hit.verdict)])
    return HitShown(hit.hit_id, hit.search.at, verdict, other, record_address(other) if other else "")
