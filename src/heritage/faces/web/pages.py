"""The page at ``/``: take or choose a photo, read the answer. Nothing of the photo is kept."""

from typing import Annotated

from fastapi import APIRouter, File, UploadFile
from starlette.responses import HTMLResponse

from heritage.errors import InputError
from heritage.faces.api.running import RunningNow
from heritage.faces.schemas import image_url
from heritage.faces.web.rendering import data_uri, render_answer_page, render_start

router = APIRouter(include_in_schema=False, default_response_class=HTMLResponse)

HIT_LIMIT = 10
SHOWN_SIDE = 1200  # px, long side of the pictures on the page

Upload = Annotated[UploadFile | None, File()]


@router.get("/")
def start(running: RunningNow) -> HTMLResponse:
    return HTMLResponse(render_start(coverage=running.context.coverage()))


@router.post("/")
def answer(running: RunningNow, image: Upload = None, camera: Upload = None) -> HTMLResponse:
    """The form has two file fields, since only one of them may ask a phone for its camera; either will do."""
    data = next((upload.file.read() for upload in (image, camera) if upload and upload.filename), None)
    if data is None:
        raise InputError("choose or take a photo first")
    photo, result = running.search(data, HIT_LIMIT)
    photo_url = data_uri(running.context.thumbnail(photo.pixels, SHOWN_SIDE))
    return HTMLResponse(render_answer_page(result, photo_url, lambda digest: f"{image_url(digest)}?size={SHOWN_SIDE}"))
