"""Excel workbooks as registrars make them, and as attackers do."""

import re
import zipfile
from collections.abc import Callable, Sequence
from datetime import date, datetime, time
from pathlib import Path

import openpyxl
import pytest
from openpyxl.workbook.protection import WorkbookProtection

from heritage.errors import TableError
from heritage.registries import workbook_check, xlsx_table
from heritage.registries.spreadsheet import Reading, open_spreadsheet
from heritage.registries.xlsx_table import MAX_COLUMNS, open_xlsx

Edit = Callable[[bytes], bytes]


def workbook(path: Path, rows: Sequence[Sequence[object]], sheet: str = "Sheet") -> openpyxl.Workbook:
    book = openpyxl.Workbook()
    book.active.title = sheet
    for row in rows:
        book.active.append(row)
    book.save(path)
    return book


def lines(path: Path, sheet: str = "") -> list[tuple[int, tuple[str, ...]]]:
    return list(open_xlsx(path, sheet).lines())


def test_cells_become_the_text_that_excel_shows(tmp_path: Path) -> None:
    path = tmp_path / "t.xlsx"
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.append(["name", "value"])
    shown = [
        (12, "General", "12"),
        (12.0, "General", "12"),
        (12, "00000", "00012"),
        (12.5, "0.00", "12.5"),
        (1e20, "General", "100000000000000000000"),
        (True, "General", "true"),
        (date(1998, 5, 21), "DD/MM/YYYY", "1998-05-21"),
        (datetime(1998, 5, 21, 23, 10), "DD/MM/YYYY HH:MM", "1998-05-21 23:10:00"),
        (date(1998, 5, 1), 'MMMM" d "YYYY', "1998-05"),
        (date(1998, 1, 1), "[$-410]YYYY", "1998"),
        (time(23, 10), "HH:MM", "23:10:00"),
        ("007", "@", "007"),
        (" two\nlines ", "General", " two\nlines "),
        ("#N/A", "General", "#N/A"),
    ]
    for number, (value, layout, _) in enumerate(shown, start=2):
        sheet.cell(number, 2, value).number_format = layout
    book.save(path)
    assert [cells[1] for _, cells in lines(path)] == [text for _, _, text in shown]


def test_formulas_are_what_excel_computed(tmp_path: Path) -> None:
    path = tmp_path / "t.xlsx"
    workbook(path, [["number", "title"], ["=1+11", "x"], ["=1+1", "y"]])
    edit(
        path,
        "xl/worksheets/sheet1.xml",
        lambda data: re.sub(rb"(?<=<f>1\+11</f>)<v ?/>|(?<=<f>1\+11</f>)<v></v>", b"<v>12</v>", data),
    )
    assert lines(path) == [(2, ("12", "x")), (3, ("", "y"))]


def test_rows_are_numbered_as_excel_does_and_empty_ones_left_out(tmp_path: Path) -> None:
    path = tmp_path / "t.xlsx"
    workbook(path, [[], [None, None], ["number", "images"], [], ["1", "a"], ["", ""], ["2"]])
    table = open_xlsx(path)
    assert table.header == ("number", "images")
    assert list(table.lines()) == [(5, ("1", "a")), (7, ("2",))]


def test_hidden_sheets_are_read_only_when_named(tmp_path: Path) -> None:
    path = tmp_path / "t.xlsx"
    book = openpyxl.Workbook()
    book.active.title = "secret"
    book.active.append(["hidden"])
    book.active.sheet_state = "hidden"
    for name in ("objects", "notes"):
        book.create_sheet(name).append([name])
    book.active = 1
    book.save(path)
    table = open_xlsx(path)
    assert table.header == ("objects",)
    assert table.warnings == ("t.xlsx: only the sheet 'objects' is read; others are 'notes'",)
    assert open_xlsx(path, "secret").header == ("hidden",)
    assert open_xlsx(path, "notes").warnings == ()
    with pytest.raises(TableError, match="no sheet 'object'; it has 'secret', 'objects', 'notes'"):
        open_xlsx(path, "object")


