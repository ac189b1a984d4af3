"""Sellers in the scans of one agency, counted and listed. They are kept with the listings alone, and go with them."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, Select, and_, case, func, or_, select

from heritage.domain.access import Viewer
from heritage.domain.images import ImageDigest
from heritage.domain.scans import ListingState
from heritage.domain.sellers import Match, Seller, Sighting, host_of
from heritage.errors import NotFoundError
from heritage.storage.database import Database, in_chunks
from heritage.storage.hit_rows import read_hits
from heritage.storage.scans import of_agency
from heritage.storage.schema import hit, listing, listing_photo, scan, search

MAX_ADDRESSES = 1_000  # of one seller, the newest, from which hosts and pages are told
MAX_PAGES = 20


class Sellers:
    """What a viewer's agency came across. Each call is one transaction."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def find(self, viewer: Viewer, text: str = "", start: int = 0, limit: int = 100) -> tuple[Seller, ...]:
        """Those whose names have ``text`` in them, after the first ``start``: those with the most strong hits first."""
        counted = _counted(viewer)
        if "\0" in text:
            return ()  # not every database takes it
        if text:
            counted = counted.where(or_(*_has(text)))
        order = [counted.selected_columns[name].desc() for name in ("strong_count", "possible_count", "listing_count")]
        with self._database.read() as connection:
            rows = connection.execute(counted.order_by(*order, listing.c.seller).offset(start).limit(limit)).all()
            addresses = _addresses(connection, [row.seller for row in rows], viewer)
            return tuple(_seller_of(row, addresses[row.seller]) for row in rows)

    def get(self, name: str, viewer: Viewer) -> Seller:
        """Raises `NotFoundError`."""
        with self._database.read() as connection:
            named = _counted(viewer).where(listing.c.seller == name)
            row = None if "\0" in name else connection.execute(named).first()
            if row is None:
                raise NotFoundError(f"your scans have no seller {name[:80]!r}")
            return _seller_of(row, _addresses(connection, [name], viewer)[name])

    def sightings(self, viewer: Viewer, seller: str | None = None, limit: int = 1_000_000) -> tuple[Sighting, ...]:
        """Listings that were searched, the oldest first; of one seller, or of all, also where none is told."""
        wanted = _seen(viewer)
        if seller is not None:
            wanted = wanted.where(listing.c.seller == seller)
        with self._database.read() as connection:
            return _sightings(connection, connection.execute(wanted.limit(limit)).all())

    def showing(self, photos: Sequence[ImageDigest], viewer: Viewer) -> tuple[Sighting, ...]:
        """Listings with one of these photos, the oldest first."""
        rows: dict[int, Row[Any]] = {}
        with self._database.read() as connection:
            for chunk in in_chunks(sorted({one.hex for one in photos})):
                of_photos = select(listing_photo.c.listing_id).where(listing_photo.c.digest.in_(chunk))
                rows |= {row.id: row for row in connection.execute(_seen(viewer).where(listing.c.id.in_(of_photos)))}
            return _sightings(connection, sorted(rows.values(), key=lambda row: (row.at, row.id)))

    def photos(self, viewer: Viewer, limit: int) -> tuple[ImageDigest, ...]:
        """Different photos in the agency's listings, the newest first."""
        joined = listing_photo.join(listing).join(scan)
        newest = func.max(listing_photo.c.listing_id)
        different = select(listing_photo.c.digest).select_from(joined)
        different = different.where(of_agency(viewer), listing_photo.c.digest.is_not(None))
        different = different.group_by(listing_photo.c.digest).order_by(newest.desc(), listing_photo.c.digest)
        with self._database.read() as connection:
            return tuple(ImageDigest(one) for one in connection.execute(different.limit(limit)).scalars())

    def matches(self, viewer: Viewer, seller: str | None = None) -> tuple[Match, ...]:
        """The hits in those listings, the strongest first; of their records only what ``viewer`` may see."""
        joined = hit.join(search, search.c.id == hit.c.search_id)
        joined = joined.join(listing, listing.c.search_id == search.c.id).join(scan, scan.c.id == listing.c.scan_id)
        wanted = select(hit, scan.c.key.label("scan_key"), listing.c.place).select_from(joined).where(of_agency(viewer))
        if seller is not None:
            wanted = wanted.where(listing.c.seller == seller)
        with self._database.read() as connection:
            rows = connection.execute(wanted.order_by(hit.c.score.desc(), hit.c.id)).all()
            kept = read_hits(connection, rows, viewer)
        return tuple(
            Match(
                f"{row.scan_key}/{row.place}",
                one.search.photos[one.view].digest,
                one.hit_id,
                one.record,
                one.verdict,
                one.false_alarm_rate,
                one.state,
            )
            for row, one in zip(rows, kept, strict=True)
        )


