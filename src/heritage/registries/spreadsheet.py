"""Reads a registry published as a CSV file with a header, one row a record, beside a folder of its pictures.

Columns: ``registry``, ``number``, ``status``, ``owner_agency``, ``theft_date``, ``theft_place``, every field of
`ObjectIdCard`, and ``images``: paths relative to the file, several separated by ``;``. Only ``number`` and ``images``
are needed. The gallery of an evaluation dataset (columns ``record_id``, ``image``) is understood too.

Rows next to each other that agree in everything but their pictures are one record with all of these pictures. The
same record anywhere else, or saying something else, is an error of the later row.
"""

import csv
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path

from heritage.domain.records import ObjectIdCard, RecordId, RegistryRecord, SourceRow, Status
from heritage.errors import InputError, RecordError, TableError

CARD_COLUMNS = tuple(ObjectIdCard.__dataclass_fields__)
COLUMNS = ("registry", "number", "status", "owner_agency", "theft_date", "theft_place", *CARD_COLUMNS, "images")
ALIASES = {"record_id": "number", "image": "images"}
MAX_PICTURES = 100  # for one record
_DELIMITERS = ",;\t"


@dataclass(frozen=True, slots=True)
class Spreadsheet:
    """A CSV file as a source. Make it with `open_spreadsheet`, which has read it through once."""

    path: Path
    registry: str  # of rows that name none
    delimiter: str
    columns: tuple[str, ...]  # of the file, in order, by the names used here
    warnings: tuple[str, ...] = ()
    row_count: int = 0

    def rows(self) -> Iterator[SourceRow]:
        """One row a record. Raises `TableError` when the file cannot be read on."""
        folder = self.path.parent.resolve()
        seen: set[int] = set()
        for group in self.groups():
            yield _source_row(group, folder, seen)

    def groups(self) -> Iterator[list["_Row"]]:
        """Rows next to each other that differ in nothing but their pictures."""
        with self.path.open(encoding="utf-8-sig", newline="") as file:
            lines = csv.reader(file, delimiter=self.delimiter)
            next(lines)
            try:
                rows = (self._row(number, cells) for number, cells in enumerate(lines, start=2) if any(cells))
                for _, group in groupby(rows, key=lambda row: row.identity):
                    yield list(group)
            except csv.Error as error:
                raise TableError(f"{self.path.name}, line {lines.line_num}: {error}") from error
            except UnicodeDecodeError as error:
                raise TableError(
                    f"{self.path.name}, after line {lines.line_num}: not UTF-8; save the file as 'CSV UTF-8'"
                ) from error

    def _row(self, number: int, cells: list[str]) -> "_Row":
        values = dict(zip(self.columns, (cell.strip() for cell in cells), strict=False))
        values["registry"] = values.get("registry") or self.registry
        surplus = sum(1 for cell in cells[len(self.columns) :] if cell.strip())
        return _Row(number, tuple(values.get(name, "") for name in COLUMNS), surplus)


def open_spreadsheet(path: Path, registry: str = "") -> Spreadsheet:
    """Read the header and count the records. ``registry`` names the registry of rows that name none; else the folder.

    Raises `TableError` saying what is wrong with the file as a whole.
    """
    header = _header_line(path)
    delimiter = max(_DELIMITERS, key=lambda one: len(set(COLUMNS) & set(_names(header, one))))
    columns = _names(header, delimiter)
    _check(path, columns)
    unknown = [name for name in columns if name and name not in COLUMNS]
    warnings = (f"{path.name}: columns not understood and left out: {', '.join(unknown)}",) if unknown else ()
    sheet = Spreadsheet(path, registry or path.resolve().parent.name, delimiter, columns, warnings)
    row_count = sum(1 for _ in sheet.groups())
    return Spreadsheet(path, sheet.registry, delimiter, columns, warnings, row_count)


@dataclass(frozen=True, slots=True)
class _Row:
    number: int
    values: tuple[str, ...]  # in the order of COLUMNS, "" when absent
    surplus: int  # cells to the right of the last column

    @property
    def identity(self) -> tuple[object, ...]:
        return (*self.values[:-1], self.surplus)

    def __getitem__(self, name: str) -> str:
        return self.values[COLUMNS.index(name)]


