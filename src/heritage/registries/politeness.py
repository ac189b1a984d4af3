"""Asks each host of the web slowly: one request at a time, a pause between two, and rest when the host asks for it.

What is kept by a host is its name and when it may be asked next. Whoever is waiting for a host waits in a thread.
"""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from threading import Lock

BUSY = frozenset({429, 503})
"""The statuses by which a server asks for rest (RFC 6585, 4; RFC 9110, 15.6.4)."""


@dataclass(slots=True)
class _Host:
    turn: Lock = field(default_factory=Lock)
    free_at: float = 0.0  # by the clock


@dataclass(frozen=True, slots=True)
class Politeness:
    """``pause_s`` between the end of one request to a host and the start of the next.

    A host that asks for rest gets what it asks for, but ``max_rest_s`` at most, and is asked again ``retry_count``
    times; without a number of its own, a rest is ``rest_s`` and twice as long each time.
    """

    pause_s: float = 0.5
    rest_s: float = 2.0
    max_rest_s: float = 60.0
    retry_count: int = 3
    clock: Callable[[], float] = time.monotonic
    wait: Callable[[float], None] = time.sleep
    _hosts: dict[str, _Host] = field(default_factory=dict, init=False, repr=False, compare=False)
    _lock: Lock = field(default_factory=Lock, init=False, repr=False, compare=False)

    @contextmanager
    def turn(self, host: str) -> Iterator[None]:
        """While it lasts, nobody else asks ``host``."""
        with self._lock:
            found = self._hosts.setdefault(host.lower(), _Host())
        with found.turn:
            # A pause of one second never becomes many: nobody but the holder of the turn moves the time.
            while (left := found.free_at - self.clock()) > 0:
                self.wait(left)
            try:
                yield
            finally:
                found.free_at = max(found.free_at, self.clock() + self.pause_s)

    def rest(self, host: str, retry_after: str, attempt: int) -> None:
        """Leave ``host`` alone for a while. To be called within its turn; ``attempt`` counts from 0."""
        asked = _seconds(retry_after)
        seconds = self.rest_s * 2**attempt if asked is None else asked
        self._hosts[host.lower()].free_at = self.clock() + min(max(seconds, self.pause_s), self.max_rest_s)


def _seconds(retry_after: str) -> float | None:
    """What a Retry-After header says (RFC 9110, 10.2.3): a number of seconds, or a date."""
    text = retry_after.strip()
    if text.isascii() and text.isdigit():
        return float(text[:9])
    try:
        date = parsedate_to_datetime(text)
        return (date.replace(tzinfo=date.tzinfo or UTC) - datetime.now(UTC)).total_seconds()
    except (ValueError, OverflowError):  # a server may send any text
        return None
