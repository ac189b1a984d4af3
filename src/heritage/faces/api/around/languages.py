"""The language of every page; what programs ask for stays English."""

from starlette.datastructures import MutableHeaders
from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from heritage.faces.languages import negotiated, speaking

COOKIE = "heritage_language"
_OF_PROGRAMS = ("/v1/", "/static/", "/livez", "/readyz", "/metrics", "/openapi.json")


class Languages:
    """Speaks the language that a cookie names, or else the browser, while a page is made; says so in the answer."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["path"].startswith(_OF_PROGRAMS):
            await self._app(scope, receive, send)
            return
        request = Request(scope)
        code = negotiated(request.cookies.get(COOKIE, ""), request.headers.get("accept-language", ""))

        async def send_told(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                headers["Content-Language"] = code
                headers.add_vary_header("Cookie, Accept-Language")
            await send(message)

        with speaking(code):
            await self._app(scope, receive, send_told)
