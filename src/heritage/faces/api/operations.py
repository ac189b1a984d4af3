"""/v1/imports, /v1/exports and /v1/operations: what takes longer than a request."""

from typing import Annotated

from fastapi import APIRouter, File, Form, Path, Query, Response, UploadFile
from starlette.responses import FileResponse

from heritage.domain.operations import Operation
from heritage.faces import examples
from heritage.faces.api.attachments import XLSX
from heritage.faces.api.openapi import GUARDED, answers, files
from heritage.faces.api.running import RunningNow
from heritage.faces.api.viewing import ViewerNow
from heritage.faces.schemas.operations import ExportDraft, OperationList, OperationModel, operation_url
from heritage.service.operations import SentFile, ask_export, ask_import, cancel, result_of

router = APIRouter(tags=["operations"])

IMPORTS = "/v1/imports"
_MEDIA_TYPES = {
    ".csv": "text/csv",
    ".xlsx": XLSX,
    ".xml": "application/xml",
    ".json": "application/ld+json",
}
_ONE = "/v1/operations/{operation_id}"
OperationId = Annotated[str, Path(pattern="^[0-9a-f]{32}$", examples=[examples.OPERATION["id"]])]


@router.post(
    IMPORTS,
    operation_id="imports.start",
    status_code=202,
    summary="Import a table of records, with their photographs",
    responses=answers(examples.OPERATION_WAITING, 400, *GUARDED, 409, 413, 422, 503, status=202, headers=["Location"]),
)
def start_import(
    running: RunningNow,
    viewer: ViewerNow,
    response: Response,
    file: Annotated[
        UploadFile,
        File(description="CSV, .xlsx, LIDO, Linked Art or IIIF; or a ZIP file with one and the photographs beside it"),
    ],
    mapping: Annotated[
        UploadFile | None, File(description="a mapping file: which column of the table is which field")
    ] = None,
    registry: Annotated[
        str, Form(max_length=200, description="of rows that name none; the file's name, unless told")
    ] = "",
) -> OperationModel:
    """Answers at once; `GET` the `Location` for how far it is. Each record is saved as a whole or not at all.

    Records without an owner become your agency's; rows that name another one are rejected, and so are faulty ones, each
    with its reason in the report, which is the operation's result. Importing the same again doubles nothing.
    """
    sent = SentFile(file.filename or "", file.file)
    beside = SentFile(mapping.filename or "", mapping.file) if mapping else None
    return _accepted(running, response, ask_import(running.context, viewer, sent, beside, registry))


@router.post(
    "/v1/exports",
    operation_id="exports.start",
    status_code=202,
    summary="Export the records that meet criteria",
    responses=answers(examples.OPERATION_WAITING, 400, *GUARDED, 409, 413, 422, 503, status=202, headers=["Location"]),
)
def start_export(running: RunningNow, viewer: ViewerNow, draft: ExportDraft, response: Response) -> OperationModel:
    """Answers at once; `GET` the `Location` for how far it is. The file has what you may see, and nothing else."""
    asked = ask_export(running.context, viewer, draft.format, draft.criteria.criteria)
    return _accepted(running, response, asked)


@router.get(
    "/v1/operations",
    operation_id="operations.list",
    summary="Your agency's imports and exports",
    responses=answers(examples.OPERATIONS, *GUARDED, 422, 503),
)
def operations(
    running: RunningNow, viewer: ViewerNow, limit: Annotated[int, Query(ge=1, le=200, description="at most")] = 50
) -> OperationList:
    """Those that wait or run, and those that ended within the last days."""
    return OperationList.of(running.context.operations.newest(viewer, limit))


@router.get(
    _ONE,
    operation_id="operations.get",
    summary="How far an import or export is",
    responses=answers(examples.OPERATION, *GUARDED, 404, 422, 503),
)
def operation(running: RunningNow, viewer: ViewerNow, operation_id: OperationId) -> OperationModel:
    return OperationModel.of(running.context.operations.get(operation_id, viewer))


@router.delete(
    _ONE,
    operation_id="operations.cancel",
    summary="Cancel an import or export",
    responses=answers(examples.OPERATION_CANCELLED, *GUARDED, 404, 422, 503),
)
def cancel_operation(running: RunningNow, viewer: ViewerNow, operation_id: OperationId) -> OperationModel:
    """One that has ended stays as it is. Records that were imported by then stay, too."""
    return OperationModel.of(cancel(running.context, operation_id, viewer))


@router.get(
    f"{_ONE}/result",
    operation_id="operations.result",
    summary="The report of an import, or the exported file",
    response_class=FileResponse,
    responses=files(
        "The report has a line for each row: what became of it, and why",
        dict.fromkeys(_MEDIA_TYPES.values(), examples.REPORT),
        *(*GUARDED, 404, 422, 503),
    ),
)
def result(running: RunningNow, viewer: ViewerNow, operation_id: OperationId) -> FileResponse:
    path = result_of(running.context, operation_id, viewer)
    return FileResponse(path, media_type=_MEDIA_TYPES[path.suffix], filename=f"{operation_id}{path.suffix}")


def _accepted(running: RunningNow, response: Response, asked: Operation) -> OperationModel:
    running.worker.wake()
    response.headers["Location"] = operation_url(asked)
    return OperationModel.of(asked)
