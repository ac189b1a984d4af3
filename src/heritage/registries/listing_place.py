"""Recognises where listings come from, and picks the reader."""

from dataclasses import dataclass, replace
from pathlib import Path

from heritage.domain.listings import ListingSource
from heritage.errors import TableError
from heritage.registries.fetching import Fetcher
from heritage.registries.iiif import IIIF_CONTEXT
from heritage.registries.listing_files import FileReading, open_files
from heritage.registries.listing_iiif import open_iiif_listings
from heritage.registries.listing_packed import open_packed_table
from heritage.registries.listing_pdf import PdfReading, open_pdf
from heritage.registries.listing_photos import beside
from heritage.registries.listing_rows import JSON_SUFFIXES
from heritage.registries.listing_table import open_table_listings
from heritage.registries.spreadsheet import TABLE_SUFFIXES

_HEAD_BYTES = 65_536
_KINDS = "a folder or a ZIP file of photos, a table (.csv, .xlsx, .jsonl), a PDF or a IIIF manifest"


@dataclass(frozen=True, slots=True)
class ListingReading:
    """How to read: ``mapping`` and ``sheet`` are for tables only."""

    files: FileReading
    fetcher: Fetcher
    mapping: Path | None = None
    sheet: str = ""


def open_listings(place: Path | str, reading: ListingReading) -> ListingSource:
    """The listings in a folder or a file, or at the address of a IIIF manifest or collection.

    Raises `TableError`, `FetchError`.
    """
    if isinstance(place, str) and place.lower().startswith(("http://", "https://")):
        _check_plain(place, reading)
        return open_iiif_listings(place, reading.fetcher)
    path = Path(place)
    if not path.exists():
        raise TableError(f"{path} does not exist; give {_KINDS}")
    suffix, head = path.suffix.lower(), _head(path)
    is_iiif = suffix in JSON_SUFFIXES and IIIF_CONTEXT.encode() in head
    if not is_iiif and suffix in TABLE_SUFFIXES | JSON_SUFFIXES:
        return open_table_listings(path, beside(path, reading.fetcher), reading.mapping, reading.sheet)
    if head.startswith(b"PK"):
        return _open_packed(path, reading)
    _check_plain(path.name, reading)
    if is_iiif:
        return open_iiif_listings(path, reading.fetcher)
    if head.startswith(b"%PDF-"):
        return open_pdf(path, PdfReading(reading.files.max_bytes, reading.files.max_unpacked_bytes))
    if path.is_dir():
        return open_files(path, reading.files)
    raise TableError(f"{path.name} is nothing that listings are read from; give {_KINDS}")


def _open_packed(path: Path, reading: ListingReading) -> ListingSource:
    """An archive of a table and its photos; else of photos, as which a device's extraction with tables is read too."""
    is_told = bool(reading.mapping or reading.sheet)
    try:
        source = open_packed_table(path, reading.files, reading.fetcher, reading.mapping, reading.sheet)
    except TableError as error:
        if is_told:
            raise
        pictures = open_files(path, reading.files)
        return replace(pictures, warnings=(f"read as pictures, not by a table: {error}", *pictures.warnings))
    if source is None:
        _check_plain(path.name, reading)
        return open_files(path, reading.files)
    return source


def _check_plain(name: str, reading: ListingReading) -> None:
    if reading.mapping or reading.sheet:
        raise TableError(f"{name} has no one table, so neither a mapping nor a sheet means anything")


def _head(path: Path) -> bytes:
    try:
        with path.open("rb") as file:
            return file.read(_HEAD_BYTES)
    except IsADirectoryError:
        return b""
    except PermissionError as error:
        raise TableError(f"{path} cannot be read: let the account that runs heritage read it") from error
    except OSError as error:
        raise TableError(f"{path} cannot be read: {error.strerror}") from error
