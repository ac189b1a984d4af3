"""``/keys``: the keys of one's own agency, for programs: making, rotating and revoking them."""

from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Annotated

from fastapi import APIRouter, Form, Path
from starlette.responses import HTMLResponse, Response

from heritage.domain.access import SCOPES_BY_ROLE, Role, Scope
from heritage.domain.accounts import ApiKey, check_label
from heritage.domain.digits import western
from heritage.errors import HeritageError, InputError
from heritage.faces.api.viewing import needs
from heritage.faces.languages import _
from heritage.faces.web.administration import Question, Visit, VisitNow, status_of
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


@dataclass(frozen=True, slots=True)
class _TypedHours:
    """How long the old key is to live on, and what is wrong with that, or with all."""

    hours: str = str(OVERLAP // HOUR)
    hours_problem: str = ""
    problem: str = ""


@router.get("/keys")
def keys(visit: VisitNow) -> HTMLResponse:
    return _keys_page(visit)


@router.post("/keys")
def create(
    visit: VisitNow,
    label: Field = "",
    role: Field = "",
    scopes: Annotated[list[Field] | None, Form()] = None,
    days: Field = "",
    form_token: Field = "",
) -> Response:
    typed = _Typed(label.strip(), role, tuple(scopes or ()), western(days.strip())).checked()
    if typed.has_problem:
        return _keys_page(visit, typed, 422)
    try:
        with visit.acting_once(form_token, typed.label, role, *typed.scopes, typed.days) as is_first:
            if not is_first:
                return visit.sent_already(LIST)
            made = create_key(visit.database, visit.viewer, typed.wish(visit.viewer.agency))
    except HeritageError as error:
        return _keys_page(visit, replace(typed, role_problem=str(error)), status_of(error))
    return visit.page("key_made.html", key=made.key, text=made.text, old=None)


@router.get("/keys/{prefix}/rotate")
def ask_rotate(visit: VisitNow, prefix: Prefix) -> HTMLResponse:
    return _rotate_page(visit, key_on_file(visit.database, visit.viewer, prefix))


@router.post("/keys/{prefix}/rotate")
def rotate(
    visit: VisitNow,
    prefix: Prefix,
    hours: Field = "",
    form_token: Field = "",
) -> Response:
    hours = western(hours.strip())
    known = key_on_file(visit.database, visit.viewer, prefix)
    if not (_is_count(hours) and int(hours) * HOUR <= LONGEST_OVERLAP):
        problem = _("a number of hours from 0 to %(most)s") % {"most": LONGEST_OVERLAP // HOUR}
        return _rotate_page(visit, known, _TypedHours(hours, problem), 422)
    try:
        with visit.acting_once(form_token, prefix, hours) as is_first:
            if not is_first:
                return visit.sent_already(LIST)
            made = rotate_key(visit.database, visit.viewer, prefix, int(hours) * HOUR)
    except HeritageError as error:
        return _rotate_page(visit, known, _TypedHours(hours, problem=str(error)), status_of(error))
    old = key_on_file(visit.database, visit.viewer, prefix)
    return visit.page("key_made.html", key=made.key, text=made.text, old=old)


@router.get("/keys/{prefix}/revoke")
def ask_revoke(visit: VisitNow, prefix: Prefix) -> HTMLResponse:
    return visit.ask(_revoke_question(key_on_file(visit.database, visit.viewer, prefix)))


@router.post("/keys/{prefix}/revoke")
def revoke(visit: VisitNow, prefix: Prefix, form_token: Field = "") -> Response:
    known = key_on_file(visit.database, visit.viewer, prefix)
    return visit.settle(_revoke_question(known), form_token, partial(revoke_key, visit.database, visit.viewer, prefix))


def _keys_page(visit: Visit, typed: _Typed = _Typed(), status: int = 200) -> HTMLResponse:
    now = datetime.now(UTC)
    known = keys_of(visit.database, visit.viewer)[::-1]
    return visit.page(
        "keys.html",
        status,
        living=[key for key in known if not _has_ended(key, now)],
        ended=[key for key in known if _has_ended(key, now)],
        roles=[(role.value, _(ROLE_WORDS[role])) for role in Role],
        scopes=[scope for scope in Scope if visit.viewer.may(scope)],
        typed=typed,
        max_days=MAX_DAYS,
    )


def _rotate_page(visit: Visit, key: ApiKey, typed: _TypedHours = _TypedHours(), status: int = 200) -> HTMLResponse:
    return visit.page(
        "rotate_key.html",
        status,
        key=key,
        hours=typed.hours,
        hours_problem=typed.hours_problem,
        problem=typed.problem,
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
