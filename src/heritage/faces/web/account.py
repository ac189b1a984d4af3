"""One's own account: another password, one-time codes, signing out."""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Annotated, Any

from fastapi import APIRouter, Form
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

from heritage.domain.accounts import Person, check_password
from heritage.errors import FieldError, ForbiddenError, HeritageError, InputError
from heritage.faces.api.running import RunningNow
from heritage.faces.api.viewing import CallerNow
from heritage.faces.web.framing import page
from heritage.faces.web.signing_in import address_of, entered, refused
from heritage.service.credentials import make_totp_secret, totp_address
from heritage.service.signing_in import Credentials, change_password, set_up_totp

router = APIRouter(include_in_schema=False, default_response_class=HTMLResponse)

Field = Annotated[str, Form()]  # how long it may be is told at the field


@dataclass(frozen=True, slots=True)
class Device:
    """A new secret for one-time codes, and the ``otpauth:`` address that holds it."""

    secret: str
    address: str


@router.get("/account")
def account(request: Request, caller: CallerNow) -> HTMLResponse:
    return _account_page(request, _person(caller))


@router.post("/account/password")
def choose_password(
    request: Request,
    running: RunningNow,
    caller: CallerNow,
    password: Field = "",
    new: Field = "",
    again: Field = "",
    code: Field = "",
) -> Response:
    person = _person(caller)
    given = Credentials(person.login, password, code, address_of(request))
    try:
        if new != again:
            raise FieldError("the new password was typed in two ways; type it again", "again")
        check_new(new, person.login)
        with running.sign_in_turns.take():
            signed_in = change_password(running.context.database, given, new, datetime.now(UTC))
    except HeritageError as error:
        return refused(error, _account_page(request, person, error))
    return entered(request, running, signed_in, "/")


@router.post("/account/device")
def show_device(request: Request, caller: CallerNow) -> HTMLResponse:
    """A secret that is nobody's yet: it is kept once a code shows that a device has it."""
    person, secret = _person(caller), make_totp_secret()
    return _account_page(request, person, device=Device(secret, totp_address(secret, person.login)))


@router.post("/account/codes")
def set_up_codes(
    request: Request, running: RunningNow, caller: CallerNow, password: Field = "", secret: Field = "", code: Field = ""
) -> Response:
    person = _person(caller)
    given = Credentials(person.login, password, code, address_of(request))
    try:
        with running.sign_in_turns.take():
            set_up_totp(running.context.database, given, secret, datetime.now(UTC))
    except HeritageError as error:
        return refused(error, _account_page(request, person, error))
    return _account_page(request, person, done=True)


def check_new(new: str, login: str) -> None:
    """Raises `FieldError` for a password that nobody should choose."""
    try:
        check_password(new, login)
    except InputError as error:
        raise FieldError(str(error), "new") from error


def _person(caller: CallerNow) -> Person:
    if caller.person is None:
        raise ForbiddenError("only somebody who signed in at the page has an account here; a key has none")
    return caller.person


def _account_page(
    request: Request,
    person: Person,
    problem: HeritageError | None = None,
    device: Device | None = None,
    done: bool = False,
) -> HTMLResponse:
    problem_by_field = {problem.field: str(problem)} if isinstance(problem, FieldError) else {}
    told = "" if problem_by_field else str(problem or "")
    shown: dict[str, Any] = {"device": device, "done": done, "problem_by_field": problem_by_field}
    return page(request, "account.html", person=person, problem=told, **shown)
