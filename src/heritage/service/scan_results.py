"""What a scan found: its listings one after the other, and its hits by record and by seller."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from heritage.domain.access import Scope, Viewer
from heritage.domain.audit import Action, event
from heritage.domain.scans import FoundHit, KeptListing, ListingState
from heritage.service import auditing
from heritage.service.context import Context
from heritage.storage.listings import Listings

PAGE_SIZE = 500


@dataclass(frozen=True, slots=True)
class HitGroup:
    """What was found for one record, or offered by one seller, best first; ``name`` is empty where nobody is told."""

    name: str
    found: tuple[FoundHit, ...]


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


def by_record(found: Sequence[FoundHit]) -> tuple[HitGroup, ...]:
    """The hits of each record together; ``found`` is the strongest first, as the groups are then."""
    return _grouped((one.record, one) for one in found)


def by_seller(found: Sequence[FoundHit]) -> tuple[HitGroup, ...]:
    """The best hit of each listing, those of one seller together; ``found`` as in `by_record`."""
    best: dict[int, FoundHit] = {}
    for one in found:
        best.setdefault(one.place, one)
    return _grouped((one.seller, one) for one in best.values())


def _grouped(found: Iterable[tuple[str, FoundHit]]) -> tuple[HitGroup, ...]:
    by_name: dict[str, list[FoundHit]] = {}
    for name, one in found:
        by_name.setdefault(name, []).append(one)
    return tuple(HitGroup(name, tuple(ones)) for name, ones in by_name.items())
