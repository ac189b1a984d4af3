"""One line in the log and one count in the metrics for every request.

Neither says what was asked: no query, no record number, no file name, no body. A route is named by its template.
"""

import logging
import time

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from heritage.faces.api.metrics import Metrics

log = logging.getLogger("heritage.access")


class Observed:
    """Logs and counts each request when it is answered; a request that fails inside counts as a 500."""

    def __init__(self, app: ASGIApp, metrics: Metrics) -> None:
        self._app = app
        self._metrics = metrics

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        started, status = time.perf_counter(), 500

        async def send_observed(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
            await send(message)

        try:
            await self._app(scope, receive, send_observed)
        finally:
            self._note(scope, status, time.perf_counter() - started)

    def _note(self, scope: Scope, status: int, seconds: float) -> None:
        template = getattr(scope.get("route"), "path", "unmatched")
        method = scope["method"] if scope["method"] in _METHODS else "other"
        self._metrics.answered(method, template, status, seconds)
        state = scope.get("state", {})
        viewer = state.get("viewer")
        facts = {
            "request_id": state.get("request_id", ""),
            "method": method,
            "route": template,
            "status": status,
            "ms": round(seconds * 1000, 1),
            "actor": viewer.actor if viewer else "",
            "agency": viewer.agency if viewer else "",
        }
        log.info("answered", extra={"facts": facts})


_METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
