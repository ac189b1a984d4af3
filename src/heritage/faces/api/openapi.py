"""The API's own documentation: OpenAPI 3.1 with an example for every answer, errors included."""

from collections.abc import Mapping, Sequence
from typing import Any

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi
from pydantic.json_schema import models_json_schema

from heritage.faces import examples
from heritage.faces.api.answering import MEDIA_TYPE
from heritage.faces.api.around.idempotency import CHANGING, SECRET_PATHS
from heritage.faces.api.around.rate_limits import UNLIMITED
from heritage.faces.problems import Problem
from heritage.faces.schemas.drafts import RecordChange

Responses = dict[int | str, dict[str, Any]]

DESCRIPTION = """\
Is the object in this photo registered as stolen? Send a photo to `POST /v1/match`, or several of the same object.

A hit is evidence for a person to look at, never a decision; what people decide is added to it. **Not found is not a
clearance**: every answer says what was searched. What you may not see does not exist for you (404). Lists come in
pages: go on with `cursor`, or follow `Link`. All errors are `application/problem+json` (RFC 9457).
"""

_SCHEMES = {
    "key": {"type": "http", "scheme": "bearer", "description": "an API key, `hk_...`: see docs/accounts.md"},
    "session": {"type": "apiKey", "in": "cookie", "name": "heritage_session", "description": "of the page's sign-in"},
}
NO_SECURITY: dict[str, Any] = {"security": []}
"""``openapi_extra`` of what answers anybody."""

_ERROR_EXAMPLES = {
    400: ("The request cannot be parsed", "about:blank", "Bad Request", "Missing boundary in multipart."),
    401: ("Not signed in", "urn:heritage:problem:sign-in", "Not signed in", "send a key: Authorization: Bearer hk_..."),
    403: ("Not allowed", "urn:heritage:problem:forbidden", "Not allowed", "this needs the right 'records:write'"),
    409: ("Conflict", "urn:heritage:problem:conflict", "Not possible as things are", "the number is taken"),
    412: ("Stale", "urn:heritage:problem:stale", "Changed meanwhile", "it was changed meanwhile; read it again"),
    428: ("No If-Match", "about:blank", "Precondition Required", "send the record's ETag as If-Match"),
    429: ("Too many requests", "urn:heritage:problem:rate-limit", "Too many requests", "try again in 7 s"),
    404: ("Not found", "urn:heritage:problem:not-found", "Not found", "there is no record national-register/1"),
    413: ("Too large", "urn:heritage:problem:image", "The photo cannot be used", "too large: 240 megapixels, limit 80"),
    415: ("Not a kind of file that is read", "urn:heritage:problem:image", "The photo cannot be used", "not an image"),
    422: ("Unusable", "urn:heritage:problem:input", "The request cannot be used", "not a digest: 'x' (expected ...)"),
    424: ("Not taken", "urn:heritage:problem:delivery", "The message was not taken", "desk.example answers 500"),
    503: ("Not now", "urn:heritage:problem:storage", "The registry cannot be read at present", "the disk is full"),
}


GUARDED = (401, 403)
"""What every operation may answer that is not for everybody."""

_ANY_BYTES = "application/octet-stream"
DERIVATIVE = ("JPEG without the original's metadata", {"image/jpeg": "(the bytes of a JPEG file)"})
ORIGINAL = {_ANY_BYTES: "(the bytes of the file)"}
"""Of `files`: a picture to look at, and the bytes that somebody sent."""

NOT_CHANGED: Responses = {304: {"description": "Not changed"}}

_HEADERS = {
    "ETag": 'the record\'s version, as `"3"`',
    "Location": "where the new one is",
    "Link": 'of a list, the next page, as `<...>; rel="next"` (RFC 8288), left out on the last one; of a record, its '
    'documents, each as `<...>; rel="alternate"`',
}

_TEXT = {"type": "string"}
_COMMON_HEADERS = {
    "X-Request-Id": ("names this request in the server's log; yours, if you sent one of 8 to 64 characters", _TEXT),
    "RateLimit": ('requests left, and seconds until there is one more: `"requests";r=599;t=0`', _TEXT),
    "RateLimit-Policy": (
        'requests in so many seconds: `"requests";q=600;w=60`; not sent without a limit',
        _TEXT,
    ),
    "Retry-After": ("seconds after which it is worth asking again; at 503 only if that is known", {"type": "integer"}),
}
_IDEMPOTENCY_KEY = {
    "name": "Idempotency-Key",
    "in": "header",
    "description": "a name of your choice for this request, such as a UUID: sent again with the same key, it is "
    "answered as before and done only once; kept for a day",
    "schema": {"type": "string", "pattern": "^[\\x21\\x23-\\x7e]{8,200}$"},
    "example": "9b1c7c3e-55a0-4c5e-8f5c-2a7d41c0e9b1",
}


