"""A scan, as it reads: read each listing's photos, decode and describe them, search, keep what became of it.

The stages overlap: while some listings are searched, the next are described and photos of those after them read. What
becomes of some dozens of listings is one transaction. A worker that is killed leaves each listing done or untouched,
and who works on after it, or beside it, claims what is left.
"""

import logging
import secrets
import threading
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Executor, ThreadPoolExecutor
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import dataclass, replace
from functools import partial
from itertools import chain

from heritage.domain.descriptors import RegionDescription
from heritage.domain.hits import Query, Verdict, View
from heritage.domain.images import ImageDigest, Photo
from heritage.domain.listings import Listing, ListingPhoto, ListingSource
from heritage.domain.review import Origin
from heritage.domain.scans import ListingState, ReadPhoto, Scan, ScannedListing
from heritage.errors import FetchError, HeritageError, ImageError, InputError
from heritage.service.context import Context
from heritage.service.looking import describe_photos, looks_of
from heritage.service.overlapping import ahead, runs, weighed_runs
from heritage.service.review import kept_photo, kept_search
from heritage.service.search import search
from heritage.storage.scans import LEASE

LISTED_TOGETHER = 500  # listings taken from the source in one transaction
CLAIM_SIZE = 16  # listings
KEEP_SIZE, KEEP_SECONDS = 50, 5.0  # kept in one transaction: so many, or what is done after so long
READ_AHEAD = 8  # listings, as files
DECODED_AHEAD = 3  # listings, as pixels: those fill the memory
DESCRIBED_AHEAD = 2  # batches
MAX_PHOTOS = 10  # of one listing
LEAST_WEIGHT = 4_000_000  # pixels: what a photo weighs at least
HIT_LIMIT = 10
UNFORESEEN = "an unexpected error; the log says more"

log = logging.getLogger("heritage.scanning")


@dataclass(frozen=True, slots=True)
class Pace:
    """How hard a worker works: photos of ``batch_pixels`` together are described in one ``turn``, a search is another.

    ``goes_on`` is asked before more is begun.
    """

    batch_pixels: int = 8 * LEAST_WEIGHT
    turn: Callable[[], AbstractContextManager[None]] = nullcontext
    goes_on: Callable[[], bool] = lambda: True


Kept = Callable[[int], None]
"""Told how many listings were kept just now."""


def list_source(context: Context, scan: Scan, source: ListingSource, pace: Pace) -> None:
    """Let what the source has and the scan does not know yet wait. May be killed, and goes on where it was."""
    start = context.scans.get(scan.scan_id, scan.viewer).listed_count
    for listings in weighed_runs(source.listings(start), lambda _: 1, LISTED_TOGETHER):
        if not (pace.goes_on() and context.listings.add(scan, start, listings)):
            return  # another worker lists it
        start += len(listings)
    if start != scan.counts.listing_count:
        context.listings.end(scan)


def work_on(context: Context, scan: Scan, source: ListingSource, pace: Pace, kept: Kept = lambda _: None) -> Scan:
    """Search what waits of the scan, until nothing is left that no other worker is at, or it does not run any more.

    The scan as it is then; finished, when that was the last of it. What was claimed and not done is given back, also
    after an error. Raises what ends the work: `StorageError`, `ModelError`, `TableError` of a broken source.
    """
    list_source(context, scan, source, pace)
    threads = context.settings.thread_count
    worker = secrets.token_hex(16)
    with (
        _claims_alive(context, worker),
        ThreadPoolExecutor(READ_AHEAD, "heritage-read") as readers,
        ThreadPoolExecutor(DECODED_AHEAD, "heritage-decode") as decoders,
        ThreadPoolExecutor(1, "heritage-describe") as describer,
        ThreadPoolExecutor(threads, "heritage-keypoints") as keypoints,
        ThreadPoolExecutor(threads, "heritage-search") as searchers,
    ):
        stages = Stages(context, scan, source, pace, keypoints)
        listings = stages.claimed(worker)
        read = ahead(readers, stages.read, listings, READ_AHEAD)
        decoded = ahead(decoders, stages.decode, read, DECODED_AHEAD)
        batches = ahead(describer, stages.describe, stages.batches(decoded), DESCRIBED_AHEAD)
        scanned = ahead(searchers, stages.search, chain.from_iterable(batches), threads + 1)
        for run in runs(scanned, KEEP_SIZE, KEEP_SECONDS):
            kept(_keep(context, scan, worker, run))
    return context.scans.finish(scan.scan_id, scan.viewer)


def _keep(context: Context, scan: Scan, worker: str, run: Sequence[ScannedListing]) -> int:
    """How many were kept. Photos in which nothing was found are not: nobody needs them to look at a hit."""
    found = {one.listing.place: context.photos.keeping(scan.viewer.agency, one.files) for one in run if one.files}
    return context.listings.keep(scan, worker, run, {place: one for place, one in found.items() if one})


@contextmanager
def _claims_alive(context: Context, worker: str) -> Iterator[None]:
    """Others leave alone what ``worker`` claimed as long as it works, and may have it at once when it stops."""
    ended = threading.Event()

    def beat() -> None:
        while not ended.wait(LEASE.total_seconds() / 6):
            try:
                context.listings.beat(worker)
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
class _Read:
    """A listing with the bytes of its photos, None for each that could not be had, and what is to be told of each."""

    listing: Listing
    told: tuple[ReadPhoto, ...] = ()
    files: tuple[bytes | None, ...] = ()
    failure: ListingState = ListingState.UNREADABLE
    """What becomes of it if no photo can be searched."""


