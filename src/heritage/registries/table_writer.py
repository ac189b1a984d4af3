"""Writes tables of text, as CSV or as an Excel workbook, in which no text can be taken for a formula."""

import csv
import io
import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Any, BinaryIO, Protocol

from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.styles import PatternFill

from heritage.domain.formulas import inert, is_at_risk
from heritage.errors import InputError, StorageError

MAX_CELL_LENGTH = 32_767  # of a workbook
_RED = PatternFill("solid", fgColor="FFC7CE")
# XML 1.0 cannot hold these, and a workbook with one of them opens nowhere.
_NOT_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")


class TableFormat(StrEnum):
    """Named by the suffix of its files."""

    CSV = ".csv"
    XLSX = ".xlsx"

    @classmethod
    def of(cls, path: Path) -> "TableFormat":
        """Raises `InputError`."""
        try:
            return cls(path.suffix.lower())
        except ValueError:
            raise InputError(f"{path.name}: tables are written as .csv or .xlsx") from None


@dataclass(frozen=True, slots=True)
class CsvStyle:
    """How a CSV file is written; by default so that Excel knows it for UTF-8."""

    delimiter: str = ","
    has_mark: bool = True


AS_EXCEL_READS_IT = CsvStyle()


class TableWriter(Protocol):
    def write(self, cells: Sequence[str], is_marked: bool = False) -> None:
        """One line; ``is_marked`` makes it stand out, where the format can. Raises `InputError`."""
        ...


@contextmanager
def table_writer(
    target: BinaryIO, kind: TableFormat, header: Sequence[str], style: CsvStyle = AS_EXCEL_READS_IT
) -> Iterator[TableWriter]:
    """Writes to ``target``, which stays open; a workbook is there only at the end, also after an error."""
    made = _CsvWriter.begun(target, style) if kind is TableFormat.CSV else _XlsxWriter.begun(target)
    try:
        made.write(header)
        yield made
    finally:
        made.end()


@contextmanager
def table_file(path: Path, header: Sequence[str], style: CsvStyle = AS_EXCEL_READS_IT) -> Iterator[TableWriter]:
    """`table_writer` into the file at ``path``. Raises `InputError` for its suffix, `StorageError`."""
    kind = TableFormat.of(path)
    try:
        file = path.open("wb")
    except OSError as error:
        raise StorageError(f"{path} cannot be written: {error.strerror}") from error
    with file, table_writer(file, kind, header, style) as made:
        yield made


@dataclass(frozen=True, slots=True)
class _CsvWriter:
    text: io.TextIOWrapper
    lines: Any  # csv's writer has no public type

    @classmethod
    def begun(cls, target: BinaryIO, style: CsvStyle) -> "_CsvWriter":
        text = io.TextIOWrapper(target, "utf-8-sig" if style.has_mark else "utf-8", newline="")
        return cls(text, csv.writer(text, delimiter=style.delimiter))

    def write(self, cells: Sequence[str], is_marked: bool = False) -> None:
        self.lines.writerow([inert(cell) for cell in cells])

    def end(self) -> None:
        self.text.detach()


@dataclass(frozen=True, slots=True)
class _XlsxWriter:
    target: BinaryIO
    book: Workbook
    sheet: Any

    @classmethod
    def begun(cls, target: BinaryIO) -> "_XlsxWriter":
        book = Workbook(write_only=True)
        sheet = book.create_sheet("records")
        sheet.freeze_panes = "A2"
        return cls(target, book, sheet)

    def write(self, cells: Sequence[str], is_marked: bool = False) -> None:
        self.sheet.append([self._cell(cell, is_marked) for cell in cells])

    def _cell(self, text: str, is_marked: bool) -> object:
        if len(text) > MAX_CELL_LENGTH:
            raise InputError(f"a text is longer than the {MAX_CELL_LENGTH:,} characters of an Excel cell; write .csv")
        written = _NOT_XML.sub("\ufffd", text)
        if not is_marked and not is_at_risk(text) and text[:1] != "#":
            return written or None
        made = WriteOnlyCell(self.sheet, written)
        made.data_type = "s"  # whatever openpyxl took it for: a formula, or an error such as #REF!
        made.quotePrefix = is_at_risk(text)  # and it stays text when somebody edits the cell
        if is_marked:
            made.fill = _RED
        return made

    def end(self) -> None:
        self.book.save(self.target)
