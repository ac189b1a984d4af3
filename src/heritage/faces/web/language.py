"""Choosing the language of the pages; anybody may, signed in or not."""

from typing import Annotated

from fastapi import APIRouter, Form
from starlette.requests import Request
from starlette.responses import RedirectResponse
from starlette.routing import Match

from heritage.errors import ForbiddenError, InputError
from heritage.faces.api.around.languages import COOKIE
from heritage.faces.api.origins import is_foreign
from heritage.faces.languages import LANGUAGES
from heritage.faces.web.carried import own_address

router = APIRouter(include_in_schema=False)

KEPT_S = 365 * 24 * 3600


@router.post("/language")
def choose(
    request: Request, code: Annotated[str, Form(max_length=10)], next: Annotated[str, Form(max_length=2000)] = "/"
) -> RedirectResponse:
    """Back to the page ``next`` of ours, in the language of that code."""
    if is_foreign(request):
        raise ForbiddenError("choose the language at this page, not from another site's")
    if code not in LANGUAGES:
        raise InputError(f"the language must be one of {', '.join(LANGUAGES)}")
    answer = RedirectResponse(_page(request, own_address(next)), 303)
    answer.set_cookie(COOKIE, code, KEPT_S, secure=request.url.scheme == "https", httponly=True, samesite="lax")
    return answer


def _page(request: Request, address: str) -> str:
    """That address, or the nearest above it where there is a page: where a form is sent to there may be none."""
    path = address.partition("?")[0]
    while not _is_page(request, path) and path != "/":
        path = path.rpartition("/")[0] or "/"
    return address if address.partition("?")[0] == path else path


def _is_page(request: Request, path: str) -> bool:
    asked = {"type": "http", "method": "GET", "path": path, "headers": []}
    return any(route.matches(asked)[0] is Match.FULL for route in request.app.routes)
