"""Reading an evaluation set: what is in it, and one clear error for everything that would make a figure mislead."""

from pathlib import Path

import pytest

from heritage.domain.evaluation import EvaluationSet
from heritage.domain.records import RecordId
from heritage.errors import TableError
from heritage.registries.evaluation_set import open_evaluation_set
from tests.toys import png

GALLERY = "record_id,image\nvase,gallery/1.png\ncoin,gallery/2.png\ncoin,gallery/3.png\n"
QUERIES = "query,image,record_ids\none,queries/1.png,vase\ntwo,queries/2.png,vase;coin\nother,queries/3.png,\n"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for place in ("gallery", "queries", "distractors", "elsewhere"):
        (tmp_path / place).mkdir()
        for number in (1, 2, 3):
            (tmp_path / place / f"{number}.png").write_bytes(png(number))
    (tmp_path / "gallery.csv").write_text(GALLERY)
    (tmp_path / "queries.csv").write_text(QUERIES)
    return tmp_path


def in_gallery(*numbers: str) -> frozenset[RecordId]:
    return frozenset(RecordId("gallery", number) for number in numbers)


def records(opened: EvaluationSet) -> list[list[str]]:
    return [[row.label for row in source.rows()] for source in opened.sources]


def test_a_whole_set(folder: Path) -> None:
    opened = open_evaluation_set(folder)
    assert opened.name == folder.name
    assert [(photo.name, photo.right) for photo in opened.photos] == [
        ("one", in_gallery("vase")),
        ("two", in_gallery("vase", "coin")),
        ("other", frozenset()),
    ]
    assert opened.photos[0].picture == (folder / "queries" / "1.png").resolve()
    assert records(opened) == [
        ["gallery/vase", "gallery/coin"],
        ["distractors/1", "distractors/2", "distractors/3"],
    ]
    assert opened.warnings == ()


def test_without_distractors(folder: Path) -> None:
    for picture in (folder / "distractors").iterdir():
        picture.unlink()
    (folder / "distractors").rmdir()
    assert open_evaluation_set(folder).distractors is None
    assert len(records(open_evaluation_set(folder))) == 1


def test_other_distractors_take_their_place(folder: Path) -> None:
    (folder / "elsewhere" / "2.png").unlink()
    assert records(open_evaluation_set(folder, folder / "elsewhere"))[1] == ["distractors/1", "distractors/3"]


def test_an_id_outside_the_gallery_is_left_out_with_a_warning(folder: Path) -> None:
    (folder / "queries.csv").write_text("query,image,record_ids\na,queries/1.png,vase;lamp\nb,queries/2.png,lamp\n")
    opened = open_evaluation_set(folder)
    assert [photo.right for photo in opened.photos] == [in_gallery("vase"), frozenset()]
    assert len(opened.warnings) == 2
    assert "row 3: record id 'lamp'" in opened.warnings[1]


def test_a_table_from_a_spreadsheet_program(folder: Path) -> None:
    text = "\ufeffQuery , Image ,Record_IDs,note\r\none, queries/1.png , vase ; coin ,\r\n"
    (folder / "queries.csv").write_bytes(text.encode())
    assert open_evaluation_set(folder).photos[0].right == in_gallery("vase", "coin")


@pytest.mark.parametrize("name", ["gallery.csv", "queries.csv"])
def test_a_missing_table(folder: Path, name: str) -> None:
    (folder / name).unlink()
    with pytest.raises(TableError, match=f"no evaluation set: it has no {name}"):
        open_evaluation_set(folder)


def test_a_folder_that_does_not_exist(tmp_path: Path) -> None:
    with pytest.raises(TableError, match="no evaluation set"):
        open_evaluation_set(tmp_path / "nowhere")


@pytest.mark.parametrize(
    ("table", "message"),
    [
        ("query,image\none,queries/1.png\n", "no column 'record_ids'"),
        ("", "no column 'query'"),
        ("query,image,record_ids\n", "queries.csv has no rows"),
        ("query,image,record_ids\na,queries/1.png,vase\na,queries/2.png,coin\n", "row 3: query 'a' is in an earlier"),
        ("query,image,record_ids\na,queries/9.png,vase\n", "row 2: image 'queries/9.png' does not exist"),
        ("query,image,record_ids\na,../../etc/passwd,vase\n", "row 2: image .* is outside the folder"),
        ("query,image,record_ids\na,queries/1.png,vase,coin\n", "row 2: has more cells .* separated by ';'"),
        ("query,image,record_ids\na,queries/1.png\n", "row 2: has fewer cells"),
        ("query,image,record_ids\n,queries/1.png,vase\n", "row 2: query or image is empty"),
        ("query,image,record_ids\na,,vase\n", "row 2: query or image is empty"),
    ],
)
def test_queries_that_cannot_be_used(folder: Path, table: str, message: str) -> None:
    (folder / "queries.csv").write_text(table)
    with pytest.raises(TableError, match=message):
        open_evaluation_set(folder)


def test_queries_in_another_encoding(folder: Path) -> None:
    (folder / "queries.csv").write_bytes("query,image,record_ids\nétude,queries/1.png,vase\n".encode("latin-1"))
    with pytest.raises(TableError, match="UTF-8"):
        open_evaluation_set(folder)


@pytest.mark.parametrize(
    ("table", "message"),
    [
        ("record_id,image\nvase,gallery/9.png\n", "gallery.csv, row 2: image 'gallery/9.png' does not exist"),
        ("record_id,image\nvase,gallery/1.png\ncoin,gallery/2.png\nvase,gallery/3.png\n", "row 4: .* earlier row"),
        ("registry,record_id,image\na,vase,gallery/1.png\nb,vase,gallery/2.png\n", "row 3: .* is there twice"),
        ("record_id,image\n", "gallery.csv has no rows"),
        ("record_id,image\nvase,\n", "row 2: no image is given"),
        ("record_id\nvase\n", "no column 'images'"),
    ],
)
def test_a_gallery_that_cannot_be_used(folder: Path, table: str, message: str) -> None:
    (folder / "gallery.csv").write_text(table)
    with pytest.raises(TableError, match=message):
        open_evaluation_set(folder)
