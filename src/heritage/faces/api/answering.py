"""A problem as the answer to a request: as JSON (RFC 9457), at the page as a page."""

from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

from heritage.faces.problems import Problem
from heritage.faces.web.rendering import render_start

MEDIA_TYPE = "application/problem+json"


def respond(request: Request, problem: Problem, headers: dict[str, str] | None = None) -> Response:
    """The answer to ``request`` that says what went wrong."""
    if request.url.path == "/":
        return HTMLResponse(render_start(problem.detail), problem.status, headers)
    located = problem.model_copy(
        update={"instance": request.url.path, "request_id": getattr(request.state, "request_id", None)}
    )
    return Response(located.model_dump_json(exclude_none=True), problem.status, headers, MEDIA_TYPE)
