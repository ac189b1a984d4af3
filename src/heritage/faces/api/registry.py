"""Reading the registry: a record, and derivatives of its photographs."""

from typing import Annotated

from fastapi import APIRouter, Path, Query, Request, Response

from heritage.domain.access import Scope
from heritage.domain.images import ImageDigest
from heritage.domain.records import RecordId
from heritage.faces import examples
from heritage.faces.api.openapi import answers, problems
from heritage.faces.api.running import RunningNow
from heritage.faces.api.viewing import ViewerNow, needs
from heritage.faces.schemas import RecordModel

router = APIRouter(tags=["registry"])

MAX_SIZE = 1600
DERIVATIVE_VERSION = 1  # raise it when derivatives look different, so that caches ask again
Size = Annotated[int, Query(ge=16, le=MAX_SIZE, description="long side in px; smaller originals are not enlarged")]


@router.get(
    "/v1/records/{registry}/{number:path}",
    dependencies=[needs(Scope.READ)],
    summary="One registry record, withdrawn or not",
    responses=answers(examples.RECORD, 404, 422, 503),
)
def record(
    running: RunningNow,
    viewer: ViewerNow,
    registry: Annotated[str, Path(examples=["national-register"])],
    number: Annotated[str, Path(examples=["2019-0417"], description="may contain slashes")],
) -> RecordModel:
    return RecordModel.of(running.context.records.get(RecordId(registry, number), viewer))


@router.get(
    "/v1/images/{digest}",
    dependencies=[needs(Scope.READ)],
    summary="A derivative of a registered photograph",
    response_class=Response,
    responses={
        200: {
            "description": "JPEG without the original's metadata",
            "content": {"image/jpeg": {"schema": {"type": "string", "contentMediaType": "image/jpeg"}}},
        },
        304: {"description": "Not changed"},
        **problems(404, 422, 503),
    },
)
def image(
    request: Request,
    running: RunningNow,
    viewer: ViewerNow,
    digest: Annotated[str, Path(description="`sha256:<hex>`", examples=[examples.DIGEST])],
    size: Size = 800,
) -> Response:
    """Only photographs that a listed record shows are served, and never the original itself."""
    wanted = ImageDigest.parse(digest)
    etag = f'"{wanted.hex[:32]}-{size}-{DERIVATIVE_VERSION}"'
    # The digest fixes the content for ever; private, because not everybody may see every registry.
    headers = {"ETag": etag, "Cache-Control": "private, max-age=31536000, immutable"}
    if etag in request.headers.get("if-none-match", "") and running.context.records.shows(wanted, viewer):
        return Response(status_code=304, headers=headers)
    return Response(running.derivative(wanted, size, viewer), media_type="image/jpeg", headers=headers)