def _header_line(path: Path) -> list[str]:
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            return [file.readline(100_000).strip("\r\n")]
    except UnicodeDecodeError as error:
        raise TableError(f"{path.name} is not UTF-8; save the file as 'CSV UTF-8'") from error
    except OSError as error:
        raise TableError(f"{path} cannot be read: {error.strerror}") from error


def _names(header: list[str], delimiter: str) -> tuple[str, ...]:
    cells = next(csv.reader(header, delimiter=delimiter), [])
    names = [cell.strip().lower().replace(" ", "_") for cell in cells]
    return tuple(ALIASES.get(name, name) for name in names)


def _check(path: Path, columns: tuple[str, ...]) -> None:
    for needed, other in (("number", "record_id"), ("images", "image")):
        if needed not in columns:
            raise TableError(
                f"{path.name} has no column {needed!r} (or {other!r}); its first line must name the columns. "
                f"Understood are: {', '.join(COLUMNS)}"
            )
    twice = sorted({name for name in columns if name in COLUMNS and columns.count(name) > 1})
    if twice:
        raise TableError(f"{path.name} has more than one column {twice[0]!r}; keep one")


def _source_row(group: list[_Row], folder: Path, seen: set[int]) -> SourceRow:
    first = group[0]
    try:
        record = _record(first)
        # Hashes, not keys: a million of these take 60 MB, and two that collide are a chance in 10 million.
        key = hash(record.record_id)
        if key in seen:
            raise RecordError(f"record {record.record_id} is in an earlier row too; keep one, or put them together")
        seen.add(key)
        pictures = tuple(find_picture(name, folder) for row in group for name in _picture_names(row))
        if not pictures:
            raise RecordError("no image is given; an object without a photograph cannot be found")
        if len(pictures) > MAX_PICTURES:
            raise RecordError(f"{len(pictures)} images are given; at most {MAX_PICTURES} are kept for one record")
    except InputError as error:
        return SourceRow(first.number, None, error=str(error), label=_label(first))
    return SourceRow(first.number, record, pictures, label=str(record.record_id))


def _record(row: _Row) -> RegistryRecord:
    if row.surplus:
        raise RecordError("has more cells than the header; a text with the separator in it must be in quotes")
    if any("\0" in value for value in row.values):
        raise RecordError("has a NUL character; is the file damaged?")
    return RegistryRecord(
        record_id=RecordId(row["registry"], row["number"]),
        status=_status(row["status"]),
        owner_agency=row["owner_agency"],
        theft_date=row["theft_date"],
        theft_place=row["theft_place"],
        card=ObjectIdCard(*(row[name] for name in CARD_COLUMNS)),
    )


def _label(row: _Row) -> str:
    return f"{row['registry']}/{row['number']}"[:200]


def _status(text: str) -> Status:
    try:
        return Status(text.lower() or Status.STOLEN)
    except ValueError:
        raise RecordError(f"status {text[:40]!r} is not one of {', '.join(Status)}") from None


def _picture_names(row: _Row) -> Iterable[str]:
    return (name.strip() for name in row["images"].split(";") if name.strip())


def find_picture(name: str, folder: Path) -> Path:
    """The file called ``name`` in ``folder``; resolved, so that what was checked is what is opened.

    A registry comes from somebody else: ``../../etc/passwd``, or a link to it, must not be read into the gallery.
    """
    path = folder / name.replace("\\", "/")
    try:
        resolved = path.resolve()
        if not resolved.is_relative_to(folder):
            raise RecordError(f"image {name[:200]!r} is outside the folder of the file; give a path within it")
        if not resolved.is_file():
            raise RecordError(f"image {name[:200]!r} does not exist")
    except (OSError, RuntimeError) as error:  # a name too long, links in a circle
        raise RecordError(f"image {name[:200]!r} cannot be found: {error}") from error
    return resolved
