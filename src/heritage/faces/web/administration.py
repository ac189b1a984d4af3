"""What the pages for admins have in common: the menu of them, forms that act once, and questions asked once more."""

import re
import secrets
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Annotated

from fastapi import APIRouter, Depends
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response

from heritage.domain.access import Scope, Viewer
from heritage.errors import ForbiddenError, HeritageError, InputError
from heritage.faces.api.running import Running, RunningNow
from heritage.faces.api.viewing import ViewerNow, caller_of
from heritage.faces.languages import N_, _
from heritage.faces.problems import problem_of
from heritage.faces.web.framing import Place, page
from heritage.faces.web.once import once
from heritage.storage.database import Database

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
    return page(request, template, status, sections=menu, form_token=secrets.token_urlsafe(16), **values)


@dataclass(frozen=True, slots=True)
class Visit:
    """One request of somebody to these pages."""

    request: Request
    running: Running
    viewer: Viewer

    @property
    def database(self) -> Database:
        return self.running.context.database

    def page(self, template: str, status: int = 200, **values: object) -> HTMLResponse:
        """As `admin_page`."""
        return admin_page(self.request, template, status, **values)

    def ask(self, question: Question, problem: str = "", status: int = 200) -> HTMLResponse:
        """The page that asks once more."""
        return self.page("confirm.html", status, question=question, problem=problem)

    def settle(self, question: Question, token: str, act: Callable[[], object]) -> Response:
        """Do what was asked once more, and go back; where that fails, it is asked again and says why."""
        try:
            with self.acting_once(token) as is_first:
                if is_first:
                    act()
        except HeritageError as error:
            return self.ask(question, str(error), status_of(error))
        return RedirectResponse(question.back, 303)

    def acting_once(self, token: str, *said: str) -> AbstractContextManager[bool]:
        """Whether the form of this token comes for the first time with what was ``said``; what fails may come again.

        A second click, or a page loaded again, must not make a second key or another password; gone back to and
        filled in anew, it is another form. Raises `InputError`.
        """
        if not _TOKEN.fullmatch(token):
            raise InputError(_("this form was not made here; open the page again and send its form"))
        return once(self.running.context.replies, self.viewer, token, *said)

    def sent_already(self, back: str) -> HTMLResponse:
        """The answer to a form that made a secret before: it was shown then, and is not known any more."""
        return self.page("sent_already.html", 409, back=back)


def _visit(request: Request, running: RunningNow, viewer: ViewerNow) -> Visit:
    return Visit(request, running, viewer)


VisitNow = Annotated[Visit, Depends(_visit)]


def status_of(error: HeritageError) -> int:
    return problem_of(error).status
