"""A cap on every request's body."""

from starlette.datastructures import Headers
from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send


class BodyLimit:
    """Refuses a request body of more than ``limit`` bytes, before anything parses it.

    A declared length is refused at the first read; a body without one is counted while it comes in, so neither can fill
    the disk or the memory. Raised inside the application, so that the error is answered like every other.
    """

    def __init__(self, app: ASGIApp, limit: int) -> None:
        self._app = app
        self._limit = limit

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        declared = Headers(scope=scope).get("content-length", "")
        too_long = declared.isdecimal() and int(declared) > self._limit
        received = 0

        async def receive_counted() -> Message:
            nonlocal received
            if too_long:
                raise self._refusal()
            message = await receive()
            received += len(message.get("body", b""))
            if received > self._limit:
                raise self._refusal()
            return message

        await self._app(scope, receive_counted, send)

    def _refusal(self) -> HTTPException:
        return HTTPException(413, f"the upload is larger than {self._limit / 1e6:.4g} MB; send a smaller photo")
