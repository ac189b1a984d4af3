"""The whole HTTP application: API, web page, errors, limits."""

from collections.abc import AsyncIterator, Callable
from contextlib import AbstractContextManager, asynccontextmanager

from fastapi import FastAPI
from starlette.staticfiles import StaticFiles

import heritage
from heritage.faces.api import errors, health, hits, images, matching, registry
from heritage.faces.api.middleware import BodyLimit, SecurityHeaders
from heritage.faces.api.openapi import document
from heritage.faces.api.running import Running, Turns, open_warm
from heritage.faces.web import pages
from heritage.faces.web.rendering import STATIC
from heritage.service.context import Context
from heritage.settings import Settings

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
    app.add_middleware(BodyLimit, limit=settings.max_upload_bytes)
    app.add_middleware(SecurityHeaders)
    errors.install(app)
    for part in (matching, registry, images, hits, health, pages):
        app.include_router(part.router)
    app.mount("/static", StaticFiles(directory=STATIC), name="static")
    app.openapi = lambda: document(app)  # type: ignore[method-assign]
    return app
