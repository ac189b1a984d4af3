"""``/people``: the people of one's own agency, what each may do, and letting them in or not."""

from dataclasses import dataclass
from functools import partial
from typing import Annotated
from urllib.parse import quote

from fastapi import APIRouter, Form
from starlette.responses import HTMLResponse, RedirectResponse, Response

from heritage.domain.access import SCOPES_BY_ROLE, Role, Scope, Viewer
from heritage.domain.accounts import Person, name_key
from heritage.errors import ConflictError, HeritageError, InputError
from heritage.faces.api.viewing import needs
from heritage.faces.languages import _
from heritage.faces.web.administration import Question, Visit, VisitNow, status_of
from heritage.faces.wording import ROLE_WORDS
from heritage.service import accounts
from heritage.service.accounts import Invitation

router = APIRouter(include_in_schema=False, default_response_class=HTMLResponse, dependencies=[needs(Scope.ACCOUNTS)])

Field = Annotated[str, Form()]  # how long it may be is told at the field
LIST = "/people"


@dataclass(frozen=True, slots=True)
class _Typed:
    """What stands in the form for a new person, and what is wrong with a field of it."""

    login: str = ""
    role: str = Role.OFFICER.value
    by_provider: bool = False
    login_problem: str = ""
    role_problem: str = ""


@router.get("/people")
def people(visit: VisitNow) -> HTMLResponse:
    return _people_page(visit)


@router.post("/people")
def add_person(
    visit: VisitNow,
    login: Field = "",
    role: Field = "",
    by_provider: Field = "",
    form_token: Field = "",
) -> Response:
    typed = _Typed(login.strip(), role, bool(by_provider))
    if role not in set(Role):
        return _people_page(visit, _with(typed, "", _("choose one of the roles")), 422)
    try:
        with visit.acting_once(form_token, typed.login, role, by_provider) as is_first:
            if not is_first:
                return visit.sent_already(LIST)
            wanted = Person(typed.login, visit.viewer.agency, Role(role))
            invited = accounts.add_person(visit.database, visit.viewer, wanted, not by_provider)
    except (InputError, ConflictError) as error:
        return _people_page(visit, _with(typed, str(error), ""), status_of(error))
    except HeritageError as error:
        return _people_page(visit, _with(typed, "", str(error)), status_of(error))
    return invitation_page(visit, invited, LIST)


@router.get("/people/{login}")
def person(visit: VisitNow, login: str) -> HTMLResponse:
    return _person_page(visit, accounts.person_on_file(visit.database, visit.viewer, login))


@router.post("/people/{login}/role")
def change_role(
    visit: VisitNow,
    login: str,
    role: Field = "",
    sure: Field = "",
    form_token: Field = "",
) -> Response:
    """Asks once more first: the form of the person's page comes without ``sure``."""
    known = accounts.person_on_file(visit.database, visit.viewer, login)
    if role not in set(Role):
        return _person_page(visit, known, _("choose one of the roles"), 422)
    if not sure:
        return visit.ask(_role_question(known, Role(role)))
    try:
        with visit.acting_once(form_token, known.login, role) as is_first:
            if is_first:
                accounts.change_role(visit.database, visit.viewer, known.login, Role(role))
    except HeritageError as error:
        return _person_page(visit, known, str(error), status_of(error))
    return RedirectResponse(_address(known), 303)


@router.get("/people/{login}/reset")
def ask_reset(visit: VisitNow, login: str) -> HTMLResponse:
    return visit.ask(_reset_question(accounts.person_on_file(visit.database, visit.viewer, login)))


@router.post("/people/{login}/reset")
def reset(visit: VisitNow, login: str, form_token: Field = "") -> Response:
    known = accounts.person_on_file(visit.database, visit.viewer, login)
    try:
        with visit.acting_once(form_token) as is_first:
            if not is_first:
                return visit.sent_already(_address(known))
            invited = accounts.reset_person(visit.database, visit.viewer, known.login)
    except HeritageError as error:
        return visit.ask(_reset_question(known), str(error), status_of(error))
    return invitation_page(visit, invited, _address(known))


@router.get("/people/{login}/suspend")
def ask_suspend(visit: VisitNow, login: str) -> HTMLResponse:
    return visit.ask(_suspend_question(accounts.person_on_file(visit.database, visit.viewer, login)))


