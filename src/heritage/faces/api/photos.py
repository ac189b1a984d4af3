"""/v1/photos: photos that somebody searched with, for the agency that keeps them and both sides of a hit in them."""

from fastapi import APIRouter, Request, Response

from heritage.domain.access import Scope
from heritage.domain.images import ImageDigest
from heritage.faces.api.attachments import attached
from heritage.faces.api.images import Digest, Size
from heritage.faces.api.openapi import DERIVATIVE, GUARDED, NOT_CHANGED, ORIGINAL, files
from heritage.faces.api.running import DERIVATIVE_VERSION, RunningNow
from heritage.faces.api.viewing import ViewerNow
from heritage.service.photos import export_photo

router = APIRouter(tags=["photos"])


@router.get(
    "/v1/photos/{digest}",
    operation_id="photos.get",
    summary="A derivative of a photo that was searched with",
    response_class=Response,
    responses=files(*DERIVATIVE, *GUARDED, 404, 422, 503) | NOT_CHANGED,
)
def photo(request: Request, running: RunningNow, viewer: ViewerNow, digest: Digest, size: Size = 800) -> Response:
    """For the agency that keeps it, and for both sides of a hit that was found in it. Nobody has it for ever: an
    agency keeps photos for as many days as it says, and those of hits until they are rejected.
    """
    viewer.require(Scope.READ)
    wanted = ImageDigest.parse(digest)
    etag = f'"{wanted.hex[:32]}-{size}-{DERIVATIVE_VERSION}"'
    headers = {"ETag": etag, "Cache-Control": "private, no-cache"}  # who may see it changes: a browser asks each time
    if etag in request.headers.get("if-none-match", ""):
        running.context.photos.get(wanted, viewer)
        return Response(status_code=304, headers=headers)
    return Response(running.photo(wanted, size, viewer), media_type="image/jpeg", headers=headers)


@router.get(
    "/v1/photos/{digest}/original",
    operation_id="photos.export",
    summary="A photo as it was sent, byte for byte",
    response_class=Response,
    responses=files("with all that the camera wrote", ORIGINAL, *GUARDED, 404, 422, 503),
)
def original(running: RunningNow, viewer: ViewerNow, digest: Digest) -> Response:
    """For the agency that keeps it alone, and on record: it may say where and when it was taken."""
    found, data = export_photo(running.context, ImageDigest.parse(digest), viewer)
    name = f"{found.digest.hex}.{found.media_type.partition('/')[2]}"
    return Response(data, media_type="application/octet-stream", headers=attached(name))
