"""One's own account: another password, one-time codes, signing out."""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Annotated

from fastapi import APIRouter, Form
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

from heritage.domain.accounts import Person
from heritage.errors import ForbiddenError, HeritageError, InputError
from heritage.faces.api.running import RunningNow
from heritage.faces.api.viewing import CallerNow
from heritage.faces.web.framing import page
from heritage.faces.web.signing_in import address_of, entered, refused
from heritage.service.credentials import make_totp_secret, totp_address
from heritage.service.signing_in import Credentials, change_password, set_up_totp

router = APIRouter(include_in_schema=False, default_response_class=HTMLResponse)

Field = Annotated[str, Form(max_length=300)]


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
            raise InputError("the new password was typed in two ways; type it again")
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
    return _account_page(request, person, done="From now on a code of this device is asked for at every sign-in")


def _person(caller: CallerNow) -> Person:
    if caller.person is None:
        raise ForbiddenError("only somebody who signed in at the page has an account here; a key has none")
    return caller.person


def _account_page(
    request: Request,
    person: Person,
    problem: HeritageError | None = None,
    device: Device | None = None,
    done: str = "",
) -> HTMLResponse:
    return page(request, "account.html", person=person, problem=str(problem or ""), device=device, done=done)
