"""The hits of a scan in short, read in few statements: there may be ten thousand, and each page puts all in order."""

import json
from collections.abc import Iterable
from typing import Any

from sqlalchemy import Connection, Row, select

from heritage.domain.access import Viewer
from heritage.domain.images import ImageDigest
from heritage.domain.review import HitState, Side
from heritage.domain.scans import FoundHit
from heritage.storage.database import in_chunks
from heritage.storage.schema import decision, hit, listing, record, search
from heritage.storage.visibility import visible_to


def read_found(connection: Connection, scan_row: int, viewer: Viewer) -> tuple[FoundHit, ...]:
    """The hits in the listings of that row of ``scan``, the strongest first, for ``viewer``, who may see the scan."""
    joined = listing.join(search, search.c.id == listing.c.search_id).join(hit, hit.c.search_id == search.c.id)
    of_listing = [listing.c.place, listing.c.seller, search.c.photos]
    of_hit = [hit.c[name] for name in ("id", "key", "record_id", "digest", "view", "score", "state")]
    of_scan = select(*of_listing, *of_hit).select_from(joined).where(listing.c.scan_id == scan_row)
    rows = connection.execute(of_scan.order_by(hit.c.score.desc(), listing.c.place, hit.c.id)).all()
    owned_by_record = _names(connection, {row.record_id for row in rows}, viewer)
    sides = _sides(connection, scan_row)
    return tuple(_found_of(row, *owned_by_record.get(row.record_id, ("", False)), sides) for row in rows)


def _names(connection: Connection, keys: Iterable[int], viewer: Viewer) -> dict[int, tuple[str, bool]]:
    """By row of ``record``, of those that the viewer may see: its record id, and whether it is the viewer's."""
    found: dict[int, tuple[str, bool]] = {}
    for chunk in in_chunks(sorted(keys)):
        columns = (record.c.id, record.c.registry, record.c.number, record.c.owner_agency)
        for row in connection.execute(select(*columns).where(record.c.id.in_(chunk), visible_to(viewer))):
            is_own = viewer.is_unrestricted or (bool(viewer.agency) and viewer.agency == row.owner_agency)
            found[row.id] = f"{row.registry}/{row.number}", is_own
    return found


def _sides(connection: Connection, scan_row: int) -> set[tuple[int, str]]:
    """(row of ``hit``, side) of whoever said anything to one."""
    joined = listing.join(hit, hit.c.search_id == listing.c.search_id).join(decision, decision.c.hit_id == hit.c.id)
    said = select(decision.c.hit_id, decision.c.side).select_from(joined).where(listing.c.scan_id == scan_row)
    return {(row.hit_id, row.side) for row in connection.execute(said)}


def _found_of(row: Row[Any], record_id: str, is_own: bool, sides: set[tuple[int, str]]) -> FoundHit:
    side = Side.OWNER if is_own else Side.SEARCHER
    return FoundHit(
        hit_id=row.key,
        place=row.place,
        seller=row.seller,
        record=record_id,
        registered=ImageDigest(row.digest),
        photo=ImageDigest(json.loads(row.photos)[row.view][0]),
        score=row.score,
        is_left=row.state == HitState.OPEN.value and (row.id, side.value) not in sides,
    )
