"""What the pages for admins have in common: the menu of them, forms that act once, and questions asked once more."""

import hashlib
import re
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse

from heritage.domain.access import Scope, Viewer
from heritage.errors import ForbiddenError, HeritageError, InputError
from heritage.faces.api.running import Running
from heritage.faces.api.viewing import ViewerNow, caller_of
from heritage.faces.languages import N_, _
from heritage.faces.problems import problem_of
from heritage.faces.web.framing import Place, page
from heritage.storage.replies import Reply

router = APIRouter(include_in_schema=False, default_response_class=HTMLResponse)

AGENCIES = Place("/agencies", N_("Agencies"), frozenset({Scope.ACCOUNTS}))  # for the operator's admins
SECTIONS = (
    Place("/people", N_("People"), frozenset({Scope.ACCOUNTS})),
    Place("/keys", N_("Keys"), frozenset({Scope.ACCOUNTS})),
    Place("/agency", N_("Photos and alerts"), frozenset({Scope.ACCOUNTS})),
    AGENCIES,
    Place("/audit", N_("Audit log"), frozenset({Scope.AUDIT})),
)
_TOKEN = re.compile(r"[A-Za-z0-9_-]{22}", re.ASCII)


@dataclass(frozen=True, slots=True)
class Question:
    """What is asked once more before it is done. ``address`` takes the answer, ``back`` is where nothing happens."""

    heading: str
    text: str
    button: str
    address: str
    back: str
    fields: tuple[tuple[str, str], ...] = ()  # that go with the answer, by name
    takes_away: bool = True


@router.get("/administration")
def first_section(viewer: ViewerNow) -> RedirectResponse:
    """To the first page of those that the viewer may open."""
    for section in sections(viewer):
        return RedirectResponse(section.address, 303)
    raise ForbiddenError(_("only admins manage people and keys, or read the audit log"))


def sections(viewer: Viewer) -> tuple[Place, ...]:
    """The pages for admins that ``viewer`` may open."""
    allowed = (one for one in SECTIONS if any(map(viewer.may, one.scopes)))
    return tuple(one for one in allowed if one is not AGENCIES or viewer.is_operator)


def admin_page(request: Request, template: str, status: int = 200, **values: object) -> HTMLResponse:
    """`page` with the menu of these pages. Each of its forms has a token of its own, so that it acts once."""
    menu = sections(caller_of(request).viewer)
    return page(request, template, status, sections=menu, form_token=new_form_token(), **values)


def new_form_token() -> str:
    return secrets.token_urlsafe(16)


def ask(request: Request, question: Question, problem: str = "", status: int = 200) -> HTMLResponse:
    """The page that asks once more."""
    return admin_page(request, "confirm.html", status, question=question, problem=problem)


def status_of(error: HeritageError) -> int:
    return problem_of(error).status


@contextmanager
def acting_once(running: Running, viewer: Viewer, token: str, *said: str) -> Iterator[bool]:
    """Whether the form of this token comes for the first time with what was ``said`` in it; what fails may come again.

    A second click, or a page loaded again, must not make a second key or another password; gone back to and filled in
    anew, it is another form. Raises `InputError`.
    """
    if not _TOKEN.fullmatch(token):
        raise InputError(_("this form was not made here; open the page again and send its form"))
    # With a blank in it, so that no Idempotency-Key can be the same.
    digest = hashlib.sha256("\0".join((token, *said)).encode()).hexdigest()
    caller, key = f"{viewer.agency}\n{viewer.actor}", f"form {digest}"
    replies = running.context.replies
    if replies.claim(caller, key, "") is not None:
        yield False
        return
    try:
        yield True
    except BaseException:
        replies.forget(caller, key)
        raise
    replies.keep(caller, key, Reply("", 303))


def sent_already(request: Request, back: str) -> HTMLResponse:
    """The answer to a form that made a secret before: it was shown then, and is not known any more."""
    return admin_page(request, "sent_already.html", 409, back=back)
