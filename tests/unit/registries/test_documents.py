"""Documents told apart by what is in them, and a folder of them as one source."""

import shutil
from io import BytesIO
from pathlib import Path

import pytest

from heritage.domain.records import RecordId, RegistryRecord
from heritage.errors import TableError
from heritage.registries.documents import DocumentFolder
from heritage.registries.folder import open_source
from heritage.registries.iiif_writer import write_iiif
from heritage.registries.lido_writer import write_lido
from heritage.registries.linked_art_writer import write_linked_art

SAMPLES = Path(__file__).parent


def record(number: int) -> RegistryRecord:
    return RegistryRecord(RecordId("north", str(number)))


def put(path: Path, *numbers: int) -> None:
    stream = BytesIO()
    (write_lido if path.suffix == ".xml" else write_linked_art)(map(record, numbers), stream)
    path.write_bytes(stream.getvalue())


def test_a_folder_of_documents_is_one_source(tmp_path: Path) -> None:
    put(tmp_path / "a.xml", 1, 2)
    put(tmp_path / "b.jsonld", 3, 2)
    shutil.copy(SAMPLES / "museum.json", tmp_path / "c.json")
    (tmp_path / "package.json").write_text('{"name": "something else"}')
    (tmp_path / "d.xml").write_text("<svg/>")
    (tmp_path / "front.jpg").touch()
    source = open_source(tmp_path, "interpol")
    assert isinstance(source, DocumentFolder)
    assert source.row_count == 5
    rows = list(source.rows())
    assert [row.number for row in rows] == [1, 2, 3, 4, 5]
    assert [row.label for row in rows] == ["north/1", "north/2", "north/3", "north/2", rows[4].label]
    assert [bool(row.error) for row in rows] == [False, False, False, True, False]
    assert len(source.warnings) == 2
    assert "left out: d.xml has no lido:lido" in source.warnings[0]
    assert "package.json names neither" in source.warnings[1]


def test_errors_name_their_file(tmp_path: Path) -> None:
    (tmp_path / "a.xml").write_text((SAMPLES / "museum.xml").read_text())
    (row,) = open_source(tmp_path).rows()
    assert row.error.startswith("a.xml: record at line 5: image 'front.jpg' does not exist")


def test_a_folder_of_pictures_stays_one(tmp_path: Path) -> None:
    (tmp_path / "notes.json").write_text("{}")
    (tmp_path / "a.jpg").touch()
    (row,) = open_source(tmp_path, "r").rows()
    assert row.label == "r/a"


def test_a_table_goes_before_documents(tmp_path: Path) -> None:
    put(tmp_path / "a.xml", 1)
    (tmp_path / "a.jpg").touch()
    (tmp_path / "registry.csv").write_text("number,images\n7,a.jpg\n")
    (row,) = open_source(tmp_path, "r").rows()
    assert row.label == "r/7"


def test_each_format_by_what_it_says(tmp_path: Path) -> None:
    stream = BytesIO()
    write_iiif(record(1), stream, "https://heritage.example", lambda digest: (1, 1))
    for name, data in (("iiif.json", stream.getvalue()), ("bad.json", b"{}")):
        (tmp_path / name).write_bytes(data)
    assert open_source(tmp_path / "iiif.json").row_count == 1
    with pytest.raises(TableError, match=r"bad\.json names neither the context of Linked Art"):
        open_source(tmp_path / "bad.json")
