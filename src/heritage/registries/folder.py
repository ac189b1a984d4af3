"""Reads a registry given as a folder: through the table or the documents in it, or as a tree of pictures."""

import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from heritage.domain.ports import Source
from heritage.domain.records import RecordId, RegistryRecord, SourceRow
from heritage.errors import RecordError, TableError
from heritage.registries import documents
from heritage.registries.spreadsheet import PLAINLY, Reading, open_spreadsheet

TABLE_NAMES = ("registry.csv", "registry.xlsx")
PICTURE_SUFFIXES = frozenset({".jpg", ".jpeg", ".png", ".webp", ".tif", ".tiff", ".avif", ".heic", ".heif"})


@dataclass(frozen=True, slots=True)
class PictureFolder:
    """Every picture in a tree of folders is a record, numbered by its path without the suffix."""

    root: Path
    registry: str
    row_count: int = 0
    warnings: tuple[str, ...] = ()

    def rows(self) -> Iterator[SourceRow]:
        seen: set[int] = set()
        for number, path in enumerate(_pictures(self.root), start=1):
            name = path.relative_to(self.root)
            try:
                record = RegistryRecord(RecordId(self.registry, name.with_suffix("").as_posix()))
                if hash(record.record_id) in seen:
                    raise RecordError(f"another picture is called {record.record_id.number!r} too; rename one")
                seen.add(hash(record.record_id))
            except RecordError as error:
                yield SourceRow(number, None, error=str(error), label=str(name)[:200])
            else:
                yield SourceRow(number, record, (path,), label=str(record.record_id))


def open_source(path: Path, registry: str = "", reading: Reading = PLAINLY) -> Source:
    """What to ingest from ``path``: a CSV file or an Excel workbook; a LIDO, Linked Art or IIIF document; a folder of
    one of these, or of pictures.

    ``registry`` names the registry where the source does not; else it has the folder's name. Raises `TableError`.
    """
    if path.is_file():
        if path.suffix.lower() not in documents.SUFFIXES:
            return open_spreadsheet(path, registry, reading)
        _check_plain(path, reading)
        return documents.open_document(path, registry)
    if not path.is_dir():
        raise TableError(f"{path} does not exist; give a table or a document, or a folder with one or with pictures")
    tables = sorted(one for one in path.iterdir() if one.suffix in (".csv", ".xlsx") and one.name[0] not in ".~")
    named = [path / name for name in TABLE_NAMES if path / name in tables]
    if len(named or tables) == 1:
        return open_spreadsheet((named or tables)[0], registry, reading)
    if tables:
        # Taking every picture instead could register the queries of an evaluation dataset as stolen objects.
        raise TableError(f"{path} has {len(tables)} tables and none is {TABLE_NAMES[0]}; name one, such as {tables[0]}")
    _check_plain(path, reading)
    return documents.open_documents(path, registry) or _open_pictures(path, registry)


def _check_plain(path: Path, reading: Reading) -> None:
    if reading.mapping != PLAINLY.mapping or reading.sheet:
        raise TableError(f"{path} has no table, so neither a mapping nor a sheet means anything")


def _open_pictures(path: Path, registry: str) -> PictureFolder:
    root = path.resolve()
    count = sum(1 for _ in _pictures(root))
    if not count:
        raise TableError(
            f"{path} has no CSV file, no .xlsx file and no pictures ({', '.join(sorted(PICTURE_SUFFIXES))})"
        )
    return PictureFolder(root, registry or root.name, count)


def _pictures(root: Path) -> Iterator[Path]:
    """Picture files under ``root``, sorted within each folder. Links are passed over: they may lead out of it."""
    for folder, subfolders, names in os.walk(root):
        subfolders[:] = sorted(name for name in subfolders if not name.startswith("."))
        for name in sorted(names):
            path = Path(folder, name)
            hidden = name.startswith(".")
            if path.suffix.lower() in PICTURE_SUFFIXES and not hidden and not path.is_symlink() and path.is_file():
                yield path
