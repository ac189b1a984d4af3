"""A form that came when nobody was signed in any more: carried through the sign-in, then shown, and sent by hand.

Nothing of it is kept here: it travels in the page for signing in. Only a page of this site has its form carried, so
that no stranger's page can have one sent in the name of whoever signs in next; and they see what they send.
"""

import json
import re
from dataclasses import dataclass
from typing import Self
from urllib.parse import urlsplit

from starlette.datastructures import UploadFile
from starlette.exceptions import HTTPException
from starlette.requests import Request

from heritage.faces.api.origins import is_own

MAX_CARRIED = 100_000  # bytes, of what is read before anybody is known
MAX_FIELDS = 300
# One slash and then neither another nor a backslash, which browsers take for one: that would be a stranger's address,
# to which our own name lends trust. Nor anything that browsers leave out before they look.
_OWN_ADDRESS = re.compile(r"/(?![/\\])[\x21-\x7e]*")
_NOT_CARRIED = ("/account", "/login", "/logout", "/language", "/v1/")  # passwords above all
# What no person typed: it goes along, and is not shown.
_OURS = {"once", "token", "form_token", "version", "photo", "hit", "digest", "sure", "held", "box"}
_OURS_BEGIN = ("view-", "place-", "remove-")


@dataclass(frozen=True, slots=True)
class Carried:
    """``address`` is where the form goes; ``page``, the one that it was on; ``has_files``: files were left behind."""

    address: str
    page: str
    fields: tuple[tuple[str, str], ...]
    has_files: bool = False

    @classmethod
    def parse(cls, text: str) -> Self | None:
        """What ``str()`` writes; None for anything else, which is carried no further."""
        try:
            told = json.loads(text)
            fields = tuple((str(name), str(value)) for name, value in told["fields"])
            made = cls(str(told["address"]), str(told["page"]), fields, bool(told["has_files"]))
        except (ValueError, KeyError, TypeError):
            return None
        is_usable = may_be_carried(made.address) and own_address(made.page) == made.page and len(fields) <= MAX_FIELDS
        return made if is_usable else None

    def __str__(self) -> str:
        told = {"address": self.address, "page": self.page, "fields": self.fields, "has_files": self.has_files}
        return json.dumps(told, ensure_ascii=False)

    @property
    def typed(self) -> tuple[str, ...]:
        """What somebody typed or chose, to be read over."""
        return tuple(
            value
            for name, value in self.fields
            if value.strip() and name not in _OURS and not name.startswith(_OURS_BEGIN)
        )


async def carried_by(request: Request) -> Carried | None:
    """The form in a request of nobody's, if a page of ours sent it and it is small; else None, and nothing is read."""
    length = request.headers.get("content-length", "")
    is_small = length.isascii() and length.isdecimal() and int(length) <= MAX_CARRIED
    if not (request.method == "POST" and is_small and is_own(request) and may_be_carried(request.url.path)):
        return None
    try:
        async with request.form(max_files=20, max_fields=MAX_FIELDS) as form:
            sent = form.multi_items()
            fields = tuple((name, value) for name, value in sent if isinstance(value, str))
            has_files = any(isinstance(value, UploadFile) and value.filename for _, value in sent)
    except HTTPException:  # it is no form
        return None
    return Carried(asked_address(request), page_of(request), fields, has_files) if fields else None


def asked_address(request: Request) -> str:
    """The address that was asked for, as it came, without the host."""
    query = request.url.query
    return str(request.scope["raw_path"].decode("ascii")) + (f"?{query}" if query else "")


def may_be_carried(address: str) -> bool:
    """Whether a form may go to that address by way of a sign-in."""
    path = address.partition("?")[0]
    return own_address(address) == address and not path.startswith(_NOT_CARRIED)


def own_address(address: str) -> str:
    """That address, if it is one of this site's; the first page otherwise."""
    return address if _OWN_ADDRESS.fullmatch(address) else "/"


def page_of(request: Request) -> str:
    """The page of ours that made a browser send this; else the first."""
    parts = urlsplit(request.headers.get("referer", ""))
    is_ours = parts.netloc == request.headers.get("host")
    return own_address(parts.path + (f"?{parts.query}" if parts.query else "")) if is_ours else "/"
