"""A report of an import: the table itself with two columns more, to be mended in place and imported again."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from heritage.domain.ports import RowReport, Source
from heritage.domain.records import Outcome, SourceRow
from heritage.registries.columns import REPORT_COLUMNS
from heritage.registries.csv_table import CsvTable
from heritage.registries.spreadsheet import Spreadsheet
from heritage.registries.table_writer import AS_EXCEL_READS_IT, CsvStyle, TableWriter, table_file


@contextmanager
def open_report(path: Path, source: Source) -> Iterator[RowReport]:
    """Write to ``path``, a .csv or .xlsx file, what becomes of every row of ``source``.

    Of a table it repeats each row with its own columns in their order; of another source it names the record. Raises
    `InputError`, `StorageError`.
    """
    if isinstance(source, Spreadsheet):
        header = (*source.binding.header, *REPORT_COLUMNS)
        with table_file(path, header, _style(source)) as lines:
            yield _TableReport(lines, len(source.binding.header))
    else:
        with table_file(path, ("row", "record", *REPORT_COLUMNS)) as lines:
            yield _PlainReport(lines)


def _style(source: Spreadsheet) -> CsvStyle:
    table = source.table
    return CsvStyle(table.delimiter, table.has_mark) if isinstance(table, CsvTable) else AS_EXCEL_READS_IT


@dataclass(frozen=True, slots=True)
class _TableReport:
    lines: TableWriter
    width: int

    def write(self, row: SourceRow, outcome: Outcome, remark: str) -> None:
        for cells in row.cells:
            own = (*cells[: self.width], *[""] * (self.width - len(cells)))
            added = (outcome.value, remark)
            self.lines.write((*own, *added, *cells[self.width :]), is_marked=outcome is Outcome.REJECTED)


@dataclass(frozen=True, slots=True)
class _PlainReport:
    lines: TableWriter

    def write(self, row: SourceRow, outcome: Outcome, remark: str) -> None:
        self.lines.write((str(row.number), row.label, outcome.value, remark))
