"""Listings and their photos as rows, inside a transaction of the caller's."""

import json
from collections.abc import Iterable, Sequence
from dataclasses import asdict, fields
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, insert, select, update

from heritage.domain.access import Viewer
from heritage.domain.images import ImageDigest
from heritage.domain.listings import Hop, Listing, ListingPhoto, WebCapture
from heritage.domain.review import KeptHit
from heritage.domain.scans import KeptListing, ListingState, ReadPhoto, ScannedListing
from heritage.storage.database import in_chunks
from heritage.storage.hit_rows import read_hits, write_search
from heritage.storage.hits import add_hit
from heritage.storage.photo_rows import Keeping
from heritage.storage.schema import hit, listing, listing_photo, search

_TEXTS = ("key", "title", "seller", "address", "error")


def write_listings(connection: Connection, scan_row: int, listings: Sequence[Listing]) -> None:
    """Let them wait to be searched."""
    for one in listings:
        texts = {name: _storable(getattr(one, name)) for name in _TEXTS}
        row = insert(listing).values(
            scan_id=scan_row,
            place=one.place,
            columns=_storable(json.dumps(one.columns, ensure_ascii=False)),
            state=ListingState.WAITING.value,
            why="",
            worker="",
            **texts,
        )
        key = connection.execute(row.returning(listing.c.id)).scalar_one()
        photos = [
            {"listing_id": key, "place": place, "name": photo.name, "address": photo.address, "capture": "", "why": ""}
            for place, photo in enumerate(one.photos)
        ]
        if photos:
            connection.execute(insert(listing_photo), photos)


def read_listings(connection: Connection, rows: Sequence[Row[Any]]) -> list[Listing]:
    """Of these rows of ``listing``, in order."""
    photos = _photos(connection, [row.id for row in rows])
    return [_listing_of(row, photos[row.id]) for row in rows]


def read_kept(connection: Connection, rows: Sequence[Row[Any]], viewer: Viewer) -> list[KeptListing]:
    """What became of the listings in these rows, in order; of the hits' records what ``viewer`` may see."""
    photos = _photos(connection, [row.id for row in rows])
    searches = [row.search_id for row in rows if row.search_id]
    hits, search_ids = _hits(connection, searches, viewer), _search_ids(connection, searches)
    return [
        KeptListing(
            _listing_of(row, photos[row.id]),
            ListingState(row.state),
            row.why,
            tuple(map(_read_photo_of, photos[row.id])),
            tuple(hits.get(row.search_id, ())),
            search_ids.get(row.search_id, ""),
        )
        for row in rows
    ]


def write_scanned(connection: Connection, row: int, found: ScannedListing, keeping: Keeping | None) -> None:
    """What became of the listing in that row of ``listing``: its search, the hits that are a match, their photos."""
    search_row = None
    if found.search:
        search_row, _ = write_search(connection, found.search)
        if keeping:
            keeping.write(connection, search_row, found.search)
        for one in found.hits:
            add_hit(connection, search_row, found.search, one)
    values = {"state": found.state.value, "why": _storable(found.why), "search_id": search_row}
    connection.execute(update(listing).where(listing.c.id == row).values(**values, worker="", leased_at=None))
    for place, photo in enumerate(found.photos):
        at_place = (listing_photo.c.listing_id == row, listing_photo.c.place == place)
        told = {"digest": photo.digest.hex if photo.digest else None, "why": _storable(photo.why)}
        connection.execute(update(listing_photo).where(*at_place).values(**told, capture=_capture_json(photo)))


def _storable(text: str) -> str:
    """Without what no database keeps: NUL, and halves of a character."""
    return text.replace("\0", "\ufffd").encode("utf-8", "replace").decode()


def _photos(connection: Connection, keys: Sequence[int]) -> dict[int, list[Row[Any]]]:
    found: dict[int, list[Row[Any]]] = {key: [] for key in keys}
    for chunk in in_chunks(keys):
        of_listings = select(listing_photo).where(listing_photo.c.listing_id.in_(chunk))
        for row in connection.execute(of_listings.order_by(listing_photo.c.listing_id, listing_photo.c.place)):
            found[row.listing_id].append(row)
    return found


def _hits(connection: Connection, searches: Sequence[int], viewer: Viewer) -> dict[int, list[KeptHit]]:
    rows: list[Row[Any]] = []
    for chunk in in_chunks(searches):
        of_searches = select(hit).where(hit.c.search_id.in_(chunk))
        rows += connection.execute(of_searches.order_by(hit.c.search_id, hit.c.score.desc(), hit.c.id)).all()
    found: dict[int, list[KeptHit]] = {}
    for row, one in zip(rows, read_hits(connection, rows, viewer), strict=True):
        found.setdefault(row.search_id, []).append(one)
    return found


def _search_ids(connection: Connection, searches: Sequence[int]) -> dict[int, str]:
    found: dict[int, str] = {}
    for chunk in in_chunks(searches):
        rows = connection.execute(select(search.c.id, search.c.key).where(search.c.id.in_(chunk)))
        found |= {row.id: row.key for row in rows}
    return found


def _listing_of(row: Row[Any], photos: Iterable[Row[Any]]) -> Listing:
    return Listing(
        place=row.place,
        photos=tuple(ListingPhoto(photo.name, photo.address) for photo in photos),
        columns=tuple((name, text) for name, text in json.loads(row.columns)),
        **{name: getattr(row, name) for name in _TEXTS},
    )


def _read_photo_of(row: Row[Any]) -> ReadPhoto:
    told = json.loads(row.capture) if row.capture else {}
    return ReadPhoto(
        ListingPhoto(row.name, row.address),
        ImageDigest(row.digest) if row.digest else None,
        _moment(told.get("captured_at")),
        _moment(told.get("modified_at")),
        _web_of(told["web"]) if told.get("web") else None,
        row.why,
    )


def _capture_json(photo: ReadPhoto) -> str:
    if photo.captured_at is None:
        return ""
    web = None
    if photo.web:
        hops = [asdict(hop) for hop in photo.web.hops]
        plain = {one.name: getattr(photo.web, one.name) for one in fields(photo.web)}
        web = plain | {"hops": hops, "captured_at": photo.web.captured_at.isoformat(), "digest": photo.web.digest.hex}
    modified_at = photo.modified_at.isoformat() if photo.modified_at else None
    told = {"captured_at": photo.captured_at.isoformat(), "modified_at": modified_at, "web": web}
    return _storable(json.dumps(told))


def _web_of(told: dict[str, Any]) -> WebCapture:
    return WebCapture(
        **told
        | {
            "hops": tuple(Hop(**hop) for hop in told["hops"]),
            "captured_at": datetime.fromisoformat(told["captured_at"]),
            "digest": ImageDigest(told["digest"]),
            "headers": tuple((name, value) for name, value in told["headers"]),
        }
    )


def _moment(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text) if text else None
