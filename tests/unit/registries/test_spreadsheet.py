from pathlib import Path

import pytest

from heritage.domain.access import Handling
from heritage.domain.images import ImageDigest
from heritage.domain.records import ObjectIdCard, PhotoView, RecordId, RegistryRecord, SourceRow, Status
from heritage.errors import TableError
from heritage.registries.columns import CARD_COLUMNS, COLUMNS
from heritage.registries.spreadsheet import MAX_PICTURES, Reading, open_spreadsheet


def sheet(folder: Path, text: str, name: str = "registry.csv", encoding: str = "utf-8") -> list[SourceRow]:
    """The rows of a CSV file with that text, beside pictures a.jpg, b.jpg and sub/c.jpg."""
    (folder / "sub").mkdir(exist_ok=True)
    for picture in ("a.jpg", "b.jpg", "sub/c.jpg"):
        (folder / picture).touch()
    (folder / name).write_text(text, encoding=encoding)
    return list(open_spreadsheet(folder / name, "polizia").rows())


def errors(rows: list[SourceRow]) -> list[tuple[int, str]]:
    return [(row.number, row.error) for row in rows if row.record is None]


def test_every_column_lands_in_its_field(tmp_path: Path) -> None:
    facts = ["interpol", "17", "Looted", "Unit 4", "1998-05", "Torino", "painting"]
    facts += ["oil; canvas", "amber", "North;South", "IL-7"]
    values = [*facts, *(f"<{name}>" for name in CARD_COLUMNS), "a.jpg;b.jpg", "Front"]
    (row,) = sheet(tmp_path, f"{','.join(COLUMNS)}\n{','.join(values)}\n")
    assert row == SourceRow(
        number=2,
        record=RegistryRecord(
            record_id=RecordId("interpol", "17"),
            status=Status.LOOTED,
            owner_agency="Unit 4",
            theft_date="1998-05",
            theft_place="Torino",
            category="painting",
            terms=("oil", "canvas"),
            handling=Handling.AMBER,
            shared_with=("North", "South"),
            icg_reference="IL-7",
            card=ObjectIdCard(**{name: f"<{name}>" for name in CARD_COLUMNS}),
        ),
        pictures=(tmp_path / "a.jpg", tmp_path / "b.jpg"),
        views=(PhotoView.FRONT, PhotoView.UNSPECIFIED),
        label="interpol/17",
        cells=(tuple(values),),
    )


def test_a_record_without_a_photograph_is_read(tmp_path: Path) -> None:
    rows = sheet(tmp_path, "number,images\n1,\n2, ; ;\n")
    assert errors(rows) == []
    assert [row.pictures for row in rows] == [(), ()]


@pytest.mark.parametrize("text", ["TLP:AMBER+STRICT", "amber+strict", " Amber + Strict ", "tlp: amber+strict"])
def test_handling_is_read_with_or_without_its_prefix(tmp_path: Path, text: str) -> None:
    (row,) = sheet(tmp_path, f"number,handling,images\n1,{text},\n")
    assert row.record is not None
    assert row.record.handling is Handling.AMBER_STRICT


def test_views_go_with_the_images_of_their_own_row(tmp_path: Path) -> None:
    rows = sheet(tmp_path, "number,images,views\n1,a.jpg;b.jpg,;mark\n1,sub/c.jpg,back\n2,a.jpg,\n")
    assert [row.views for row in rows] == [(PhotoView.UNSPECIFIED, PhotoView.MARK, PhotoView.BACK), ()]


def test_images_that_the_home_has_are_named_by_their_digest(tmp_path: Path) -> None:
    digest, other = ImageDigest.of(b"here"), ImageDigest.of(b"not here")
    (tmp_path / "a.jpg").touch()
    (tmp_path / "t.csv").write_text(f"number,images\n1,{digest};a.jpg\n2,{other}\n3,sha256:../a.jpg\n")
    reading = Reading(find_original=lambda asked: Path("/originals/1") if asked == digest else None)
    rows = list(open_spreadsheet(tmp_path / "t.csv", reading=reading).rows())
    assert rows[0].pictures == (Path("/originals/1"), tmp_path / "a.jpg")
    assert f"image {other} is not here" in rows[1].error
    assert "image 'sha256:../a.jpg'" in rows[2].error


