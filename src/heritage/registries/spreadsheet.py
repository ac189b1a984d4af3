"""Reads a registry given as a table with a header, one row a record, beside a folder of its pictures.

The table is a CSV file or a sheet of an Excel workbook. Its columns are those of `heritage.registries.columns`, or any
others that a mapping file leads to them: ``terms``, ``shared_with``, ``images`` and ``views`` hold several values,
separated by ``;``. An image is a path relative to the file, or ``sha256:<hex>`` for one that is in the home already.
Only ``number`` and ``images`` are needed, and images may be empty. The gallery of an evaluation dataset (columns
``record_id``, ``image``) is understood too, and so is the report of an earlier run.

Rows next to each other that agree in everything but their pictures are one record with all of these pictures. The
same record anywhere else, or saying something else, is an error of the later row.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import groupby
from pathlib import Path

from heritage.domain.images import ImageDigest
from heritage.domain.ports import OriginalFinder
from heritage.domain.records import PhotoView, SourceRow
from heritage.errors import InputError, RecordError, TableError
from heritage.registries.binding import Binding, bind
from heritage.registries.columns import COLUMNS, Values, pieces, record_of, views_of
from heritage.registries.csv_table import CsvTable, open_csv
from heritage.registries.mapping import NO_MAPPING, TableMapping
from heritage.registries.xlsx_table import XlsxTable, open_xlsx

MAX_PICTURES = 100  # for one record
WORKBOOK_SUFFIXES = frozenset({".xlsx", ".xlsm"})
TABLE_SUFFIXES = frozenset({".csv", ".tsv", ".txt", *WORKBOOK_SUFFIXES})


def _no_original(_digest: ImageDigest) -> None:
    return None


@dataclass(frozen=True, slots=True)
class Reading:
    """How to read a table: by which mapping, which sheet of a workbook, and where images by their digest are."""

    mapping: TableMapping = NO_MAPPING
    sheet: str = ""
    find_original: OriginalFinder = _no_original


PLAINLY = Reading()


@dataclass(frozen=True, slots=True)
class Spreadsheet:
    """A table as a source. Make it with `open_spreadsheet`, which has read it through once."""

    table: CsvTable | XlsxTable
    binding: Binding
    registry: str  # of rows that name none
    folder: Path  # of the pictures, resolved
    find_original: OriginalFinder
    warnings: tuple[str, ...] = ()
    row_count: int = 0

    def rows(self) -> Iterator[SourceRow]:
        """One row a record. Raises `TableError` when the file cannot be read on."""
        seen: set[int] = set()
        for group in self.groups():
            row = self._row(group, seen)
            yield replace(row, cells=tuple(line.cells for line in group))

    def groups(self) -> Iterator[list["_Line"]]:
        """Lines next to each other that differ in nothing but their pictures."""
        lines = (self._line(number, cells) for number, cells in self.table.lines())
        for _, group in groupby((line for line in lines if any(line.cells)), key=lambda line: line.identity):
            yield list(group)

    def _line(self, number: int, cells: Sequence[str]) -> "_Line":
        own = self.binding.own(cells)
        values = self.binding.values(own)
        return _Line(number, (values[0] or self.registry, *values[1:]), self.binding.surplus(own), own)

    def _row(self, group: Sequence["_Line"], seen: set[int]) -> SourceRow:
        first = group[0]
        try:
            if first.surplus:
                raise RecordError("has more cells than the header; a text with the separator in it must be in quotes")
            record = record_of(first.values, self.binding.mapping.read_date)
            # Hashes, not keys: a million of these take 60 MB, and two that collide are a chance in 10 million.
            key = hash(record.record_id)
            if key in seen:
                raise RecordError(f"record {record.record_id} is in an earlier row too; keep one, or put them together")
            seen.add(key)
            pictures, views = self._pictures(group)
        except InputError as error:
            return SourceRow(first.number, None, error=str(error), label=first.label)
        return SourceRow(first.number, record, pictures, views, label=str(record.record_id))

    def _pictures(self, group: Sequence["_Line"]) -> tuple[tuple[Path, ...], tuple[PhotoView, ...]]:
        """Raises `RecordError`."""
        pictures: list[Path] = []
        views: list[PhotoView] = []
        for line in group:
            names = pieces(line.values[_IMAGES])
            pictures += (self._picture(name) for name in names)
            views += views_of(line.values[_VIEWS], len(names))
        if len(pictures) > MAX_PICTURES:
            raise RecordError(f"{len(pictures)} images are given; at most {MAX_PICTURES} are kept for one record")
        return tuple(pictures), tuple(views) if any(views) else ()

    def _picture(self, name: str) -> Path:
        digest = _digest(name)
        if digest is None:
            return find_picture(name, self.folder)
        original = self.find_original(digest)
        if original is None:
            raise RecordError(f"image {name} is not here; give its file, or export it with its images")
        return original


_IMAGES, _VIEWS = COLUMNS.index("images"), COLUMNS.index("views")


@dataclass(frozen=True, slots=True)
class _Line:
    number: int
    values: Values
    surplus: int  # cells to the right of the last column
    cells: tuple[str, ...]

    @property
    def identity(self) -> tuple[object, ...]:
        return (*self.values[:_IMAGES], self.surplus)

    @property
    def label(self) -> str:
        return f"{self.values[0]}/{self.values[1]}"[:200]


def open_spreadsheet(path: Path, registry: str = "", reading: Reading = PLAINLY) -> Spreadsheet:
    """Read the header and count the records.

    ``registry`` names the registry of rows that name none; else the mapping does, or the folder. Raises `TableError`
    saying what is wrong with the file as a whole.
    """
    table = open_table(path, reading)
    binding = bind(path.name, table.header, reading.mapping)
    unknown = ", ".join(binding.unknown)
    said = (f"{path.name}: columns not understood and left out: {unknown}",) if unknown else ()
    named = registry or reading.mapping.registry or path.resolve().parent.name
    folder = path.parent.resolve()
    sheet = Spreadsheet(table, binding, named, folder, reading.find_original, (*table.warnings, *said))
    return replace(sheet, row_count=sum(1 for _ in sheet.groups()))


def open_table(path: Path, reading: Reading = PLAINLY) -> CsvTable | XlsxTable:
    """The table at ``path`` as it is. Raises `TableError`."""
    if path.suffix.lower() in WORKBOOK_SUFFIXES:
        return open_xlsx(path, reading.sheet)
    if path.suffix.lower() in (".xls", ".xlsb", ".ods"):
        raise TableError(f"{path.name}: such workbooks are not read; save it as .xlsx, or as 'CSV UTF-8'")
    if reading.sheet:
        raise TableError(f"{path.name} is no Excel workbook, so it has no sheet {reading.sheet!r}")
    return open_csv(path, frozenset(reading.mapping.column_by_header))


def _digest(name: str) -> ImageDigest | None:
    try:
        return ImageDigest.parse(name) if name.startswith("sha256:") else None
    except InputError:
        return None


def find_picture(name: str, folder: Path) -> Path:
    """The file called ``name`` in ``folder``; resolved, so that what was checked is what is opened.

    A registry comes from somebody else: ``../../etc/passwd``, or a link to it, must not be read into the gallery.
    """
    return find_within(name.replace("\\", "/"), folder)


def find_within(name: str, folder: Path) -> Path:
    """As `find_picture`, but a backslash is a sign like others."""
    path = folder / name
    try:
        resolved = path.resolve()
        if not resolved.is_relative_to(folder):
            raise RecordError(f"image {name[:200]!r} is outside the folder of the file; give a path within it")
        if not resolved.is_file():
            raise RecordError(f"image {name[:200]!r} does not exist")
    except (OSError, RuntimeError) as error:  # a name too long, links in a circle
        raise RecordError(f"image {name[:200]!r} cannot be found: {error}") from error
    return resolved
