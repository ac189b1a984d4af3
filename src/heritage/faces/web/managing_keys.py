"""``/keys``: the keys of one's own agency, for programs: making, rotating and revoking them."""

from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Annotated

from fastapi import APIRouter, Form, Path
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response

from heritage.domain.access import SCOPES_BY_ROLE, Role, Scope, Viewer
from heritage.domain.accounts import ApiKey, check_label
from heritage.errors import HeritageError, InputError
from heritage.faces.api.running import Running, RunningNow
from heritage.faces.api.viewing import ViewerNow, needs
from heritage.faces.languages import _
from heritage.faces.web.administration import Question, acting_once, admin_page, ask, sent_already, status_of
from heritage.faces.wording import ROLE_WORDS, SCOPE_WORDS
from heritage.service.keys import (
    LONGEST_OVERLAP,
    OVERLAP,
    KeyWish,
    create_key,
    key_on_file,
    keys_of,
    revoke_key,
    rotate_key,
)

router = APIRouter(include_in_schema=False, default_response_class=HTMLResponse, dependencies=[needs(Scope.ACCOUNTS)])

Field = Annotated[str, Form()]  # how long it may be is told at the field
Prefix = Annotated[str, Path(pattern="^[a-z2-7]{8}$")]
LIST = "/keys"
MAX_DAYS = 3650
HOUR = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class _Typed:
    """What stands in the form for a new key, and what is wrong with a field of it."""

    label: str = ""
    role: str = Role.INVESTIGATOR.value
    scopes: tuple[str, ...] = ()
    days: str = "365"
    label_problem: str = ""
    role_problem: str = ""
    scopes_problem: str = ""
    days_problem: str = ""

    @property
    def has_problem(self) -> bool:
        return any((self.label_problem, self.role_problem, self.scopes_problem, self.days_problem))

    def wish(self, agency: str) -> KeyWish:
        """What `checked` found nothing wrong with."""
        ends = datetime.now(UTC) + timedelta(days=int(self.days)) if self.days else None
        return KeyWish(Role(self.role), frozenset(map(Scope, self.scopes)), agency, self.label, ends)

    def checked(self) -> "_Typed":
        """The same with what is wrong with it."""
        found = self
        try:
            check_label(self.label)
        except InputError as error:
            found = replace(found, label_problem=str(error))
        if self.days and not (_is_count(self.days) and 1 <= int(self.days) <= MAX_DAYS):
            found = replace(
                found, days_problem=_("a number of days from 1 to %(most)s, or nothing") % {"most": MAX_DAYS}
            )
        if self.role not in set(Role):
            return replace(found, role_problem=_("choose one of the roles"))
        if not set(self.scopes) <= set(SCOPES_BY_ROLE[Role(self.role)]):
            allowed = ", ".join(_(SCOPE_WORDS[one]) for one in Scope if one in SCOPES_BY_ROLE[Role(self.role)])
            found = replace(
                found, scopes_problem=_("this role has these rights only: %(rights)s") % {"rights": allowed}
            )
        return found


@router.get("/keys")
def keys(request: Request, running: RunningNow, viewer: ViewerNow) -> HTMLResponse:
    return _keys_page(request, running, viewer)


@router.post("/keys")
def create(
    request: Request,
    running: RunningNow,
    viewer: ViewerNow,
    label: Field = "",
    role: Field = "",
    scopes: Annotated[list[Field] | None, Form()] = None,
    days: Field = "",
    form_token: Field = "",
) -> Response:
    typed = _Typed(label.strip(), role, tuple(scopes or ()), days.strip()).checked()
    if typed.has_problem:
        return _keys_page(request, running, viewer, typed, 422)
    try:
        with acting_once(running, viewer, form_token, typed.label, role, *typed.scopes, typed.days) as is_first:
            if not is_first:
                return sent_already(request, LIST)
            made = create_key(running.context.database, viewer, typed.wish(viewer.agency))
    except HeritageError as error:
        return _keys_page(request, running, viewer, replace(typed, role_problem=str(error)), status_of(error))
    return admin_page(request, "key_made.html", key=made.key, text=made.text, old=None)


