"""Whether an Excel workbook may be opened: it is a ZIP archive of XML, and both can be bombs.

The sizes are those in the archive's own directory, and no reader unpacks more of a part than its entry there says.
openpyxl reads sheets row by row but every other part whole, so that those must be small; and which part is which is
said by a part of its own, so that it must not call a sheet the styles. No part may have a document type declaration:
without one there are no entities to expand or to fetch, and a workbook has none (ISO/IEC 29500-2, 8.1.4).
"""

from pathlib import Path
from typing import IO
from xml.parsers import expat
from zipfile import ZIP_DEFLATED, ZIP_STORED, BadZipFile, ZipFile

from openpyxl.xml.functions import fromstring

from heritage.errors import TableError

MAX_SHEET_BYTES = 400_000_000
MAX_STRINGS_BYTES = 64_000_000
MAX_PART_BYTES = 16_000_000
MAX_PARTS = 2_000
_BLOCK = 4_096
_ENTRY_MARK = b"PK\1\2"
_SHEETS, _STRINGS, _TYPES = "xl/worksheets/", "xl/sharedStrings.xml", "[Content_Types].xml"
_SHEET_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.worksheet+xml"
_STRINGS_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sharedStrings+xml"


def check_workbook(path: Path) -> None:
    """Raises `TableError` for what is no workbook, or too large to be opened."""
    try:
        _check_count(path)
        with ZipFile(path) as archive:
            _check_sizes(path, archive)
            _check_prologs(path, archive)
            _check_types(path, archive)
    except OSError as error:
        raise TableError(f"{path} cannot be read: {error.strerror or error}") from error
    except TableError:
        raise
    except Exception as error:  # whatever a damaged archive or its XML leads into
        reason = "" if isinstance(error, (BadZipFile, KeyError)) else f" ({error})"
        raise TableError(
            f"{path.name} is not an Excel workbook (.xlsx){reason}, or a password protects it; save it as .xlsx "
            "without a password, or as 'CSV UTF-8'"
        ) from error


def _check_count(path: Path) -> None:
    """Before the directory is read: with a million entries in it that alone takes a gigabyte."""
    count, end = 0, b""
    with path.open("rb") as file:
        while block := file.read(1 << 20):
            count += (end + block).count(_ENTRY_MARK)
            end = block[-3:]
    if count > MAX_PARTS:
        raise TableError(f"{path.name} has more than {MAX_PARTS} parts; save only its table, as 'CSV UTF-8'")


def _check_sizes(path: Path, archive: ZipFile) -> None:
    entries = archive.infolist()
    if len(entries) > MAX_PARTS:
        raise TableError(f"{path.name} has more than {MAX_PARTS} parts; save only its table, as 'CSV UTF-8'")
    sheet_bytes = 0
    for entry in entries:
        if entry.compress_type not in (ZIP_STORED, ZIP_DEFLATED):
            raise BadZipFile("no Excel workbook is compressed like this")
        is_sheet = entry.filename.startswith(_SHEETS)
        sheet_bytes += entry.file_size if is_sheet else 0
        limit = MAX_STRINGS_BYTES if entry.filename == _STRINGS else MAX_PART_BYTES
        if sheet_bytes > MAX_SHEET_BYTES or (entry.file_size > limit and not is_sheet):
            raise TableError(
                f"{path.name} is too large: {entry.filename!r} unpacks to {entry.file_size / 1e6:,.0f} MB; take "
                "pictures and other sheets out of it, or save the table as 'CSV UTF-8', which may be of any size"
            )


def _check_prologs(path: Path, archive: ZipFile) -> None:
    for name in archive.namelist():
        with archive.open(name) as part:
            if _declares_type(part):
                raise TableError(f"{path.name}: its part {name!r} declares entities, as attacks do; save it from Excel")


class _RootReachedError(Exception):
    """Nothing can be declared any more."""


def _declares_type(part: IO[bytes]) -> bool:
    """Whether there is a document type declaration; by the very parser that reads the part later."""
    declared: list[str] = []

    def stop(*_: object) -> None:
        raise _RootReachedError

    parser = expat.ParserCreate()
    parser.StartDoctypeDeclHandler = lambda name, *_: declared.append(name)
    parser.StartElementHandler = stop
    try:
        while not declared and (block := part.read(_BLOCK)):
            parser.Parse(block)
    except (_RootReachedError, expat.ExpatError):  # a picture; or XML that is refused when it is read
        pass
    return bool(declared)


def _check_types(path: Path, archive: ZipFile) -> None:
    for override in fromstring(archive.read(_TYPES)):
        part, kind = override.get("PartName") or "", override.get("ContentType") or ""
        is_sheet, is_strings = _SHEETS in part, part.endswith(_STRINGS)
        if (is_sheet and kind != _SHEET_TYPE) or (is_strings and kind != _STRINGS_TYPE):
            raise TableError(f"{path.name} calls its part {part[:80]!r} something else; save it anew from Excel")
