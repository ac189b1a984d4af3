"""Style sheets, scripts and icons: compressed, and kept by browsers for as long as they are the ones in use."""

import gzip
import hashlib
import mimetypes
import re
from base64 import b64encode
from functools import cache
from pathlib import Path

from starlette.datastructures import Headers
from starlette.exceptions import HTTPException
from starlette.responses import Response
from starlette.staticfiles import StaticFiles
from starlette.types import Scope

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


@cache
def page_style() -> str:
    """What all pages look like. It stands in each: on a slow line one trip less before anything is painted."""
    text = (TEMPLATES / "heritage.css").read_text(encoding="utf-8")
    text = re.sub(r"\s+", " ", re.sub(r"/\*.*?\*/", "", text, flags=re.DOTALL))
    return re.sub(r" ?([{};]) ?", r"\1", text).strip()


def page_style_source() -> str:
    """What a Content-Security-Policy calls it by: the page may hold this style and no other (CSP 3, 2.3.1)."""
    return f"'sha256-{b64encode(hashlib.sha256(page_style().encode()).digest()).decode()}'"


class Assets(StaticFiles):
    """``<version>/<file>`` is kept for ever, so that scripts find each other by name; ``<file>`` is asked for again.

    All in memory, and compressed: none of it is secret, so a length gives nothing away.
    """

    def __init__(self) -> None:
        super().__init__(directory=STATIC)
        self._data_by_name = {path.name: path.read_bytes() for path in STATIC.iterdir()}
        self._gzip_by_name = {name: gzip.compress(data, mtime=0) for name, data in self._data_by_name.items()}

    async def get_response(self, path: str, scope: Scope) -> Response:
        version, _, name = path.rpartition("/")
        if name not in self._data_by_name or "/" in version or scope["method"] not in ("GET", "HEAD"):
            raise HTTPException(404, "there is no such file")
        is_current = version == assets_version()
        headers = {
            "Cache-Control": "public, max-age=31536000, immutable" if is_current else "no-cache",
            "Vary": "Accept-Encoding",
        }
        if name == WORKER:  # it lies below /static but looks after every page
            headers["Service-Worker-Allowed"] = "/"
        data = self._data_by_name[name]
        if "gzip" in Headers(scope=scope).get("accept-encoding", ""):
            data = self._gzip_by_name[name]
            headers["Content-Encoding"] = "gzip"
        return Response(data, headers=headers, media_type=_media_type(name))


def _media_type(name: str) -> str:
    if name.endswith(".webmanifest"):
        return "application/manifest+json"
    return mimetypes.guess_type(name)[0] or "application/octet-stream"
