"""``/people``: the people of one's own agency, what each may do, and letting them in or not."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Annotated
from urllib.parse import quote

from fastapi import APIRouter, Form
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response

from heritage.domain.access import SCOPES_BY_ROLE, Role, Scope, Viewer
from heritage.domain.accounts import Person, name_key
from heritage.errors import ConflictError, HeritageError, InputError
from heritage.faces.api.running import Running, RunningNow
from heritage.faces.api.viewing import ViewerNow, needs
from heritage.faces.languages import _
from heritage.faces.web.administration import Question, acting_once, admin_page, ask, sent_already, status_of
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
def people(request: Request, running: RunningNow, viewer: ViewerNow) -> HTMLResponse:
    return _people_page(request, running, viewer)


@router.post("/people")
def add_person(
    request: Request,
    running: RunningNow,
    viewer: ViewerNow,
    login: Field = "",
    role: Field = "",
    by_provider: Field = "",
    form_token: Field = "",
) -> Response:
    typed = _Typed(login.strip(), role, bool(by_provider))
    if role not in set(Role):
        return _people_page(request, running, viewer, _with(typed, "", _("choose one of the roles")), 422)
    try:
        with acting_once(running, viewer, form_token, typed.login, role, by_provider) as is_first:
            if not is_first:
                return sent_already(request, LIST)
            wanted = Person(typed.login, viewer.agency, Role(role))
            invited = accounts.add_person(running.context.database, viewer, wanted, not by_provider)
    except (InputError, ConflictError) as error:
        return _people_page(request, running, viewer, _with(typed, str(error), ""), status_of(error))
    except HeritageError as error:
        return _people_page(request, running, viewer, _with(typed, "", str(error)), status_of(error))
    return invitation_page(request, running, invited, LIST)


@router.get("/people/{login}")
def person(request: Request, running: RunningNow, viewer: ViewerNow, login: str) -> HTMLResponse:
    return _person_page(request, running, viewer, accounts.person_on_file(running.context.database, viewer, login))


@router.post("/people/{login}/role")
def change_role(
    request: Request,
    running: RunningNow,
    viewer: ViewerNow,
    login: str,
    role: Field = "",
    sure: Field = "",
    form_token: Field = "",
) -> Response:
    """Asks once more first: the form of the person's page comes without ``sure``."""
    database = running.context.database
    known = accounts.person_on_file(database, viewer, login)
    if role not in set(Role):
        return _person_page(request, running, viewer, known, _("choose one of the roles"), 422)
    if not sure:
        return ask(request, _role_question(known, Role(role)))
    try:
        with acting_once(running, viewer, form_token, known.login, role) as is_first:
            if is_first:
                accounts.change_role(database, viewer, known.login, Role(role))
    except HeritageError as error:
        return _person_page(request, running, viewer, known, str(error), status_of(error))
    return RedirectResponse(_address(known), 303)


@router.get("/people/{login}/reset")
def ask_reset(request: Request, running: RunningNow, viewer: ViewerNow, login: str) -> HTMLResponse:
    return ask(request, _reset_question(accounts.person_on_file(running.context.database, viewer, login)))


@router.post("/people/{login}/reset")
def reset(request: Request, running: RunningNow, viewer: ViewerNow, login: str, form_token: Field = "") -> Response:
    known = accounts.person_on_file(running.context.database, viewer, login)
    try:
        with acting_once(running, viewer, form_token) as is_first:
            if not is_first:
                return sent_already(request, _address(known))
            invited = accounts.reset_person(running.context.database, viewer, known.login)
    except HeritageError as error:
        return ask(request, _reset_question(known), str(error), status_of(error))
    return invitation_page(request, running, invited, _address(known))


@router.get("/people/{login}/suspend")
def ask_suspend(request: Request, running: RunningNow, viewer: ViewerNow, login: str) -> HTMLResponse:
    return ask(request, _suspend_question(accounts.person_on_file(running.context.database, viewer, login)))


@router.post("/people/{login}/suspend")
def suspend(request: Request, running: RunningNow, viewer: ViewerNow, login: str, form_token: Field = "") -> Response:
    return _set_suspended(request, running, viewer, login, form_token, _suspend_question)


@router.get("/people/{login}/resume")
def ask_resume(request: Request, running: RunningNow, viewer: ViewerNow, login: str) -> HTMLResponse:
    return ask(request, _resume_question(accounts.person_on_file(running.context.database, viewer, login)))


@router.post("/people/{login}/resume")
def resume(request: Request, running: RunningNow, viewer: ViewerNow, login: str, form_token: Field = "") -> Response:
    return _set_suspended(request, running, viewer, login, form_token, _resume_question)


def invitation_page(request: Request, running: Running, invited: Invitation, back: str) -> HTMLResponse:
    """The only page that a first password is on."""
    address = str(request.url.replace(path="/login", query=""))
    return admin_page(
        request, "invitation.html", person=invited.person, password=invited.password, address=address, back=back
    )


def _set_suspended(
    request: Request,
    running: Running,
    viewer: Viewer,
    login: str,
    form_token: str,
    question: Callable[[Person], Question],
) -> Response:
    known = accounts.person_on_file(running.context.database, viewer, login)
    try:
        with acting_once(running, viewer, form_token) as is_first:
            if is_first:
                is_end = question is _suspend_question
                accounts.set_person_suspended(running.context.database, viewer, known.login, is_end)
    except HeritageError as error:
        return ask(request, question(known), str(error), status_of(error))
    return RedirectResponse(_address(known), 303)


def _people_page(
    request: Request, running: Running, viewer: Viewer, typed: _Typed = _Typed(), status: int = 200
) -> HTMLResponse:
    database = running.context.database
    return admin_page(
        request,
        "people.html",
        status,
        people=accounts.people(database, viewer),
        last_sign_in_by_login=accounts.last_sign_in_by_login(database, viewer),
        roles=_roles(viewer),
        typed=typed,
        has_provider=bool(running.context.settings.oidc_issuer),
        agency=viewer.agency,
    )


def _person_page(
    request: Request, running: Running, viewer: Viewer, person: Person, problem: str = "", status: int = 200
) -> HTMLResponse:
    return admin_page(
        request,
        "person.html",
        status,
        person=person,
        last_sign_in_at=accounts.last_sign_in_by_login(running.context.database, viewer).get(person.login),
        is_oneself=name_key(person.login) == name_key(viewer.actor),
        roles=_roles(viewer),
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
