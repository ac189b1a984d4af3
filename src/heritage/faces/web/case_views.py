"""What the templates of cases say: a case for one reader, and what they typed last if it could not be used."""

import hashlib
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field

from starlette.requests import Request
from starlette.responses import HTMLResponse

from heritage.domain.access import Viewer
from heritage.domain.cases import (
    LEADING_ROLES,
    Case,
    CaseEntry,
    CaseFieldError,
    CaseStatus,
    ReferenceKind,
    Standing,
)
from heritage.errors import HeritageError, ImageError
from heritage.faces.api.running import Running
from heritage.faces.languages import _
from heritage.faces.problems import problem_of
from heritage.faces.schemas.cases import case_photo_url
from heritage.faces.schemas.records import image_url
from heritage.faces.web.case_words import ENTRY_WORDS, REFERENCE_WORDS, STATUS_WORDS, fault_words
from heritage.faces.web.framing import page
from heritage.faces.wording import STATUS_WORDS as RECORD_STATUS_WORDS
from heritage.faces.wording import VERDICT_WORDS, label_words
from heritage.service.cases import other_agencies

PHOTO_SIDE = 480  # px, of photos in the timeline
PRINTED_SIDE = 1200
PROMISED_RATE = 1e-4  # no measured search stands behind a lower one: see docs/adr/0009-likelihood-ratios.md


@dataclass(frozen=True, slots=True)
class Typed:
    """What was typed into the form called ``form`` and could not be used; ``problem`` is of the form as a whole."""

    form: str = ""
    values: Mapping[str, str] = field(default_factory=dict)
    problem_by_field: Mapping[str, str] = field(default_factory=dict)
    problem: str = ""

    def value(self, name: str, otherwise: str = "") -> str:
        return self.values.get(name, otherwise)

    def problem_at(self, name: str) -> str:
        return self.problem_by_field.get(name, "")

    @classmethod
    def of(cls, form: str, values: Mapping[str, str], error: HeritageError, text_field: str = "") -> "Typed":
        """``text_field`` is what the form calls the text that the rules call a note."""
        if isinstance(error, CaseFieldError):
            name = text_field if error.field == "note" and text_field else error.field
            return cls(form, values, {name: fault_words(error.fault)})
        if isinstance(error, ImageError):
            return cls(form, values, {"photos": str(error)})
        return cls(form, values, problem=str(error))


NOTHING_TYPED = Typed()


@dataclass(frozen=True, slots=True)
class HitView:
    """A filed hit in a few words; ``address`` is empty for whom only the case shows it."""

    verdict: str
    is_strong: bool
    label: str
    record_id: str
    owner: str
    record_status: str
    state: str
    inlier_count: int
    searches_per_alarm: int
    image_url: str
    address: str


@dataclass(frozen=True, slots=True)
class EntryView:
    """``search_url`` is empty where no search was made, or by another agency."""

    entry: CaseEntry
    words: str
    photo_url: str
    original_url: str
    reference_kind: str
    hit: HitView | None
    search_url: str


@dataclass(frozen=True, slots=True)
class CaseView:
    """``leads``: whether the reader may close the case, hand it over and so on."""

    case: Case
    entries: tuple[EntryView, ...]
    status: str
    references: tuple[tuple[str, str], ...]
    leads: bool

    @classmethod
    def of(cls, case: Case, viewer: Viewer, side: int = PHOTO_SIDE) -> "CaseView":
        return cls(
            case=case,
            entries=tuple(_entry_view(case, one, viewer, side) for one in case.entries),
            status=_(STATUS_WORDS[case.status]),
            references=tuple((_(REFERENCE_WORDS[one.kind]), one.text) for one in case.references),
            leads=viewer.role in LEADING_ROLES,
        )

    @property
    def is_held(self) -> bool:
        return self.case.standing is Standing.HOLDER

    @property
    def is_offered(self) -> bool:
        return self.case.standing is Standing.OFFERED

    @property
    def is_former(self) -> bool:
        return self.case.standing is Standing.FORMER

    @property
    def is_open(self) -> bool:
        return self.is_held and self.case.status is CaseStatus.OPEN


def case_page(
    request: Request, running: Running, viewer: Viewer, case: Case, typed: Typed = NOTHING_TYPED
) -> HTMLResponse:
    """The case with its forms, what was typed still in them."""
    return page(
        request,
        "case.html",
        view=CaseView.of(case, viewer),
        typed=typed,
        once=new_once(),
        kinds=reference_choices(),
        agencies=other_agencies(running.context, viewer),
    )


def refused(answer: HTMLResponse, error: HeritageError) -> HTMLResponse:
    answer.status_code = problem_of(error).status
    return answer


def reference_choices() -> tuple[tuple[str, str], ...]:
    return tuple((kind.value, _(REFERENCE_WORDS[kind])) for kind in ReferenceKind)


def new_once() -> str:
    """Names a form that is shown, so that sent twice it acts once."""
    return secrets.token_hex(16)


def once_of(token: str, *said: str) -> str:
    """Names what was said with the form of that name: who goes back and says something else with it is heard too."""
    if not token:
        return ""
    return hashlib.sha256("\0".join((token, *said)).encode("utf-8", "surrogatepass")).hexdigest()


def _entry_view(case: Case, entry: CaseEntry, viewer: Viewer, side: int) -> EntryView:
    content = entry.content
    photo = case_photo_url(case.key, content.digest) if content.digest else ""
    return EntryView(
        entry=entry,
        words=_(ENTRY_WORDS[entry.kind]),
        photo_url=f"{photo}?size={side}" if photo else "",
        original_url=photo.replace("/photos/", "/originals/"),
        reference_kind=_(REFERENCE_WORDS[content.reference.kind]) if content.reference else "",
        hit=_hit_view(entry, viewer),
        search_url=f"/searches/{content.search_id}" if content.search_id else "",
    )


def _hit_view(entry: CaseEntry, viewer: Viewer) -> HitView | None:
    hit = entry.hit
    if hit is None:
        return None
    record = hit.record
    is_own = viewer.is_unrestricted or hit.search.agency == viewer.agency or bool(record and viewer.owns(record))
    return HitView(
        verdict=_(VERDICT_WORDS[hit.verdict]),
        is_strong=hit.verdict.value == "strong",
        label=label_words(record) if record else "",
        record_id=str(record.record_id) if record else "",
        owner=record.owner_agency if record else "",
        record_status=_(RECORD_STATUS_WORDS[record.status]) if record else "",
        state=hit.state.value,
        inlier_count=hit.verification.inlier_count,
        searches_per_alarm=int(1 / max(hit.false_alarm_rate, PROMISED_RATE)),
        image_url=f"{image_url(hit.digest)}?size=240" if record else "",
        address=f"/hits/{hit.hit_id}" if is_own else "",
    )