def test_a_sheet_in_a_csv_file_is_a_mistake(tmp_path: Path) -> None:
    (tmp_path / "t.csv").write_text("number,images\n")
    with pytest.raises(TableError, match="is no Excel workbook"):
        open_spreadsheet(tmp_path / "t.csv", reading=Reading(sheet="x"))


def test_what_a_workbook_says_of_its_size_is_not_believed(tmp_path: Path) -> None:
    path = tmp_path / "t.xlsx"
    workbook(path, [["number", "images"], ["1", "a"], ["2", "b"]])
    edit(path, "xl/worksheets/sheet1.xml", lambda data: data.replace(b'ref="A1:B3"', b'ref="A1:A1"'))
    assert len(lines(path)) == 2


def test_an_empty_sheet_says_so(tmp_path: Path) -> None:
    workbook(tmp_path / "t.xlsx", [])
    with pytest.raises(TableError, match="the sheet 'Sheet' is empty"):
        open_xlsx(tmp_path / "t.xlsx")


def edit(path: Path, part: str, change: Edit) -> None:
    """Rewrite one part of the archive, or add it."""
    with zipfile.ZipFile(path) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    parts[part] = change(parts.get(part, b""))
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in parts.items():
            archive.writestr(name, data)


BOMB = b"""<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "aaaaaaaaaa">%s]>""" % b"".join(
    b'<!ENTITY %c "%s">' % (letter, b"&%c;" % (letter - 1) * 10) for letter in b"bcdefghij"
)
OUTSIDE = b"""<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]>"""


@pytest.mark.parametrize("head", [BOMB, OUTSIDE], ids=["billion laughs", "external"])
@pytest.mark.parametrize(
    "part",
    ["[Content_Types].xml", "xl/workbook.xml", "xl/sharedStrings.xml", "xl/styles.xml", "xl/worksheets/sheet1.xml"],
)
def test_entities_are_not_expanded(tmp_path: Path, part: str, head: bytes) -> None:
    path = tmp_path / "t.xlsx"
    workbook(path, [["number", "images"], ["marker", "a"]])

    def change(data: bytes) -> bytes:
        body = data[data.index(b"?>") + 2 :] if data.startswith(b"<?xml") else data
        return head + body.replace(b"marker", b"&j;" if head is BOMB else b"&a;").replace(b"Sheet<", b"&a;<")

    edit(path, part, change)
    with pytest.raises(TableError, match="declares entities"):
        lines(path)


@pytest.mark.parametrize("encoding", ["utf-16", "iso-8859-1"])
@pytest.mark.parametrize("before", ["", "<!-- -->" * 2_000, "\n" * 10_000])
def test_entities_are_found_behind_whatever_may_come_before(tmp_path: Path, before: str, encoding: str) -> None:
    path = tmp_path / "t.xlsx"
    workbook(path, [["number", "images"]])
    text = f'<?xml version="1.0" encoding="{encoding}"?>{before}<!DOCTYPE x [<!ENTITY a "b">]><x>&a;</x>'
    edit(path, "xl/worksheets/sheet1.xml", lambda _: text.encode(encoding))
    with pytest.raises(TableError, match="declares entities"):
        lines(path)


