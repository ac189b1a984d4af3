"""One effect for one intention: a changing request sent again with its ``Idempotency-Key`` is answered as before.

After draft-ietf-httpapi-idempotency-key-header-07. The key is looked at only once the caller is known
(`heritage.faces.api.viewing`): what was answered to somebody is replayed to nobody else, and not to a caller who has
been suspended since.
"""

import hashlib
import re
from collections.abc import AsyncIterator, Mapping

from starlette.concurrency import run_in_threadpool
from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from heritage.domain.access import Viewer
from heritage.errors import ConflictError, InputError
from heritage.storage.replies import Replies, Reply

HEADER = "Idempotency-Key"
CHANGING = frozenset({"POST", "PUT", "PATCH", "DELETE"})
SECRET_PATHS = (  # an answer with a key or a password must not be kept
    *("/v1/agencies", "/v1/people", "/v1/keys", "/v1/channels"),
    *("/agencies", "/people", "/keys"),
)
MAX_BODY = 2_000_000  # bytes of an answer that is kept; a larger one is made again
_KEY = re.compile(r'"?([\x21\x23-\x7e]{8,200})"?')
_FORMS = ("multipart/form-data", "application/x-www-form-urlencoded")
_KEPT_HEADERS = ("content-type", "location", "etag", "link")


class Replayed(Exception):  # noqa: N818 (no error: it carries the answer)
    """Ends a request that was answered before, with that answer."""

    def __init__(self, reply: Reply) -> None:
        super().__init__("answered before")
        self.reply = reply


class _Claim:
    """A request that must be answered, and its answer kept."""

    def __init__(self, replies: Replies, caller: str, key: str, digest: str) -> None:
        self._replies, self._caller, self._key, self._digest = replies, caller, key, digest

    def settle(self, status: int, headers: Mapping[str, str], body: bytes) -> None:
        if not status or status >= 500 or status == 429 or len(body) > MAX_BODY:
            self._replies.forget(self._caller, self._key)
            return
        kept = {name: headers[name] for name in _KEPT_HEADERS if name in headers}
        self._replies.keep(self._caller, self._key, Reply(self._digest, status, kept, body))


class Idempotency:
    """Digests the request as it is read, and keeps the answer of one that `claim` took."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["method"] not in CHANGING or HEADER not in Headers(scope=scope):
            await self._app(scope, receive, send)
            return
        state = scope.setdefault("state", {})
        digest = state["request_digest"] = hashlib.sha256(f"{scope['method']} {scope['path']}\n".encode())
        digest.update(scope["query_string"] + b"\n")
        status, headers, body = 0, MutableHeaders(), b""

        async def receive_digested() -> Message:
            message = await receive()
            digest.update(message.get("body", b""))
            return message

        async def send_kept(message: Message) -> None:
            nonlocal status, headers, body
            if message["type"] == "http.response.start":
                status, headers = message["status"], MutableHeaders(scope=message)
            elif len(body) <= MAX_BODY:
                body += message.get("body", b"")
            await send(message)

        try:
            await self._app(scope, receive_digested, send_kept)
        finally:
            claim = state.get("claim")
            if claim is not None:
                await run_in_threadpool(claim.settle, status, headers, body)


async def read_whole(request: Request) -> AsyncIterator[None]:
    """A dependency of who takes a request: its digest is that of its whole body only from then on.

    Some routes read their body by dependencies of their own, which may come later. What is read here is kept by the
    request, so that they find it; without a key nothing is read.
    """
    try:
        if hasattr(request.state, "request_digest"):
            is_form = request.headers.get("content-type", "").lower().startswith(_FORMS)
            await (request.form() if is_form else request.body())
        yield
    finally:
        await request.close()


def claim(request: Request, viewer: Viewer, replies: Replies) -> None:
    """Take the request, if it has a key, for ``viewer``, after `read_whole`.

    Raises `Replayed` when it was answered before, `InputError` for a key that cannot be used or was used for another
    request, `ConflictError` while the first is still being answered.
    """
    digest = getattr(request.state, "request_digest", None)
    if digest is None:
        return
    key = _KEY.fullmatch(request.headers[HEADER])
    if key is None:
        raise InputError(f"{HEADER} must be 8 to 200 printable characters without spaces, such as a UUID")
    caller = f"{viewer.agency}\n{viewer.actor}"
    known = replies.claim(caller, key[1], digest.hexdigest())
    if known is None:
        request.state.claim = _Claim(replies, caller, key[1], digest.hexdigest())
    elif known.request_digest != digest.hexdigest():
        raise InputError(f"this {HEADER} was used for another request; choose a new one")
    elif not known.status:
        raise ConflictError("the same request is being answered; ask again in some seconds")
    else:
        raise Replayed(known)


def replay(_request: Request, error: Exception) -> Response:
    """The answer given before, marked as such."""
    assert isinstance(error, Replayed)
    headers = {**(error.reply.headers or {}), "Idempotent-Replayed": "true"}
    return Response(error.reply.body, error.reply.status, headers)
