"""A cap on every request's body."""

from collections.abc import Mapping

from starlette.datastructures import Headers
from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send


class BodyLimit:
    """Refuses a request body of more than ``limit`` bytes, or its path's own limit, before anything parses it.

    A declared length is refused at the first read; a body without one is counted while it comes in, so neither can fill
    the disk or the memory. Raised inside the application, so that the error is answered like every other.
    """

    def __init__(self, app: ASGIApp, limit: int, limit_by_path: Mapping[str, int]) -> None:
        self._app = app
        self._limit = limit
        self._limit_by_path = limit_by_path

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        declared = Headers(scope=scope).get("content-length", "")
        limit = self._limit_by_path.get(scope["path"], self._limit)
        too_long = declared.isdecimal() and int(declared) > limit
        received = 0

        async def receive_counted() -> Message:
            nonlocal received
            if too_long:
                raise _refusal(limit)
            message = await receive()
            received += len(message.get("body", b""))
            if received > limit:
                raise _refusal(limit)
            return message

        await self._app(scope, receive_counted, send)


def _refusal(limit: int) -> HTTPException:
    return HTTPException(413, f"the upload is larger than {limit / 1e6:.4g} MB; send a smaller one")
