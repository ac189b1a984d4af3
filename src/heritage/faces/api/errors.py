"""Answers every error as application/problem+json (RFC 9457); at the page, as a page."""

from collections.abc import Mapping
from http import HTTPStatus
from typing import Any
from urllib.parse import urlencode

from fastapi import FastAPI
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from heritage.domain.personal import personal_fields
from heritage.errors import HeritageError, SignInError, TooOftenError
from heritage.faces.api.answering import respond
from heritage.faces.api.around.idempotency import Replayed, replay
from heritage.faces.api.around.request_ids import HEADER
from heritage.faces.api.around.security import SECURITY_HEADERS
from heritage.faces.problems import TYPE_PREFIX, FieldProblem, Problem, problem_of
from heritage.faces.web.carried import Carried, asked_address, may_be_carried, page_of
from heritage.faces.web.framing import page


def install(app: FastAPI) -> None:
    """Answer every error of ``app`` as a problem; the page at ``/`` shows it as a page."""
    app.add_exception_handler(HeritageError, _on_heritage_error)
    app.add_exception_handler(RequestValidationError, _on_invalid_request)
    app.add_exception_handler(HTTPException, _on_http_error)
    app.add_exception_handler(Replayed, replay)
    app.add_exception_handler(Exception, _on_unexpected)


def answer_to(request: Request, error: HeritageError, carried: Carried | None = None) -> Response:
    """The answer to an error of ours; a browser that must sign in is sent to the page for it.

    Afterwards it is led on to the page that it wanted, or may send the form that is ``carried``.
    """
    if isinstance(error, SignInError) and "text/html" in request.headers.get("accept", ""):
        return _to_sign_in(request, carried)
    headers = {}
    if isinstance(error, SignInError):  # RFC 6750, section 3
        is_refused = "authorization" in request.headers
        headers["WWW-Authenticate"] = 'Bearer realm="heritage"' + (', error="invalid_token"' if is_refused else "")
    if isinstance(error, TooOftenError):
        headers["Retry-After"] = str(error.retry_after_s)
    return respond(request, problem_of(error), headers)


def _to_sign_in(request: Request, carried: Carried | None) -> Response:
    if carried:
        has_provider = bool(request.app.state.running.context.settings.oidc_issuer)
        values = {"problem": "", "has_provider": has_provider, "login": "", "next": "/"}
        return page(request, "login.html", 401, carried=carried, **values)
    # Of a form that could not be carried scripts may have kept what was typed, for the page that it was on.
    wanted = asked_address(request) if request.method == "GET" else page_of(request)
    is_elsewhere = may_be_carried(wanted) and wanted != "/"
    return RedirectResponse(f"/login?{urlencode({'next': wanted})}" if is_elsewhere else "/login", 303)


async def _on_heritage_error(request: Request, error: Exception) -> Response:
    assert isinstance(error, HeritageError)
    return answer_to(request, error)


async def _on_invalid_request(request: Request, error: Exception) -> Response:
    assert isinstance(error, RequestValidationError)
    # What was sent is not repeated: it may be a whole photo.
    errors = [FieldProblem(field=_field_name(one["loc"]), message=_message(one)) for one in error.errors()]
    detail = "; ".join(f"{one.field}: {one.message}" for one in errors)
    problem = Problem(type=TYPE_PREFIX + "validation", title="The request is wrong", status=422, detail=detail)
    return respond(request, problem.model_copy(update={"errors": errors}))


async def _on_http_error(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    title = HTTPStatus(error.status_code).phrase
    problem = Problem(title=title, status=error.status_code, detail=error.detail or title)
    return respond(request, problem, dict(error.headers or {}))


async def _on_unexpected(request: Request, error: Exception) -> Response:
    # The exception itself goes to the server's log; its text may name files or hold parts of the photo.
    detail = "an unexpected error; the server's log says more"
    problem = Problem(type=TYPE_PREFIX + "internal", title="The server failed", status=500, detail=detail)
    # No middleware of ours is around this one.
    return respond(request, problem, {**SECURITY_HEADERS, HEADER: getattr(request.state, "request_id", "")})


def _message(error: Mapping[str, Any]) -> str:
    name = str(error["loc"][-1])
    if error["type"] == "extra_forbidden" and personal_fields([name]):
        return "is personal data of somebody other than a maker, which no record keeps; leave it out"
    return str(error["msg"])


def _field_name(location: tuple[object, ...]) -> str:
    name = ".".join(str(part) for part in location[1:]) or str(location[0])
    return name.encode(errors="replace").decode()  # a name that was sent may have half a character in it
