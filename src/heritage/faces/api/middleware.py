"""What wraps every request: a cap on its body, and headers that tell browsers to trust nothing from elsewhere."""

from collections.abc import Mapping

from starlette.datastructures import Headers, MutableHeaders
from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send

SECURITY_HEADERS = {
    # No inline script or style: what a registry or a file name says can then never run, even if escaping failed.
    "Content-Security-Policy": (
        "default-src 'self'; img-src 'self' data:; object-src 'none'; base-uri 'none'; "
        "form-action 'self'; frame-ancestors 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    # Nothing leaves this site, while forms within it still tell browsers, and so us, where they come from.
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
    # An answer about a seized object does not belong in the cache of a shared computer.
    "Cache-Control": "no-store",
}


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
    return HTTPException(413, f"the upload is larger than {limit / 1e6:.4g} MB; send a smaller photo")


class SecurityHeaders:
    """Adds `SECURITY_HEADERS` to every response that does not say otherwise."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def send_secured(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in SECURITY_HEADERS.items():
                    headers.setdefault(name, value)
            await send(message)

        await self._app(scope, receive, send_secured)
