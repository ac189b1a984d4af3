"""Reads listings from a folder of pictures, each of them one, or from a table with a line for each."""

import hashlib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import islice
from pathlib import Path

from heritage.domain.images import ImageDigest
from heritage.domain.listings import Captured, Listing, ListingPhoto, Skipped
from heritage.errors import ImageError, InputError, TableError
from heritage.registries.fetching import PICTURE_TYPES, Fetcher
from heritage.registries.spreadsheet import PLAINLY, open_table

MAX_BYTES = 50_000_000
KEYS = ("key", "id", "lot", "number", "sku")
TITLES = ("title", "name", "headline")
SELLERS = ("seller", "dealer", "shop", "vendor", "user")
ADDRESSES = ("url", "address", "link", "page")
PHOTOS = ("images", "image", "photos", "photo", "picture", "pictures", "image_url", "photo_url", "image url")
_WEB = ("http://", "https://")


@dataclass(frozen=True, slots=True)
class PlainListings:
    """Listings of ``folder``, which has the photos that are named and not fetched."""

    name: str
    folder: Path
    fingerprint: str
    given: tuple[Listing, ...]
    max_bytes: int = MAX_BYTES
    warnings: tuple[str, ...] = ()
    skipped: tuple[Skipped, ...] = ()

    @property
    def listing_count(self) -> int:
        return len(self.given)

    def listings(self, start: int = 0) -> Iterator[Listing]:
        return islice(self.given, start, None)

    def read(self, photo: ListingPhoto) -> Captured:
        data = self._fetched(photo.address) if photo.address else self._file(photo.name)
        return Captured(data, ImageDigest.of(data), datetime.now(UTC))

    def close(self) -> None:
        """Nothing is held open."""

    def _fetched(self, address: str) -> bytes:
        return Fetcher(max_bytes=self.max_bytes).fetch(address, PICTURE_TYPES).data

    def _file(self, name: str) -> bytes:
        path = self.folder / name
        # A table from elsewhere must not name files of this machine.
        if not path.resolve().is_relative_to(self.folder.resolve()):
            raise ImageError("not found", f"{name[:200]!r} is not in the folder of the table")
        try:
            with path.open("rb") as file:
                data = file.read(self.max_bytes + 1)
        except (OSError, ValueError) as error:
            raise ImageError("cannot be read", str(getattr(error, "strerror", "") or error)) from error
        if len(data) > self.max_bytes:
            raise ImageError("too large", f"more than {self.max_bytes / 1e6:.0f} MB")
        return data


def open_plain_listings(path: Path, seller_column: str = "", max_bytes: int = MAX_BYTES) -> PlainListings:
    """Raises `InputError`, `TableError`."""
    if path.is_dir():
        names = sorted(str(one.relative_to(path).as_posix()) for one in path.rglob("*") if one.is_file())
        given = tuple(Listing(place, name, (ListingPhoto(name),)) for place, name in enumerate(names))
        return PlainListings(path.name, path, _digest(names), given, max_bytes)
    if not path.exists():
        raise InputError(f"{path} does not exist")
    table = open_table(path, PLAINLY)
    columns = _Columns.found(table.header, seller_column, path.name)
    given = tuple(columns.listing(place, number, cells) for place, (number, cells) in enumerate(table.lines()))
    return PlainListings(path.name, path.parent, _digest(map(repr, given)), given, max_bytes)


@dataclass(frozen=True, slots=True)
class _Columns:
    """Which of a table's columns is what; None: it has none such."""

    header: tuple[str, ...]
    photos: int
    key: int | None
    title: int | None
    seller: int | None
    address: int | None

    @classmethod
    def found(cls, header: Sequence[str], seller_column: str, table: str) -> "_Columns":
        plain = [name.strip().lower() for name in header]

        def first(names: Sequence[str]) -> int | None:
            return next((plain.index(name) for name in names if name in plain), None)

        photos = first(PHOTOS)
        if photos is None:
            raise TableError(f"{table} has no column of photos; call it {PHOTOS[0]}")
        if seller_column and seller_column.strip().lower() not in plain:
            raise TableError(f"{table} has no column {seller_column!r}")
        seller = first([seller_column.strip().lower()] if seller_column else SELLERS)
        return cls(tuple(header), photos, first(KEYS), first(TITLES), seller, first(ADDRESSES))

    def listing(self, place: int, number: int, cells: Sequence[str]) -> Listing:
        def cell(column: int | None) -> str:
            return cells[column] if column is not None and column < len(cells) else ""

        names = [name.strip() for name in cell(self.photos).replace("\n", ";").split(";") if name.strip()]
        return Listing(
            place,
            cell(self.key) or f"row {number}",
            tuple(ListingPhoto(name, name if name.lower().startswith(_WEB) else "") for name in names),
            cell(self.title),
            cell(self.seller),
            cell(self.address),
            tuple((name, cell(column)) for column, name in enumerate(self.header)),
        )


def _digest(parts: Iterable[str]) -> str:
    return hashlib.sha256("\n".join(parts).encode("utf-8", "replace")).hexdigest()
