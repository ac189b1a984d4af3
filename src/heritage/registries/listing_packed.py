"""Reads listings from a ZIP archive of a table and the photos that it names."""

import hashlib
from collections.abc import Iterable
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path, PurePosixPath
from tempfile import TemporaryDirectory

from heritage.registries.fetching import Fetcher
from heritage.registries.file_kinds import PICTURE_SUFFIXES, junk_kind
from heritage.registries.file_stores import ArchiveStore
from heritage.registries.listing_files import FileReading
from heritage.registries.listing_photos import NamedPhotos, plain_path
from heritage.registries.listing_table import TableListings, open_table_listings
from heritage.registries.spreadsheet import WORKBOOK_SUFFIXES

# Not .json: an export of a social network is full of such files, and names only some of its pictures in each.
_SUFFIXES = frozenset({".csv", ".tsv", ".jsonl", ".ndjson", *WORKBOOK_SUFFIXES})
_MAX_TABLE_BYTES = 500_000_000


def open_packed_table(
    path: Path, files: FileReading, fetcher: Fetcher, mapping: Path | None, sheet: str
) -> TableListings | None:
    """The listings of the one table at the top of an archive; None when there is none, or several.

    The top is the archive's, or that of the one folder that all of it is in. Raises `TableError`.
    """
    with ExitStack() as opened:
        store = ArchiveStore(path, files.open_archive)
        opened.callback(store.close)
        names = [file.name for file in store.files() if not file.refusal and not junk_kind(file.name)]
        tables = _tables(names)
        if len(tables) != 1:
            return None
        folder = Path(opened.enter_context(TemporaryDirectory(prefix="heritage-")))
        table = folder / PurePosixPath(tables[0]).name
        store.save(tables[0], table, min(_MAX_TABLE_BYTES, files.max_unpacked_bytes))
        top = str(PurePosixPath(tables[0]).parent)
        photos = NamedPhotos(store, fetcher, "" if top == "." else f"{top}/")
        source = open_table_listings(table, photos, mapping, sheet)
        marks = repr([(file.name, file.size, file.mark) for file in store.files()])
        return replace(
            source,
            fingerprint=f"sha256:{hashlib.sha256((source.fingerprint + marks).encode()).hexdigest()}",
            warnings=(*source.warnings, *store.warnings()[:20], *_unnamed(names, source, photos)),
            opened=opened.pop_all(),
        )
    raise AssertionError  # for mypy: an exit stack could swallow an error, this one does not


def _tables(names: Iterable[str]) -> list[str]:
    paths = [PurePosixPath(name) for name in names]
    top = paths[0].parts[0] if paths else ""
    depth = 2 if paths and all(len(path.parts) > 1 and path.parts[0] == top for path in paths) else 1
    return [str(path) for path in paths if len(path.parts) == depth and path.suffix.lower() in _SUFFIXES]


def _unnamed(names: Iterable[str], source: TableListings, photos: NamedPhotos) -> tuple[str, ...]:
    """A warning of pictures that are there and would not be searched."""
    named = {photos.folder + plain_path(photo.name) for one in source.listings() for photo in one.photos}
    left = [name for name in names if PurePosixPath(name).suffix.lower() in PICTURE_SUFFIXES and name not in named]
    if not left:
        return ()
    return (
        f"{len(left):,} pictures that {source.name} does not name are not searched, such as {left[0][:100]!r}; "
        "to search all, send them without it",
    )
