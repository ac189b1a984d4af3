"""Unpacks a ZIP file that somebody sent: a table of records and the pictures beside it.

What such a file may do to us is told in `heritage.service.archives`; here one fault refuses all of it.
"""

import shutil
import zipfile
from collections.abc import Iterable
from pathlib import Path, PurePosixPath

from heritage.errors import TableError
from heritage.service.archives import DAMAGE, MAX_RATIO, check_directory, check_entry, entry_parts

MAX_ENTRIES = 50_000
_PASSED_OVER = ("__MACOSX", ".DS_Store", "Thumbs.db", "desktop.ini")


def unpack(archive: Path, folder: Path, max_bytes: int) -> None:
    """Unpack ``archive`` into ``folder``, at most ``max_bytes`` of it. Raises `TableError` for what is not harmless."""
    try:
        check_directory(archive, MAX_ENTRIES)
        with zipfile.ZipFile(archive) as opened:
            entries = [entry for entry in opened.infolist() if not _is_passed_over(entry)]
            _check(entries, archive, max_bytes)
            for entry in entries:
                target = folder.joinpath(*entry_parts(entry.filename))
                target.parent.mkdir(parents=True, exist_ok=True)
                # Never more than the size that it declares, which is what was counted.
                with opened.open(entry) as packed, target.open("xb") as file:
                    shutil.copyfileobj(packed, file, 1 << 20)
    except DAMAGE as error:
        raise TableError(f"the ZIP file is damaged: {str(error)[:200]}") from error


def _check(entries: list[zipfile.ZipInfo], archive: Path, max_bytes: int) -> None:
    total = sum(entry.file_size for entry in entries)
    if len(entries) > MAX_ENTRIES:
        raise TableError(f"the ZIP file has more than {MAX_ENTRIES:,} entries; send several smaller ones")
    if total > max_bytes:
        raise TableError(f"the ZIP file holds {total / 1e6:,.0f} MB, limit {max_bytes / 1e6:,.0f}; send it in parts")
    if total > MAX_RATIO * archive.stat().st_size:
        raise TableError(f"the ZIP file holds more than {MAX_RATIO} times its own size: no table or picture packs so")
    files: set[PurePosixPath] = set()
    folders: set[PurePosixPath] = set()
    for entry in entries:
        check_entry(entry)
        path = PurePosixPath(*(part.casefold() for part in entry_parts(entry.filename)))
        folders.update(path.parents)
        if path in files:
            raise TableError(f"{entry.filename[:80]!r} is in the ZIP file twice; keep one")
        files.add(path)
    if both := files & folders:
        raise TableError(f"{str(both.pop())[:80]!r} is a file and a folder in the ZIP file; pack it anew")


def _is_passed_over(entry: zipfile.ZipInfo) -> bool:
    """Folders, and what file managers add."""
    return entry.is_dir() or any(part in _PASSED_OVER for part in PurePosixPath(entry.filename).parts)


def find_table(folder: Path, suffixes: Iterable[str]) -> Path:
    """The one table in ``folder``, or in the one folder that is all there is in it. Raises `TableError`."""
    while len(inside := list(folder.iterdir())) == 1 and inside[0].is_dir():
        folder = inside[0]
    tables = sorted(one.name for one in inside if one.suffix.lower() in suffixes and one.name[0] not in ".~")
    if len(tables) != 1:
        found = ", ".join(tables[:5]) or "none"
        kinds = ", ".join(suffixes)
        raise TableError(f"the ZIP file must hold one table ({kinds}) and its pictures beside it; it holds {found}")
    return folder / tables[0]
