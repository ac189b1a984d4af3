"""``/audit``: what was done here, in words, whether it is signed for, and as a table to take away."""

import csv
import io
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from typing import Annotated
from urllib.parse import urlencode

from fastapi import APIRouter, Depends, Query
from starlette.requests import Request
from starlette.responses import HTMLResponse, StreamingResponse

from heritage.domain.access import Scope
from heritage.domain.audit import Action, AuditFilter, LoggedEvent, SignedCheckpoint, written_time
from heritage.domain.digits import western
from heritage.domain.formulas import inert
from heritage.errors import InputError, NotFoundError, StorageError
from heritage.faces.api.running import RunningNow
from heritage.faces.api.viewing import ViewerNow, needs
from heritage.faces.audit_wording import action_words, event_words
from heritage.faces.languages import _
from heritage.faces.web.administration import admin_page
from heritage.service import auditing
from heritage.storage.audit import Audit

router = APIRouter(include_in_schema=False, default_response_class=HTMLResponse, dependencies=[needs(Scope.AUDIT)])

PAGE = 50  # events
MAX_SEQUENCE = 10**15
COLUMNS = ("sequence", "at", "agency", "actor", "action", "subject", "detail")

Words = Annotated[str, Query()]


@dataclass(frozen=True, slots=True)
class _Asked:
    """What stands in the fields of the filter, what it comes to, and what is wrong, by field."""

    actor: str
    agency: str
    action: str
    subject: str
    since: str
    until: str
    wanted: AuditFilter = field(default_factory=AuditFilter)
    problems: dict[str, str] = field(default_factory=dict)

    @property
    def query(self) -> str:
        """Those that are filled in, as an address has them."""
        names = ("actor", "agency", "action", "subject", "since", "until")
        return urlencode({name: value for name in names if (value := getattr(self, name))})


@dataclass(frozen=True, slots=True)
class _Signed:
    """The newest checkpoint, and whether it holds; none: nothing was signed yet, or ``problem`` says why."""

    checkpoint: SignedCheckpoint | None = None
    holds: bool = False
    problem: str = ""


def _asked(
    actor: Words = "",
    agency: Words = "",
    action: Words = "",
    subject: Words = "",
    since: Words = "",
    until: Words = "",
) -> _Asked:
    asked = _Asked(actor.strip(), agency.strip(), action, subject.strip(), since.strip(), until.strip())
    start, end = _start_of(asked.since), _start_of(asked.until, days_later=1)
    if problems := _problems(asked, start, end):
        return replace(asked, problems=problems)
    action_wanted = Action(asked.action) if asked.action else None
    wanted = AuditFilter(asked.actor, asked.agency, action_wanted, asked.subject, start, end)
    return replace(asked, wanted=wanted)


def _problems(asked: _Asked, start: datetime | None, end: datetime | None) -> dict[str, str]:
    """What is wrong, by field. Not every database takes all that an address can hold."""
    texts = {"actor": asked.actor, "agency": asked.agency, "subject": asked.subject}
    found = {name: _("has characters that no name has") for name, text in texts.items() if not text.isprintable()}
    if asked.action and asked.action not in set(Action):
        found["action"] = _("choose one of the list")
    for name, text, at in (("since", asked.since, start), ("until", asked.until, end)):
        if text and at is None:
            found[name] = _("not a day; write it as 2026-05-31")
    return found


def _start_of(text: str, days_later: int = 0) -> datetime | None:
    """The first moment, in UTC, of a day or of one after it; None if it is no day."""
    try:
        return datetime.combine(date.fromisoformat(western(text)), datetime.min.time(), UTC) + timedelta(days_later)
    except (ValueError, OverflowError):
        return None


AskedNow = Annotated[_Asked, Depends(_asked)]


@router.get("/audit")
def audit(
    request: Request,
    running: RunningNow,
    viewer: ViewerNow,
    asked: AskedNow,
    before: Annotated[int, Query(ge=0, le=MAX_SEQUENCE)] = 0,
) -> HTMLResponse:
    log = running.context.audit
    found: tuple[LoggedEvent, ...] = ()
    if not asked.problems:
        found = auditing.newest_events(log, viewer, asked.wanted, before, PAGE + 1)
    return admin_page(
        request,
        "audit.html",
        422 if asked.problems else 200,
        events=[(one, event_words(one.event)) for one in found[:PAGE]],
        older=found[PAGE - 1].sequence if len(found) > PAGE else 0,
        before=before,
        asked=asked,
        actions=[("", _("everything")), *((one.value, action_words(one)) for one in Action)],
        signed=_signed(log),
        sees_all=viewer.is_operator,
    )


@router.get("/audit.csv")
def download(running: RunningNow, viewer: ViewerNow, asked: AskedNow) -> StreamingResponse:
    """All that the filter selects, the oldest first. Taking it is an entry of the log itself."""
    if asked.problems:
        raise InputError("; ".join(f"{name}: {problem}" for name, problem in asked.problems.items()))
    events = auditing.export_events(running.context.audit, viewer, asked.wanted)
    name = f"audit-{datetime.now(UTC):%Y-%m-%d}.csv"
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return StreamingResponse(_lines(events), media_type="text/csv; charset=utf-8", headers=headers)


def _lines(events: Iterator[LoggedEvent]) -> Iterator[str]:
    yield "\ufeff" + _line(COLUMNS)  # the mark by which Excel knows UTF-8
    for one in events:
        event = one.event
        texts = (event.agency, event.actor, event.action.value, event.subject, event.detail)
        yield _line((str(one.sequence), written_time(event.at), *map(inert, texts)))


def _line(cells: tuple[str, ...]) -> str:
    buffer = io.StringIO()
    csv.writer(buffer).writerow(cells)
    return buffer.getvalue()


def _signed(log: Audit) -> _Signed:
    try:
        return _Signed(auditing.newest_checkpoint(log), auditing.does_newest_checkpoint_hold(log))
    except NotFoundError:
        return _Signed()
    except StorageError as error:
        return _Signed(problem=str(error))
