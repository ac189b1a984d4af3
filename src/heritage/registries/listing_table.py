"""Reads listings from a table: a CSV file, a sheet of an Excel workbook, or JSON, with paths or addresses of photos.

Columns are recognised by their names in several languages (`heritage.registries.listing_columns`), or by a mapping.
Photos are in one column, separated by ``;``, or in several. A path is relative to the table, and stays in its folder.
"""

import hashlib
import re
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import quote, urlsplit

from heritage.domain.listings import Captured, Listing, ListingPhoto, Skipped
from heritage.errors import TableError
from heritage.registries.legible import legible_line, legible_text
from heritage.registries.listing_columns import IMAGES, LISTING_COLUMNS, roles_of
from heritage.registries.listing_photos import NamedPhotos
from heritage.registries.listing_rows import Row, Rows, open_rows
from heritage.registries.mapping import NO_MAPPING, TableMapping, read_mapping

MAX_PHOTOS = 100  # of one listing
MAX_NAME_LENGTH = 2_000  # characters of a path or address
_BETWEEN = re.compile(r"\s*[;|\n]\s*|[,\s]+(?=https?://)", re.I)
_PLAIN = "!#$%&'()*+,/:;=?@[]~"  # of an address; a percent sign stays one


@dataclass(frozen=True, slots=True)
class TableListings:
    """A table as a source of listings. Make it with `open_table_listings`, which has read it through once."""

    name: str
    fingerprint: str
    rows: Rows
    roles: tuple[str, ...]
    photos: NamedPhotos
    listing_count: int
    warnings: tuple[str, ...] = ()
    skipped: tuple[Skipped, ...] = ()
    opened: ExitStack = field(default_factory=ExitStack, repr=False, compare=False)

    def listings(self, start: int = 0) -> Iterator[Listing]:
        """One a row. Raises `TableError` when the file cannot be read on."""
        for place, row in enumerate(self.rows.read()):
            if place >= start:
                yield self._listing(place, row)

    def _listing(self, place: int, row: Row) -> Listing:
        values, others, names = dict.fromkeys(LISTING_COLUMNS, ""), [], list[str]()
        for column, texts in row.texts_by_place:
            role = self.roles[column]
            if role == IMAGES:
                names += (name for text in texts for name in _BETWEEN.split(text) if name)
            elif role:
                values[role] = legible_line("; ".join(texts))
            else:
                others.append((legible_line(self.rows.names[column]), legible_text("; ".join(texts))))
        error = row.error or _fault(names)
        return Listing(
            place=place,
            key=values["key"] or f"{self.rows.word} {row.number}",
            photos=() if error else tuple(map(photo_named, dict.fromkeys(names))),
            title=values["title"],
            seller=values["seller"],
            address=values["address"],
            columns=tuple(others),
            error=f"{self.name}, {self.rows.word} {row.number}: {error}" if error else "",
        )

    def read(self, photo: ListingPhoto, earlier: Captured | None = None) -> Captured:
        """Raises `InputError`."""
        return self.photos.read(photo, earlier)

    def close(self) -> None:
        self.opened.close()


def open_table_listings(path: Path, photos: NamedPhotos, mapping: Path | None = None, sheet: str = "") -> TableListings:
    """The listings of the table at ``path``; see `read_listing_mapping` for ``mapping``. Raises `TableError`."""
    told = read_listing_mapping(mapping) if mapping else NO_MAPPING
    rows = open_rows(path, told, sheet)
    roles = roles_of(path.name, rows.names, told)
    count = sum(1 for _ in rows.read())
    if not count:
        raise TableError(f"{path.name} has no {rows.word} with a listing, only the names of columns")
    fingerprint = _fingerprint(path, roles, sheet)
    return TableListings(path.name, fingerprint, rows, roles, photos, count, rows.warnings)


def read_listing_mapping(path: Path) -> TableMapping:
    """A mapping file with ``[columns]`` lines, ``"their column" = "images"``, and ``ignore``, a list of columns that
    are kept as they are, whatever their names mean. Raises `TableError`.
    """
    return read_mapping(path, LISTING_COLUMNS, ("columns", "ignore"))


def photo_named(name: str) -> ListingPhoto:
    """The photo that a cell names: by a path, or by an address, which may be written as browsers show it."""
    if not re.match(r"https?://", name, re.I):
        return ListingPhoto(name)
    return ListingPhoto(name, _encoded(name))


def _encoded(address: str) -> str:
    """As it is sent: in ASCII. What is no address stays as it is, and is refused when it is fetched."""
    if re.fullmatch(r"[!-~]+", address):
        return address
    try:
        parts = urlsplit(address)
        host = parts.netloc.encode("idna").decode()
    except (UnicodeError, ValueError):
        return address
    path, query = quote(parts.path, _PLAIN), quote(parts.query, _PLAIN)
    return parts._replace(netloc=host, path=path, query=query, fragment="").geturl()


def _fault(names: list[str]) -> str:
    """What is wrong with the names of a listing's photos; "" when nothing is."""
    if not names:
        return "it names no image"
    if len(names) > MAX_PHOTOS:
        return f"it names {len(names)} images; at most {MAX_PHOTOS} are searched for one listing"
    bad = next((name for name in names if len(name) > MAX_NAME_LENGTH or not name.isprintable()), None)
    return "" if bad is None else f"image {bad[:80]!r} is no path or address"


def _fingerprint(path: Path, roles: tuple[str, ...], sheet: str) -> str:
    digest = hashlib.sha256(repr((roles, sheet)).encode())
    with path.open("rb") as file:
        while block := file.read(1 << 20):
            digest.update(block)
    return f"sha256:{digest.hexdigest()}"
