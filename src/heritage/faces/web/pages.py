"""The page at ``/``: take or choose photos of one object, read the answer. The photos are not kept."""

from collections.abc import AsyncIterator
from typing import Annotated

from fastapi import APIRouter, Depends
from starlette.datastructures import FormData, UploadFile
from starlette.requests import Request
from starlette.responses import HTMLResponse

from heritage.domain.access import Scope
from heritage.errors import InputError
from heritage.faces.api.running import RunningNow
from heritage.faces.api.viewing import CallerNow, needs
from heritage.faces.asking import MAX_PHOTOS
from heritage.faces.schemas.records import image_url
from heritage.faces.web.rendering import data_uri, render_answer_page, render_offline, render_start

router = APIRouter(include_in_schema=False, default_response_class=HTMLResponse)

HIT_LIMIT = 10
PHOTO_SIDE = 1200  # px, long side of the photos on the page
REGISTERED_SIDE = 800  # of the registered ones, which a script asks for again, larger, where somebody looks closely


async def _form(request: Request) -> AsyncIterator[FormData]:
    """As it came: browsers send a file field that was left empty in more than one way."""
    async with request.form() as form:
        yield form


Form = Annotated[FormData, Depends(_form)]


@router.get("/", dependencies=[needs(Scope.MATCH)])
def start(running: RunningNow, caller: CallerNow) -> HTMLResponse:
    return HTMLResponse(render_start(coverage=running.context.coverage(caller.viewer), person=caller.person))


@router.get("/offline")
def offline() -> HTMLResponse:
    return HTMLResponse(render_offline())


# The form comes before the right: what was answered before is told by its whole body, which the form reads.
@router.post("/", dependencies=[Depends(_form), needs(Scope.MATCH)])
def answer(running: RunningNow, caller: CallerNow, form: Form) -> HTMLResponse:
    """There are two file fields, since only one of them may ask a phone for its camera; either or both will do.

    ``held`` names the photos (from 0) that the browser will show itself: they need not travel back.
    """
    sent = (*form.getlist("image"), *form.getlist("camera"))
    uploads = [one for one in sent if isinstance(one, UploadFile) and one.filename]
    if not uploads:
        raise InputError("choose or take a photo first")
    if len(uploads) > MAX_PHOTOS:
        raise InputError(f"{len(uploads)} photos are too many for one object; choose at most {MAX_PHOTOS}")
    boxes = [box for box in form.getlist("box") if isinstance(box, str) and box]
    files = [upload.file.read() for upload in uploads]
    query, result, _ = running.search(files, boxes, HIT_LIMIT, caller.viewer)
    held = set(form.getlist("held"))
    photo_urls = [
        "" if str(place) in held else data_uri(running.context.thumbnail(view.photo.pixels, PHOTO_SIDE))
        for place, view in enumerate(query.views)
    ]
    return HTMLResponse(
        render_answer_page(
            result, photo_urls, lambda digest: f"{image_url(digest)}?size={REGISTERED_SIDE}", person=caller.person
        )
    )
