"""The listings of scans: taken from a source, claimed by workers in runs, and kept with what was found."""

import json
from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import ColumnElement, Row, and_, func, select, update

from heritage.domain.access import Viewer
from heritage.domain.audit import Action, event
from heritage.domain.listings import Listing
from heritage.domain.review import KeptSearch
from heritage.domain.scans import FoundHit, KeptListing, ListingState, Scan, ScannedListing, ScanState
from heritage.errors import NotFoundError
from heritage.storage.audit import append_events
from heritage.storage.database import Database, in_chunks
from heritage.storage.found_rows import read_found
from heritage.storage.hit_rows import read_searches
from heritage.storage.listing_rows import read_kept, read_listings, write_listings, write_scanned
from heritage.storage.photo_rows import Keeping
from heritage.storage.scans import found, has_photo_in_source, is_free
from heritage.storage.schema import listing, scan, search

NAMES_TOGETHER = 2_000  # listings


class Listings:
    """Each call is one transaction: whatever moment a worker is killed at, a listing is done or it is untouched."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def add(self, asked: Scan, start: int, listings: Sequence[Listing]) -> bool:
        """Let the source's next listings wait, those from place ``start`` on.

        False: somebody else was faster, or the scan does not run any more.
        """
        with self._database.begin() as connection:
            row = found(connection, asked.scan_id, asked.viewer)
            if row.listed_count != start or row.state != ScanState.RUNNING.value:
                return False
            write_listings(connection, row.id, listings)
            counted = update(scan).where(scan.c.id == row.id)
            connection.execute(counted.values(listed_count=start + len(listings), changed_at=datetime.now(UTC)))
        return True

    def end(self, asked: Scan) -> None:
        """The source has no more of them, whatever it said before."""
        with self._database.begin() as connection:
            row = found(connection, asked.scan_id, asked.viewer)
            connection.execute(update(scan).where(scan.c.id == row.id).values(listing_count=row.listed_count))

    def claim(self, asked: Scan, worker: str, limit: int, only_addresses: bool = False) -> tuple[Listing, ...]:
        """The next listings that nobody is at, for ``worker`` to search; none when the scan does not run.

        ``only_addresses``: those alone whose photos all have addresses, so that no source is needed to read them.
        """
        with self._database.begin() as connection:
            row = found(connection, asked.scan_id, asked.viewer)
            if row.state != ScanState.RUNNING.value:
                return ()
            free = select(listing).where(listing.c.scan_id == row.id, is_free()).order_by(listing.c.place)
            if only_addresses:
                free = free.where(~has_photo_in_source())
            rows = connection.execute(free.limit(limit)).all()
            if not rows:
                return ()
            now = datetime.now(UTC)
            taken = update(listing).where(listing.c.id.in_([one.id for one in rows]))
            connection.execute(taken.values(worker=worker, leased_at=now))
            connection.execute(update(scan).where(scan.c.id == row.id).values(changed_at=now))
            return tuple(read_listings(connection, rows))

    def needs_source(self, asked: Scan) -> bool:
        """Whether something of it is not listed yet, or waits with a photo that only the source can give."""
        if not asked.is_listed:
            return True
        with self._database.read() as connection:
            row = found(connection, asked.scan_id, asked.viewer)
            waiting = and_(listing.c.scan_id == row.id, listing.c.state == ListingState.WAITING.value)
            needing = select(listing.c.id).where(waiting, has_photo_in_source()).limit(1)
            return connection.execute(needing).first() is not None

    def beat(self, asked: Scan, worker: str, places: Collection[int]) -> None:
        """Say that ``worker`` is still at what it claimed, at these places: found by them, for it is done often."""
        of_scan = listing.c.scan_id == select(scan.c.id).where(scan.c.key == asked.scan_id).scalar_subquery()
        with self._database.begin() as connection:
            for chunk in in_chunks(sorted(places)):
                held = update(listing).where(of_scan, listing.c.place.in_(chunk), _is_at(worker))
                connection.execute(held.values(leased_at=datetime.now(UTC)))

    def release(self, worker: str) -> None:
        """Let what ``worker`` claimed and did not keep wait for anybody."""
        with self._database.begin() as connection:
            connection.execute(update(listing).where(_is_at(worker)).values(worker="", leased_at=None))

    def keep(self, asked: Scan, worker: str, scanned: Sequence[ScannedListing], keepings: Mapping[int, Keeping]) -> int:
        """Keep what became of listings that ``worker`` claimed, all at once; how many were still its own.

        ``keepings``, by the place of a listing, are of its photos.
        """
        by_place = {one.listing.place: one for one in scanned}
        with self._database.begin() as connection:
            row = found(connection, asked.scan_id, asked.viewer)
            own = select(listing.c.id, listing.c.place).where(
                listing.c.scan_id == row.id, listing.c.place.in_(by_place), _is_at(worker)
            )
            kept = connection.execute(own.order_by(listing.c.place)).all()
            for one in kept:
                write_scanned(connection, one.id, by_place[one.place], keepings.get(one.place))
            states = Counter(by_place[one.place].state for one in kept)
            counts = {f"{state}_count": scan.c[f"{state}_count"] + count for state, count in states.items()}
            if kept:
                changed = update(scan).where(scan.c.id == row.id)
                connection.execute(changed.values(**counts, changed_at=datetime.now(UTC)))
                told = ", ".join(f"{count} {state}" for state, count in sorted(states.items()))
                append_events(connection, event(asked.viewer, Action.SCAN, asked.scan_id, f"searched: {told}"))
        return len(kept)

    def page(
        self, scan_id: str, viewer: Viewer, states: Sequence[ListingState] = (), after: int = -1, limit: int = 100
    ) -> tuple[KeptListing, ...]:
        """Up to ``limit`` listings in these states, or in any, in their order, those after the place ``after``.

        Raises `NotFoundError`.
        """
        with self._database.read() as connection:
            row = found(connection, scan_id, viewer)
            wanted = select(listing).where(listing.c.scan_id == row.id, listing.c.place > after)
            if states:
                wanted = wanted.where(listing.c.state.in_([state.value for state in states]))
            rows = connection.execute(wanted.order_by(listing.c.place).limit(limit)).all()
            return tuple(read_kept(connection, rows, viewer))

    def at(self, scan_id: str, places: Collection[int], viewer: Viewer) -> tuple[KeptListing, ...]:
        """The listings at these places, in their order. Raises `NotFoundError`."""
        with self._database.read() as connection:
            row = found(connection, scan_id, viewer)
            rows: list[Row[Any]] = []
            for chunk in in_chunks(sorted(places)):
                of_scan = select(listing).where(listing.c.scan_id == row.id, listing.c.place.in_(chunk))
                rows += connection.execute(of_scan.order_by(listing.c.place)).all()
            return tuple(read_kept(connection, rows, viewer))

    def hits(self, scan_id: str, viewer: Viewer) -> tuple[FoundHit, ...]:
        """All hits in the scan's listings, the strongest first. Raises `NotFoundError`."""
        with self._database.read() as connection:
            return read_found(connection, found(connection, scan_id, viewer).id, viewer)

    def column_names(self, scan_id: str, viewer: Viewer, limit: int = 1_000) -> tuple[str, ...]:
        """The names of all columns that listings came with, in order; one that a listing has twice is there twice.

        Cells that are empty are not kept, so that listings of one table differ in their columns. `NotFoundError`.
        """
        names: list[tuple[str, int]] = []
        after = -1
        while len(names) < limit:
            with self._database.read() as connection:
                row = found(connection, scan_id, viewer)
                told = select(listing.c.place, listing.c.columns)
                told = told.where(listing.c.scan_id == row.id, listing.c.place > after)
                rows = connection.execute(told.order_by(listing.c.place).limit(NAMES_TOGETHER)).all()
            if not rows:
                break
            for one in dict.fromkeys(row.columns for row in rows):
                _join_names(names, [name for name, _ in json.loads(one)][:limit])
            after = rows[-1].place
        return tuple(name for name, _ in names[:limit])

    def searches(self, scan_id: str, viewer: Viewer) -> tuple[KeptSearch, ...]:
        """The first search of each different statement of what was searched, with what; up to 20. `NotFoundError`."""
        with self._database.read() as connection:
            row = found(connection, scan_id, viewer)
            joined = search.join(listing, listing.c.search_id == search.c.id)
            first = select(func.min(search.c.id)).select_from(joined).where(listing.c.scan_id == row.id)
            different = first.group_by(search.c.coverage, search.c.versions)
            rows = connection.execute(
                select(search).where(search.c.id.in_(different)).order_by(search.c.id).limit(20)
            ).all()
            return tuple(read_searches(connection, rows, viewer))

    def get(self, scan_id: str, place: int, viewer: Viewer) -> KeptListing:
        """Raises `NotFoundError`."""
        one = self.page(scan_id, viewer, after=place - 1, limit=1)
        if not one or one[0].listing.place != place:
            raise NotFoundError(f"scan {scan_id} has no listing at place {place}")
        return one[0]


def _join_names(names: list[tuple[str, int]], found_names: Sequence[str]) -> None:
    """Take up what is new, each after the one that it came after."""
    counts = Counter[str]()
    place, known = 0, {one: at for at, one in enumerate(names)}
    for name in found_names:
        counts[name] += 1
        one = (name, counts[name])
        if one not in known:
            names.insert(place, one)
            known = {one: at for at, one in enumerate(names)}
        place = known[one] + 1


def _is_at(worker: str) -> ColumnElement[Any]:
    return and_(listing.c.state == ListingState.WAITING.value, listing.c.worker == worker)
