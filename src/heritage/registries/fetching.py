"""Fetches what a document of somebody else's points at, without lending that somebody our place in the network.

An address in an untrusted document is a way to make this machine ask questions on its owner's behalf: of the cloud's
metadata service, of a router, of a database beside it. So an address is resolved once, every address that its name has
must be a public one, and the connection goes to the very address that was checked, whatever the name means a moment
later; each redirect is a new address that is checked again. No proxy is asked, no cookie, credential or referrer sent.
"""

import http.client
import ipaddress
import re
import socket
import ssl
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from threading import Timer
from urllib.parse import SplitResult, urljoin, urlsplit

from heritage.errors import FetchError

IpAddress = ipaddress.IPv4Address | ipaddress.IPv6Address
Resolver = Callable[[str, int], Sequence[IpAddress]]
"""Every address of a host for a port. Raises `OSError`."""

JSON_TYPES = ("application/json", "application/ld+json", "text/json")
PICTURE_TYPES = ("image/",)
PORTS = frozenset({80, 443})
USER_AGENT = "heritage"
_CHUNK = 65_536

# What is in no list here is public. IANA IPv4 Special-Purpose Address Registry (RFC 6890), and multicast.
_NOT_PUBLIC_4 = tuple(
    map(
        ipaddress.IPv4Network,
        (
            *("0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12"),
            *("192.0.0.0/24", "192.0.2.0/24", "192.88.99.0/24", "192.168.0.0/16", "198.18.0.0/15"),
            *("198.51.100.0/24", "203.0.113.0/24", "224.0.0.0/3"),
        ),
    )
)
# IPv6: the only block that is public, less what in it stands for something else: protocol assignments and Teredo,
# documentation, 6to4. IPv4-mapped, NAT64 (64:ff9b::), unique-local, link-local and multicast lie outside it.
_PUBLIC_6 = ipaddress.IPv6Network("2000::/3")
_NOT_PUBLIC_6 = tuple(map(ipaddress.IPv6Network, ("2001::/23", "2001:db8::/32", "2002::/16", "3fff::/20")))


def is_public(address: IpAddress) -> bool:
    """Whether an address belongs to the public internet: not this machine, its network, or a way round to them."""
    if isinstance(address, ipaddress.IPv4Address):
        return not any(address in network for network in _NOT_PUBLIC_4)
    return address in _PUBLIC_6 and not any(address in network for network in _NOT_PUBLIC_6)


def resolve(host: str, port: int) -> list[IpAddress]:
    """What the system knows ``host`` by. Raises `OSError`."""
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return [ipaddress.ip_address(str(sockaddr[0]).partition("%")[0]) for *_, sockaddr in found]


@dataclass(frozen=True, slots=True)
class Fetched:
    """What an address answered with: ``address`` is the last one, after redirects, ``media_type`` in lower case."""

    address: str
    media_type: str
    data: bytes


