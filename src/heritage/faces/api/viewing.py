"""On whose behalf a request is answered: found out once, before anything reads its body.

Whatever is not in `is_public` needs a key or a session, paths that do not exist among them: a new route is closed until
somebody opens it. Without any agency a heritage is one person's own, and answers nobody but this machine.
"""

from base64 import b64decode
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Annotated, Any, cast

from fastapi import Depends
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.types import ASGIApp, Receive, Scope, Send

from heritage.domain import access
from heritage.domain.access import WITHOUT_ACCOUNTS, Viewer
from heritage.domain.accounts import Person
from heritage.errors import ForbiddenError, HeritageError, SignInError
from heritage.faces.api.around.idempotency import SECRET_PATHS, claim, read_whole
from heritage.faces.api.errors import answer_to
from heritage.faces.api.origins import SAFE_METHODS, is_foreign, is_local, is_own
from heritage.faces.api.running import RunningNow
from heritage.faces.web.carried import carried_by
from heritage.service.signing_in import session_of, viewer_of_key
from heritage.storage.accounts import Accounts
from heritage.storage.database import Database

PUBLIC_PATHS = frozenset(
    {"/livez", "/readyz", "/metrics", "/offline", "/language", "/login", "/login/oidc", "/login/oidc/callback"}
)
ACCOUNT_PATHS = frozenset({"/account", "/account/password", "/logout"})  # for whom has yet to choose a password
MAX_KEY_LENGTH = 200


@dataclass(frozen=True, slots=True)
class Caller:
    """``person``: who signed in at the page; None for a key, and where there are no accounts."""

    viewer: Viewer
    person: Person | None = None


class KnownCallers:
    """Answers 401 or 403 itself, or hands on a request that knows its `Caller`.

    As middleware, since a route's own dependencies run only after its body was read: strangers could fill the disk.
    Of nobody's request no more is read than a small form, see `carried_by`.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or is_public(scope["path"]):
            await self._app(scope, receive, send)
            return
        request = Request(scope, receive)
        try:
            request.state.caller = caller = await run_in_threadpool(_identify, request)
            request.state.viewer = caller.viewer  # for the log
        except HeritageError as error:
            carried = await carried_by(request) if isinstance(error, SignInError) else None
            await answer_to(request, error, carried)(scope, receive, send)
            return
        await self._app(scope, receive, send)


def is_public(path: str) -> bool:
    return path in PUBLIC_PATHS or path.startswith("/static/")


def is_without_accounts(request: Request) -> bool:
    """Whether this is a heritage without accounts, asked by its owner."""
    return not Accounts(_database(request)).exist() and is_local(request) and not is_foreign(request)


def cookie_name(request: Request, kind: str = "session") -> str:
    """Over https the prefix makes browsers refuse a cookie that another host has set (RFC 6265bis, section 4.1.3)."""
    return f"{'__Host-' if request.url.scheme == 'https' else ''}heritage_{kind}"


def caller_of(request: Request) -> Caller:
    return cast(Caller, request.state.caller)


def viewer_of(request: Request, running: RunningNow, _whole: Annotated[None, Depends(read_whole)]) -> Viewer:
    """Whoever signed the request; at a heritage without accounts, the person at the machine, who may only read.

    A request that was answered before ends here, with that answer.
    """
    viewer = caller_of(request).viewer
    if not request.url.path.startswith(SECRET_PATHS):
        claim(request, viewer, running.context.replies)
    return viewer


ViewerNow = Annotated[Viewer, Depends(viewer_of)]
CallerNow = Annotated[Caller, Depends(caller_of)]


def needs(scope: access.Scope) -> Any:
    """A dependency of routes: answers 403 to whom lacks the right."""

    def check(viewer: ViewerNow) -> None:
        viewer.require(scope)

    return Depends(check)


def _identify(request: Request) -> Caller:
    """Raises `SignInError` and `ForbiddenError`."""
    database, now = _database(request), datetime.now(UTC)
    if not Accounts(database).exist():
        return _at_this_machine(request)
    if "authorization" in request.headers:
        return Caller(viewer_of_key(database, _bearer(request), now))
    token = request.cookies.get(cookie_name(request))
    if not token:
        raise SignInError("this needs a key (Authorization: Bearer hk_...), or somebody signed in at /login")
    viewer, person = session_of(database, token, now)
    # A cookie comes along whoever's page made the browser ask: SameSite keeps most out, this the rest.
    if request.method not in SAFE_METHODS and not is_own(request):
        raise ForbiddenError("this was sent from another site's page; send it from this one, or with a key")
    if person.must_choose_password and request.url.path not in ACCOUNT_PATHS:
        raise ForbiddenError("choose a password of your own first, at /account")
    return Caller(viewer, person)


def _at_this_machine(request: Request) -> Caller:
    if not is_local(request):
        raise ForbiddenError("without accounts only this machine is answered, as 127.0.0.1; run heritage init")
    if is_foreign(request):
        raise ForbiddenError("this was sent from another site's page, which is not answered")
    return Caller(WITHOUT_ACCOUNTS)


def _bearer(request: Request) -> str:
    """The key, also as the password of HTTP Basic: feed readers know no other way."""
    scheme, _, text = request.headers["authorization"].partition(" ")
    if scheme.lower() == "basic" and len(text) <= 2 * MAX_KEY_LENGTH:
        with suppress(ValueError):
            text, scheme = b64decode(text, validate=True).decode().partition(":")[2], "bearer"
    if scheme.lower() != "bearer" or len(text) > MAX_KEY_LENGTH:
        raise SignInError("send the key as Authorization: Bearer hk_...")
    return text.strip()


def _database(request: Request) -> Database:
    return cast(Database, request.app.state.running.context.database)
