"""A scan, as it reads: claim listings, read their photos, have them searched, keep what became of them.

The stages overlap: while some listings are searched, photos of those after them are read. What becomes of some dozens
of listings is one transaction. A worker that is killed leaves each listing done or untouched, and who works on after
it, or beside it, claims what is left.
"""

import logging
import secrets
import threading
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial

from heritage.domain.listings import Listing, ListingPhoto, ListingSource, PhotoSource
from heritage.domain.scans import ListingState, ReadPhoto, Scan, ScannedListing
from heritage.errors import FetchError, HeritageError, InputError
from heritage.service.context import Context
from heritage.service.overlapping import Room, ahead, runs
from heritage.service.scan_stages import MAX_PHOTOS, UNFORESEEN, Pace, ReadListing
from heritage.storage.scans import LEASE

LISTED_TOGETHER = 500  # listings taken from the source in one transaction, or those that came within KEEP_SECONDS
CLAIM_SIZE = 16  # listings
KEEP_SIZE, KEEP_SECONDS = 50, 5.0  # kept in one transaction: so many, or what is done after so long
READ_AHEAD = 8  # listings, as files
HELD_BYTES = 256_000_000  # of files that were read and are not kept yet; with more, one listing is read after the other

log = logging.getLogger("heritage.scanning")

Kept = Callable[[int], None]
"""Told how many listings were kept just now."""


def list_source(context: Context, scan: Scan, source: ListingSource, pace: Pace) -> None:
    """Let what the source has and the scan does not know yet wait. May be killed, and goes on where it was."""
    known = context.scans.get(scan.scan_id, scan.viewer)
    if known.is_listed:
        return
    start = known.listed_count
    for listings in runs(source.listings(start), LISTED_TOGETHER, KEEP_SECONDS):
        if not context.listings.add(scan, start, listings):
            return  # another worker lists it, or it does not run any more
        start += len(listings)
        if not pace.goes_on():  # asked only now: a source that is slow would be read from its beginning for ever
            return
    if start != scan.counts.listing_count:
        context.listings.end(scan)


def work_on(context: Context, scan: Scan, source: ListingSource, pace: Pace, kept: Kept = lambda _: None) -> Scan:
    """Search what waits of the scan, until nothing is left that no other worker is at, or it does not run any more.

    The scan as it is then; finished, when that was the last of it. What was claimed and not done is given back, also
    after an error. Raises what ends the work: `StorageError`, `ModelError`, `TableError` of a broken source.
    """
    list_source(context, scan, source, pace)
    _work(context, scan, Reading(scan, source), pace, kept)
    return context.scans.finish(scan.scan_id, scan.viewer)


def help_with(context: Context, scan: Scan, photos: PhotoSource, pace: Pace, kept: Kept = lambda _: None) -> Scan:
    """As `work_on`, for who has not got the scan's source: of what is listed already, what has only addresses."""
    _work(context, scan, Reading(scan, photos, only_addresses=True), pace, kept)
    return context.scans.finish(scan.scan_id, scan.viewer)


def _work(context: Context, scan: Scan, reading: "Reading", pace: Pace, kept: Kept) -> None:
    worker, places, room = secrets.token_hex(16), set[int](), Room(HELD_BYTES)

    def read_one(listing: Listing) -> ReadListing:
        found = reading.read(listing)
        room.hold(listing.place, found.byte_count)
        return found

    with (
        _claims_alive(context, scan, worker, places),
        ThreadPoolExecutor(READ_AHEAD, "heritage-read") as readers,
        pace.hands(context, scan, pace) as searched,
    ):
        listings = _claimed(context, reading, pace, worker, places)
        read = ahead(readers, read_one, listings, READ_AHEAD, room.is_full)
        for run in runs(searched(read), KEEP_SIZE, KEEP_SECONDS, room.is_full):
            kept(_keep(context, scan, worker, run))
            for one in run:
                room.release(one.listing.place)
                places.discard(one.listing.place)


def _claimed(context: Context, reading: "Reading", pace: Pace, worker: str, places: set[int]) -> Iterator[Listing]:
    """Listings that nobody else is at, as long as there are any and the scan runs; where they are is in ``places``."""
    claim = partial(context.listings.claim, reading.scan, worker, CLAIM_SIZE, reading.only_addresses)
    while pace.goes_on() and (listings := claim()):
        places.update(one.place for one in listings)
        for one in listings:
            yield one
            if not pace.goes_on():  # the others are released at the end; whoever stops does not wait for them
                break


def _keep(context: Context, scan: Scan, worker: str, run: Sequence[ScannedListing]) -> int:
    """How many were kept. Those too in which nothing was found: what they show may be registered tomorrow."""
    found = {one.listing.place: context.photos.keeping(scan.viewer.agency, one.files) for one in run if one.files}
    return context.listings.keep(scan, worker, run, {place: one for place, one in found.items() if one})


@contextmanager
def _claims_alive(context: Context, scan: Scan, worker: str, places: set[int]) -> Iterator[None]:
    """Others leave alone what ``worker`` claimed as long as it works, and may have it at once when it stops.

    ``places`` are of what it is at, at every moment.
    """
    ended = threading.Event()

    def beat() -> None:
        while not ended.wait(LEASE.total_seconds() / 6):
            try:
                context.listings.beat(scan, worker, places.copy())
            except HeritageError:
                log.exception("claims cannot be renewed at present")

    thread = threading.Thread(target=beat, name="heritage-claims", daemon=True)
    thread.start()
    try:
        yield
    finally:
        ended.set()
        thread.join()
        context.listings.release(worker)


@dataclass(frozen=True, slots=True)
class Reading:
    """Reads the photos of a scan's listings; no listing stops the others. ``only_addresses``: it can do no others."""

    scan: Scan
    source: PhotoSource
    only_addresses: bool = False

    def read(self, listing: Listing) -> ReadListing:
        """The bytes of its photos."""
        if listing.error:
            return ReadListing(listing)
        read = [self._read_photo(photo) for photo in listing.photos[:MAX_PHOTOS]]
        is_unreachable = any(failure is ListingState.UNREACHABLE for _, _, failure in read)
        failure = ListingState.UNREACHABLE if is_unreachable else ListingState.UNREADABLE  # it may be had another day
        return ReadListing(listing, tuple(told for told, _, _ in read), tuple(data for _, data, _ in read), failure)

    def _read_photo(self, photo: ListingPhoto) -> tuple[ReadPhoto, bytes | None, ListingState]:
        failure = ListingState.UNREADABLE
        try:
            captured = self.source.read(photo)
        except FetchError as error:
            why, failure = str(error), ListingState.UNREACHABLE
        except InputError as error:
            why = str(error)
        except HeritageError:
            raise
        except Exception:
            log.exception("photo %s of scan %s cannot be read", photo.name, self.scan.scan_id)
            why = UNFORESEEN
        else:
            told = ReadPhoto(photo, captured.digest, captured.captured_at, captured.modified_at, captured.web)
            return told, captured.data, failure
        return ReadPhoto(photo, why=why), None, failure
