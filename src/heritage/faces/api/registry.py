"""/v1/records: reading the registry, and for whoever keeps records, writing it."""

from contextlib import nullcontext
from typing import Annotated
from urllib.parse import quote

from fastapi import APIRouter, Query, Response
from fastapi.exceptions import RequestValidationError
from pydantic import ValidationError

from heritage.domain.access import Scope, Viewer
from heritage.domain.records import RecordId, RegistryRecord
from heritage.faces import examples
from heritage.faces.api.criteria import CriteriaAsked
from heritage.faces.api.documents import alternates
from heritage.faces.api.merge_patch import MEDIA_TYPE, PatchSent, merged
from heritage.faces.api.openapi import GUARDED, answers
from heritage.faces.api.paging import PageNow
from heritage.faces.api.record_ids import RecordIdAsked
from heritage.faces.api.running import RunningNow
from heritage.faces.api.versions import IfMatch, check_match, require_match, tagged
from heritage.faces.api.viewing import ViewerNow
from heritage.faces.schemas.drafts import RecordChange, RecordDraft
from heritage.faces.schemas.facets import FacetsModel
from heritage.faces.schemas.records import HistoryModel, RecordModel, RecordPage, StatusChangeModel
from heritage.service.reading import count_facets, find_records, read_history, read_record
from heritage.service.registering import add_record, change_record, withdraw_record

router = APIRouter(tags=["records"])

Reason = Annotated[str, Query(description="why, in a line; required", examples=["registered twice"])]
_ONE = "/v1/records/{registry}/{number:path}"
_PATCH_BODY = {
    "required": True,
    "content": {
        MEDIA_TYPE: {
            "schema": {"$ref": "#/components/schemas/RecordChange"},
            "example": {"status": "recovered", "card": {"inscriptions": None}},
        }
    },
}


@router.get(
    "/v1/records",
    operation_id="records.list",
    summary="Records that meet criteria, page by page",
    responses=answers(examples.RECORD_PAGE, *GUARDED, 422, 503, headers=["Link"]),
)
def find(
    running: RunningNow, viewer: ViewerNow, criteria: CriteriaAsked, page: PageNow, response: Response
) -> RecordPage:
    """All criteria that are given must hold. Withdrawn records are among them; ask by `status` to leave them out."""
    viewer.require(Scope.READ)
    after = RecordId.parse(page.place) if page.place else None
    found = find_records(running.context, criteria, viewer, after, page.wanted_count)
    return RecordPage.of(*page.shown(found, response, lambda one: str(one.record_id)))


@router.get(
    "/v1/facets",
    operation_id="records.facets",
    summary="How many records meet criteria, by category, status and so on",
    responses=answers(examples.FACETS, *GUARDED, 422, 503),
)
def facets(running: RunningNow, viewer: ViewerNow, criteria: CriteriaAsked) -> FacetsModel:
    """The criteria are those of `/v1/records`. Counts of a large registry may be partial, and say so."""
    viewer.require(Scope.READ)
    return FacetsModel.of(count_facets(running.context, criteria, viewer))


@router.post(
    "/v1/records",
    operation_id="records.create",
    status_code=201,
    summary="Register an object",
    responses=answers(examples.RECORD, 400, *GUARDED, 409, 413, 422, 503, status=201, headers=["ETag", "Location"]),
)
def create(running: RunningNow, viewer: ViewerNow, draft: RecordDraft, response: Response) -> RecordModel:
    """It is your own agency's unless `owner_agency` says otherwise. Fields that there are not are refused by name."""
    viewer.require(Scope.WRITE)
    added = add_record(running.context, draft.record(draft.record_id, viewer), viewer)
    response.headers["Location"] = quote(f"/v1/records/{added.record_id}")
    return tagged(response, added)


@router.get(
    _ONE,
    operation_id="records.get",
    summary="One registry record, withdrawn or not",
    responses=answers(examples.RECORD, *GUARDED, 404, 422, 503, headers=["ETag", "Link"]),
)
def record(running: RunningNow, viewer: ViewerNow, record_id: RecordIdAsked, response: Response) -> RecordModel:
    viewer.require(Scope.READ)
    found = read_record(running.context, record_id, viewer)
    response.headers["Link"] = alternates(record_id)
    return tagged(response, found)


@router.patch(
    _ONE,
    operation_id="records.change",
    summary="Change a record",
    responses=answers(examples.RECORD, 400, *GUARDED, 404, 409, 412, 413, 415, 422, 428, 503, headers=["ETag"]),
    openapi_extra={"requestBody": _PATCH_BODY},
)
def change(
    running: RunningNow,
    viewer: ViewerNow,
    record_id: RecordIdAsked,
    patch: PatchSent,
    response: Response,
    if_match: IfMatch = None,
) -> RecordModel:
    """A JSON Merge Patch (RFC 7396): what it names is changed, what is null is emptied, lists are taken as a whole.

    `If-Match` has the `ETag` that you read: nobody's change in between is undone. A status that makes a lost record a
    found one, or the other way round, has its photographs compared with its new counterparts.
    """
    viewer.require(Scope.WRITE)
    asked = require_match(if_match)
    known = read_record(running.context, record_id, viewer)
    check_match(asked, known)
    changed = _patched(known, patch, viewer)
    is_compared = changed.status.counterparts != known.status.counterparts  # which takes a search for each photograph
    with running.turns.take() if is_compared else nullcontext():
        return tagged(response, change_record(running.context, changed, known.version, viewer))


@router.delete(
    _ONE,
    operation_id="records.withdraw",
    summary="Withdraw a record",
    responses=answers(examples.RECORD, *GUARDED, 404, 412, 422, 503, headers=["ETag"]),
)
def withdraw(
    running: RunningNow,
    viewer: ViewerNow,
    record_id: RecordIdAsked,
    response: Response,
    if_match: IfMatch = None,
    reason: Reason = "",
) -> RecordModel:
    """It is kept and may be read, but no search by photo finds it. Change its `status` to list it again.

    `reason` must say why; it stays in the record's history and in the audit log.
    """
    viewer.require(Scope.WRITE)
    version = 0
    if if_match is not None:
        known = read_record(running.context, record_id, viewer)
        check_match(if_match, known)
        version = known.version
    return tagged(response, withdraw_record(running.context, record_id, version, viewer, reason.strip()))


@router.get(
    "/v1/histories/{registry}/{number:path}",
    operation_id="records.history",
    summary="What became of an object: the statuses of its record",
    responses=answers(examples.HISTORY, *GUARDED, 404, 422, 503),
)
def history(running: RunningNow, viewer: ViewerNow, record_id: RecordIdAsked) -> HistoryModel:
    viewer.require(Scope.READ)
    steps = [StatusChangeModel.of(step) for step in read_history(running.context, record_id, viewer)]
    return HistoryModel(record_id=str(record_id), steps=steps)


def _patched(known: RegistryRecord, patch: dict[str, object], viewer: Viewer) -> RegistryRecord:
    """``known`` with the patch merged into it. Raises `RequestValidationError`, `RecordError`."""
    try:
        change = RecordChange.model_validate(merged(RecordChange.of(known).model_dump(mode="json"), patch))
    except ValidationError as error:
        problems = [dict(one) | {"loc": ("body", *one["loc"])} for one in error.errors(include_context=False)]
        raise RequestValidationError(problems) from error
    return change.changed(known.record_id, viewer)
