"""Fetches what a document of somebody else's points at, without lending that somebody our place in the network.

An address in an untrusted document is a way to make this machine ask questions on its owner's behalf: of the cloud's
metadata service, of a router, of a database beside it. So an address is resolved once, every address that its name has
must be a public one, and the connection goes to the very address that was checked, whatever the name means a moment
later; each redirect is a new address that is checked again. No proxy is asked, no cookie, credential or referrer sent.
"""

import http.client
import re
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass
from datetime import UTC, datetime
from threading import Timer
from urllib.parse import SplitResult, urljoin, urlsplit

from heritage.domain.images import ImageDigest
from heritage.domain.listings import Hop, WebCapture
from heritage.errors import FetchError
from heritage.registries.checked_connection import CheckedConnection
from heritage.registries.legible import legible_line
from heritage.registries.politeness import BUSY, Politeness
from heritage.registries.public_addresses import IpAddress, Resolver, is_public, resolve

JSON_TYPES = ("application/json", "application/ld+json", "text/json")
PICTURE_TYPES = ("image/",)
PHOTO_TYPES = (*PICTURE_TYPES, "application/octet-stream", "binary/octet-stream")
"""Of listings: servers of files that somebody uploaded often do not say what they are. Decoding tells."""
PORTS = frozenset({80, 443})
USER_AGENT = "heritage"
_CHUNK = 65_536
_REDIRECTS = frozenset({301, 302, 303, 307, 308})
_CONDITIONS = (("ETag", "If-None-Match"), ("Last-Modified", "If-Modified-Since"))


@dataclass(frozen=True, slots=True)
class Fetched:
    """What an address answered with; ``media_type`` in lower case."""

    media_type: str
    data: bytes
    web: WebCapture

    @property
    def address(self) -> str:
        """The last one, after redirects."""
        return self.web.address


@dataclass(frozen=True, slots=True)
class Fetcher:
    """Fetches by http and https. ``seconds`` bound each whole answer, ``max_bytes`` its body.

    Without ``politeness``, for somebody who waits for one answer, no request waits for another.
    ``ports``, ``is_allowed`` and ``resolve`` are what a test on its own machine has to replace; nothing else ever
    should, and a test sees to it.
    """

    max_bytes: int = 50_000_000
    seconds: float = 30.0
    redirect_count: int = 3
    politeness: Politeness | None = None
    ports: frozenset[int] = PORTS
    is_allowed: Callable[[IpAddress], bool] = is_public
    resolve: Resolver = resolve

    def fetch(self, address: str, types: Sequence[str], earlier: Fetched | None = None) -> Fetched:
        """What is at ``address``, if its media type begins with one of ``types``. Raises `FetchError`.

        With ``earlier``, a server that says that nothing has changed since is not asked for the bytes again.
        """
        request = _Request(address, tuple(types), earlier)
        for _ in range(self.redirect_count + 1):
            found = self._asked_politely(request)
            if isinstance(found, Fetched):
                return found
            request = found
        raise FetchError(
            f"{request.address[:200]} is one redirect too many; at most {self.redirect_count} are followed"
        )

    def _asked_politely(self, request: "_Request") -> "Fetched | _Request":
        """The answer, or what to ask next."""
        host, polite, told = str(request.parts.hostname), self.politeness, 0
        for attempt in range(polite.retry_count + 1 if polite else 1):
            with polite.turn(host) if polite else nullcontext():
                found = self._asked(request)
                if not isinstance(found, _Rest):
                    return found
                told = found.status
                if polite:
                    polite.rest(host, found.retry_after, attempt)
        raise FetchError(f"{request.address[:200]} answers {told}: it is too busy; try again later")

    def _asked(self, request: "_Request") -> "Fetched | _Request | _Rest":
        parts = request.parts
        try:
            with self._answer(request) as (answer, ip):
                if answer.status in BUSY:
                    return _Rest(answer.status, answer.getheader("Retry-After", ""))
                done = request.after(Hop(request.address, ip, answer.status))
                if answer.status in _REDIRECTS:
                    return done.to(_following(request.address, answer))
                return self._fetched(done, answer)
        except (OSError, http.client.HTTPException, ValueError) as error:
            raise FetchError(f"{parts.netloc} does not answer as it should: {error or type(error).__name__}") from None

    def _fetched(self, request: "_Request", answer: http.client.HTTPResponse) -> Fetched:
        earlier = request.earlier
        if answer.status == 304 and earlier and request.conditions:
            return Fetched(earlier.media_type, earlier.data, _captured(request, answer, earlier.data, True))
        if answer.status != 200:
            raise FetchError(f"{request.address[:200]} answers {answer.status} {answer.reason[:80]}")
        media_type = _media_type(answer, request)
        data = self._body(answer, request.parts)
        return Fetched(media_type, data, _captured(request, answer, data, False))

    @contextmanager
    def _answer(self, request: "_Request") -> Iterator[tuple[http.client.HTTPResponse, str]]:
        """The answer, as far as its headers, and the IP address that gives it."""
        parts = request.parts
        connection = self._connection(parts)
        # A server that sends one byte a second never runs into a socket's own time limit.
        watch = Timer(self.seconds, connection.abort)
        watch.daemon = True
        watch.start()
        try:
            target = parts._replace(scheme="", netloc="", fragment="").geturl() or "/"
            headers = {"User-Agent": USER_AGENT, "Accept": "*/*", "Accept-Encoding": "identity"}
            connection.request("GET", target, headers=headers | dict(request.conditions))
            with connection.getresponse() as answer:
                connection.check()
                yield answer, connection.ip
            connection.check()
        finally:
            watch.cancel()
            connection.close()

    def _connection(self, parts: SplitResult) -> CheckedConnection:
        host = str(parts.hostname)
        port = parts.port or (443 if parts.scheme == "https" else 80)
        if port not in self.ports:
            ports = " and ".join(map(str, sorted(self.ports)))
            raise FetchError(f"{parts.netloc[:200]}: only the ports {ports} are asked; download the file and read that")
        found = self.resolve(host, port)
        if not found or not all(map(self.is_allowed, found)):
            raise FetchError(f"{host[:200]} is not an address on the public internet; download the file and read that")
        return CheckedConnection(host, port, found, self.seconds, parts.scheme == "https")

    def _body(self, answer: http.client.HTTPResponse, parts: SplitResult) -> bytes:
        if answer.getheader("Content-Encoding", "identity").lower() != "identity":
            raise FetchError(f"{parts.netloc} sends a compressed answer, which was not asked for")
        body = bytearray()
        while chunk := answer.read(_CHUNK):
            body += chunk
            if len(body) > self.max_bytes:
                raise FetchError(f"{parts.geturl()[:200]} is larger than {self.max_bytes / 1e6:.0f} MB")
        if answer.length:
            raise http.client.IncompleteRead(b"", answer.length)
        return bytes(body)


