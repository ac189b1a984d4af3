"""What a report on a scan rests on: its hits in folds, what was searched, what could not be, and pictures of both."""

from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import islice

from heritage.domain.access import Scope, Viewer
from heritage.domain.audit import Action, event
from heritage.domain.review import KeptHit, KeptSearch, Origin
from heritage.domain.scans import KeptListing, ListingState, Scan
from heritage.errors import HeritageError
from heritage.service import auditing
from heritage.service.context import Context
from heritage.service.folding import ShownFold, photo_of, show
from heritage.service.photos import read_photo
from heritage.service.reading import check_image
from heritage.service.scan_results import listings_of
from heritage.service.scan_review import review_queue

PICTURE_SIDE = 320  # px
MAX_FOLDS = 500  # told one by one; of all others, a table tells
MAX_PICTURED = 200  # folds with pictures
MAX_LISTED = 20  # listings of one fold
MAX_FAILED = 500  # listings told one by one
FAILED = (ListingState.UNREADABLE, ListingState.UNREACHABLE)


@dataclass(frozen=True, slots=True)
class FoundFold:
    """A fold with JPEGs of the photo of its best hit and of the registered photograph, None where it is not shown."""

    fold: ShownFold
    photo: bytes | None = None
    registered: bytes | None = None


@dataclass(frozen=True, slots=True)
class Findings:
    """All that a scan came to at the moment ``at`` (UTC), for one viewer.

    ``searches``: one for each different statement of what was searched. ``failed``: the first that could not be
    searched, of all those that `Scan.counts` tells of.
    """

    scan: Scan
    at: datetime
    folds: tuple[FoundFold, ...]
    fold_count: int
    searches: tuple[KeptSearch, ...]
    failed: tuple[KeptListing, ...]


Turn = Callable[[], AbstractContextManager[None]]


def scan_findings(context: Context, scan_id: str, viewer: Viewer, turn: Turn = nullcontext) -> Findings:
    """To be taken elsewhere, which leaves a trace. Each picture is made in a ``turn`` of its own.

    Raises `ForbiddenError`, `NotFoundError`.
    """
    viewer.require(Scope.EXPORT)
    scan = context.scans.get(scan_id, viewer)
    auditing.record(context.audit, event(viewer, Action.EXPORT, scan_id, "report on a scan"))
    folds = review_queue(context, scan_id, viewer).folds
    shown = show(context.listings, scan_id, viewer, folds[:MAX_FOLDS], MAX_LISTED)
    return Findings(
        scan=scan,
        at=datetime.now(UTC),
        folds=tuple(
            _pictured(context, one, viewer, turn) if place < MAX_PICTURED else FoundFold(one)
            for place, one in enumerate(shown)
        ),
        fold_count=len(folds),
        searches=context.listings.searches(scan_id, viewer),
        failed=tuple(islice(listings_of(context.listings, scan_id, viewer, FAILED), MAX_FAILED)),
    )


def _pictured(context: Context, one: ShownFold, viewer: Viewer, turn: Turn) -> FoundFold:
    return FoundFold(one, _searched(context, one.best, viewer, turn), _registered(context, one.best, viewer, turn))


def _searched(context: Context, hit: KeptHit, viewer: Viewer, turn: Turn) -> bytes | None:
    digest = photo_of(hit)
    try:
        context.photos.get(digest, viewer)
        with turn():
            return read_photo(context, digest, PICTURE_SIDE)
    except HeritageError:  # not kept any more, or damaged: the report says what was found all the same
        return None


def _registered(context: Context, hit: KeptHit, viewer: Viewer, turn: Turn) -> bytes | None:
    if hit.record is None or hit.search.origin is not Origin.SCAN:
        return None
    try:
        check_image(context, hit.digest, viewer)
        with turn():
            return context.thumbnail(context.decode(context.images.read(hit.digest)).pixels, PICTURE_SIDE)
    except HeritageError:
        return None
