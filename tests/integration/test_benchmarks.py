"""``heritage evaluate`` on tiny look-alikes of the published benchmarks, with real keypoints, indexes and the model."""

import json
from pathlib import Path

import pytest

from heritage.faces.cli import main
from tests.benchmarks import write_ilias, write_met
from tests.pictures import encoded, homography, photograph, picture


def flat(number: int) -> bytes:
    return encoded(picture(number), "JPEG")


def test_the_met(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = write_met(tmp_path / "met", flat)
    seen = encoded(photograph(picture(35), homography(20, 0.9, 0.0002)), "JPEG")  # the exhibit's second photograph
    (folder / "images" / "test_met" / "a.jpg").write_bytes(seen)
    assert main(["evaluate", str(folder), "--json", str(tmp_path / "out.json")]) == 0
    assert "met (MET_database, testset): 4 photos, showing 2 registered objects; 2" in capsys.readouterr().out
    figures = json.loads((tmp_path / "out.json").read_text())
    assert (figures["query_count"], figures["object_count"], figures["unknown_count"]) == (4, 2, 2)
    assert (figures["recall_at_1"], figures["gap_known"], figures["false_alarm_rate"]) == (1.0, 1.0, 0.0)


def test_the_mets_mini_gallery(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = write_met(tmp_path / "met", flat)
    assert main(["evaluate", str(folder), "--part", "mini", "--part", "val"]) == 0
    assert "met (mini_MET_database, valset): 1 photos" in capsys.readouterr().out


def test_ilias(tmp_path: Path) -> None:
    folder = write_ilias(tmp_path / "ilias", flat)
    assert main(["evaluate", str(folder), "--json", str(tmp_path / "out.json")]) == 0
    figures = json.loads((tmp_path / "out.json").read_text())
    assert (figures["query_count"], figures["object_count"], figures["unknown_count"]) == (3, 3, 0)
    assert figures["recall_at_1"] == pytest.approx(2 / 3)  # the third query's picture is nowhere in the gallery
    assert figures["false_alarm_rate"] is None
