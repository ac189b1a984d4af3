"""One thread in each server that works on the scans whose files were sent to it, each for a while and then the next."""

import logging
import time
from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import UTC, datetime, timedelta

from heritage.domain.scans import Scan
from heritage.service.context import Context
from heritage.service.scan_stages import LEAST_WEIGHT, Pace
from heritage.service.scans import carry_on, open_sent
from heritage.service.worker import Worker

POLL_S = 2.0
SLICE_S = 120.0  # of work on one scan; then it is another's turn, and whoever asked may have been suspended
TIDY_AFTER = timedelta(hours=1)  # an upload takes less than that

log = logging.getLogger("heritage.scanning")


class ScanWorker(Worker):
    """Works while it runs, each step within a ``turn`` that it shares with requests. Safe to share between threads."""

    def __init__(self, context: Context, turn: Callable[[], AbstractContextManager[None]]) -> None:
        super().__init__("heritage-scans", log, "scans cannot be worked on at present")
        self._context = context
        self._turn = turn

    def _round(self) -> float:
        self._tidy()
        while not self._stopping.is_set() and (own := self._own()):
            self._work_on(own[0])
        return POLL_S

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
        done = carry_on(self._context, scan, lambda one: open_sent(self._context, one.scan_id, one.source.name), pace)
        if done.state.is_final:
            self._context.scan_files.remove(scan.scan_id)

    def _tidy(self) -> None:
        """Remove what was sent for scans that have ended."""
        self._context.scan_files.remove_others(self._context.scans.open_ids(), datetime.now(UTC) - TIDY_AFTER)