@router.get("/keys/{prefix}/rotate")
def ask_rotate(request: Request, running: RunningNow, viewer: ViewerNow, prefix: Prefix) -> HTMLResponse:
    return _rotate_page(request, key_on_file(running.context.database, viewer, prefix))


@router.post("/keys/{prefix}/rotate")
def rotate(
    request: Request,
    running: RunningNow,
    viewer: ViewerNow,
    prefix: Prefix,
    hours: Field = "",
    form_token: Field = "",
) -> Response:
    database = running.context.database
    known = key_on_file(database, viewer, prefix)
    if not (_is_count(hours) and int(hours) * HOUR <= LONGEST_OVERLAP):
        problem = _("a number of hours from 0 to %(most)s") % {"most": LONGEST_OVERLAP // HOUR}
        return _rotate_page(request, known, hours, hours_problem=problem, status=422)
    try:
        with acting_once(running, viewer, form_token, prefix, hours) as is_first:
            if not is_first:
                return sent_already(request, LIST)
            made = rotate_key(database, viewer, prefix, int(hours) * HOUR)
    except HeritageError as error:
        return _rotate_page(request, known, hours, problem=str(error), status=status_of(error))
    return admin_page(request, "key_made.html", key=made.key, text=made.text, old=key_on_file(database, viewer, prefix))


@router.get("/keys/{prefix}/revoke")
def ask_revoke(request: Request, running: RunningNow, viewer: ViewerNow, prefix: Prefix) -> HTMLResponse:
    return ask(request, _revoke_question(key_on_file(running.context.database, viewer, prefix)))


@router.post("/keys/{prefix}/revoke")
def revoke(
    request: Request, running: RunningNow, viewer: ViewerNow, prefix: Prefix, form_token: Field = ""
) -> Response:
    known = key_on_file(running.context.database, viewer, prefix)
    try:
        with acting_once(running, viewer, form_token) as is_first:
            if is_first:
                revoke_key(running.context.database, viewer, prefix)
    except HeritageError as error:
        return ask(request, _revoke_question(known), str(error), status_of(error))
    return RedirectResponse(LIST, 303)


def _keys_page(
    request: Request, running: Running, viewer: Viewer, typed: _Typed = _Typed(), status: int = 200
) -> HTMLResponse:
    now = datetime.now(UTC)
    known = keys_of(running.context.database, viewer)[::-1]
    return admin_page(
        request,
        "keys.html",
        status,
        living=[key for key in known if not _has_ended(key, now)],
        ended=[key for key in known if _has_ended(key, now)],
        roles=[(role.value, _(ROLE_WORDS[role])) for role in Role],
        scopes=[scope for scope in Scope if viewer.may(scope)],
        typed=typed,
        max_days=MAX_DAYS,
    )


def _rotate_page(
    request: Request,
    key: ApiKey,
    hours: str = str(OVERLAP // HOUR),
    hours_problem: str = "",
    problem: str = "",
    status: int = 200,
) -> HTMLResponse:
    return admin_page(
        request,
        "rotate_key.html",
        status,
        key=key,
        hours=hours,
        hours_problem=hours_problem,
        problem=problem,
    )


def _revoke_question(key: ApiKey) -> Question:
    return Question(
        heading=_("Revoke the key %(key)s?") % {"key": f"hk_{key.prefix}"},
        text=_("Programs that send it are refused at once, and it cannot be taken back."),
        button=_("Revoke"),
        address=f"{LIST}/{key.prefix}/revoke",
        back=LIST,
    )


def _has_ended(key: ApiKey, now: datetime) -> bool:
    return bool(key.revoked_at or (key.expires_at and key.expires_at <= now))


def _is_count(text: str) -> bool:
    return text.isascii() and text.isdecimal() and len(text) < 10
