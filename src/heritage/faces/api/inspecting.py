"""POST /v1/inspect: where are the objects in a photo, and would another photo be better?"""

from typing import Annotated

from fastapi import APIRouter, File, UploadFile

from heritage.domain.access import Scope
from heritage.faces import examples
from heritage.faces.api.openapi import GUARDED, answers
from heritage.faces.api.running import RunningNow
from heritage.faces.api.viewing import needs
from heritage.faces.schemas.inspecting import InspectionModel
from heritage.service.inspecting import inspect

router = APIRouter(tags=["match"])

Image = Annotated[UploadFile, File(description="JPEG, PNG, WebP, TIFF, AVIF or HEIC. Nothing of it is kept")]


@router.post(
    "/v1/inspect",
    operation_id="photos.inspect",
    dependencies=[needs(Scope.MATCH)],
    summary="Find the objects in a photo, and how to take a better one, before any search",
    responses=answers(examples.INSPECTION, 400, *GUARDED, 413, 415, 422, 503),
)
def inspect_photo(running: RunningNow, image: Image) -> InspectionModel:
    """No registry is asked. The boxes may be changed, and sent to `POST /v1/match` as `box`.

    Advice never keeps a photo from being searched: a poor one is better than none.
    """
    data = image.file.read()
    with running.turns.take():
        photo = running.context.decode(data)
        return InspectionModel.of(inspect(running.context, photo))
