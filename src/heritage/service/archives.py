"""Looks at ZIP files that somebody sent, before anything in them is read.

What one may do to us, and what is done about it: names that lead out of it, links and devices (refused); many gigabytes
in few bytes, or one part used by many entries (ratios and sums are limited); millions of entries (counted before the
directory is read); methods whose decoders take much memory (only deflate is read).
"""

import stat
import struct
import zipfile
import zlib
from pathlib import Path, PurePosixPath

from heritage.errors import TableError

MAX_RATIO = 200  # unpacked to packed; tables of text reach 20
MAX_NAME_BYTES = 200  # of one part of a path; file systems take 255
MAX_DEPTH = 20
MAX_LISTED = 500_000  # entries of an archive that is only read
DAMAGE = (zipfile.BadZipFile, zlib.error, struct.error, EOFError, NotImplementedError, RuntimeError, ValueError)
_METHODS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
_END = struct.Struct("<4s4xHHLLH")  # APPNOTE.TXT 4.3.16: this part, all entries, bytes of the directory, its place
_ENTRY_MARK, _END_MARK, _LOCATOR_MARK, _END_64_MARK = b"PK\1\2", b"PK\5\6", b"PK\6\7", b"PK\6\6"
_LOCATOR_LENGTH = 20
_END_64 = struct.Struct("<4s20x8xQQ8x")  # 4.3.14
_MAX_COMMENT = 65_535
_DIRECTORY_BYTES = 200  # for each entry


def check_directory(archive: Path, max_entries: int, allow_64: bool = False) -> None:
    """Raises `TableError` when there are too many entries to be listed at all."""
    with archive.open("rb") as file:
        size = file.seek(0, 2)
        start = file.seek(max(0, size - _MAX_COMMENT - _END.size - _LOCATOR_LENGTH - _END_64.size))
        tail = file.read()
        end, entry_count, byte_count = _find_directory(tail, allow_64)
        if entry_count <= max_entries and byte_count <= max_entries * _DIRECTORY_BYTES:
            # What it says of its own length is not believed: `zipfile` goes by the bytes.
            file.seek(max(0, start + end - byte_count))
            entry_count = file.read(byte_count).count(_ENTRY_MARK)
            if entry_count <= max_entries:
                return
    raise TableError(f"the ZIP file has more than {max_entries:,} entries; send several smaller ones")


def _find_directory(tail: bytes, allow_64: bool) -> tuple[int, int, int]:
    """Where in ``tail`` the directory ends, and how many entries and bytes it says it has."""
    end = len(tail) - _END.size  # where it is without a comment, which is where `zipfile` looks first
    if tail[max(0, end) :][:4] != _END_MARK or tail[-2:] != b"\0\0":
        end = tail.rfind(_END_MARK)
    if end < 0 or len(tail) < end + _END.size:
        raise TableError("this is not a ZIP file, or only the beginning of one; copy or download it again")
    if tail[max(0, end - _LOCATOR_LENGTH) :].startswith(_LOCATOR_MARK):
        if not allow_64:
            raise TableError("64-bit ZIP files are not read; send several smaller ones")
        end -= _LOCATOR_LENGTH + _END_64.size
        return end, *_counts_64(tail, end)
    _, _, entry_count, byte_count, _, _ = _END.unpack_from(tail, end)
    return end, entry_count, byte_count


def _counts_64(tail: bytes, start: int) -> tuple[int, int]:
    """Of the record that `zipfile` reads: the one just before the locator."""
    if start < 0 or not tail[start:].startswith(_END_64_MARK):
        raise TableError("the ZIP file is damaged at its end; pack it anew")
    _, entry_count, byte_count = _END_64.unpack_from(tail, start)
    return entry_count, byte_count


def open_archive(path: Path) -> tuple[zipfile.ZipFile, list[tuple[str, zipfile.ZipInfo]], list[str]]:
    """An archive that is read but not unpacked: itself, its files by their paths, and why others are refused.

    Raises `TableError` for an archive that cannot be read at all.
    """
    try:
        check_directory(path, MAX_LISTED, allow_64=True)
        archive = zipfile.ZipFile(path)
    except DAMAGE as error:
        raise TableError(f"the ZIP file is damaged: {str(error)[:200]}") from error
    except OSError as error:
        raise TableError(f"{path.name} cannot be read: {error.strerror}") from error
    entries = [entry for entry in archive.infolist() if not entry.is_dir()]
    if len(entries) > MAX_LISTED or sum(entry.compress_size for entry in entries) > path.stat().st_size:
        archive.close()
        raise TableError("the ZIP file uses the same bytes for many entries: no harmless program packs so")
    taken: dict[str, zipfile.ZipInfo] = {}
    refused = []
    for entry in entries:
        try:
            check_entry(entry)
            name = "/".join(entry_parts(entry.filename))
            if name in taken:
                raise TableError(f"{name[:80]!r} is in the ZIP file twice; the first is read")
            taken[name] = entry
        except TableError as error:
            refused.append(str(error))
    return archive, list(taken.items()), refused


def check_entry(entry: zipfile.ZipInfo) -> None:
    """Raises `TableError` for what is no ordinary, plainly packed file."""
    kind = stat.S_IFMT(entry.external_attr >> 16)
    if kind not in (0, stat.S_IFREG):
        raise TableError(f"{entry.filename[:80]!r} in the ZIP file is a link or a device; send ordinary files only")
    if entry.header_offset < 0:
        raise TableError("the ZIP file is damaged: it lacks its beginning")
    if entry.flag_bits & 1:
        raise TableError(f"{entry.filename[:80]!r} in the ZIP file is encrypted; pack it without a password")
    if entry.compress_type not in _METHODS:
        raise TableError(f"{entry.filename[:80]!r} is packed by an unusual method; pack it by plain ZIP (deflate)")


def entry_parts(name: str) -> tuple[str, ...]:
    """The parts of an entry's path. Raises `TableError` for one that is not a plain path within the archive."""
    path = PurePosixPath(name.replace("\\", "/"))
    is_plain = not path.is_absolute() and 0 < len(path.parts) <= MAX_DEPTH and ":" not in path.parts[0]
    if not is_plain or not all(map(_is_plain, path.parts)):
        raise TableError(f"the ZIP file has an entry {name[:80]!r}, which is no path within it; pack it anew")
    return path.parts


def _is_plain(part: str) -> bool:
    return part != ".." and part.isprintable() and len(part.encode(errors="replace")) <= MAX_NAME_BYTES
