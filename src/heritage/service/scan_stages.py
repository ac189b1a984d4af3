"""What becomes of the listings of a scan between reading and keeping them: decode their photos, describe them, search.

The stages overlap, on this machine or on others: whoever keeps the listings only sees them go in and come out.
"""

import logging
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Executor, ThreadPoolExecutor
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import dataclass, replace
from itertools import chain

from heritage.domain.descriptors import RegionDescription
from heritage.domain.hits import Query, View
from heritage.domain.images import ImageDigest, Photo
from heritage.domain.listings import Listing
from heritage.domain.review import Origin
from heritage.domain.scans import ListingState, ReadPhoto, Scan, ScannedListing
from heritage.errors import HeritageError, ImageError
from heritage.service.context import Context
from heritage.service.looking import describe_photos, looks_of
from heritage.service.overlapping import Room, ahead, weighed_runs
from heritage.service.review import kept_photo, kept_search
from heritage.service.search import search

DECODED_AHEAD = 3  # listings, as pixels: those fill the memory
HELD_PIXELS = 128_000_000  # of all stages together, 3 bytes each; with more of them one listing is done after the other
PIXELS_BY_BYTE = 3  # of a file, before it is decoded: a camera's JPEG has as many
DESCRIBED_AHEAD = 2  # batches
MAX_PHOTOS = 10  # of one listing
LEAST_WEIGHT = 4_000_000  # pixels: what a photo weighs at least
HIT_LIMIT = 10
UNFORESEEN = "an unexpected error; the log says more"

log = logging.getLogger("heritage.scanning")


@dataclass(frozen=True, slots=True)
class ReadListing:
    """A listing with the bytes of its photos, None for each that could not be had, and what is to be told of each."""

    listing: Listing
    told: tuple[ReadPhoto, ...] = ()
    files: tuple[bytes | None, ...] = ()
    failure: ListingState = ListingState.UNREADABLE
    """What becomes of it if no photo can be searched."""

    @property
    def byte_count(self) -> int:
        return sum(len(data) for data in self.files if data)


Searched = Callable[[Iterable[ReadListing]], Iterator[ScannedListing]]
"""Takes listings as they are read, and gives what becomes of each, in any order. It takes few more than it gave."""
Hands = Callable[[Context, Scan, "Pace"], AbstractContextManager[Searched]]
"""Whatever decodes, describes and searches; it is given back at the end of the block, also after an error."""


@contextmanager
def on_this_machine(context: Context, scan: Scan, pace: "Pace") -> Iterator[Searched]:
    """The stages in threads of this process. What they give may be asked for by several threads at once."""
    threads = context.settings.thread_count
    with (
        ThreadPoolExecutor(DECODED_AHEAD, "heritage-decode") as decoders,
        ThreadPoolExecutor(1, "heritage-describe") as describer,
        ThreadPoolExecutor(threads, "heritage-keypoints") as keypoints,
        ThreadPoolExecutor(threads, "heritage-search") as searchers,
    ):
        room = Room(HELD_PIXELS)
        stages = Stages(context, scan, pace, keypoints, room)

        def searched(read: Iterable[ReadListing]) -> Iterator[ScannedListing]:
            decoded = ahead(decoders, stages.decode, stages.expected(read), DECODED_AHEAD, room.is_full)
            batches = ahead(describer, stages.describe, stages.batches(decoded), DESCRIBED_AHEAD, room.is_full)
            return ahead(searchers, stages.search, chain.from_iterable(batches), threads + 1, room.is_full)

        yield searched


@dataclass(frozen=True, slots=True)
class Pace:
    """How hard a worker works: photos of ``batch_pixels`` together are described in one ``turn``, a search is another.

    ``goes_on`` is asked before more is begun. ``hands`` do the work.
    """

    batch_pixels: int = 8 * LEAST_WEIGHT
    turn: Callable[[], AbstractContextManager[None]] = nullcontext
    goes_on: Callable[[], bool] = lambda: True
    hands: Hands = on_this_machine


@dataclass(frozen=True, slots=True)
class _Decoded:
    """A listing with those of its photos that can be searched, and ``why`` others cannot."""

    read: ReadListing
    told: tuple[ReadPhoto, ...] = ()
    photos: tuple[Photo, ...] = ()
    files: tuple[bytes, ...] = ()  # of these
    why: str = ""

    @property
    def pixel_count(self) -> int:
        return sum(photo.width * photo.height for photo in self.photos)

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
    pace: Pace
    keypoint_pool: Executor
    room: Room
    """For pixels, from before they are decoded until their listing is searched; by the place of the listing."""

    def expected(self, read: Iterable[ReadListing]) -> Iterator[ReadListing]:
        """As they come; there is less room already before they are decoded."""
        for one in read:
            self.room.hold(one.listing.place, PIXELS_BY_BYTE * one.byte_count)
            yield one

    def decode(self, read: ReadListing) -> _Decoded:
        """Its photos, as far as they are any."""
        decoded = self._decode(read)
        self.room.hold(read.listing.place, decoded.pixel_count)
        return decoded

    def _decode(self, read: ReadListing) -> _Decoded:
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
        photos = [photo for one in batch for photo in one.photos]
        try:
            known = self._descriptions(now, photos)
            self._hash(photos)
        except HeritageError:
            raise
        except Exception:
            log.exception("photos of scan %s cannot be described", self.scan.scan_id)
            if len(batch) == 1:
                return [_Described(batch[0], now, error=UNFORESEEN)]
            return [found for one in batch for found in self.describe([one])]
        return [_Described(one, now, tuple(known[photo.digest] for photo in one.photos)) for one in batch]

    def _hash(self, photos: Sequence[Photo]) -> None:
        """So that the same picture in other listings is known for it."""
        by_digest = {photo.digest: photo for photo in photos}
        hashes = self.context.photo_hashes
        new = by_digest.keys() - hashes.find(by_digest).keys()
        if new:
            hashes.add({digest: self.context.hash_photo(by_digest[digest].pixels) for digest in sorted(new, key=str)})

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
        try:
            return self._search(one)
        finally:
            self.room.release(one.decoded.read.listing.place)

    def _search(self, one: _Described) -> ScannedListing:
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
            tuple(files),
        )


def _why(listing: Listing, told: Sequence[ReadPhoto]) -> str:
    """What keeps it, or a part of it, from being searched."""
    if listing.error or not listing.photos:
        return listing.error or "it has no photo"
    reasons = [f"{one.photo.address or one.photo.name}: {one.why}" for one in told if one.why]
    if len(listing.photos) > MAX_PHOTOS:
        reasons.append(f"only the first {MAX_PHOTOS} photos were searched")
    return "; ".join(reasons)