def test_a_report_is_read_as_the_table_it_was_made_of(tmp_path: Path) -> None:
    table = "number,title,images\n1,One,a.jpg\n2,Two,b.jpg\n"
    report = 'number,title,images,Outcome,Remark\n1,One,a.jpg,added,\n2,Two,b.jpg,rejected,"a, b"\n'
    assert sheet(tmp_path, report) == sheet(tmp_path, table)
    assert open_spreadsheet(tmp_path / "registry.csv").warnings == ()


@pytest.mark.parametrize("name", ["old.xls", "old.ods"])
def test_other_workbooks_are_refused_by_name(tmp_path: Path, name: str) -> None:
    (tmp_path / name).write_bytes(b"\xd0\xcf\x11\xe0")
    with pytest.raises(TableError, match=r"save it as \.xlsx"):
        open_spreadsheet(tmp_path / name)


def test_a_table_with_personal_data_is_refused_as_a_whole(tmp_path: Path) -> None:
    (tmp_path / "t.csv").write_text("number,Owner name,title,Phone,images\n1,A,B,C,\n")
    with pytest.raises(TableError, match=r'"Owner name", "Phone"; take them out.*ignore = ."Owner name", "Phone".'):
        open_spreadsheet(tmp_path / "t.csv")


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig"])
@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_what_spreadsheets_write_is_understood(tmp_path: Path, delimiter: str, encoding: str) -> None:
    lines = ["Number,Title,Owner Agency,Images", '1,"Madonna, „Žena“",TPC,"a.jpg; sub/c.jpg"', "", "2,,,b.jpg"]
    # Only the separators change, not the comma within quotes.
    text = "\r\n".join(lines).replace(",", delimiter).replace(f"Madonna{delimiter} ", "Madonna, ")
    rows = sheet(tmp_path, text, encoding=encoding)
    assert errors(rows) == []
    assert [row.record.card.title for row in rows if row.record] == ["Madonna, „Žena“", ""]
    assert [row.pictures for row in rows] == [(tmp_path / "a.jpg", tmp_path / "sub/c.jpg"), (tmp_path / "b.jpg",)]
    assert [row.number for row in rows] == [2, 4]


def test_a_row_without_registry_gets_the_one_given(tmp_path: Path) -> None:
    rows = sheet(tmp_path, "registry,number,images\n,1,a.jpg\ninterpol,1,a.jpg\n")
    assert [str(row.record.record_id) for row in rows if row.record] == ["polizia/1", "interpol/1"]


def test_the_registry_is_called_like_the_folder_when_nothing_else_says(tmp_path: Path) -> None:
    folder = tmp_path / "museum-paintings"
    folder.mkdir()
    (folder / "x.png").touch()
    (folder / "gallery.csv").write_text("record_id,image\np-1,x.png\n")
    (row,) = open_spreadsheet(folder / "gallery.csv").rows()
    assert row.record is not None
    assert row.record.record_id == RecordId("museum-paintings", "p-1")


def test_neighbouring_rows_that_differ_in_pictures_only_are_one_record(tmp_path: Path) -> None:
    rows = sheet(tmp_path, "record_id,image\np1,a.jpg\np1,b.jpg\np2,a.jpg\n")
    assert [(row.number, len(row.pictures)) for row in rows] == [(2, 2), (4, 1)]
    assert open_spreadsheet(tmp_path / "registry.csv").row_count == 2


def test_the_same_record_elsewhere_or_otherwise_is_an_error(tmp_path: Path) -> None:
    rows = sheet(tmp_path, "number,title,images\n1,One,a.jpg\n1,Another,b.jpg\n2,,a.jpg\n1,One,a.jpg\n")
    assert [number for number, error in errors(rows) if "polizia/1 is in an earlier row" in error] == [3, 5]
    assert [row.number for row in rows if row.record] == [2, 4]


@pytest.mark.parametrize(
    ("cells", "message"),
    [
        ("1,stolen,,missing.jpg", "image 'missing.jpg' does not exist"),
        ("1,stolen,,sub", "image 'sub' does not exist"),
        (",stolen,,a.jpg", "number is empty"),
        ("1,burnt,,a.jpg", "status 'burnt' is not one of stolen, missing"),
        ("1,stolen,12/05/1998,a.jpg", "theft_date '12/05/1998' is not a date"),
        ("1,stolen,,a.jpg,surplus", "more cells than the header"),
        ("1\0,stolen,,a.jpg", "NUL"),
        ("1,stolen,," + ";".join(["a.jpg"] * (MAX_PICTURES + 1)), f"at most {MAX_PICTURES}"),
        ("1,stolen,," + "x" * 5_000 + ".jpg", "cannot be found"),
        ("1" * 300 + ",stolen,,a.jpg", "at most 200 printable characters"),
    ],
)
def test_a_bad_row_is_an_error_and_the_next_one_is_read(tmp_path: Path, cells: str, message: str) -> None:
    rows = sheet(tmp_path, f"number,status,theft_date,images\n{cells}\n2,,,b.jpg\n")
    assert len(rows) == 2
    assert message in rows[0].error
    assert rows[0].record is None
    assert rows[0].pictures == ()
    assert rows[1].record is not None


