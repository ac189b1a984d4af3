"""``/agencies``: the operator's admins let agencies in, with a first admin each; their people are theirs to manage."""

from dataclasses import dataclass, replace
from functools import partial
from typing import Annotated
from urllib.parse import urlencode

from fastapi import APIRouter, Depends, Form, Query
from starlette.responses import HTMLResponse, Response

from heritage.domain.access import Scope
from heritage.domain.accounts import check_agency_name, check_login, name_key
from heritage.errors import ConflictError, ForbiddenError, HeritageError, InputError, NotFoundError
from heritage.faces.api.viewing import ViewerNow, needs
from heritage.faces.languages import _
from heritage.faces.web.administration import Question, Visit, VisitNow, status_of
from heritage.faces.web.managing_people import invitation_page
from heritage.service import accounts


def _for_operator(viewer: ViewerNow) -> None:
    if not viewer.is_operator:
        raise ForbiddenError(_("only an admin of the agency that runs this heritage may do this"))


router = APIRouter(
    include_in_schema=False,
    default_response_class=HTMLResponse,
    dependencies=[needs(Scope.ACCOUNTS), Depends(_for_operator)],
)

Field = Annotated[str, Form()]  # how long it may be is told at the field
# Not in the path: names have slashes and dots in them, and browsers take `..` for a step up, to another agency.
Name = Annotated[str, Query()]
LIST = "/agencies"


@dataclass(frozen=True, slots=True)
class _Typed:
    """What stands in the form for a new agency, and what is wrong with a field of it."""

    name: str = ""
    admin: str = ""
    name_problem: str = ""
    admin_problem: str = ""

    def checked(self) -> "_Typed":
        """The same with what is wrong with it."""
        found = self
        try:
            check_agency_name(self.name)
        except InputError as error:
            found = replace(found, name_problem=str(error))
        try:
            check_login(self.admin)
        except InputError as error:
            found = replace(found, admin_problem=str(error))
        return found


@router.get("/agencies")
def agencies(visit: VisitNow) -> HTMLResponse:
    return _agencies_page(visit)


@router.post("/agencies")
def add_agency(
    visit: VisitNow,
    name: Field = "",
    admin: Field = "",
    form_token: Field = "",
) -> Response:
    typed = _Typed(name.strip(), admin.strip()).checked()
    if typed.name_problem or typed.admin_problem:
        return _agencies_page(visit, typed, 422)
    try:
        with visit.acting_once(form_token, typed.name, typed.admin) as is_first:
            if not is_first:
                return visit.sent_already(LIST)
            _agency, invited = accounts.add_agency(visit.database, visit.viewer, typed.name, typed.admin)
    except ConflictError as error:
        known = {name_key(one.name) for one in accounts.agencies(visit.database, visit.viewer)}
        field = "name_problem" if name_key(typed.name) in known else "admin_problem"
        return _agencies_page(visit, replace(typed, **{field: str(error)}), status_of(error))
    except HeritageError as error:
        return _agencies_page(visit, replace(typed, name_problem=str(error)), status_of(error))
    return invitation_page(visit, invited, LIST)


@router.get("/agencies/suspend")
def ask_suspend(visit: VisitNow, name: Name = "") -> HTMLResponse:
    return visit.ask(_suspend_question(_known(visit, name)))


@router.post("/agencies/suspend")
def suspend(visit: VisitNow, name: Field = "", form_token: Field = "") -> Response:
    known = _known(visit, name)
    suspend_it = partial(accounts.set_agency_suspended, visit.database, visit.viewer, known, suspended=True)
    return visit.settle(_suspend_question(known), form_token, suspend_it)


@router.get("/agencies/resume")
def ask_resume(visit: VisitNow, name: Name = "") -> HTMLResponse:
    return visit.ask(_resume_question(_known(visit, name)))


@router.post("/agencies/resume")
def resume(visit: VisitNow, name: Field = "", form_token: Field = "") -> Response:
    known = _known(visit, name)
    let_in = partial(accounts.set_agency_suspended, visit.database, visit.viewer, known, suspended=False)
    return visit.settle(_resume_question(known), form_token, let_in)


def _agencies_page(visit: Visit, typed: _Typed = _Typed(), status: int = 200) -> HTMLResponse:
    found = accounts.agencies(visit.database, visit.viewer)
    queries = [urlencode({"name": one.name}) for one in found]
    return visit.page("agencies.html", status, agencies=list(zip(found, queries, strict=True)), typed=typed)


def _known(visit: Visit, name: str) -> str:
    """The name, if there is such an agency. Raises `NotFoundError`."""
    if name not in (one.name for one in accounts.agencies(visit.database, visit.viewer)):
        raise NotFoundError(f"there is no agency {name!r}")
    return name


def _suspend_question(name: str) -> Question:
    return Question(
        heading=_("Suspend %(agency)s?") % {"agency": name},
        text=_(
            "None of its people and keys is let in from then on, and whoever is signed in is signed out. "
            "Its records stay as they are."
        ),
        button=_("Suspend"),
        address=f"{LIST}/suspend",
        back=LIST,
        fields=(("name", name),),
    )


def _resume_question(name: str) -> Question:
    return Question(
        heading=_("Let %(agency)s in again?") % {"agency": name},
        text=_("Its people and keys are let in as before, but for those that are suspended or ended themselves."),
        button=_("Let in again"),
        address=f"{LIST}/resume",
        back=LIST,
        fields=(("name", name),),
        takes_away=False,
    )
