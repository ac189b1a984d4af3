"""What a scan found: its listings one after the other, and its hits by record and by seller."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from heritage.domain.access import Scope, Viewer
from heritage.domain.audit import Action, event
from heritage.domain.review import KeptHit
from heritage.domain.scans import KeptListing, ListingState
from heritage.service import auditing
from heritage.service.context import Context
from heritage.storage.listings import Listings

PAGE_SIZE = 500
FOUND = (ListingState.STRONG, ListingState.POSSIBLE)


@dataclass(frozen=True, slots=True)
class HitGroup:
    """What was found for one record, or offered by one seller, best first; ``name`` is empty where nobody is told."""

    name: str
    found: tuple[tuple[KeptListing, KeptHit], ...]

    @property
    def score(self) -> float:
        return self.found[0][1].score


def listings_of(
    kept: Listings, scan_id: str, viewer: Viewer, states: Sequence[ListingState] = ()
) -> Iterator[KeptListing]:
    """All of them, a page at a time in memory. Raises `NotFoundError`."""
    after = -1
    while page := kept.page(scan_id, viewer, states, after, PAGE_SIZE):
        yield from page
        after = page[-1].listing.place


def export_listings(context: Context, scan_id: str, viewer: Viewer) -> Iterator[KeptListing]:
    """All of them, to be taken elsewhere, which leaves a trace. Raises `ForbiddenError`, `NotFoundError`."""
    viewer.require(Scope.EXPORT)
    context.scans.get(scan_id, viewer)
    auditing.record(context.audit, event(viewer, Action.EXPORT, scan_id, "listings of a scan"))
    return listings_of(context.listings, scan_id, viewer)


def by_record(kept: Listings, scan_id: str, viewer: Viewer) -> tuple[HitGroup, ...]:
    """The hits of each record together, the strongest first."""
    found = [(one, hit) for one in listings_of(kept, scan_id, viewer, FOUND) for hit in one.hits]
    return _grouped([(str(hit.record.record_id) if hit.record else "", one, hit) for one, hit in found])


def by_seller(kept: Listings, scan_id: str, viewer: Viewer) -> tuple[HitGroup, ...]:
    """The best hit of each listing, those of one seller together, the strongest first."""
    found = listings_of(kept, scan_id, viewer, FOUND)
    return _grouped([(one.listing.seller, one, one.hits[0]) for one in found if one.hits])


def _grouped(found: Sequence[tuple[str, KeptListing, KeptHit]]) -> tuple[HitGroup, ...]:
    by_name: dict[str, list[tuple[KeptListing, KeptHit]]] = {}
    for name, one, hit in sorted(found, key=lambda each: -each[2].score):
        by_name.setdefault(name, []).append((one, hit))
    return tuple(HitGroup(name, tuple(ones)) for name, ones in by_name.items())
