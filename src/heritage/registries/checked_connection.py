"""An HTTP connection to addresses that were checked before, whatever the host's name means by now."""

import http.client
import socket
import ssl
from collections.abc import Sequence
from contextlib import suppress

from heritage.registries.public_addresses import IpAddress


class CheckedConnection(http.client.HTTPConnection):
    """To one of ``addresses``, found before; ``host`` is only said to the server, and checked in its certificate."""

    def __init__(self, host: str, port: int, addresses: Sequence[IpAddress], seconds: float, is_secure: bool) -> None:
        super().__init__(host, port, timeout=seconds)
        self.default_port = 443 if is_secure else 80
        self._addresses = addresses
        self._is_secure = is_secure
        self._is_aborted = False
        self._to_abort: socket.socket | None = None  # ``sock`` is handed on to the answer
        self.ip = ""  # the address that it is connected to

    def connect(self) -> None:
        self.sock = self._to_abort = self._connected()
        self.ip = str(self.sock.getpeername()[0])
        if self._is_secure:
            context = ssl.create_default_context()
            secure = context.wrap_socket(self.sock, server_hostname=self.host, do_handshake_on_connect=False)
            self.sock = self._to_abort = secure
            self.check()  # what was aborted while there was nothing to shut down would otherwise go on
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
