"""What an ingest did: counts, the rows it could not take, and a CSV file of all rows."""

import csv
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from enum import StrEnum
from pathlib import Path
from typing import TextIO

from heritage.errors import StorageError

FAILURES_KEPT = 1_000  # in the report, and as many remarks; its file has all
_COLUMNS = ("row", "record", "outcome", "detail")


class Outcome(StrEnum):
    """What became of one row."""

    ADDED = "added"
    UPDATED = "updated"
    UNCHANGED = "unchanged"
    REJECTED = "rejected"


@dataclass(frozen=True, slots=True)
class RowOutcome:
    """What became of the row with that number; ``label`` is its record id as far as it is known.

    ``detail`` says why a row was rejected, or what is remarkable of one that was not.
    """

    row: int
    label: str
    outcome: Outcome
    detail: str = ""


@dataclass(frozen=True, slots=True)
class IngestReport:
    """How many records came to which outcome, how many were remarked on, and the first thousand of these and of the
    rejected."""

    added: int = 0
    updated: int = 0
    unchanged: int = 0
    rejected: int = 0
    remarked: int = 0
    failures: tuple[RowOutcome, ...] = ()
    remarks: tuple[RowOutcome, ...] = ()

    @property
    def row_count(self) -> int:
        return self.added + self.updated + self.unchanged + self.rejected

    def with_row(self, row: RowOutcome) -> "IngestReport":
        counted = replace(self, **{row.outcome.value: getattr(self, row.outcome.value) + 1})
        if row.outcome is Outcome.REJECTED and len(self.failures) < FAILURES_KEPT:
            return replace(counted, failures=(*self.failures, row))
        if row.outcome is not Outcome.REJECTED and row.detail:
            kept = (*self.remarks, row)[:FAILURES_KEPT]
            return replace(counted, remarked=self.remarked + 1, remarks=kept)
        return counted


@dataclass(frozen=True, slots=True)
class ReportFile:
    """A CSV file that gets a line for every row, or nothing at all."""

    file: TextIO | None

    def write(self, row: RowOutcome) -> None:
        if self.file:
            cells = (str(row.row), _inert(row.label), row.outcome.value, _inert(row.detail))
            csv.writer(self.file).writerow(cells)


@contextmanager
def report_file(path: Path | None) -> Iterator[ReportFile]:
    """Open the report at ``path``, if one is asked for. Raises `StorageError`."""
    if path is None:
        yield ReportFile(None)
        return
    try:
        file = path.open("w", encoding="utf-8", newline="")
    except OSError as error:
        raise StorageError(f"the report {path} cannot be written: {error.strerror}") from error
    with file:
        csv.writer(file).writerow(_COLUMNS)
        yield ReportFile(file)


def _inert(text: str) -> str:
    """``text`` for a cell that a spreadsheet must not take for a formula: labels and file names come from outside."""
    return f"'{text}" if text.startswith(("=", "+", "-", "@", "\t", "\r")) else text
