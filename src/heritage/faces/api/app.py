"""The whole HTTP application: API, web page, errors, limits."""

from collections.abc import AsyncIterator, Callable
from contextlib import AbstractContextManager, asynccontextmanager

from fastapi import FastAPI
from starlette.staticfiles import StaticFiles

import heritage
from heritage.faces.api import agencies, errors, health, keys, matching, people, registry
from heritage.faces.api.middleware import BodyLimit, SecurityHeaders
from heritage.faces.api.openapi import document, problems
from heritage.faces.api.running import Running, Turns, open_warm
from heritage.faces.api.viewing import KnownCallers
from heritage.faces.web import account, pages, signing_in
from heritage.faces.web.rendering import STATIC
from heritage.service.context import Context
from heritage.settings import Settings

MAX_FORM_BYTES = 10_000  # what strangers may send
Opener = Callable[[Settings], AbstractContextManager[Context]]


def create_app(settings: Settings, opener: Opener = open_warm) -> FastAPI:
    """The application; the context is opened when it starts and closed when it stops.

    No interactive documentation page: the usual ones load their scripts from elsewhere. The document itself is at
    ``/openapi.json``.
    """

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        with opener(settings) as context:
            app.state.running = Running(context, Turns(max(1, settings.thread_count // 2)))
            yield

    app = FastAPI(
        title="heritage",
        summary="Matches photographs of cultural objects against registries of stolen ones.",
        version=heritage.__version__,
        lifespan=lifespan,
        docs_url=None,
        redoc_url=None,
    )
    app.add_middleware(BodyLimit, limit=settings.max_upload_bytes, limit_by_path={"/login": MAX_FORM_BYTES})
    app.add_middleware(KnownCallers)
    app.add_middleware(SecurityHeaders)
    errors.install(app)
    for part in (matching, registry, agencies, people, keys):
        app.include_router(part.router, responses=problems(401, 403))
    for part in (health, pages, signing_in, account):
        app.include_router(part.router)
    app.mount("/static", StaticFiles(directory=STATIC), name="static")
    app.openapi = lambda: document(app)  # type: ignore[method-assign]
    return app
