"""Signing in and out at the page: by login and password, or through an OpenID provider."""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Annotated

from fastapi import APIRouter, Form
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response

from heritage.errors import ForbiddenError, HeritageError, NotFoundError, TooOftenError
from heritage.faces.api.origins import is_own
from heritage.faces.api.running import Running, RunningNow
from heritage.faces.api.viewing import CallerNow, cookie_name
from heritage.faces.problems import problem_of
from heritage.faces.web.carried import Carried, own_address
from heritage.faces.web.framing import page
from heritage.faces.web.provider import Flow, Provider
from heritage.service.signing_in import Credentials, SignedIn, end_session, sign_in, sign_in_by_provider, sign_out

router = APIRouter(include_in_schema=False, default_response_class=HTMLResponse)

FLOW_S = 600  # to sign in at the provider
Field = Annotated[str, Form()]


@dataclass(frozen=True, slots=True)
class Onward:
    """Where somebody is led who has signed in: to the page ``next``, or to what they had sent before."""

    next: str = "/"
    carried: Carried | None = None


@router.get("/login")
def show(request: Request, running: RunningNow, next: str = "/") -> HTMLResponse:
    return _login_page(request, running, on=Onward(own_address(next)))


@router.post("/login")
def enter(
    request: Request,
    running: RunningNow,
    login: Field = "",
    password: Field = "",
    code: Field = "",
    next: Annotated[str, Form()] = "/",
    carried: Annotated[str, Form()] = "",
) -> Response:
    """On to the page that was wanted, or to the form that was sent when nobody was signed in any more."""
    on = Onward(own_address(next), Carried.parse(carried) if carried else None)
    try:
        if not is_own(request):  # else a stranger's page could sign people in under an account of the stranger's
            raise ForbiddenError("sign in at this page, not from another site's")
        given = Credentials(login.strip(), password, code, address_of(request))
        with running.sign_in_turns.take():
            signed_in = sign_in(running.context.database, given, datetime.now(UTC))
    except HeritageError as error:
        return refused(error, _login_page(request, running, error, login, on))
    if signed_in.person.must_choose_password:
        return entered(request, running, signed_in, "/account")
    return entered(request, running, signed_in, "" if on.carried else on.next, on.carried)


@router.post("/logout")
def leave(request: Request, running: RunningNow, caller: CallerNow) -> Response:
    if caller.person:
        sign_out(running.context.database, caller.person)
    # Pictures of records lie in the browser's cache, for quicker pages. What waits to be sent stays: see waiting.js.
    answer = RedirectResponse("/login", 303, {"Clear-Site-Data": '"cache"'})
    answer.delete_cookie(cookie_name(request), secure=_is_secure(request), httponly=True, samesite="strict")
    return answer


@router.get("/login/oidc")
def go_to_provider(request: Request, running: RunningNow) -> Response:
    provider = _provider(running)
    with running.sign_in_turns.take():
        address, flow = provider.begin(_callback(request))
    answer = RedirectResponse(address, 303)
    # Lax: the provider's answer comes from its own site, and this cookie must come along.
    name = cookie_name(request, "oidc")
    answer.set_cookie(name, flow.text, FLOW_S, secure=_is_secure(request), httponly=True, samesite="lax")
    return answer


@router.get("/login/oidc/callback")
def come_from_provider(request: Request, running: RunningNow) -> Response:
    """Answers with a page, not a redirect: browsers would hold back a strict cookie on the way from another site."""
    name = cookie_name(request, "oidc")
    try:
        flow = Flow.parse(request.cookies.get(name, ""))
        with running.sign_in_turns.take():
            login = _provider(running).finish(flow, dict(request.query_params), _callback(request))
            signed_in = sign_in_by_provider(running.context.database, login, datetime.now(UTC))
    except HeritageError as error:
        answer: Response = refused(error, _login_page(request, running, error))
    else:
        answer = entered(request, running, signed_in)
    answer.delete_cookie(name, secure=_is_secure(request), httponly=True, samesite="lax")
    return answer


def entered(
    request: Request, running: Running, signed_in: SignedIn, address: str = "", carried: Carried | None = None
) -> Response:
    """Hand the token to the browser. Whoever's session was open in it before is ended: no token outlives a sign-in."""
    name = cookie_name(request)
    end_session(running.context.database, request.cookies.get(name, ""))
    template = "carried.html" if carried else "entered.html"
    shown = page(request, template, person=signed_in.person, carried=carried)
    answer = RedirectResponse(address, 303) if address else shown
    answer.set_cookie(name, signed_in.token, secure=_is_secure(request), httponly=True, samesite="strict")
    return answer


def refused(error: HeritageError, answer: HTMLResponse) -> HTMLResponse:
    """``answer``, which shows the form again, with the status of ``error``."""
    answer.status_code = problem_of(error).status
    if isinstance(error, TooOftenError):
        answer.headers["Retry-After"] = str(error.retry_after_s)
    return answer


def _login_page(
    request: Request,
    running: Running,
    problem: HeritageError | None = None,
    login: str = "",
    on: Onward = Onward(),
) -> HTMLResponse:
    return page(
        request,
        "login.html",
        problem=str(problem or ""),
        has_provider=_has_provider(running),
        login=login,
        next=on.next,
        carried=on.carried,
    )


def address_of(request: Request) -> str:
    return request.client.host if request.client else ""


def _has_provider(running: Running) -> bool:
    return bool(running.context.settings.oidc_issuer)


def _provider(running: Running) -> Provider:
    if not _has_provider(running):
        raise NotFoundError("no OpenID provider is set up here; sign in with a password")
    return Provider.of(running.context.settings)


def _callback(request: Request) -> str:
    return str(request.url.replace(path="/login/oidc/callback", query=""))


def _is_secure(request: Request) -> bool:
    return request.url.scheme == "https"
