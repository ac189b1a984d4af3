"""The pages of cases: the list, opening one, reading it, printing it."""

from typing import Annotated
from urllib.parse import urlencode

from fastapi import APIRouter, Form
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response

from heritage.domain.access import Scope
from heritage.domain.cases import (
    CaseFacts,
    CaseFieldError,
    CaseList,
    CaseQuestion,
    CaseReference,
    EntryContent,
    EntryKind,
    ReferenceKind,
)
from heritage.errors import HeritageError
from heritage.faces.api.running import RunningNow
from heritage.faces.api.viewing import ViewerNow, needs
from heritage.faces.languages import _
from heritage.faces.web.case_views import (
    NOTHING_TYPED,
    PRINTED_SIDE,
    CaseView,
    Typed,
    case_page,
    new_once,
    once_of,
    reference_choices,
    refused,
)
from heritage.faces.web.case_words import LIST_WORDS, STANDING_WORDS, fault_words
from heritage.faces.web.framing import page
from heritage.service.cases import find_cases, hit_contents, open_case, read_case

router = APIRouter(include_in_schema=False, default_response_class=HTMLResponse, dependencies=[needs(Scope.DECIDE)])

PAGE_LENGTH = 25
Text = Annotated[str, Form()]  # how long it may be is told at the field


@router.get("/cases")
def show_list(
    request: Request, running: RunningNow, viewer: ViewerNow, listed: str = "open", text: str = "", after: str = ""
) -> HTMLResponse:
    """A filter that cannot be meant shows the open ones, what was typed, and what is wrong with it."""
    chosen = CaseList(listed) if listed in set(CaseList) else CaseList.OPEN
    problem = ""
    try:
        asked = CaseQuestion(chosen, text.strip())
    except CaseFieldError as error:
        asked, problem = CaseQuestion(chosen), fault_words(error.fault)
    found = find_cases(running.context, asked, viewer, after if after.isprintable() else "", PAGE_LENGTH + 1)
    shown = found[:PAGE_LENGTH]
    following = {"listed": chosen.value, "text": text, "after": shown[-1].key} if len(found) > PAGE_LENGTH else {}
    return page(
        request,
        "cases.html",
        422 if problem else 200,
        cases=shown,
        listed=chosen.value,
        lists=tuple((one.value, _(words)) for one, words in LIST_WORDS.items()),
        standing_words=STANDING_WORDS,
        text=text,
        problem=problem,
        offered_count=running.context.cases.count_offered(viewer),
        first=f"/cases?{urlencode({'listed': chosen.value, 'text': text})}" if after else "",
        following=f"/cases?{urlencode(following)}" if following else "",
    )


@router.get("/cases/new")
def show_new(request: Request, viewer: ViewerNow, hit: str = "") -> HTMLResponse:
    return _new_page(request, Typed(values={"hit": hit[:24]}) if hit else NOTHING_TYPED)


@router.post("/cases")
def create(
    request: Request,
    running: RunningNow,
    viewer: ViewerNow,
    title: Text = "",
    date: Text = "",
    place: Text = "",
    kind: Text = "",
    reference: Text = "",
    note: Text = "",
    hit: Text = "",
    once: Text = "",
) -> Response:
    values = {
        "title": title,
        "date": date,
        "place": place,
        "kind": kind,
        "reference": reference,
        "note": note,
        "hit": hit,
    }
    typed = _checked({name: value.strip() for name, value in values.items()})
    if typed.problem_by_field:
        return _new_page(request, typed, 422)
    try:
        more = list(_more(typed))
        more += hit_contents(running.context, typed.value("hit"), viewer) if typed.value("hit") else ()
        made = open_case(running.context, _facts(typed), more, viewer, once_of(once, *values.values()))
    except HeritageError as error:
        return refused(_new_page(request, Typed.of("new", values, error)), error)
    return RedirectResponse(f"/cases/{made.key}", 303)


@router.get("/cases/{reference}")
def show_case(request: Request, running: RunningNow, viewer: ViewerNow, reference: str) -> HTMLResponse:
    return case_page(request, running, viewer, read_case(running.context, reference, viewer))


@router.get("/cases/{reference}/print")
def show_printed(request: Request, running: RunningNow, viewer: ViewerNow, reference: str) -> HTMLResponse:
    """All of it on paper: oldest first, larger photos, no way to anywhere."""
    case = read_case(running.context, reference, viewer)
    return page(request, "case_print.html", view=CaseView.of(case, viewer, PRINTED_SIDE))


def _new_page(request: Request, typed: Typed, status: int = 200) -> HTMLResponse:
    return page(request, "case_new.html", status, typed=typed, once=new_once(), kinds=reference_choices())


def _facts(typed: Typed) -> CaseFacts:
    return CaseFacts(*(typed.value(name) for name in ("title", "date", "place")))


def _more(typed: Typed) -> tuple[EntryContent, ...]:
    """What was said beside the seizure itself."""
    kind = typed.value("kind")
    chosen = ReferenceKind(kind) if kind in set(ReferenceKind) else ReferenceKind.OTHER
    reference, note = typed.value("reference"), typed.value("note")
    return (
        *((EntryContent(EntryKind.REFERENCE, reference=CaseReference(chosen, reference)),) if reference else ()),
        *((EntryContent(EntryKind.NOTE, note),) if note else ()),
    )


def _checked(values: dict[str, str]) -> Typed:
    """What was typed, with everything that is wrong at once: nobody likes to be told of one mistake after another."""
    checks = (
        lambda: CaseFacts(values["title"]),
        lambda: CaseFacts("-", date=values["date"]),
        lambda: CaseFacts("-", place=values["place"]),
        lambda: CaseReference(ReferenceKind.OTHER, values["reference"] or "-"),
        lambda: EntryContent(EntryKind.NOTE, values["note"] or "-"),
    )
    problem_by_field: dict[str, str] = {}
    for check in checks:
        try:
            check()
        except CaseFieldError as error:
            problem_by_field[error.field] = fault_words(error.fault)
    return Typed("new", values, problem_by_field)
