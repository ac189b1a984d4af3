"""POST /v1/match: is the object in these photos registered?"""

from pathlib import PurePosixPath
from typing import Annotated

from fastapi import APIRouter, Depends, File, Form, Query, UploadFile

from heritage.domain.access import Scope
from heritage.domain.differing import MAX_LENGTH, Seen
from heritage.errors import InputError
from heritage.faces import examples
from heritage.faces.api.criteria import CriteriaSent
from heritage.faces.api.openapi import GUARDED, answers
from heritage.faces.api.running import RunningNow
from heritage.faces.api.viewing import ViewerNow, needs
from heritage.faces.asking import MAX_BOXES, MAX_PHOTOS
from heritage.faces.schemas.answers import MatchResponse

router = APIRouter(tags=["match"])

DEFAULT_LIMIT = 10
MAX_LIMIT = 50
Limit = Annotated[int | None, Query(ge=1, le=MAX_LIMIT, description=f"hits at most; {DEFAULT_LIMIT} unless told")]
FormLimit = Annotated[int | None, Form(alias="limit", ge=1, le=MAX_LIMIT, description="the same, as a form field")]


Images = Annotated[
    list[UploadFile] | None,
    File(
        max_length=MAX_PHOTOS,
        description="JPEG, PNG, WebP, TIFF, AVIF or HEIC; repeated for further photos of the same object. "
        "They are kept as long as your agency says",
    ),
]
Addresses = Annotated[
    list[str] | None,
    Form(
        alias="address",
        max_length=MAX_PHOTOS,
        description="of a photo on the public internet, in place of an upload or after those; repeatable",
        examples=[["https://auction.example/lots/117.jpg"]],
    ),
]
Boxes = Annotated[
    list[str] | None,
    Form(
        alias="box",
        max_length=MAX_BOXES,
        description="`left,top,width,height` in px of the upright photo, around one object; repeatable. With several "
        "photos `place:left,top,width,height`, where place counts them from 0. A photo without any is searched for "
        "objects by itself",
        examples=[["610,190,2280,2700"]],
    ),
]


def _seen(
    object_type: Annotated[str, Form(max_length=MAX_LENGTH, description="what kind of object you see")] = "",
    materials: Annotated[str, Form(max_length=MAX_LENGTH, description="what it is made of, as you see it")] = "",
    measurements: Annotated[
        str, Form(max_length=MAX_LENGTH, description="its size, in cm where no unit is given", examples=["32 x 20"])
    ] = "",
) -> Seen:
    return Seen(object_type.strip(), materials.strip(), measurements.strip())


SeenSent = Annotated[Seen, Depends(_seen)]


@router.post(
    "/v1/match",
    operation_id="match",
    dependencies=[needs(Scope.MATCH)],
    summary="Search the registries for the object in a photo, or in several",
    responses=answers(examples.MATCH, 400, *GUARDED, 413, 415, 422, 503),
)
def match(
    running: RunningNow,
    viewer: ViewerNow,
    criteria: CriteriaSent,
    seen: SeenSent,
    image: Images = None,
    addresses: Addresses = None,
    boxes: Boxes = None,
    limit: Limit = None,
    form_limit: FormLimit = None,
) -> MatchResponse:
    """Hits come best first, one for each registry record, with the evidence for each and with what was searched.

    Several photos are taken as views of one object, and answered once. Send photos of different objects one by one.
    With criteria, only records that meet them all are searched. What you see of the object narrows nothing: each hit
    says where its record agrees and where it differs, which is what tells twins apart. The search is kept, and each
    `strong` or `possible` hit with it: see `GET /v1/hits`.
    """
    uploads, asked = image or [], addresses or []
    if not 0 < len(uploads) + len(asked) <= MAX_PHOTOS:
        raise InputError(f"send 1 to {MAX_PHOTOS} photos of one object, as image or by address")
    files = [*(one.file.read() for one in uploads), *map(running.context.fetch_picture, asked)]
    names = [*(_file_name(one.filename) for one in uploads), *map(_file_name, asked)]
    _, result, kept = running.search(files, boxes or [], form_limit or limit or DEFAULT_LIMIT, viewer, criteria)
    return MatchResponse.of(result, names, kept, seen)


def _file_name(given: str | None) -> str | None:
    """The last part of the name a client gave, printable characters only."""
    name = PurePosixPath((given or "").replace("\\", "/")).name
    return "".join(character for character in name if character.isprintable())[:255] or None