@router.post("/people/{login}/suspend")
def suspend(visit: VisitNow, login: str, form_token: Field = "") -> Response:
    known = accounts.person_on_file(visit.database, visit.viewer, login)
    suspend_them = partial(accounts.set_person_suspended, visit.database, visit.viewer, known.login, True)
    return visit.settle(_suspend_question(known), form_token, suspend_them)


@router.get("/people/{login}/resume")
def ask_resume(visit: VisitNow, login: str) -> HTMLResponse:
    return visit.ask(_resume_question(accounts.person_on_file(visit.database, visit.viewer, login)))


@router.post("/people/{login}/resume")
def resume(visit: VisitNow, login: str, form_token: Field = "") -> Response:
    known = accounts.person_on_file(visit.database, visit.viewer, login)
    let_in = partial(accounts.set_person_suspended, visit.database, visit.viewer, known.login, False)
    return visit.settle(_resume_question(known), form_token, let_in)


def invitation_page(visit: Visit, invited: Invitation, back: str) -> HTMLResponse:
    """The only page that a first password is on."""
    address = str(visit.request.url.replace(path="/login", query=""))
    return visit.page("invitation.html", person=invited.person, password=invited.password, address=address, back=back)


def _people_page(visit: Visit, typed: _Typed = _Typed(), status: int = 200) -> HTMLResponse:
    return visit.page(
        "people.html",
        status,
        people=accounts.people(visit.database, visit.viewer),
        last_sign_in_by_login=accounts.last_sign_in_by_login(visit.database, visit.viewer),
        roles=_roles(visit.viewer),
        typed=typed,
        has_provider=bool(visit.running.context.settings.oidc_issuer),
        agency=visit.viewer.agency,
    )


def _person_page(visit: Visit, person: Person, problem: str = "", status: int = 200) -> HTMLResponse:
    return visit.page(
        "person.html",
        status,
        person=person,
        last_sign_in_at=accounts.last_sign_in_by_login(visit.database, visit.viewer).get(person.login),
        is_oneself=name_key(person.login) == name_key(visit.viewer.actor),
        roles=_roles(visit.viewer),
        problem=problem,
    )


def _with(typed: _Typed, login_problem: str, role_problem: str) -> _Typed:
    return _Typed(typed.login, typed.role, typed.by_provider, login_problem, role_problem)


def _roles(viewer: Viewer) -> list[tuple[str, str]]:
    """Those that ``viewer`` may give, and what they are called."""
    given = (role for role in Role if all(map(viewer.may, SCOPES_BY_ROLE[role])))
    return [(role.value, _(ROLE_WORDS[role])) for role in given]


def _address(person: Person) -> str:
    return f"{LIST}/{quote(person.login, safe='')}"


def _role_question(person: Person, role: Role) -> Question:
    return Question(
        heading=_("Change the role of %(login)s?") % {"login": person.login},
        text=_("From %(old)s to %(new)s, from their next click on.")
        % {"old": _(ROLE_WORDS[person.role]), "new": _(ROLE_WORDS[role])},
        button=_("Change the role"),
        address=f"{_address(person)}/role",
        back=_address(person),
        fields=(("role", role.value), ("sure", "yes")),
    )


def _reset_question(person: Person) -> Question:
    return Question(
        heading=_("Give %(login)s a new first password?") % {"login": person.login},
        text=_(
            "The password until now and one-time codes are good no more, and whoever is signed in under this login is "
            "signed out."
        ),
        button=_("Give a new first password"),
        address=f"{_address(person)}/reset",
        back=_address(person),
    )


def _suspend_question(person: Person) -> Question:
    return Question(
        heading=_("Suspend %(login)s?") % {"login": person.login},
        text=_(
            "They are signed out at once and cannot sign in until somebody lets them in again. Keys that they know are "
            "good still: revoke those too."
        ),
        button=_("Suspend"),
        address=f"{_address(person)}/suspend",
        back=_address(person),
    )


def _resume_question(person: Person) -> Question:
    return Question(
        heading=_("Let %(login)s in again?") % {"login": person.login},
        text=_("They can sign in with the password that they had."),
        button=_("Let in again"),
        address=f"{_address(person)}/resume",
        back=_address(person),
        takes_away=False,
    )
