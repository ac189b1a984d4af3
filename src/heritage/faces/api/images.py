"""/v1/images: photographs of records, added and removed by whoever keeps the record, and derivatives for the others."""

from typing import Annotated

from fastapi import APIRouter, File, Form, Path, Query, Request, Response, UploadFile

from heritage.domain.access import Scope
from heritage.domain.images import ImageDigest
from heritage.domain.records import PhotoView, RecordId
from heritage.faces import examples
from heritage.faces.api.openapi import DERIVATIVE, GUARDED, NOT_CHANGED, answers, files
from heritage.faces.api.running import DERIVATIVE_VERSION, RunningNow
from heritage.faces.api.versions import tagged
from heritage.faces.api.viewing import ViewerNow
from heritage.faces.schemas.records import AddedImageModel, CaptureModel, RecordModel
from heritage.service.registering import add_photograph, remove_photograph

router = APIRouter(tags=["images"])

MAX_SIZE = 1600
Size = Annotated[int, Query(ge=16, le=MAX_SIZE, description="long side in px; smaller originals are not enlarged")]
Digest = Annotated[str, Path(description="`sha256:<hex>`", examples=[examples.DIGEST])]


@router.post(
    "/v1/images",
    operation_id="images.add",
    status_code=201,
    summary="Add a photograph to a record",
    responses=answers(
        examples.ADDED_IMAGE, 400, *GUARDED, 404, 413, 415, 422, 503, status=201, headers=["ETag", "Location"]
    ),
)
def add(
    running: RunningNow,
    viewer: ViewerNow,
    response: Response,
    image: Annotated[
        UploadFile, File(description="JPEG, PNG, WebP, TIFF, AVIF or HEIC; the original is kept as it is")
    ],
    record_id: Annotated[str, Form(description="`registry/number`", examples=["national-register/2019-0417"])],
    view: Annotated[PhotoView, Form(description="what it shows of the object")] = PhotoView.UNSPECIFIED,
) -> AddedImageModel:
    """Every search finds the record by it from now on, and it is compared with what the record may be a counterpart of.

    A photograph that the record shows already is not doubled; `view` is then corrected.
    """
    viewer.require(Scope.WRITE)
    wanted = RecordId.parse(record_id)
    with running.turns.take():
        added = add_photograph(running.context, wanted, image.file.read(), view, viewer)
    shown = AddedImageModel.added(added, tagged(response, added.record))
    response.headers["Location"] = shown.url
    return shown


@router.delete(
    "/v1/images/{digest}",
    operation_id="images.remove",
    summary="Remove a photograph from a record",
    responses=answers(examples.RECORD, *GUARDED, 404, 422, 503, headers=["ETag"]),
)
def remove(
    running: RunningNow,
    viewer: ViewerNow,
    digest: Digest,
    record_id: Annotated[str, Query(description="`registry/number`", examples=["national-register/2019-0417"])],
    response: Response,
) -> RecordModel:
    """The record shows it no longer. Other records that show the same photograph are not concerned."""
    viewer.require(Scope.WRITE)
    wanted = RecordId.parse(record_id)
    return tagged(response, remove_photograph(running.context, wanted, ImageDigest.parse(digest), viewer))


@router.get(
    "/v1/images/{digest}",
    operation_id="images.get",
    summary="A derivative of a registered photograph",
    response_class=Response,
    responses=files(*DERIVATIVE, *GUARDED, 404, 422, 503) | NOT_CHANGED,
)
def image(request: Request, running: RunningNow, viewer: ViewerNow, digest: Digest, size: Size = 800) -> Response:
    """Only photographs that a listed record shows to you are served, and never the original itself."""
    viewer.require(Scope.READ)
    wanted = ImageDigest.parse(digest)
    etag = f'"{wanted.hex[:32]}-{size}-{DERIVATIVE_VERSION}"'
    # The digest fixes the content for ever, but not who may see it: a browser asks each time, and is answered 304.
    headers = {"ETag": etag, "Cache-Control": "private, no-cache"}
    if etag in request.headers.get("if-none-match", "") and running.context.records.shows(wanted, viewer):
        return Response(status_code=304, headers=headers)
    return Response(running.derivative(wanted, size, viewer), media_type="image/jpeg", headers=headers)


@router.get(
    "/v1/images/{digest}/capture",
    operation_id="images.capture",
    summary="When and with what a registered photograph was taken",
    responses=answers(examples.CAPTURE, *GUARDED, 404, 422, 503),
)
def capture(running: RunningNow, viewer: ViewerNow, digest: Digest) -> CaptureModel:
    """As the camera wrote it, unverified. Where, only for those who keep a record that shows the photograph."""
    viewer.require(Scope.READ)
    wanted = ImageDigest.parse(digest)
    return CaptureModel.of(wanted, running.capture(wanted, viewer))
