"""Reading ILIAS in its published layout."""

import shutil
from pathlib import Path

import pytest

from heritage.domain.records import RecordId
from heritage.errors import InputError, TableError
from heritage.registries.ilias import open_ilias
from tests.benchmarks import write_ilias, write_ilias_lists
from tests.toys import png

BIMP, WIB = RecordId("ilias", "bold_bimp_000"), RecordId("ilias", "zippy_wib_001")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return write_ilias(tmp_path / "ilias", png)


def test_an_object_is_a_record_with_all_its_positives(folder: Path) -> None:
    opened = open_ilias(folder)
    rows = list(opened.gallery.rows())
    assert [row.record.record_id for row in rows if row.record] == [BIMP, WIB]
    assert [[path.name for path in row.pictures] for row in rows] == [["P000_00.jpg", "P000_01.jpg"], ["P001_00.jpg"]]
    assert opened.name == "ilias"


def test_every_image_query_is_asked(folder: Path) -> None:
    assert [(photo.name, photo.right) for photo in open_ilias(folder).photos] == [
        ("bold_bimp_000/query/Q000_00.jpg", {BIMP}),
        ("zippy_wib_001/query/Q001_00.jpg", {WIB}),
        ("zippy_wib_001/query/Q001_01.jpg", {WIB}),
    ]


def test_unpacked_distractors_join_the_gallery(folder: Path) -> None:
    opened = open_ilias(folder)
    assert opened.distractors is not None
    assert [row.label for row in opened.distractors.rows()] == [f"yfcc100m/yfcc100m_00000/{n}" for n in (100, 101)]
    assert opened.warnings == ()


def test_packed_distractors_are_left_out_with_a_warning(folder: Path) -> None:
    shutil.rmtree(folder / "yfcc100m" / "yfcc100m_00000")
    (folder / "yfcc100m" / "yfcc100m_00000.tar").write_bytes(b"tar")
    opened = open_ilias(folder)
    assert opened.distractors is None
    assert "unpack its tar files" in opened.warnings[0]


def test_without_distractors(folder: Path) -> None:
    shutil.rmtree(folder / "yfcc100m")
    assert open_ilias(folder).distractors is None
    assert open_ilias(folder).warnings == ()


def test_an_object_without_positives_counts_as_unknown_with_a_warning(folder: Path) -> None:
    shutil.rmtree(folder / "ilias_core" / "zippy_wib_001" / "pos")
    opened = open_ilias(folder)
    assert [photo.right for photo in opened.photos] == [{BIMP}, set(), set()]
    assert len(opened.warnings) == 2


@pytest.mark.parametrize("path", ["bold_bimp_000/query/Q000_00.jpg", "bold_bimp_000/pos/P000_01.jpg"])
def test_what_is_listed_must_be_there(folder: Path, path: str) -> None:
    write_ilias_lists(folder)
    assert len(open_ilias(folder).photos) == 3
    (folder / "ilias_core" / path).unlink()
    with pytest.raises(
        TableError, match=f"1 photographs in image_ids/.*_ids.txt are not in ilias_core, such as {path}"
    ):
        open_ilias(folder)


def test_a_list_that_is_no_text(folder: Path) -> None:
    write_ilias_lists(folder)
    (folder / "image_ids" / "positive_ids.txt").write_bytes(b"\xff\xfe\xff")
    with pytest.raises(TableError, match=r"positive_ids\.txt cannot be read"):
        open_ilias(folder)


def test_an_empty_core(folder: Path) -> None:
    shutil.rmtree(folder / "ilias_core")
    (folder / "ilias_core").mkdir()
    with pytest.raises(TableError, match="no objects with a folder 'query'"):
        open_ilias(folder)


def test_a_photograph_that_leads_elsewhere(folder: Path) -> None:
    link = folder / "ilias_core" / "bold_bimp_000" / "pos" / "P000_02.jpg"
    link.symlink_to("/etc/passwd")
    with pytest.raises(TableError, match="outside the folder"):
        open_ilias(folder)


def test_it_has_no_parts(folder: Path) -> None:
    with pytest.raises(InputError, match="ILIAS has no parts"):
        open_ilias(folder, parts=["mini"])