@dataclass(frozen=True, slots=True)
class _Decoded:
    """A listing with those of its photos that can be searched, and ``why`` others cannot."""

    read: _Read
    told: tuple[ReadPhoto, ...] = ()
    photos: tuple[Photo, ...] = ()
    files: tuple[bytes, ...] = ()  # of these
    why: str = ""

    @property
    def weight(self) -> int:
        return max(1, sum(max(LEAST_WEIGHT, photo.width * photo.height) for photo in self.photos))


@dataclass(frozen=True, slots=True)
class _Described:
    """A listing with what is seen of its photos, in order, under the model of ``context``."""

    decoded: _Decoded
    context: Context
    descriptions: tuple[tuple[RegionDescription, ...], ...] = ()
    error: str = ""


@dataclass(frozen=True, slots=True)
class Stages:
    """What is done to listings. Each stage takes what the one before gives; none lets one listing stop the others."""

    context: Context
    scan: Scan
    source: ListingSource
    pace: Pace
    keypoint_pool: Executor

    def claimed(self, worker: str) -> Iterator[Listing]:
        """Listings that nobody else is at, as long as there are any and the scan runs."""
        claim = partial(self.context.listings.claim, self.scan, worker, CLAIM_SIZE)
        while self.pace.goes_on() and (listings := claim()):
            yield from listings

    def read(self, listing: Listing) -> _Read:
        """The bytes of its photos."""
        if listing.error:
            return _Read(listing)
        read = [self._read_photo(photo) for photo in listing.photos[:MAX_PHOTOS]]
        is_unreachable = any(failure is ListingState.UNREACHABLE for _, _, failure in read)
        failure = ListingState.UNREACHABLE if is_unreachable else ListingState.UNREADABLE  # it may be had another day
        return _Read(listing, tuple(told for told, _, _ in read), tuple(data for _, data, _ in read), failure)

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

    def decode(self, read: _Read) -> _Decoded:
        """Its photos, as far as they are any."""
        told, photos, files = list(read.told), list[Photo](), list[bytes]()
        for place, data in enumerate(read.files):
            if data is None:
                continue
            try:
                photos.append(self.context.decode(data))
                files.append(data)
            except ImageError as error:
                told[place] = replace(told[place], why=str(error))
        return _Decoded(read, tuple(told), tuple(photos), tuple(files), _why(read.listing, told))

    def batches(self, decoded: Iterable[_Decoded]) -> Iterator[list[_Decoded]]:
        """So many at once that describing them is quick, and no more than fit into memory."""
        return weighed_runs(decoded, lambda one: one.weight, self.pace.batch_pixels)

    def describe(self, batch: Sequence[_Decoded]) -> list[_Described]:
        """What is seen in their photos; of those that were seen before, in any scan, what is kept of them."""
        now = self.context.current()
        try:
            known = self._descriptions(now, [photo for one in batch for photo in one.photos])
        except HeritageError:
            raise
        except Exception:
            log.exception("photos of scan %s cannot be described", self.scan.scan_id)
            if len(batch) == 1:
                return [_Described(batch[0], now, error=UNFORESEEN)]
            return [found for one in batch for found in self.describe([one])]
        return [_Described(one, now, tuple(known[photo.digest] for photo in one.photos)) for one in batch]

    def _descriptions(self, now: Context, photos: Sequence[Photo]) -> dict[ImageDigest, tuple[RegionDescription, ...]]:
        by_digest = {photo.digest: photo for photo in photos}
        known = now.seen.find(by_digest, now.specs)
        new = [photo for digest, photo in by_digest.items() if digest not in known]
        if new:
            with self.pace.turn():
                described = describe_photos(now, self.keypoint_pool, new)
            known |= now.seen.add({photo.digest: ones for photo, ones in zip(new, described, strict=True)}, now.specs)
        return known

    def search(self, one: _Described) -> ScannedListing:
        """What its photos, taken as views of one object, find."""
        decoded, listing = one.decoded, one.decoded.read.listing
        if not one.descriptions:
            state = ListingState.UNREADABLE if one.error else decoded.read.failure
            return ScannedListing(listing, state, one.error or decoded.why, decoded.told)
        views = tuple(map(View, decoded.photos))
        query = Query(views, HIT_LIMIT, viewer=self.scan.viewer, criteria=self.scan.criteria)
        try:
            with self.pace.turn():
                result = search(one.context, query, looks_of(one.descriptions))
        except HeritageError:
            raise
        except Exception:
            log.exception("listing %s of scan %s cannot be searched", listing.place, self.scan.scan_id)
            return ScannedListing(listing, ListingState.UNREADABLE, UNFORESEEN, decoded.told)
        kept = kept_search(query, result, Origin.SCAN)
        files = [(kept_photo(photo, data), data) for photo, data in zip(decoded.photos, decoded.files, strict=True)]
        return ScannedListing(
            listing,
            ListingState.of(result.verdict),
            decoded.why,
            decoded.told,
            kept,
            result.hits,
            tuple(files) if result.verdict is not Verdict.NONE else (),
        )


def _why(listing: Listing, told: Sequence[ReadPhoto]) -> str:
    """What keeps it, or a part of it, from being searched."""
    if listing.error or not listing.photos:
        return listing.error or "it has no photo"
    reasons = [f"{one.photo.address or one.photo.name}: {one.why}" for one in told if one.why]
    if len(listing.photos) > MAX_PHOTOS:
        reasons.append(f"only the first {MAX_PHOTOS} photos were searched")
    return "; ".join(reasons)
