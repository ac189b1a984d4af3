"""One thread in each server that tells what is due."""

import logging
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime

from heritage.service.alerting import Compose, Resting, deliver_due
from heritage.service.context import Context

POLL_S = 5.0
PAUSE_S = 30.0
STOP_PATIENCE_S = 20.0
ROUND = 20  # deliveries between two looks at whether to stop

log = logging.getLogger("heritage.alerts")


class AlertWorker:
    """Tells alerts while it runs; several servers on one database share the work."""

    def __init__(self, context: Context, compose: Compose, poll_s: float = POLL_S) -> None:
        self._context = context
        self._compose = compose
        self._poll_s = poll_s
        self._resting = Resting()
        self._stopping = threading.Event()

    @contextmanager
    def running(self) -> Iterator[None]:
        """Works until the end of the block; what is unfinished then is another server's."""
        thread = threading.Thread(target=self._run, name="heritage-alerts", daemon=True)
        thread.start()
        try:
            yield
        finally:
            self._stopping.set()
            thread.join(STOP_PATIENCE_S)

    def _run(self) -> None:
        while not self._stopping.is_set():
            try:
                count = deliver_due(self._context, self._compose, lambda: datetime.now(UTC), ROUND, self._resting)
                self._stopping.wait(0 if count == ROUND else self._poll_s)
            except Exception:  # a full disk, a locked database: a later round may find it mended
                log.exception("alerts cannot be told at present")
                self._stopping.wait(PAUSE_S)