@pytest.mark.parametrize(
    ("cells", "message"),
    [
        ("TLP:BLUE,a.jpg,", "handling 'TLP:BLUE' is not one of TLP:CLEAR"),
        (",a.jpg,rear", "view 'rear' is not one of front, back"),
        (",a.jpg,front;back", "2 views are given for 1 images"),
        (",,front", "1 views are given for 0 images"),
    ],
)
def test_bad_words_are_named(tmp_path: Path, cells: str, message: str) -> None:
    (row,) = sheet(tmp_path, f"number,handling,images,views\n1,{cells}\n")
    assert message in row.error


@pytest.mark.parametrize("name", ["../secret.jpg", "sub/../../secret.jpg", "{outside}", "link.jpg", "..\\secret.jpg"])
def test_pictures_outside_the_folder_are_refused(tmp_path: Path, name: str) -> None:
    folder = tmp_path / "registry"
    folder.mkdir()
    outside = tmp_path / "secret.jpg"
    outside.touch()
    (folder / "link.jpg").symlink_to(outside)
    rows = sheet(folder, f"number,images\n1,{name.format(outside=outside)}\n")
    assert "is outside the folder" in rows[0].error
    assert rows[0].pictures == ()


def test_a_link_in_a_circle_is_an_error_of_its_row(tmp_path: Path) -> None:
    (tmp_path / "loop.jpg").symlink_to("loop.jpg")
    (row,) = sheet(tmp_path, "number,images\n1,loop.jpg\n")
    assert row.record is None
    assert "loop.jpg" in row.error


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "has no column 'number'"),
        ("number,title\n1,x\n", "no column 'images' .or 'image'.*Understood are: registry, number, status"),
        ("title,images\nx,a.jpg\n", "no column 'number' .or 'record_id'"),
        ("number,images,image\n1,a.jpg,b.jpg\n", "more than one column 'images'"),
        ('number,images\n1,a.jpg\n2,"' + "never closed " * 20_000, "line 3: field larger"),
    ],
)
def test_a_table_that_cannot_be_read_says_why(tmp_path: Path, text: str, message: str) -> None:
    (tmp_path / "registry.csv").write_text(text)
    with pytest.raises(TableError, match=message):
        open_spreadsheet(tmp_path / "registry.csv")


def test_another_encoding_is_named(tmp_path: Path) -> None:
    path = tmp_path / "registry.csv"
    for data in ("number,images,títle\n1,a.jpg,x\n".encode("latin-1"), "number,images\n".encode("utf-16")):
        path.write_bytes(data)
        with pytest.raises(TableError, match="not UTF-8"):
            open_spreadsheet(path)
    path.write_bytes(b"number,images,title\n" + b"1,a.jpg,x\n" * 20_000 + "2,a.jpg,é\n".encode("latin-1"))
    with pytest.raises(TableError, match="not UTF-8"):
        open_spreadsheet(path)


def test_unknown_columns_are_named_once(tmp_path: Path) -> None:
    (tmp_path / "registry.csv").write_text("number,colour,images,Weight in kg\n1,red,a.jpg,3\n")
    assert open_spreadsheet(tmp_path / "registry.csv").warnings == (
        "registry.csv: columns not understood and left out: colour, weight_in_kg",
    )


def test_a_file_that_cannot_be_read(tmp_path: Path) -> None:
    with pytest.raises(TableError, match="cannot be read"):
        open_spreadsheet(tmp_path / "nowhere.csv")


def test_rows_are_streamed(tmp_path: Path) -> None:
    """The first row is there before the last is read: an error at the end does not keep it back."""
    (tmp_path / "a.jpg").touch()
    path = tmp_path / "registry.csv"
    path.write_text("number,images\n" + "".join(f"{number},a.jpg\n" for number in range(5_000)))
    source = open_spreadsheet(path)
    path.write_bytes(path.read_bytes()[:-3] + b"\xff\xff\n")
    rows = source.rows()
    assert next(rows).record is not None
    with pytest.raises(TableError, match="not UTF-8"):
        list(rows)
