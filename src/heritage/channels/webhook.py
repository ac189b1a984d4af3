"""Sends signed messages to the webhooks of agencies, as Standard Webhooks has it (https://www.standardwebhooks.com).

An agency's admin chooses the address, so it must be no way into our own network: it is resolved once, every address of
the name must be allowed, and the connection goes to the one that was checked. Redirects are not followed.
"""

import base64
import hashlib
import hmac
import http.client
import ipaddress
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from threading import Timer
from typing import Protocol
from urllib.parse import SplitResult, urlsplit

from heritage.errors import DeliveryError, InputError

IpAddress = ipaddress.IPv4Address | ipaddress.IPv6Address
IpNetwork = ipaddress.IPv4Network | ipaddress.IPv6Network
SECRET_MARK = "whsec_"
_MAX_ADDRESS_LENGTH = 2_000


def check_address(address: str) -> str:
    """The address, if a message could be sent there. Raises `InputError`."""
    try:
        parts = urlsplit(address)
        is_usable = parts.scheme in ("https", "http") and bool(parts.hostname) and (parts.port or 1) > 0
    except ValueError:
        is_usable = False
    if not is_usable or len(address) > _MAX_ADDRESS_LENGTH or not address.isascii() or not address.isprintable():
        raise InputError(f"{address[:80]!r} is no address of a webhook; write it as https://host/path")
    if parts.username or parts.password or parts.fragment:
        raise InputError("a webhook's address has no login and no fragment; messages are signed instead")
    return address


def read_networks(text: str) -> tuple[IpNetwork, ...]:
    """``10.1.0.0/16, fd00::/8``. Raises `InputError`."""
    try:
        return tuple(ipaddress.ip_network(one.strip()) for one in text.split(",") if one.strip())
    except ValueError as error:
        raise InputError(f"HERITAGE_WEBHOOK_NETWORKS: {error}; write 10.1.0.0/16, more after commas") from None


def signature(secret: str, message_id: str, timestamp: int, body: bytes) -> str:
    """``v1,<base64>``: HMAC-SHA256 over ``id.timestamp.body`` with the secret's bytes."""
    key = base64.b64decode(secret.removeprefix(SECRET_MARK))
    signed = f"{message_id}.{timestamp}.".encode() + body
    return "v1," + base64.b64encode(hmac.new(key, signed, hashlib.sha256).digest()).decode("ascii")


class Connection(Protocol):
    """An HTTP connection to one of the addresses that were checked, which another thread can end."""

    def request(self, method: str, url: str, body: bytes, headers: Mapping[str, str]) -> None: ...
    def getresponse(self) -> http.client.HTTPResponse: ...
    def close(self) -> None: ...
    def abort(self) -> None: ...

    def check(self) -> None:
        """Raises `TimeoutError` once it was aborted."""
        ...


Connect = Callable[[str, int, Sequence[IpAddress], float, bool], Connection]
"""Host, port, addresses of the host, seconds for each step, whether by TLS. Connects when a request is made."""


@dataclass(frozen=True, slots=True)
class Webhooks:
    """``resolve`` gives every IP address of a host, ``is_allowed`` says which of them messages may go to.

    ``seconds`` bounds an attempt as a whole, from the first packet on.
    """

    is_allowed: Callable[[IpAddress], bool]
    resolve: Callable[[str, int], Sequence[IpAddress]]
    connect: Connect
    seconds: float = 15.0

    def send(self, address: str, secret: str, message_id: str, at: datetime, body: bytes) -> None:
        """POST ``body`` (JSON). Raises `DeliveryError` unless the answer is 2xx; what it says is not read."""
        timestamp = int(at.timestamp())
        headers = {
            "Content-Type": "application/json",
            "User-Agent": "heritage",
            "webhook-id": message_id,
            "webhook-timestamp": str(timestamp),
            "webhook-signature": signature(secret, message_id, timestamp, body),
        }
        parts = urlsplit(address)
        try:
            status = self._post(parts, headers, body)
        except (OSError, http.client.HTTPException, ValueError) as error:
            raise DeliveryError(f"{parts.hostname} does not answer: {error or type(error).__name__}") from None
        if not 200 <= status < 300:
            raise DeliveryError(f"{parts.hostname} answers {status}")

    def _post(self, parts: SplitResult, headers: dict[str, str], body: bytes) -> int:
        connection = self._connection(parts)
        # A server that sends one byte a second never runs into a socket's own time limit, and everybody's alerts wait.
        watch = Timer(self.seconds, connection.abort)
        watch.daemon = True
        watch.start()
        try:
            connection.request("POST", parts._replace(scheme="", netloc="").geturl() or "/", body, headers)
            status = connection.getresponse().status
            connection.check()
            return status
        finally:
            watch.cancel()
            connection.close()

    def _connection(self, parts: SplitResult) -> Connection:
        host, is_secure = str(parts.hostname), parts.scheme == "https"
        port = parts.port or (443 if is_secure else 80)
        found = self.resolve(host, port)
        if not found or not all(map(self.is_allowed, found)):
            raise DeliveryError(f"{host} is not where messages may go; its network is not in HERITAGE_WEBHOOK_NETWORKS")
        return self.connect(host, port, found, self.seconds, is_secure)
