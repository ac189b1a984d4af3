"""One thread in each server that works on the scans whose files were sent to it, each for a while and then the next.

Of a scan that it was asked to try again it has no file any more, and none is needed: only addresses are tried again.
"""

import logging
import time
from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import UTC, datetime, timedelta

from heritage.domain.listings import ListingSource
from heritage.domain.scans import Scan, ScanState
from heritage.service.context import Context
from heritage.service.scan_stages import LEAST_WEIGHT, Pace
from heritage.service.scans import carry_on, carry_on_by_addresses, open_sent
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
        self._held: tuple[str, ListingSource] | None = None
        self._until = 0.0

    def _round(self) -> float:
        try:
            self._tidy()
            while not self._stopping.is_set() and (own := self._own()):
                self._work_on(own[0])
        finally:
            self._close()
        return POLL_S

    def _own(self) -> list[Scan]:
        """Those whose files are here; others are another server's, or of the command line."""
        files = self._context.scan_files
        return [one for one in self._context.scans.to_work_on() if files.folder(one.scan_id).exists()]

    def _work_on(self, scan: Scan) -> None:
        # One photo at a time: nobody who searches waits for a batch to be described.
        pace = Pace(LEAST_WEIGHT, self._turn, self._goes_on)
        if self._context.listings.needs_source(scan):
            done = carry_on(self._context, scan, self._source, pace)
        else:
            self._until = time.monotonic() + SLICE_S
            done = carry_on_by_addresses(self._context, scan, pace)
        if done.state is not ScanState.RUNNING:
            self._close()
        if done.state.is_final:
            self._context.scan_files.remove(scan.scan_id)

    def _goes_on(self) -> bool:
        return not self._stopping.is_set() and time.monotonic() < self._until

    def _source(self, scan: Scan) -> ListingSource:
        """What the scan reads, open until it is another one's turn. Its time begins only now: opening takes minutes."""
        if self._held is None or self._held[0] != scan.scan_id:
            self._close()
            self._held = scan.scan_id, open_sent(self._context, scan.scan_id, scan.source.name)
        self._until = time.monotonic() + SLICE_S
        return self._held[1]

    def _close(self) -> None:
        if self._held:
            self._held[1].close()
            self._held = None

    def _tidy(self) -> None:
        """Remove what was sent for scans that have ended."""
        self._context.scan_files.remove_others(self._context.scans.open_ids(), datetime.now(UTC) - TIDY_AFTER)
