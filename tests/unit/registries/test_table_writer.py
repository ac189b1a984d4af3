"""What is written must come back as it was, and must never run."""

import csv
import io
from pathlib import Path

import openpyxl
import pytest

from heritage.domain.formulas import bare, inert
from heritage.errors import InputError, StorageError
from heritage.registries.csv_table import open_csv
from heritage.registries.table_writer import MAX_CELL_LENGTH, TableFormat, table_file, table_writer
from heritage.registries.xlsx_table import open_xlsx

DANGEROUS = ("=1+1", "+1", "-2", "@SUM(A1)", "\tx", "\rx", "=cmd|' /C calc'!A0", "＝1", "'=1", "''-x")
HARMLESS = ("a=1", "'quoted'", "x-y", "1998", "", "#REF!", "Žena 聖 العربية", 'a "b", c;d')


@pytest.mark.parametrize("text", [*DANGEROUS, *HARMLESS])
def test_text_comes_back_as_it_was(tmp_path: Path, text: str) -> None:
    for name in ("t.csv", "t.xlsx"):
        with table_file(tmp_path / name, ("a", "b")) as lines:
            lines.write((text, "end"))
        opened = open_csv(tmp_path / name) if name == "t.csv" else open_xlsx(tmp_path / name)
        ((_, cells),) = opened.lines()
        assert cells[0].replace("\n", "\r") == text.replace("\n", "\r")


@pytest.mark.parametrize("text", DANGEROUS)
def test_no_cell_of_a_csv_file_begins_a_formula(text: str) -> None:
    stream = io.BytesIO()
    with table_writer(stream, TableFormat.CSV, ("a",)) as lines:
        lines.write((text,))
    rows = list(csv.reader(io.StringIO(stream.getvalue().decode("utf-8-sig"), newline="")))
    assert rows[1][0].startswith("'")
    assert bare(inert(text)) == text


@pytest.mark.parametrize("text", [*DANGEROUS, "#REF!", "#N/A"])
@pytest.mark.parametrize("is_marked", [True, False])
def test_every_cell_of_a_workbook_is_text(tmp_path: Path, text: str, is_marked: bool) -> None:
    with table_file(tmp_path / "t.xlsx", ("a",)) as lines:
        lines.write((text,), is_marked)
    cell = openpyxl.load_workbook(tmp_path / "t.xlsx").active["A2"]
    assert cell.data_type == "s"
    assert cell.quotePrefix is (text[0] != "#"), "it must stay text when somebody edits the cell"
    assert (cell.fill.fgColor.rgb == "00FFC7CE") is is_marked


@pytest.mark.parametrize("text", ["a\x00b", "a\x1fb", "a\ufffeb", "a\ud800b"])
def test_what_xml_cannot_hold_does_not_break_the_workbook(tmp_path: Path, text: str) -> None:
    with table_file(tmp_path / "t.xlsx", ("a",)) as lines:
        lines.write((text,))
    assert [cells for _, cells in open_xlsx(tmp_path / "t.xlsx").lines()] == [("a\ufffdb",)]


def test_a_text_too_long_for_excel_is_not_cut(tmp_path: Path) -> None:
    with (
        pytest.raises(InputError, match=r"32,767 characters.*write \.csv"),
        table_file(tmp_path / "t.xlsx", "a") as lines,
    ):
        lines.write(("x" * (MAX_CELL_LENGTH + 1),))


def test_what_was_written_before_an_error_is_kept(tmp_path: Path) -> None:
    with pytest.raises(KeyError), table_file(tmp_path / "t.xlsx", ("a",)) as lines:
        lines.write(("1",))
        raise KeyError
    assert [cells for _, cells in open_xlsx(tmp_path / "t.xlsx").lines()] == [("1",)]


def test_excel_knows_the_csv_for_utf8(tmp_path: Path) -> None:
    with table_file(tmp_path / "t.csv", ("Größe",)):
        pass
    assert (tmp_path / "t.csv").read_bytes() == b"\xef\xbb\xbf" + "Größe\r\n".encode()


def test_a_file_that_cannot_be_written(tmp_path: Path) -> None:
    with pytest.raises(StorageError, match="cannot be written"), table_file(tmp_path / "no" / "t.csv", ("a",)):
        pass
    with pytest.raises(InputError, match=r"\.csv or \.xlsx"), table_file(tmp_path / "t.ods", ("a",)):
        pass
