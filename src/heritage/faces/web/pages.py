"""The page at ``/``: take or choose photos of one object, read the answer. They are kept as long as the agency says."""

from collections.abc import AsyncIterator
from typing import Annotated

from fastapi import APIRouter, Depends
from starlette.datastructures import FormData, UploadFile
from starlette.requests import Request
from starlette.responses import HTMLResponse

from heritage.domain.access import Scope, Viewer
from heritage.domain.differing import Seen
from heritage.domain.hits import Query
from heritage.errors import FieldError, InputError
from heritage.faces.api.running import RunningNow
from heritage.faces.api.viewing import CallerNow, needs
from heritage.faces.asking import MAX_PHOTOS
from heritage.faces.problems import problem_of
from heritage.faces.web.framing import page
from heritage.faces.web.hit_view import registered_url
from heritage.faces.web.rendering import Asking, answer_title, data_uri, render_answer
from heritage.faces.web.watches import Watchable
from heritage.service.context import Context

router = APIRouter(include_in_schema=False, default_response_class=HTMLResponse)

HIT_LIMIT = 10
SEEN_FIELDS = ("object_type", "materials", "measurements")
PHOTO_SIDE = 1200  # px, long side of the photos on the page


async def whole_form(request: Request) -> AsyncIterator[FormData]:
    """As it came: browsers send a file field that was left empty in more than one way."""
    async with request.form() as form:
        yield form


Form = Annotated[FormData, Depends(whole_form)]


@router.get("/", dependencies=[needs(Scope.MATCH)])
def start(request: Request, running: RunningNow, caller: CallerNow) -> HTMLResponse:
    return _start_page(request, running.context, caller.viewer)


@router.get("/offline")
def offline(request: Request) -> HTMLResponse:
    """Browsers keep it and show it where there is no connection; it says nothing of registries or people."""
    return page(request, "offline.html")


# The form comes before the right: what was answered before is told by its whole body, which the form reads.
@router.post("/", dependencies=[Depends(whole_form), needs(Scope.MATCH)])
def answer(request: Request, running: RunningNow, caller: CallerNow, form: Form) -> HTMLResponse:
    """There are two file fields, since only one of them may ask a phone for its camera; either or both will do.

    ``held`` names the photos (from 0) that the browser will show itself: they need not travel back.
    """
    typed = {name: _text(form, name) for name in SEEN_FIELDS}
    try:
        seen = _seen(typed)
        files = [upload.file.read() for upload in _uploads(form)]
        boxes = [box for box in form.getlist("box") if isinstance(box, str) and box]
        query, result, kept = running.search(files, boxes, HIT_LIMIT, caller.viewer)
    except InputError as error:
        return _start_page(request, running.context, caller.viewer, typed, error)
    held = set(form.getlist("held"))
    photo_urls = [
        "" if str(place) in held else data_uri(running.context.thumbnail(view.photo.pixels, PHOTO_SIDE))
        for place, view in enumerate(query.views)
    ]
    asking = Asking(caller.viewer, kept, seen)
    shown = render_answer(result, photo_urls, registered_url, asking=asking)
    watchable = _watchable(running.context, query, caller.viewer)
    return page(request, "answer.html", answer=shown, title=answer_title(result), watchable=watchable)


def _seen(typed: dict[str, str]) -> Seen:
    """Raises `FieldError`."""
    for name, text in typed.items():
        try:
            Seen(**{name: text})
        except InputError as error:
            raise FieldError(str(error), name) from error
    return Seen(**typed)


def _uploads(form: FormData) -> list[UploadFile]:
    """The photos that were sent. Raises `InputError` for none, or too many."""
    sent = (*form.getlist("image"), *form.getlist("camera"))
    uploads = [one for one in sent if isinstance(one, UploadFile) and one.filename]
    if not uploads:
        raise InputError("choose or take a photo first")
    if len(uploads) > MAX_PHOTOS:
        raise InputError(f"{len(uploads)} photos are too many for one object; choose at most {MAX_PHOTOS}")
    return uploads


def _start_page(
    request: Request,
    context: Context,
    viewer: Viewer,
    typed: dict[str, str] | None = None,
    error: InputError | None = None,
) -> HTMLResponse:
    """``error`` is told at its field, or where the photos are chosen; what was ``typed`` beside them stays."""
    problem_by_field = {error.field: str(error)} if isinstance(error, FieldError) else {}
    return page(
        request,
        "start.html",
        problem_of(error).status if error else 200,
        problem="",
        photo_problem="" if problem_by_field else str(error or ""),
        seen=typed,
        problem_by_field=problem_by_field,
        coverage=context.coverage(viewer),
    )


def _watchable(context: Context, query: Query, viewer: Viewer) -> Watchable | None:
    is_kept = context.photos.days_of(viewer.agency) > 0
    return Watchable.of(context, [view.photo.digest for view in query.views] if is_kept else [], viewer)


def _text(form: FormData, name: str) -> str:
    value = form.get(name)
    return value.strip() if isinstance(value, str) else ""
