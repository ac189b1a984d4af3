"""A report is the table itself, to be mended in place and imported again."""

from pathlib import Path

import openpyxl
import pytest

from heritage.domain.records import Outcome, RecordId, SourceRow
from heritage.registries.folder import open_source
from heritage.registries.mapping import read_mapping
from heritage.registries.reporting import open_report
from heritage.registries.spreadsheet import Reading, Spreadsheet, open_spreadsheet

LINES = [
    ["Numero", "Owner", "Titolo", "images", "status", "Nota"],
    ["1", "=HYPERLINK()", "Madonna", "a.jpg", "", " as it was "],
    ["1", "=HYPERLINK()", "Madonna", "b.jpg", "", " as it was "],
    ["2", "", "-", "", "burnt"],
    ["3", "", "", "", "", "", "beyond"],
]
MAPPING = 'ignore = ["Owner", "Nota"]\n[columns]\nNumero = "number"\nTitolo = "title"\n'


def source(folder: Path, name: str) -> Spreadsheet:
    for picture in ("a.jpg", "b.jpg"):
        (folder / picture).touch()
    (folder / "map.toml").write_text(MAPPING)
    path = folder / name
    if not path.exists() and path.suffix == ".csv":
        text = "\r\n".join(";".join(line) for line in LINES).replace("=HYPERLINK", "'=HYPERLINK")
        path.write_text(text, encoding="utf-8-sig")
    elif not path.exists():
        book = openpyxl.Workbook()
        for line in LINES:
            book.active.append(line)
        for cell in ("B2", "B3"):
            book.active[cell].data_type = "s"
        book.save(path)
    return open_spreadsheet(path, "r", Reading(read_mapping(folder / "map.toml")))


def report(opened: Spreadsheet, path: Path) -> None:
    with open_report(path, opened) as lines:
        for row in opened.rows():
            lines.write(row, Outcome.REJECTED if row.error else Outcome.ADDED, row.error)


@pytest.mark.parametrize("suffix", [".csv", ".xlsx"])
def test_the_report_has_every_cell_of_the_table_and_two_more(tmp_path: Path, suffix: str) -> None:
    opened = source(tmp_path, f"in{suffix}")
    report(opened, tmp_path / f"out{suffix}")
    again = source(tmp_path, f"out{suffix}")
    assert again.table.header == (*LINES[0], "outcome", "remark")
    found = [cells for _, cells in again.table.lines()]
    assert [tuple(cell for cell in cells[:6]) for cells in found] == [
        (*line[:6], *[""] * (6 - len(line))) for line in LINES[1:]
    ]
    assert [cells[6] for cells in found] == ["added", "added", "rejected", "rejected"]
    assert "'burnt' is not one of" in found[2][7]
    assert found[3][8:] == ("beyond",)


@pytest.mark.parametrize("suffix", [".csv", ".xlsx"])
def test_the_report_is_imported_as_the_table_was(tmp_path: Path, suffix: str) -> None:
    opened = source(tmp_path, f"in{suffix}")
    report(opened, tmp_path / f"out{suffix}")
    again = source(tmp_path, f"out{suffix}")
    assert again.warnings == opened.warnings == ()
    assert [(row.record, row.pictures, row.error) for row in again.rows()] == [
        (row.record, row.pictures, row.error) for row in opened.rows()
    ]
    report(again, tmp_path / f"third{suffix}")
    third = [cells for _, cells in source(tmp_path, f"third{suffix}").table.lines()]
    assert third == [cells for _, cells in again.table.lines()], "its own columns are not doubled"


def test_a_csv_report_keeps_how_the_table_is_written(tmp_path: Path) -> None:
    report(source(tmp_path, "in.csv"), tmp_path / "out.csv")
    text = (tmp_path / "out.csv").read_bytes()
    assert text.startswith(b"\xef\xbb\xbfNumero;Owner;")
    assert b"'=HYPERLINK()" in text
    assert b";'-;" in text


def test_rejected_rows_of_a_workbook_are_red(tmp_path: Path) -> None:
    report(source(tmp_path, "in.xlsx"), tmp_path / "out.xlsx")
    sheet = openpyxl.load_workbook(tmp_path / "out.xlsx").active
    assert [sheet.cell(row, 1).fill.fill_type for row in (1, 2, 3, 4, 5)] == [None, None, None, "solid", "solid"]
    assert sheet["B2"].data_type == "s"


def test_another_source_gets_its_records_named(tmp_path: Path) -> None:
    (tmp_path / "pictures").mkdir()
    (tmp_path / "pictures" / "1.jpg").touch()
    with open_report(tmp_path / "out.csv", open_source(tmp_path / "pictures", "r")) as lines:
        lines.write(SourceRow(1, None, label="=cmd"), Outcome.REJECTED, "-1 is bad")
        lines.write(SourceRow(2, None, label=str(RecordId("r", "2"))), Outcome.ADDED, "")
    text = (tmp_path / "out.csv").read_text("utf-8-sig")
    assert text.splitlines() == ["row,record,outcome,remark", "1,'=cmd,rejected,'-1 is bad", "2,r/2,added,"]
