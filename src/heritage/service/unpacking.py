"""Unpacks a ZIP file that somebody sent: a table of records and the pictures beside it.

What it may do to us, and what is done about it: names that lead out of the folder, links and devices (refused);
many gigabytes in few bytes, or one part used by many entries (their sum and ratio are limited); millions of entries
(counted before the directory is read); methods whose decoders take much memory (only deflate is read).
"""

import shutil
import stat
import struct
import zipfile
import zlib
from collections.abc import Iterable
from pathlib import Path, PurePosixPath

from heritage.errors import TableError

MAX_ENTRIES = 50_000
MAX_RATIO = 200  # unpacked to packed, over the whole file; tables of text reach 20
MAX_NAME_BYTES = 200  # of one part of a path; file systems take 255
MAX_DEPTH = 20
_METHODS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
_END = b"PK\x05\x06"  # APPNOTE.TXT 4.3.16
_END_LENGTH = 22
_MAX_COMMENT = 65_535
_LOCATOR = b"PK\x06\x07"  # of the 64-bit variant, 20 bytes before: 4.3.15
_MAX_DIRECTORY_BYTES = MAX_ENTRIES * 200
_DAMAGE = (zipfile.BadZipFile, zlib.error, struct.error, EOFError, NotImplementedError, RuntimeError, ValueError)
_PASSED_OVER = ("__MACOSX", ".DS_Store", "Thumbs.db", "desktop.ini")


def unpack(archive: Path, folder: Path, max_bytes: int) -> None:
    """Unpack ``archive`` into ``folder``, at most ``max_bytes`` of it. Raises `TableError` for what is not harmless."""
    try:
        _check_directory(archive)
        with zipfile.ZipFile(archive) as opened:
            entries = [entry for entry in opened.infolist() if not _is_passed_over(entry)]
            _check(entries, archive, max_bytes)
            for entry in entries:
                target = folder.joinpath(*_parts(entry.filename))
                target.parent.mkdir(parents=True, exist_ok=True)
                # Never more than the size that it declares, which is what was counted.
                with opened.open(entry) as packed, target.open("xb") as file:
                    shutil.copyfileobj(packed, file, 1 << 20)
    except _DAMAGE as error:
        raise TableError(f"the ZIP file is damaged: {str(error)[:200]}") from error


def _check_directory(archive: Path) -> None:
    """Raises `TableError` when there are too many entries to be listed at all."""
    with archive.open("rb") as file:
        size = file.seek(0, 2)
        file.seek(max(0, size - _MAX_COMMENT - _END_LENGTH - 20))
        tail = file.read()
    end = len(tail) - _END_LENGTH  # where it is without a comment, which is where `zipfile` looks first
    if tail[end : end + 4] != _END or tail[-2:] != b"\0\0":
        end = tail.rfind(_END)
    if end < 0:
        raise TableError("this is not a ZIP file, or only the beginning of one")
    if tail[max(0, end - 20) :].startswith(_LOCATOR):
        raise TableError("64-bit ZIP files are not read; send several smaller ones")
    entry_count = int.from_bytes(tail[end + 10 : end + 12], "little")
    directory_size = int.from_bytes(tail[end + 12 : end + 16], "little")
    if entry_count > MAX_ENTRIES or directory_size > _MAX_DIRECTORY_BYTES:
        raise TableError(f"the ZIP file has more than {MAX_ENTRIES:,} entries; send several smaller ones")


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
        _check_kind(entry)
        path = PurePosixPath(*(part.casefold() for part in _parts(entry.filename)))
        folders.update(path.parents)
        if path in files:
            raise TableError(f"{entry.filename[:80]!r} is in the ZIP file twice; keep one")
        files.add(path)
    if both := files & folders:
        raise TableError(f"{str(both.pop())[:80]!r} is a file and a folder in the ZIP file; pack it anew")


def _check_kind(entry: zipfile.ZipInfo) -> None:
    kind = stat.S_IFMT(entry.external_attr >> 16)
    if kind not in (0, stat.S_IFREG):
        raise TableError(f"{entry.filename[:80]!r} in the ZIP file is a link or a device; send ordinary files only")
    if entry.header_offset < 0:
        raise TableError("the ZIP file is damaged: it lacks its beginning")
    if entry.flag_bits & 1:
        raise TableError(f"{entry.filename[:80]!r} in the ZIP file is encrypted; pack it without a password")
    if entry.compress_type not in _METHODS:
        raise TableError(f"{entry.filename[:80]!r} is packed by an unusual method; pack it by plain ZIP (deflate)")


def _parts(name: str) -> tuple[str, ...]:
    """The parts of an entry's path. Raises `TableError` for one that is not a plain path within the archive."""
    path = PurePosixPath(name.replace("\\", "/"))
    is_plain = not path.is_absolute() and 0 < len(path.parts) <= MAX_DEPTH and ":" not in path.parts[0]
    if not is_plain or not all(map(_is_plain, path.parts)):
        raise TableError(f"the ZIP file has an entry {name[:80]!r}, which is no path within it; pack it anew")
    return path.parts


def _is_plain(part: str) -> bool:
    return part != ".." and part.isprintable() and len(part.encode(errors="replace")) <= MAX_NAME_BYTES


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
