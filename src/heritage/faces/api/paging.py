"""Lists in pages: a cursor says where the next one begins, and belongs to the question that it was given for."""

import hashlib
import json
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Annotated, TypeVar
from urllib.parse import urlencode

from fastapi import Depends, Query, Request, Response

from heritage.errors import InputError

MAX_PAGE = 200
MAX_DIGITS = 15  # what every database can hold
T = TypeVar("T")
_CHECK_LENGTH = 8

Limit = Annotated[int, Query(ge=1, le=MAX_PAGE, description="how many at most")]
Cursor = Annotated[str, Query(max_length=2_000, description="`next` of the page before; for the same question only")]


@dataclass(frozen=True, slots=True)
class Page:
    """The page that a request asks for. ``place`` is what the one before ended with; empty: the first page."""

    request: Request
    limit: int
    place: str

    def number(self, otherwise: int) -> int:
        """``place`` where that is a number, ``otherwise`` on the first page. A cursor can be forged: `InputError`."""
        if not self.place:
            return otherwise
        if not (self.place.isascii() and self.place.isdecimal() and len(self.place) <= MAX_DIGITS):
            raise InputError("this cursor belongs to another question; ask for the first page again, without a cursor")
        return int(self.place)

    @property
    def wanted_count(self) -> int:
        """How many to look for: one more than are shown tells whether there are more."""
        return self.limit + 1

    def shown(
        self, found: Sequence[T], response: Response, key_of: Callable[[T], str]
    ) -> tuple[Sequence[T], str | None]:
        """What the page shows of the `wanted_count` that were looked for, and `following` after the last of them."""
        shown = found[: self.limit]
        return shown, self.following(response, key_of(shown[-1]) if len(found) > self.limit else None)

    def following(self, response: Response, last: str | None) -> str | None:
        """The cursor after a page that ends with ``last``, also as a Link header; None on the last page."""
        if last is None:
            return None
        cursor = _cursor(_question(self.request), last)
        asked = [(name, value) for name, value in self.request.query_params.multi_items() if name != "cursor"]
        # Relative to the address asked for, so that no forged Host header gets into it.
        address = f"{self.request.url.path}?{urlencode([*asked, ('cursor', cursor)])}"
        response.headers["Link"] = f'<{address}>; rel="next"'
        return cursor


def _page(request: Request, limit: Limit = 50, cursor: Cursor = "") -> Page:
    return Page(request, limit, _place(_question(request), cursor) if cursor else "")


PageNow = Annotated[Page, Depends(_page)]


def _question(request: Request) -> str:
    """What a cursor belongs to: everything that was asked but how much of it at once."""
    asked = sorted(one for one in request.query_params.multi_items() if one[0] not in ("cursor", "limit"))
    return json.dumps([request.url.path, asked])


def _cursor(question: str, place: str) -> str:
    return urlsafe_b64encode(_check(question, place) + place.encode()).rstrip(b"=").decode()


def _place(question: str, cursor: str) -> str:
    try:
        data = urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4))
        place = data[_CHECK_LENGTH:].decode()
    except ValueError:
        data, place = b"", ""
    if not place.isprintable() or data[:_CHECK_LENGTH] != _check(question, place):
        raise InputError("this cursor belongs to another question; ask for the first page again, without a cursor")
    return place


def _check(question: str, place: str) -> bytes:
    """No secret: whoever forged it could only begin elsewhere in a list of what they may see."""
    return hashlib.sha256(f"{question}\n{place}".encode()).digest()[:_CHECK_LENGTH]