@dataclass(frozen=True, slots=True)
class Fetcher:
    """Fetches by http and https. ``seconds`` bound each whole answer, ``max_bytes`` its body.

    ``is_allowed`` and ``resolve`` are what a test on its own machine has to replace; nothing else ever should.
    """

    max_bytes: int = 50_000_000
    seconds: float = 30.0
    redirect_count: int = 3
    ports: frozenset[int] = PORTS
    is_allowed: Callable[[IpAddress], bool] = is_public
    resolve: Resolver = resolve

    def fetch(self, address: str, types: Sequence[str]) -> Fetched:
        """What is at ``address``, if its media type begins with one of ``types``. Raises `FetchError`."""
        for _ in range(self.redirect_count + 1):
            parts = _split(address)
            try:
                with self._answer(parts) as answer:
                    following = _redirect(address, answer)
                    if not following:
                        return Fetched(address, _media_type(answer, parts, types), self._body(answer, parts))
            except (OSError, http.client.HTTPException, ValueError) as error:
                raise FetchError(
                    f"{parts.netloc} does not answer as it should: {error or type(error).__name__}"
                ) from None
            address = following
        raise FetchError(f"{address[:200]} is one redirect too many; at most {self.redirect_count} are followed")

    @contextmanager
    def _answer(self, parts: SplitResult) -> Iterator[http.client.HTTPResponse]:
        connection = self._connection(parts)
        # A server that sends one byte a second never runs into a socket's own time limit.
        watch = Timer(self.seconds, connection.abort)
        watch.daemon = True
        watch.start()
        try:
            target = parts._replace(scheme="", netloc="", fragment="").geturl() or "/"
            headers = {"User-Agent": USER_AGENT, "Accept": "*/*", "Accept-Encoding": "identity"}
            connection.request("GET", target, headers=headers)
            with connection.getresponse() as answer:
                connection.check()
                yield answer
            connection.check()
        finally:
            watch.cancel()
            connection.close()

    def _connection(self, parts: SplitResult) -> "_Connection":
        host = str(parts.hostname)
        port = parts.port or (443 if parts.scheme == "https" else 80)
        if port not in self.ports:
            raise FetchError(f"{parts.netloc[:200]}: only the ports {sorted(self.ports)} are asked")
        found = self.resolve(host, port)
        if not found or not all(map(self.is_allowed, found)):
            raise FetchError(f"{host[:200]} is not an address on the public internet; download the file and read that")
        return _Connection(host, port, found, self.seconds, parts.scheme == "https")

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


class _Connection(http.client.HTTPConnection):
    """To one of ``addresses``, found before; ``host`` is only said to the server, and checked in its certificate."""

    def __init__(self, host: str, port: int, addresses: Sequence[IpAddress], seconds: float, is_secure: bool) -> None:
        super().__init__(host, port, timeout=seconds)
        self.default_port = 443 if is_secure else 80
        self._addresses = addresses
        self._is_secure = is_secure
        self._is_aborted = False
        self._to_abort: socket.socket | None = None  # ``sock`` is handed on to the answer

    def connect(self) -> None:
        self.sock = self._to_abort = self._connected()
        if self._is_secure:
            context = ssl.create_default_context()
            secure = context.wrap_socket(self.sock, server_hostname=self.host, do_handshake_on_connect=False)
            self.sock = self._to_abort = secure
            secure.do_handshake()
        self.check()

    def _connected(self) -> socket.socket:
        """To the first address that answers: a host may have one in a network that this machine is not in."""
        *others, last = self._addresses
        for address in others:
            with suppress(OSError):
                return socket.create_connection((str(address), self.port), self.timeout)
            self.check()
        return socket.create_connection((str(last), self.port), self.timeout)

    def check(self) -> None:
        """Raises `TimeoutError` once it was aborted: what is cut off looks like an answer that ends there."""
        if self._is_aborted:
            raise TimeoutError("it takes too long")

    def abort(self) -> None:
        """End it from another thread: whoever waits for an answer gets the end of it at once."""
        self._is_aborted = True
        if self._to_abort is not None:
            with suppress(OSError):
                socket.socket.shutdown(self._to_abort, socket.SHUT_RDWR)  # beneath TLS, which is not for two threads


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


def _redirect(address: str, answer: http.client.HTTPResponse) -> str:
    """Where the answer sends us, empty when nowhere. Raises `FetchError`."""
    if answer.status not in (301, 302, 303, 307, 308):
        if answer.status != 200:
            raise FetchError(f"{address[:200]} answers {answer.status} {answer.reason[:80]}")
        return ""
    following = urljoin(address, answer.getheader("Location", "").strip())
    if address.startswith("https:") and not following.startswith("https:"):
        raise FetchError(f"{address[:200]} leads from https to something less; give the address that it leads to")
    return following


def _media_type(answer: http.client.HTTPResponse, parts: SplitResult, types: Sequence[str]) -> str:
    media_type = answer.getheader("Content-Type", "").partition(";")[0].strip().lower()
    if not media_type.startswith(tuple(types)):
        wanted = ", ".join(f"{one}*" if one.endswith("/") else one for one in types)
        raise FetchError(f"{parts.geturl()[:200]} is {media_type[:80] or 'of no type'}, not {wanted}")
    return media_type
