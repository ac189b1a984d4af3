"""Which layout a folder of labelled photographs has."""

from pathlib import Path

import pytest

from heritage.domain.records import RecordId
from heritage.errors import InputError, TableError
from heritage.registries.labelled import open_labelled
from tests.benchmarks import write_ilias, write_met
from tests.toys import png


def write_own(folder: Path) -> Path:
    folder.mkdir()
    (folder / "1.png").write_bytes(png(1))
    (folder / "gallery.csv").write_text("record_id,image\nvase,1.png\n")
    (folder / "queries.csv").write_text("query,image,record_ids\na,1.png,vase\n")
    return folder


def test_each_layout_is_recognised(tmp_path: Path) -> None:
    opened = [
        open_labelled(write_own(tmp_path / "own")),
        open_labelled(write_met(tmp_path / "met", png)),
        open_labelled(write_met(tmp_path / "other", png), parts=["mini"]),
        open_labelled(write_ilias(tmp_path / "ilias", png)),
    ]
    firsts = [next(iter(one.photos[0].right)) for one in opened]
    assert firsts == [
        RecordId("gallery", "vase"),
        RecordId("met", "34"),
        RecordId("met", "34"),
        RecordId("ilias", "bold_bimp_000"),
    ]


def test_other_distractors_for_a_benchmark(tmp_path: Path) -> None:
    more = tmp_path / "more"
    more.mkdir()
    (more / "1.png").write_bytes(png(1))
    for folder in (write_met(tmp_path / "met", png), write_ilias(tmp_path / "ilias", png)):
        opened = open_labelled(folder, more)
        assert opened.distractors is not None
        assert [row.label for row in opened.distractors.rows()] == ["distractors/1"]


def test_what_is_none_of_them_says_what_was_looked_for(tmp_path: Path) -> None:
    with pytest.raises(TableError) as caught:
        open_labelled(tmp_path)
    for expected in ("is no evaluation set", "gallery.csv", "ground_truth/testset.json", "ilias_core"):
        assert expected in str(caught.value)


def test_our_own_layout_has_no_parts(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="has no parts"):
        open_labelled(write_own(tmp_path / "own"), parts=["mini"])
