"""One thread, in one of the servers on a database, that looks back at the photos that were seen before.

Once, it also hashes those photos of listings that an earlier version kept without a hash.
"""

import logging
import secrets
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext, suppress
from datetime import UTC, datetime, timedelta

from heritage.domain.images import ImageDigest
from heritage.errors import StorageError
from heritage.service.context import Context
from heritage.service.hashing import hash_photos
from heritage.service.watching import look_back
from heritage.service.worker import Worker
from heritage.storage.leases import Lease

POLL_S = 5.0
IDLE_SHARE = 0.05  # of the time, at most, is spent on finding that there is nothing to do
LEASE = timedelta(seconds=60)
FORGIVEN_S = 3600.0  # after which photos that could not be described are tried again

log = logging.getLogger("heritage.watching")


class WatchWorker(Worker):
    """Looks back while it runs, each step within a ``turn`` that requests come before; elsewhere, if another does."""

    def __init__(
        self, context: Context, turn: Callable[[], AbstractContextManager[None]] = nullcontext, poll_s: float = POLL_S
    ) -> None:
        super().__init__("heritage-watch", log, "photos that were seen before cannot be searched at present")
        self._context = context
        self._turn = turn
        self._poll_s = poll_s
        self._lease = Lease(context.database, "looking-back", secrets.token_hex(8), LEASE)
        self._failed: set[ImageDigest] = set()
        self._forgiven_at = time.monotonic()
        self._has_hashed = False  # whatever is scanned since this server runs is hashed as it comes

    @contextmanager
    def running(self) -> Iterator[None]:
        """As any worker; another server may take over at once."""
        try:
            with super().running():
                yield
        finally:
            with suppress(StorageError):  # it runs out soon
                self._lease.release()

    def finish(self) -> None:
        """Look back, in this thread, until nothing is left; not at all where another does."""
        try:
            while self._lease.take(datetime.now(UTC)) and self._look_back():
                pass
        finally:
            self._lease.release()

    def _round(self) -> float:
        began = time.monotonic()
        worked = self._look_back() if self._lease.take(datetime.now(UTC)) else False
        spent_s = 0.0 if worked else time.monotonic() - began
        return max(self._poll_s, spent_s / IDLE_SHARE)

    def _look_back(self) -> bool:
        """Whether there was anything to do."""
        if time.monotonic() - self._forgiven_at > FORGIVEN_S:
            self._failed.clear()
            self._forgiven_at = time.monotonic()
        steps = look_back(self._context, turn=self._turn, goes_on=self._goes_on, failed=self._failed)
        worked = sum(1 for one in steps if one) > 0
        if not self._has_hashed and self._goes_on():
            hashed = sum(hash_photos(self._context, self._turn, self._goes_on))
            self._has_hashed = self._goes_on()
            worked = worked or hashed > 0
        return worked

    def _goes_on(self) -> bool:
        return not self._stopping.is_set() and self._lease.take(datetime.now(UTC))
