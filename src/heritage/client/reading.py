"""What the parts of the client have in common: answers read as what they are, lists page by page, photos named."""

import time
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TypeVar

import httpx2
from pydantic import BaseModel

from heritage.client.calling import Caller

Photo = str | Path | bytes
"""The path of a picture file, or its content."""

M = TypeVar("M", bound=BaseModel)
_PAGE = 200
_POLL_S = (0.2, 0.5, 1.0, 2.0)


class Asking:
    """What asks a heritage by a caller."""

    _caller: Caller

    def _pages(self, kind: type[M], path: str, asked: Mapping[str, object]) -> Iterator[M]:
        cursor: dict[str, str] = {}
        while True:
            params = {**asked, "limit": _PAGE, **cursor}
            page = read(kind, self._caller.call("GET", path, {"params": params}))
            yield page
            following = getattr(page, "next", None)
            if not following:
                return
            cursor = {"cursor": following}

    def _saved(self, address: str, path: str | Path) -> Path:
        with Path(path).open("wb") as file:
            self._caller.save(address, file.write)
        return Path(path)


def read(kind: type[M], answer: httpx2.Response) -> M:
    """Members that this client does not know are left out."""
    return kind.model_validate_json(answer.content, extra="ignore")


def named(photo: Photo) -> tuple[str, bytes]:
    """Its name, and its content."""
    return ("photo", photo) if isinstance(photo, bytes) else (Path(photo).name, Path(photo).read_bytes())


def polls(what: str, timeout_s: float) -> Iterator[None]:
    """A turn to ask again, more and more seldom. Raises `TimeoutError` after ``timeout_s`` seconds."""
    deadline, count = time.monotonic() + timeout_s, 0
    while time.monotonic() <= deadline:
        time.sleep(_POLL_S[min(count, len(_POLL_S) - 1)])
        count += 1
        yield
    raise TimeoutError(f"{what} is not done after {timeout_s:,.0f} s; it goes on all the same")