def answers(example: dict[str, Any], *statuses: int, status: int = 200, headers: Sequence[str] = ()) -> Responses:
    """``responses`` of an operation: an example of its answer, its headers, and the problems it may answer with."""
    answer: dict[str, Any] = {"content": {"application/json": {"example": example}}}
    if headers:
        answer["headers"] = {name: {"description": _HEADERS[name], "schema": {"type": "string"}} for name in headers}
    return {status: answer, **problems(*statuses)}


def created(example: dict[str, Any], *statuses: int) -> Responses:
    """`answers` of an operation that makes something."""
    return {201: {"content": {"application/json": {"example": example}}}, **problems(*statuses)}


def files(description: str, example_by_type: Mapping[str, str], *statuses: int) -> Responses:
    """``responses`` of an operation that answers with a file of one of these media types, and its problems."""
    content = {kind: {"schema": _file_schema(kind), "example": example} for kind, example in example_by_type.items()}
    return {200: {"description": description, "content": content}, **problems(*statuses)}


def problems(*statuses: int) -> Responses:
    return {status: _problem_response(status) for status in statuses}


def document(app: FastAPI) -> dict[str, Any]:
    """The OpenAPI document, made once."""
    if app.openapi_schema is None:
        made = get_openapi(
            title=app.title, version=app.version, summary=app.summary, description=DESCRIPTION, routes=app.routes
        )
        _, models = models_json_schema(
            [(Problem, "serialization"), (RecordChange, "validation")], ref_template="#/components/schemas/{model}"
        )
        made["components"]["schemas"].update(models["$defs"])
        app.openapi_schema = _complete(made)
    return app.openapi_schema


def _complete(made: dict[str, Any]) -> dict[str, Any]:
    """Add what is the same for many operations, and so is written in one place."""
    made["components"]["securitySchemes"] = _SCHEMES
    made["security"] = [{name: []} for name in _SCHEMES]
    for path, item in made["paths"].items():
        for method, operation in item.items():
            is_guarded = operation.get("security") != []
            is_limited = path not in UNLIMITED
            has_body = "requestBody" in operation  # which may be no JSON at all, or too large
            wanted = (
                *(GUARDED if is_guarded else ()),
                *((429,) if is_limited else ()),
                *((400, 413, 422) if has_body else ()),
            )
            for status in wanted:
                operation["responses"].setdefault(str(status), _problem_response(status))
            is_kept = method.upper() in CHANGING and is_guarded and not path.startswith(SECRET_PATHS)
            _add_request(operation, is_kept)
            _add_headers(operation["responses"], is_limited)
    made["components"]["headers"] = {name: _header(*described) for name, described in _COMMON_HEADERS.items()}
    made["components"]["parameters"] = {"Idempotency-Key": _IDEMPOTENCY_KEY}
    return made


def _add_request(operation: dict[str, Any], is_kept: bool) -> None:
    if is_kept:
        operation.setdefault("parameters", []).append({"$ref": "#/components/parameters/Idempotency-Key"})
    for content in operation.get("requestBody", {}).get("content", {}).values():
        content.setdefault("example", examples.REQUESTS.get(operation["operationId"]))


def _add_headers(responses: dict[str, Any], is_limited: bool) -> None:
    for status, response in responses.items():
        names = ["X-Request-Id", *(("RateLimit", "RateLimit-Policy") if is_limited else ())]
        names += ["Retry-After"] if status in ("429", "503") else []
        response.setdefault("headers", {}).update({name: {"$ref": f"#/components/headers/{name}"} for name in names})


def _file_schema(kind: str) -> dict[str, Any]:
    return {"type": "string", "contentMediaType": kind} if kind in ("image/jpeg", _ANY_BYTES) else _TEXT


def _header(description: str, schema: dict[str, Any]) -> dict[str, Any]:
    return {"description": description, "schema": schema}


def _problem_response(status: int) -> dict[str, Any]:
    description, kind, title, detail = _ERROR_EXAMPLES[status]
    example = {"type": kind, "title": title, "status": status, "detail": detail}
    schema = {"$ref": "#/components/schemas/Problem"}
    return {"description": description, "content": {MEDIA_TYPE: {"schema": schema, "example": example}}}
