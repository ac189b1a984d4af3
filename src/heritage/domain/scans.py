"""Scans: a batch of listings, each searched once, and what became of every one of them."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from heritage.domain.access import Viewer
from heritage.domain.criteria import ANYTHING, Criteria
from heritage.domain.hits import Hit, Verdict
from heritage.domain.images import ImageDigest
from heritage.domain.listings import Listing, ListingPhoto, WebCapture
from heritage.domain.photos import KeptPhoto
from heritage.domain.review import KeptHit, KeptSearch


class ScanState(StrEnum):
    RUNNING = "running"
    PAUSED = "paused"
    FINISHED = "finished"
    CANCELLED = "cancelled"

    @property
    def is_final(self) -> bool:
        return self in (ScanState.FINISHED, ScanState.CANCELLED)


class ListingState(StrEnum):
    """What became of a listing; all but the first are final, and each listing ends in exactly one of them."""

    WAITING = "waiting"
    STRONG = "strong"
    POSSIBLE = "possible"
    NOTHING = "nothing"
    UNREADABLE = "unreadable"
    UNREACHABLE = "unreachable"

    @classmethod
    def of(cls, verdict: Verdict) -> "ListingState":
        return cls.NOTHING if verdict is Verdict.NONE else cls(verdict.value)


ENDED = tuple(state for state in ListingState if state is not ListingState.WAITING)


@dataclass(frozen=True, slots=True)
class ScanSource:
    """What a scan's listings are read from, so that it can be opened again.

    ``place`` is a path or an address; empty for a file that was sent, called ``name``. ``mapping`` is the path of a
    mapping file, ``sheet`` the sheet of a workbook; empty where none was given.
    """

    name: str
    place: str = ""
    mapping: str = ""
    sheet: str = ""


@dataclass(frozen=True, slots=True)
class ScanCounts:
    """``listing_count`` listings, of which so many are in each final state."""

    listing_count: int
    strong: int = 0
    possible: int = 0
    nothing: int = 0
    unreadable: int = 0
    unreachable: int = 0

    @property
    def done(self) -> int:
        return self.strong + self.possible + self.nothing + self.unreadable + self.unreachable

    @property
    def waiting(self) -> int:
        return self.listing_count - self.done


@dataclass(frozen=True, slots=True)
class Scan:
    """``viewer`` is whoever asked, with the rights they had then. ``listed_count`` listings were taken from the source.

    ``fingerprint`` is the source's when the scan began. ``message`` says why it paused by itself. Times are UTC.
    """

    scan_id: str
    viewer: Viewer
    source: ScanSource
    fingerprint: str
    counts: ScanCounts
    created_at: datetime
    changed_at: datetime
    criteria: Criteria = ANYTHING
    state: ScanState = ScanState.RUNNING
    message: str = ""
    listed_count: int = 0
    finished_at: datetime | None = None

    @property
    def is_listed(self) -> bool:
        return self.listed_count >= self.counts.listing_count


@dataclass(frozen=True, slots=True)
class ReadPhoto:
    """What is known of a photo of a listing: its digest and how it came, or ``why`` it could not be searched."""

    photo: ListingPhoto
    digest: ImageDigest | None = None
    captured_at: datetime | None = None
    modified_at: datetime | None = None
    web: WebCapture | None = None
    why: str = ""


@dataclass(frozen=True, slots=True)
class ScannedListing:
    """What became of a listing; ``search`` is None when no photo of it could be searched.

    ``files``: the photos that were searched, to be kept for whoever looks at the hits, and what is registered later.
    """

    listing: Listing
    state: ListingState
    why: str = ""
    photos: tuple[ReadPhoto, ...] = ()
    search: KeptSearch | None = None
    hits: tuple[Hit, ...] = ()
    files: tuple[tuple[KeptPhoto, bytes], ...] = ()


@dataclass(frozen=True, slots=True)
class KeptListing:
    """A listing of a scan as it is kept; its hits best first. ``search_id`` is empty when no search was made."""

    listing: Listing
    state: ListingState
    why: str
    photos: tuple[ReadPhoto, ...]
    hits: tuple[KeptHit, ...] = ()
    search_id: str = ""


@dataclass(frozen=True, slots=True)
class FoundHit:
    """A hit of a scan, in short: what puts it in order among all others.

    ``place`` and ``seller`` are of its listing, ``photo`` is the one that it was found in. ``record`` is empty where
    whoever asks may not see the record, ``registered`` the photograph of it. ``is_left``: nobody decided, and nobody of
    the asking side said anything yet, a question included.
    """

    hit_id: str
    place: int
    seller: str
    record: str
    registered: ImageDigest
    photo: ImageDigest
    score: float
    is_left: bool
