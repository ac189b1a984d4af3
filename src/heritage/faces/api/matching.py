"""POST /v1/match: is the object in this photo registered?"""

from pathlib import PurePosixPath
from typing import Annotated

from fastapi import APIRouter, File, Form, Query, UploadFile

from heritage.faces import examples
from heritage.faces.api.openapi import answers
from heritage.faces.api.running import RunningNow
from heritage.faces.schemas import MatchResponse

router = APIRouter(tags=["match"])

DEFAULT_LIMIT = 10
MAX_LIMIT = 50
Limit = Annotated[int | None, Query(ge=1, le=MAX_LIMIT, description=f"hits at most; {DEFAULT_LIMIT} unless told")]
FormLimit = Annotated[int | None, Form(alias="limit", ge=1, le=MAX_LIMIT, description="the same, as a form field")]


@router.post(
    "/v1/match",
    summary="Search the registries for the object in a photo",
    responses=answers(examples.MATCH, 400, 413, 415, 422, 503),
)
def match(
    running: RunningNow,
    image: Annotated[UploadFile, File(description="JPEG, PNG, WebP, TIFF, AVIF or HEIC; nothing of it is kept")],
    limit: Limit = None,
    form_limit: FormLimit = None,
) -> MatchResponse:
    """Hits come best first, one for each registry record, with the evidence for each and with what was searched."""
    _, result = running.search(image.file.read(), form_limit or limit or DEFAULT_LIMIT)
    return MatchResponse.of(result, _file_name(image.filename))


def _file_name(given: str | None) -> str | None:
    """The last part of the name a client gave, printable characters only."""
    name = PurePosixPath((given or "").replace("\\", "/")).name
    return "".join(character for character in name if character.isprintable())[:255] or None
