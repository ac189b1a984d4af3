"""One thread in each server that works on the scans whose files were sent to it, each for a while and then the next.

Of a scan that it was asked to try again it has no file any more, and none is needed: only addresses are tried again.
"""

import logging
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from datetime import UTC, datetime, timedelta

from heritage.domain.scans import Scan
from heritage.service.context import Context
from heritage.service.scan_stages import LEAST_WEIGHT, Pace
from heritage.service.scans import carry_on, carry_on_by_addresses, open_sent

POLL_S = 2.0
PAUSE_S = 30.0
SLICE_S = 120.0  # of work on one scan; then it is another's turn, and whoever asked may have been suspended
TIDY_AFTER = timedelta(hours=1)  # an upload takes less than that
STOP_PATIENCE_S = 20.0

log = logging.getLogger("heritage.scanning")


class ScanWorker:
    """Works while it runs, each step within a ``turn`` that it shares with requests. Safe to share between threads."""

    def __init__(self, context: Context, turn: Callable[[], AbstractContextManager[None]]) -> None:
        self._context = context
        self._turn = turn
        self._stopping = threading.Event()
        self._awake = threading.Event()

    @contextmanager
    def running(self) -> Iterator[None]:
        """Works until the end of the block; what is unfinished then waits for the next start."""
        thread = threading.Thread(target=self._run, name="heritage-scans", daemon=True)
        thread.start()
        try:
            yield
        finally:
            self._stopping.set()
            self._awake.set()
            thread.join(STOP_PATIENCE_S)

    def wake(self) -> None:
        """There is something to do."""
        self._awake.set()

    def _run(self) -> None:
        while not self._stopping.is_set():
            try:
                self._tidy()
                while not self._stopping.is_set() and (own := self._own()):
                    self._work_on(own[0])
            except Exception:  # a full disk, a locked database: a later round may find it mended
                log.exception("scans cannot be worked on at present")
                self._stopping.wait(PAUSE_S)
            self._awake.wait(POLL_S)
            self._awake.clear()

    def _own(self) -> list[Scan]:
        """Those whose files are here; others are another server's, or of the command line."""
        files = self._context.scan_files
        return [one for one in self._context.scans.to_work_on() if files.folder(one.scan_id).exists()]

    def _work_on(self, scan: Scan) -> None:
        until = time.monotonic() + SLICE_S

        def goes_on() -> bool:
            return not self._stopping.is_set() and time.monotonic() < until

        # One photo at a time: nobody who searches waits for a batch to be described.
        pace = Pace(LEAST_WEIGHT, self._turn, goes_on)
        if self._context.listings.needs_source(scan):
            done = carry_on(
                self._context, scan, lambda one: open_sent(self._context, one.scan_id, one.source.name), pace
            )
        else:
            done = carry_on_by_addresses(self._context, scan, pace)
        if done.state.is_final:
            self._context.scan_files.remove(scan.scan_id)

    def _tidy(self) -> None:
        """Remove what was sent for scans that have ended."""
        self._context.scan_files.remove_others(self._context.scans.open_ids(), datetime.now(UTC) - TIDY_AFTER)
