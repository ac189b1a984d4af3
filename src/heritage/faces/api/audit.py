"""/v1/audit: what was done here, for admins to read, and proofs that nothing of it was altered since.

Proofs are for whoever keeps checkpoints elsewhere: they hold without trust in this server.
"""

from datetime import UTC, datetime
from typing import Annotated

from fastapi import APIRouter, Path, Query, Response
from pydantic import AfterValidator, AwareDatetime

from heritage.domain.access import Scope
from heritage.domain.audit import Action, AuditFilter
from heritage.errors import InputError
from heritage.faces import examples
from heritage.faces.api.openapi import answers
from heritage.faces.api.paging import Page, PageNow
from heritage.faces.api.running import RunningNow
from heritage.faces.api.viewing import ViewerNow, needs
from heritage.faces.schemas.audit import CheckpointModel, ConsistencyModel, EventPage, InclusionModel
from heritage.service import auditing

router = APIRouter(tags=["audit"], dependencies=[needs(Scope.AUDIT)])

MAX_SEQUENCE = 10**15  # a number that JSON and every database can hold


def _in_utc(moment: datetime) -> datetime:
    try:
        return moment.astimezone(UTC)
    except OverflowError as error:  # the first and the last day of all, in a zone that shifts them out of the calendar
        raise ValueError("not a time that there is in UTC") from error


Words = Annotated[str, Query(max_length=500, pattern=r"^[^\x00-\x1f\x7f]*$")]
Moment = Annotated[AwareDatetime, AfterValidator(_in_utc)]
Size = Annotated[int, Query(ge=1, le=MAX_SEQUENCE)]


@router.get(
    "/v1/audit/events",
    operation_id="audit.events",
    summary="What was done, the oldest first",
    responses=answers(examples.EVENT_PAGE, 422, 503, headers=["Link"]),
)
def events(
    running: RunningNow,
    viewer: ViewerNow,
    page: PageNow,
    response: Response,
    actor: Annotated[Words, Query(description="a login, or a key's prefix")] = "",
    agency: Annotated[Words, Query(description="for the operator's admins; others get their own agency's")] = "",
    action: Action | None = None,
    subject: Annotated[Words, Query(description="a record id or a digest")] = "",
    since: Annotated[Moment | None, Query(description="from this time on, with its time zone")] = None,
    until: Annotated[Moment | None, Query(description="before this time, with its time zone")] = None,
) -> EventPage:
    """Admins see what their agency's people and keys did; those of the operator see everything."""
    wanted = AuditFilter(actor, agency, action, subject, since, until)
    found = auditing.find_events(running.context.audit, viewer, wanted, _after(page), page.wanted_count)
    return EventPage.of(*page.shown(found, response, lambda one: str(one.sequence)))


@router.get(
    "/v1/audit/checkpoint",
    operation_id="audit.checkpoint",
    summary="The newest signed checkpoint of the log",
    responses=answers(examples.CHECKPOINT, 404, 503),
)
def checkpoint(running: RunningNow) -> CheckpointModel:
    """Keep `line`, and once the public key, where this server's keepers cannot change them: later ones must agree."""
    return CheckpointModel.of(auditing.newest_checkpoint(running.context.audit))


@router.get(
    "/v1/audit/events/{sequence}/proof",
    operation_id="audit.proof",
    summary="Proof that an event is in the log",
    responses=answers(examples.INCLUSION, 404, 422, 503),
)
def proof(
    running: RunningNow,
    viewer: ViewerNow,
    sequence: Annotated[int, Path(ge=1, le=MAX_SEQUENCE)],
    size: Annotated[Size | None, Query(description="that of a checkpoint; left out: of the log as it is")] = None,
) -> InclusionModel:
    """By RFC 9162, 2.1.3: `path` leads from `leaf_hash` to `root`, which the checkpoint of this `size` must have."""
    return InclusionModel.of(auditing.prove_event(running.context.audit, viewer, sequence, size))


@router.get(
    "/v1/audit/consistency",
    operation_id="audit.consistency",
    summary="Proof that the log goes on from an earlier state",
    responses=answers(examples.CONSISTENCY, 404, 422, 503),
)
def consistency(
    running: RunningNow,
    old: Annotated[Size, Query(description="of the earlier checkpoint")],
    new: Annotated[Size, Query(description="of the later one")],
) -> ConsistencyModel:
    """By RFC 9162, 2.1.4: nothing of the first `old` events was altered or removed when there were `new`."""
    return ConsistencyModel.of(auditing.prove_growth(running.context.audit, old, new))


def _after(page: Page) -> int:
    """A cursor can be forged, so its place is read as anybody's input is."""
    if not page.place:
        return 0
    if not page.place.isdecimal() or len(page.place) > len(str(MAX_SEQUENCE)):
        raise InputError("this is no cursor of a list of events; ask for the first page again, without a cursor")
    return int(page.place)
