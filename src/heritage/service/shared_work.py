"""A process that works on everybody's running scans, on any machine, as far as it can have their photos.

It takes a scan whole when it can open the very source that the scan began with: what was sent to a server whose home
it shares, a file or folder that lies at the same path here, an address. Of any other it takes the listings whose
photos all have addresses. Nothing that goes wrong here pauses a scan: others may be able to do what this one cannot.
"""

import logging
import time
from contextlib import closing
from pathlib import Path

from heritage.domain.listings import ListingSource
from heritage.domain.scans import Scan
from heritage.errors import ConflictError, ForbiddenError, HeritageError, NotFoundError
from heritage.service.context import Context, open_listings, open_photos_by_address
from heritage.service.scan_stages import Pace
from heritage.service.scanning import help_with, work_on
from heritage.service.scans import check_same, open_sent
from heritage.service.signing_in import check_still_allowed

SLICE_S = 120.0  # of work on one scan while others wait
TRIED_AGAIN_S = 600.0  # a folder may be mounted meanwhile
POLL_S = 2.0
PAUSE_S = 30.0

log = logging.getLogger("heritage.scanning")


class SharedWork:
    """For one thread; to be closed."""

    def __init__(self, context: Context) -> None:
        self._context = context
        self._held: tuple[str, ListingSource] | None = None  # opening half a million files again takes minutes
        self._closed_until: dict[str, float] = {}  # by scan: when its source is tried again
        self._left_until: dict[str, float] = {}  # by scan: when it is worked on again

    def go_on(self) -> None:
        """Work until interrupted."""
        while True:
            try:
                time.sleep(0 if self.round() else POLL_S)
            except HeritageError:  # a full disk, a database that restarts: a later round may find it mended
                log.exception("scans cannot be worked on at present")
                time.sleep(PAUSE_S)

    def finish(self) -> None:
        """Work until nothing is left that this machine can do and nobody else is at."""
        while self.round():
            pass

    def round(self) -> int:
        """How many listings were kept, of each running scan for a while."""
        return sum(self._try(scan) for scan in self._context.scans.to_work_on())

    def close(self) -> None:
        if self._held:
            self._held[1].close()
            self._held = None

    def _try(self, scan: Scan) -> int:
        """As `_work_on`. What goes wrong with one scan keeps no other waiting, and is left alone for a while."""
        if time.monotonic() < self._left_until.get(scan.scan_id, 0.0):
            return 0
        try:
            return self._work_on(scan)
        except (ConflictError, NotFoundError) as error:  # somebody ended or deleted it
            log.info("scan %s is not worked on any more: %s", scan.scan_id, error)
        except Exception:
            log.exception("scan %s cannot be worked on at present", scan.scan_id)
            self.close()  # its file may have gone, or come back
        self._left_until[scan.scan_id] = time.monotonic() + PAUSE_S
        return 0

    def _work_on(self, scan: Scan) -> int:
        try:
            check_still_allowed(self._context.database, scan.viewer)
        except ForbiddenError as error:
            self._context.scans.pause(scan.scan_id, scan.viewer, str(error))
            return 0
        until, counts = time.monotonic() + SLICE_S, list[int]()
        pace = Pace(goes_on=lambda: time.monotonic() < until)
        if source := self._source(scan):
            now = work_on(self._context, scan, source, pace, counts.append)
        else:
            with closing(open_photos_by_address(self._context.settings)) as photos:
                now = help_with(self._context, scan, photos, pace, counts.append)
        if count := sum(counts):
            done, total = now.counts.done, now.counts.listing_count
            log.info("scan %s: %d listings here, %d of %d in all", scan.scan_id, count, done, total)
        return sum(counts)

    def _source(self, scan: Scan) -> ListingSource | None:
        """What the scan reads, or None where that cannot be had here."""
        if self._held and self._held[0] == scan.scan_id:
            return self._held[1]
        if time.monotonic() < self._closed_until.get(scan.scan_id, 0.0):
            return None
        self.close()
        try:
            source = self._opened(scan)
        except HeritageError as error:
            self._closed_until[scan.scan_id] = time.monotonic() + TRIED_AGAIN_S
            log.info("of scan %s only what has addresses can be done here: %s", scan.scan_id, error)
            return None
        self._held = scan.scan_id, source
        return source

    def _opened(self, scan: Scan) -> ListingSource:
        """Raises `HeritageError`, also where another file lies at its place."""
        place = scan.source
        if place.place:
            mapping = Path(place.mapping) if place.mapping else None
            source = open_listings(self._context.settings, place.place, mapping, place.sheet)
        else:
            source = open_sent(self._context, scan.scan_id, place.name)
        try:
            check_same(scan, source)
        except HeritageError:
            source.close()
            raise
        return source
