"""Reading the Met benchmark in its published layout."""

from pathlib import Path

import pytest

from heritage.domain.evaluation import EvaluationSet
from heritage.domain.records import RecordId
from heritage.errors import InputError, TableError
from heritage.registries.met import is_met, open_met
from tests.benchmarks import write_met
from tests.toys import png


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return write_met(tmp_path / "met", png)


def met(*numbers: int) -> frozenset[RecordId]:
    return frozenset(RecordId("met", str(number)) for number in numbers)


def labels(opened: EvaluationSet) -> dict[str, frozenset[RecordId]]:
    return {photo.name: photo.right for photo in opened.photos}


def test_photographs_with_one_id_are_one_record(folder: Path) -> None:
    rows = list(open_met(folder).gallery.rows())
    assert [row.label for row in rows] == ["met/34", "met/7", "met/9"]
    images = (folder / "images").resolve()
    assert rows[0].pictures == (images / "MET/34/0.jpg", images / "MET/34/1.jpg")
    assert open_met(folder).gallery.row_count == 3


def test_queries_without_an_exhibit_are_unknown(folder: Path) -> None:
    opened = open_met(folder)
    assert labels(opened) == {
        "test_met/a.jpg": met(34),
        "test_met/b.jpg": met(7),
        "test_other/d.jpg": met(),
        "test_noart/e.jpg": met(),
    }
    assert opened.photos[0].picture == (folder / "images" / "test_met" / "a.jpg").resolve()
    assert opened.name == "met (MET_database, testset)"
    assert opened.distractors is None
    assert opened.warnings == ()


def test_the_mini_gallery_and_the_validation_photos(folder: Path) -> None:
    opened = open_met(folder, parts=["val", "mini"])
    assert [row.label for row in opened.gallery.rows()] == ["met/34", "met/9"]
    assert labels(opened) == {"test_met/c.jpg": met(9)}
    assert opened.name == "met (mini_MET_database, valset)"


def test_an_exhibit_that_the_gallery_has_not_counts_as_unknown_with_a_warning(folder: Path) -> None:
    opened = open_met(folder, parts=["mini"])
    assert labels(opened)["test_met/b.jpg"] == met()
    assert opened.warnings == ("query test_met/b.jpg: record 7 is not in the gallery and counts as not registered",)


@pytest.mark.parametrize("part", ["maxi", "MET_database.json"])
def test_a_part_that_it_has_not(folder: Path, part: str) -> None:
    with pytest.raises(InputError, match=r"no part .* it has full, mini, test, val"):
        open_met(folder, parts=[part])


def test_two_parts_of_one_kind(folder: Path) -> None:
    with pytest.raises(InputError, match="one of test and val"):
        open_met(folder, parts=["test", "val"])


@pytest.mark.parametrize("name", ["MET_database.json", "testset.json"])
def test_a_missing_list(folder: Path, name: str) -> None:
    (folder / "ground_truth" / name).unlink()
    assert is_met(folder)
    with pytest.raises(TableError, match=f"has no {name}"):
        open_met(folder)


def test_no_photographs_at_all(folder: Path) -> None:
    (folder / "images").rename(folder / "elsewhere")
    with pytest.raises(TableError, match="without its photographs: it has no folder images"):
        open_met(folder)


@pytest.mark.parametrize(
    ("path", "message"),
    [
        ("MET/34/1.jpg", "record met/34: image 'MET/34/1.jpg' does not exist"),
        ("test_other/d.jpg", "query test_other/d.jpg: image 'test_other/d.jpg' does not exist"),
    ],
)
def test_a_missing_photograph(folder: Path, path: str, message: str) -> None:
    (folder / "images" / path).unlink()
    with pytest.raises(TableError, match=message):
        open_met(folder)


@pytest.mark.parametrize(
    ("name", "text", "message"),
    [
        ("MET_database.json", '[{"id": 1', "MET_database.json cannot be read as JSON"),
        ("MET_database.json", "[]", "is no list of photographs"),
        ("MET_database.json", '{"id": 1}', "is no list of photographs"),
        ("MET_database.json", "[3]", "entry 1: is no object"),
        ("MET_database.json", '[{"id": 1}]', "entry 1: has no path"),
        ("MET_database.json", '[{"path": "MET/7/0.jpg"}]', "entry 1: id 'None' is no whole number"),
        ("MET_database.json", '[{"id": true, "path": "MET/7/0.jpg"}]', "id 'True' is no whole number"),
        ("MET_database.json", '[{"id": 1, "path": "../../../etc/passwd"}]', "is outside the folder"),
        ("testset.json", '[{"MET_id": "vase", "path": "test_met/a.jpg"}]', "entry 1: MET_id 'vase' is no whole"),
        ("testset.json", '[{"path": "test_met/a.jpg"}, {"path": "test_met/a.jpg"}]', "entry 2: .* earlier entry too"),
        ("testset.json", '[{"path": "/etc/passwd"}]', "is outside the folder"),
    ],
)
def test_lists_that_cannot_be_used(folder: Path, name: str, text: str, message: str) -> None:
    (folder / "ground_truth" / name).write_text(text)
    with pytest.raises(TableError, match=message):
        open_met(folder)


def test_a_list_in_another_encoding(folder: Path) -> None:
    (folder / "ground_truth" / "testset.json").write_bytes('[{"path": "é"}]'.encode("latin-1"))
    with pytest.raises(TableError, match="JSON in UTF-8"):
        open_met(folder)
