"""Style sheet, scripts and icons: compressed, and kept by browsers for as long as they are the ones in use."""

import hashlib
from functools import cache
from pathlib import Path

from starlette.middleware.gzip import GZipMiddleware
from starlette.responses import Response
from starlette.staticfiles import StaticFiles
from starlette.types import ASGIApp, Scope

STATIC = Path(__file__).parent / "static"
TEMPLATES = Path(__file__).parent / "templates"
WORKER = "worker.js"


@cache
def assets_version() -> str:
    """Of everything a browser keeps, the page without a connection included, so of the templates too."""
    digest = hashlib.sha256()
    for path in sorted((*STATIC.iterdir(), *TEMPLATES.iterdir())):
        digest.update(path.name.encode() + b"\0" + path.read_bytes())
    return digest.hexdigest()[:12]


def assets() -> ASGIApp:
    """What is served below ``/static``. Compressed: none of it is secret, so a length gives nothing away."""
    return GZipMiddleware(_Assets(directory=STATIC), minimum_size=500)


class _Assets(StaticFiles):
    """``<version>/<file>`` is kept for ever, so that scripts find each other by name; ``<file>`` is asked for again."""

    async def get_response(self, path: str, scope: Scope) -> Response:
        version, _, name = path.partition("/")
        response = await super().get_response(name or path, scope)
        is_current = bool(name) and version == assets_version()
        response.headers["Cache-Control"] = "public, max-age=31536000, immutable" if is_current else "no-cache"
        if name == WORKER:  # it lies below /static but looks after every page
            response.headers["Service-Worker-Allowed"] = "/"
        return response
