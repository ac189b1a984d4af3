"""Reads the lines of a CSV file: UTF-8, separated by commas, semicolons or tabs."""

import csv
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TextIO

from heritage.domain.formulas import bare
from heritage.errors import TableError
from heritage.registries.columns import ALIASES, COLUMNS, plain

_DELIMITERS = ",;\t"
_MAX_HEADER = 100_000  # characters
_MAX_LINE = 10_000_000


@dataclass(frozen=True, slots=True)
class CsvTable:
    """A CSV file with a header. Make it with `open_csv`."""

    path: Path
    delimiter: str
    has_mark: bool  # a byte order mark, by which Excel knows UTF-8
    header: tuple[str, ...]
    warnings: tuple[str, ...] = ()

    def lines(self) -> Iterator[tuple[int, tuple[str, ...]]]:
        """(row number, cells) of every line that is not empty; the header is row 1. Raises `TableError`."""
        name = self.path.name
        with self.path.open(encoding="utf-8-sig", newline="") as file:
            lines = csv.reader(_bounded(file), delimiter=self.delimiter)
            try:
                next(lines)
                for number, cells in enumerate(lines, start=2):
                    if any(cells):
                        yield number, tuple(bare(cell) if cell[:1] == "'" else cell for cell in cells)
            except csv.Error as error:
                raise TableError(f"{name}, line {lines.line_num}: {error}") from error
            except UnicodeDecodeError as error:
                raise TableError(
                    f"{name}, after line {lines.line_num}: not UTF-8; save the file as 'CSV UTF-8'"
                ) from error


def _bounded(file: TextIO) -> Iterator[str]:
    """Line by line. Raises `csv.Error` for one that would fill the memory."""
    while line := file.readline(_MAX_LINE):
        if len(line) == _MAX_LINE and not line.endswith("\n"):
            raise csv.Error(f"it has more than {_MAX_LINE:,} characters")
        yield line


def open_csv(path: Path, known: frozenset[str] = frozenset()) -> CsvTable:
    """Read the header; the delimiter is the one that gives most columns we know, or that are ``known``.

    Raises `TableError`.
    """
    text, has_mark = _header_text(path)
    understood = known | set(COLUMNS) | set(ALIASES)

    def worth(delimiter: str) -> tuple[int, int]:
        names = _cells(text, delimiter)
        return len(understood & {plain(name) for name in names}), len(names)

    delimiter = max(_DELIMITERS, key=worth)
    return CsvTable(path, delimiter, has_mark, tuple(bare(cell) for cell in _cells(text, delimiter)))


def _header_text(path: Path) -> tuple[str, bool]:
    try:
        with path.open(encoding="utf-8", newline="") as file:
            text = file.readline(_MAX_HEADER).strip("\r\n")
    except UnicodeDecodeError as error:
        raise TableError(f"{path.name} is not UTF-8; save the file as 'CSV UTF-8'") from error
    except OSError as error:
        raise TableError(f"{path} cannot be read: {error.strerror}") from error
    return text.removeprefix("\ufeff"), text.startswith("\ufeff")


def _cells(text: str, delimiter: str) -> list[str]:
    return next(csv.reader([text], delimiter=delimiter), [])