@dataclass(frozen=True, slots=True)
class _Rest:
    status: int
    retry_after: str


@dataclass(frozen=True, slots=True)
class _Request:
    """What is asked for now, and how it came to that."""

    address: str
    types: tuple[str, ...]
    earlier: Fetched | None = None
    hops: tuple[Hop, ...] = ()

    @property
    def parts(self) -> SplitResult:
        """Raises `FetchError` for anything but a plain http(s) address."""
        return _split(self.address)

    @property
    def requested(self) -> str:
        return self.hops[0].address if self.hops else self.address

    @property
    def conditions(self) -> tuple[tuple[str, str], ...]:
        """Only for the address that gave what was captured before: another one's tags mean nothing to it."""
        if self.earlier is None or self.earlier.address != self.address:
            return ()
        found = ((ours, self.earlier.web.header(theirs)) for theirs, ours in _CONDITIONS)
        # It was a server that sent these.
        return tuple((ours, value) for ours, value in found if re.fullmatch(r"[ -~]{1,1000}", value))

    def after(self, hop: Hop) -> "_Request":
        return _Request(self.address, self.types, self.earlier, (*self.hops, hop))

    def to(self, address: str) -> "_Request":
        return _Request(address, self.types, self.earlier, self.hops)


def _captured(request: _Request, answer: http.client.HTTPResponse, data: bytes, is_unchanged: bool) -> WebCapture:
    return WebCapture(
        requested=request.requested,
        hops=request.hops,
        captured_at=datetime.now(UTC),
        headers=_headers(request, answer, is_unchanged),
        digest=ImageDigest.of(data),
        byte_count=len(data),
        is_unchanged=is_unchanged,
    )


def _headers(request: _Request, answer: http.client.HTTPResponse, is_unchanged: bool) -> tuple[tuple[str, str], ...]:
    """Those of the answer; where it leaves out the tags by which to ask a third time, those of the earlier one."""
    sent = tuple((legible_line(name), legible_line(value)) for name, value in answer.getheaders())
    if not is_unchanged or request.earlier is None:
        return sent
    names = {name.lower() for name, _ in sent}
    kept = {theirs.lower() for theirs, _ in _CONDITIONS} - names
    return (*sent, *(one for one in request.earlier.web.headers if one[0].lower() in kept))


def _split(address: str) -> SplitResult:
    """The parts of an address. Raises `FetchError` for anything but a plain http(s) one."""
    try:
        parts = urlsplit(address)
        has_port = parts.port is None or parts.port > 0
    except ValueError:
        raise FetchError(f"{address[:200]!r} is not an address") from None
    if parts.scheme not in ("http", "https") or not parts.hostname or not has_port:
        raise FetchError(f"{address[:200]!r} is not an address that starts with https:// or http://")
    if parts.username is not None or parts.password is not None:
        raise FetchError(f"the address of {parts.hostname[:200]} has a user name in it; give one without")
    if not re.fullmatch(r"[!-~]+", address):  # a line break would forge a header
        raise FetchError(f"{address[:200]!r} has characters that must be percent-encoded")
    return parts


def _following(address: str, answer: http.client.HTTPResponse) -> str:
    """Where the answer sends us. Raises `FetchError`."""
    following = urljoin(address, answer.getheader("Location", "").strip())
    if _split(address).scheme == "https" and _split(following).scheme != "https":  # HTTPS:// is the same
        raise FetchError(f"{address[:200]} leads from https to something less; give the address that it leads to")
    return following


def _media_type(answer: http.client.HTTPResponse, request: _Request) -> str:
    media_type = answer.getheader("Content-Type", "").partition(";")[0].strip().lower()
    if not media_type.startswith(request.types):
        wanted = ", ".join(f"{one}*" if one.endswith("/") else one for one in request.types)
        raise FetchError(f"{request.address[:200]} is {media_type[:80] or 'of no type'}, not {wanted}")
    return media_type
