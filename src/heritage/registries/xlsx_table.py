"""Reads the lines of an Excel sheet as text, row by row.

Formulas are taken as the values that Excel computed when it saved the file. Dates become ISO 8601, as precise as they
are shown; whole numbers have no ``.0``, and keep the zeros in front that a format such as ``00000`` shows.
"""

import re
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime
from itertools import islice
from pathlib import Path
from typing import Protocol

from openpyxl import Workbook, load_workbook

from heritage.errors import TableError
from heritage.registries.workbook_check import check_workbook

MAX_ROWS = 1_048_576  # Excel's own limit
MAX_COLUMNS = 300
_QUOTED = re.compile(r'"[^"]*"|\[[^\]]*\]|\\.')  # of a number format: literal text, colour, locale
_ZEROS = re.compile("0{2,}")


class _Cell(Protocol):
    @property
    def value(self) -> object: ...
    @property
    def number_format(self) -> str | None: ...


@dataclass(frozen=True, slots=True)
class XlsxTable:
    """One sheet with a header. Make it with `open_xlsx`."""

    path: Path
    sheet: str
    header: tuple[str, ...]
    warnings: tuple[str, ...] = ()

    def lines(self) -> Iterator[tuple[int, tuple[str, ...]]]:
        """(row number as Excel shows it, cells) of every row that is not empty. Raises `TableError`."""
        with _opened(self.path) as workbook:
            yield from islice(_rows(self.path, workbook, self.sheet), 1, None)


def open_xlsx(path: Path, sheet: str = "") -> XlsxTable:
    """The sheet called ``sheet``, or else the first one that is not hidden; its first row is the header.

    Raises `TableError`.
    """
    check_workbook(path)
    with _opened(path) as workbook:
        name, others = _choose(path, workbook, sheet)
        first = next(_rows(path, workbook, name), None)
    if first is None:
        raise TableError(f"{path.name}: the sheet {name!r} is empty; name another with --sheet: {', '.join(others)}")
    said = f"{path.name}: only the sheet {name!r} is read; others are {', '.join(map(repr, others))}"
    return XlsxTable(path, name, first[1], (said,) if others and not sheet else ())


def _choose(path: Path, workbook: Workbook, sheet: str) -> tuple[str, list[str]]:
    """The sheet to read, and the others that are not hidden."""
    names = [one.title for one in workbook.worksheets]
    shown = [one.title for one in workbook.worksheets if one.sheet_state == "visible"]
    if not names:
        raise TableError(f"{path.name} has no sheet with cells; save it anew from Excel, or as 'CSV UTF-8'")
    if sheet and sheet not in names:
        raise TableError(f"{path.name} has no sheet {sheet!r}; it has {', '.join(map(repr, names))}")
    if not sheet and not shown:
        raise TableError(f"{path.name} shows no sheet; name one with --sheet: {', '.join(map(repr, names))}")
    chosen = sheet or shown[0]
    return chosen, [name for name in shown if name != chosen]


@contextmanager
def _opened(path: Path) -> Iterator[Workbook]:
    """The workbook, while it is read. Raises `TableError` for whatever goes wrong meanwhile."""
    # It warns of what it could not keep if it wrote the workbook back, such as a print area: nothing to us.
    warnings.filterwarnings("ignore", category=UserWarning, module=r"openpyxl\.")
    try:
        with path.open("rb") as file:
            yield load_workbook(file, read_only=True, data_only=True, keep_links=False)
    except TableError:
        raise
    except Exception as error:  # openpyxl raises whatever malformed XML leads it into
        reason = str(error).splitlines()[0][:200] if str(error) else type(error).__name__
        raise TableError(
            f"{path.name} cannot be read as a workbook ({reason}); save it anew from Excel, or as 'CSV UTF-8'"
        ) from error


def _rows(path: Path, workbook: Workbook, sheet: str) -> Iterator[tuple[int, tuple[str, ...]]]:
    """(row number, cells) of the rows that are not empty, without the empty cells at their end."""
    found = workbook[sheet]
    found.reset_dimensions()  # what the file says of its own size is often wrong
    for number, cells in enumerate(found.iter_rows(max_col=MAX_COLUMNS + 1), start=1):
        if number > MAX_ROWS:
            raise TableError(f"{path.name} has rows below {MAX_ROWS:,}; split it")
        last = next((place for place in range(len(cells), 0, -1) if cells[place - 1].value is not None), 0)
        if last > MAX_COLUMNS:
            raise TableError(f"{path.name}, row {number}: has more than {MAX_COLUMNS} columns; take some out")
        texts = tuple(_text(cell) for cell in cells[:last])
        if any(texts):
            yield number, texts


def _text(cell: _Cell) -> str:
    value = cell.value
    if value is None:
        return ""
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, (int, float)):
        return _number(value, cell.number_format or "")
    if isinstance(value, (datetime, date)):
        return _date(value, cell.number_format or "")
    return str(value)


def _number(value: float, layout: str) -> str:
    if isinstance(value, float) and not value.is_integer():
        return repr(value)
    digits = str(int(value))
    return digits.zfill(len(layout)) if _ZEROS.fullmatch(layout) else digits


def _date(value: datetime | date, layout: str) -> str:
    if isinstance(value, datetime) and (value.hour or value.minute or value.second):
        return value.isoformat(sep=" ", timespec="seconds")
    shown = _QUOTED.sub("", layout).lower()
    if "y" in shown and "d" not in shown:  # shown as a year, or as a month: known no better
        return f"{value:%Y-%m}" if "m" in shown else f"{value:%Y}"
    return f"{value:%Y-%m-%d}"