_AT = func.coalesce(search.c.at, scan.c.created_at)
_JOINED = listing.join(scan).outerjoin(search, search.c.id == listing.c.search_id)


def _count(state: ListingState) -> ColumnElement[int]:
    return func.sum(case((listing.c.state == state.value, 1), else_=0)).label(f"{state}_count")


def _counted(viewer: Viewer) -> Select[Any]:
    columns = (
        listing.c.seller,
        func.count().label("listing_count"),
        _count(ListingState.STRONG),
        _count(ListingState.POSSIBLE),
        func.min(_AT).label("first_seen"),
        func.max(_AT).label("last_seen"),
    )
    named = and_(of_agency(viewer), listing.c.seller != "")
    return select(*columns).select_from(_JOINED).where(named).group_by(listing.c.seller)


def _seen(viewer: Viewer) -> Select[Any]:
    is_done = listing.c.state != ListingState.WAITING.value
    columns = select(listing, scan.c.key.label("scan_key"), _AT.label("at"))
    return columns.select_from(_JOINED).where(of_agency(viewer), is_done).order_by(_AT, listing.c.id)


def _has(text: str) -> list[ColumnElement[bool]]:
    """Whether a name has ``text`` in it, in small letters or large; SQLite knows them apart in ASCII only."""
    name, found = func.lower(listing.c.seller), list[ColumnElement[bool]]()
    for written in dict.fromkeys((text, text.lower(), text.upper(), text.title(), text.capitalize())):
        pattern = written.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
        found += [one.like(f"%{pattern}%", escape="\\") for one in (name, listing.c.seller)]
    return found


def _addresses(connection: Connection, names: Sequence[str], viewer: Viewer) -> dict[str, list[str]]:
    """By name, addresses of each seller's listings, the newest first, up to `MAX_ADDRESSES`; in one reading for all."""
    found: dict[str, dict[str, None]] = {name: {} for name in names}
    place = func.row_number().over(partition_by=listing.c.seller, order_by=listing.c.id.desc()).label("place")
    for chunk in in_chunks(names):
        of_sellers = and_(of_agency(viewer), listing.c.seller.in_(chunk), listing.c.address != "")
        columns = select(listing.c.id, listing.c.seller, listing.c.address, place)
        told = columns.select_from(listing.join(scan)).where(of_sellers).subquery()
        newest = select(told).where(told.c.place <= MAX_ADDRESSES).order_by(told.c.id.desc())
        for row in connection.execute(newest):
            found[row.seller][row.address] = None
    return {name: list(addresses) for name, addresses in found.items()}


def _seller_of(row: Row[Any], addresses: Sequence[str]) -> Seller:
    return Seller(
        row.seller,
        row.listing_count,
        row.strong_count,
        row.possible_count,
        row.first_seen,
        row.last_seen,
        tuple(sorted(filter(None, set(map(host_of, addresses))))),
        tuple(addresses[:MAX_PAGES]),
    )


def _sightings(connection: Connection, rows: Sequence[Row[Any]]) -> tuple[Sighting, ...]:
    photos: dict[int, list[ImageDigest]] = {}
    for chunk in in_chunks([row.id for row in rows]):
        read = select(listing_photo).where(listing_photo.c.listing_id.in_(chunk), listing_photo.c.digest.is_not(None))
        for one in connection.execute(read.order_by(listing_photo.c.listing_id, listing_photo.c.place)):
            photos.setdefault(one.listing_id, []).append(ImageDigest(one.digest))
    return tuple(
        Sighting(
            row.scan_key,
            row.place,
            row.key,
            row.title,
            row.seller,
            row.address,
            row.state,
            row.at,
            tuple(dict.fromkeys(photos.get(row.id, ()))),
        )
        for row in rows
    )
