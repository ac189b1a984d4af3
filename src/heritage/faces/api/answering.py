"""A problem as the answer to a request: as JSON (RFC 9457), to somebody who reads pages as a page."""

from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from heritage.faces.problems import Problem
from heritage.faces.saying import said
from heritage.faces.web.framing import page

NO_START: Any = {"coverage": None, "photo_problem": "", "seen": None, "problem_by_field": {}}
MEDIA_TYPE = "application/problem+json"


def respond(request: Request, problem: Problem, headers: dict[str, str] | None = None) -> Response:
    """The answer to ``request`` that says what went wrong."""
    if _reads_pages(request):
        template = "start.html" if request.url.path == "/" else "problem.html"
        answer = page(request, template, problem.status, problem=_told(problem), **NO_START)
        answer.headers.update(headers or {})
        return answer
    located = problem.model_copy(
        update={"instance": request.url.path, "request_id": getattr(request.state, "request_id", None)}
    )
    return Response(located.model_dump_json(exclude_none=True), problem.status, headers, MEDIA_TYPE)


def _told(problem: Problem) -> str:
    """Field by field where it is told so: each is a sentence of its own to translate."""
    if problem.errors:
        return "; ".join(f"{one.field}: {said(one.message)}" for one in problem.errors)
    return problem.detail


def _reads_pages(request: Request) -> bool:
    if request.url.path == "/":
        return True
    is_page = not request.url.path.startswith(("/v1/", "/static/"))
    return is_page and "text/html" in request.headers.get("accept", "")