@pytest.mark.parametrize(
    "part", ["xl/worksheets/sheet1.xml", "xl/sharedStrings.xml", "xl/styles.xml", "xl/media/1.png"]
)
def test_a_zip_bomb_is_not_unpacked(tmp_path: Path, part: str, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "t.xlsx"
    workbook(path, [["number", "images"], ["1", "a"]])
    for name in ("MAX_SHEET_BYTES", "MAX_STRINGS_BYTES", "MAX_PART_BYTES"):
        monkeypatch.setattr(workbook_check, name, 1_000_000)
    edit(path, part, lambda data: data + b" " * 1_000_001)
    with pytest.raises(TableError, match=f"too large: '{part}' unpacks to 1 MB"):
        open_xlsx(path)


def test_many_sheets_are_measured_together(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "t.xlsx"
    workbook(path, [["number", "images"]])
    monkeypatch.setattr(workbook_check, "MAX_SHEET_BYTES", 1_000_000)
    for number in (2, 3):
        edit(path, f"xl/worksheets/sheet{number}.xml", lambda data: b" " * 600_000)
    with pytest.raises(TableError, match="too large"):
        open_xlsx(path)


def test_a_sheet_cannot_pass_for_a_part_that_is_read_whole(tmp_path: Path) -> None:
    path = tmp_path / "t.xlsx"
    workbook(path, [["number", "images"]])
    edit(
        path,
        "[Content_Types].xml",
        lambda data: data.replace(b'PartName="/xl/workbook.xml"', b'PartName="/xl/worksheets/workbook.xml"'),
    )
    with pytest.raises(TableError, match=r"calls its part '/xl/worksheets/workbook\.xml' something else"):
        open_xlsx(path)


def test_too_many_parts(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(workbook_check, "MAX_PARTS", 5)
    workbook(tmp_path / "t.xlsx", [["number"]])
    with pytest.raises(TableError, match="more than 5 parts"):
        open_xlsx(tmp_path / "t.xlsx")


def test_a_row_far_below_is_not_waited_for(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(xlsx_table, "MAX_ROWS", 1_000)
    path = tmp_path / "t.xlsx"
    workbook(path, [["number", "images"], ["1", "a"]])
    edit(
        path, "xl/worksheets/sheet1.xml",
        lambda data: data.replace(b'<row r="2">', b'<row r="2000000000">').replace(b'"A2"', b'"A2000000000"'),
    )  # fmt: skip
    with pytest.raises(TableError, match="below 1,000"):
        lines(path)


def test_a_cell_far_to_the_right(tmp_path: Path) -> None:
    path = tmp_path / "t.xlsx"
    book = openpyxl.Workbook()
    book.active.append(["number"])
    book.active.cell(2, MAX_COLUMNS + 1, "x")
    book.save(path)
    with pytest.raises(TableError, match=f"row 2: has more than {MAX_COLUMNS} columns"):
        lines(path)


@pytest.mark.parametrize(
    ("part", "data"),
    [
        ("xl/worksheets/sheet1.xml", b"<worksheet>"),
        ("xl/worksheets/sheet1.xml", b"\xff\xfe\x00"),
        ("xl/workbook.xml", b"<x/>"),
        ("xl/styles.xml", b"not xml"),
        ("[Content_Types].xml", b"<x/>"),
        ("[Content_Types].xml", b""),
    ],
)
def test_broken_parts_are_an_error_that_says_what_to_do(tmp_path: Path, part: str, data: bytes) -> None:
    path = tmp_path / "t.xlsx"
    workbook(path, [["number", "images"], ["1", "a"]])
    edit(path, part, lambda _: data)
    with pytest.raises(TableError, match=r"t\.xlsx .*(save it|is empty)"):
        lines(path)


@pytest.mark.parametrize(
    "data", [b"", b"PK\x03\x04 torn", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1 encrypted", b"number,images\n1,a\n"]
)
def test_what_is_no_workbook(tmp_path: Path, data: bytes) -> None:
    (tmp_path / "t.xlsx").write_bytes(data)
    with pytest.raises(TableError, match=r"not an Excel workbook.*password"):
        open_xlsx(tmp_path / "t.xlsx")


def test_a_missing_file(tmp_path: Path) -> None:
    with pytest.raises(TableError, match="cannot be read: No such file"):
        open_xlsx(tmp_path / "t.xlsx")


def test_a_locked_structure_is_no_obstacle(tmp_path: Path) -> None:
    path = tmp_path / "t.xlsx"
    book = workbook(path, [["number", "images"], ["1", "a"]])
    book.security = WorkbookProtection(workbookPassword="1234", lockStructure=True)
    book.save(path)
    assert lines(path) == [(2, ("1", "a"))]
