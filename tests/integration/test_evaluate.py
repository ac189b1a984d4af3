"""A whole evaluation on a set small enough to know every answer: real keypoints, indexes, verification, baselines."""

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from heritage.domain.evaluation import EvaluationReport
from heritage.domain.metrics import Rate
from heritage.errors import InputError
from heritage.registries.evaluation_set import open_evaluation_set
from heritage.service.context import open_context
from heritage.service.evaluation import evaluate
from heritage.settings import Settings
from tests.pictures import encoded, homography, photograph, picture
from tests.toys import ToyEmbedder

TURNED = homography(30, 0.6, 0.0003)
BESIDE = np.array([[0.5, 0, 380], [0, 0.5, 320], [0, 0, 1.0]])
ABOVE = np.array([[0.5, 0, 20], [0, 0.5, 20], [0, 0, 1.0]])


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Twelve objects, eight distractors, and photos: two of one object each, one of two, two of none, one no photo."""
    folder = tmp_path_factory.mktemp("set")
    for place, seeds in (("gallery", range(12)), ("distractors", range(100, 108))):
        (folder / place).mkdir()
        for seed in seeds:
            (folder / place / f"{seed}.png").write_bytes(encoded(picture(seed)))
    (folder / "queries").mkdir()
    photos = {
        "turned": (photograph(picture(3), TURNED), "3"),
        "copy": (picture(5), "5"),
        "both": (photograph(picture(8), ABOVE, onto=photograph(picture(7), BESIDE)), "7;8"),
        "other": (photograph(picture(500), TURNED), ""),
        "known distractor": (picture(100), ""),
    }
    lines = [f"{name},queries/{name}.png,{right}" for name, (_, right) in photos.items()]
    for name, (pixels, _) in photos.items():
        (folder / "queries" / f"{name}.png").write_bytes(encoded(pixels))
    (folder / "queries" / "broken.png").write_bytes(encoded(picture(9))[:5000])
    table = ["query,image,record_ids", *lines, "broken,queries/broken.png,9;not there"]
    (folder / "queries.csv").write_text("\n".join(table))
    gallery = [f"{seed},gallery/{seed}.png" for seed in range(12)]
    (folder / "gallery.csv").write_text("\n".join(["record_id,image", *gallery]))
    return folder


@pytest.fixture(scope="module")
def stages() -> list[tuple[str, int, int]]:
    return []


@pytest.fixture(scope="module")
def report(
    folder: Path, stages: list[tuple[str, int, int]], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[EvaluationReport]:
    with open_context(Settings(home=tmp_path_factory.mktemp("home")), ToyEmbedder()) as context:
        yield evaluate(context, open_evaluation_set(folder), lambda *told: stages.append(told))


def test_every_known_object_that_could_be_seen_is_found_first(report: EvaluationReport) -> None:
    figures = report.heritage.figures
    assert (figures.query_count, figures.object_count, figures.unknown_count) == (6, 5, 2)
    assert figures.recall_at_1 == Rate(4, 5)  # all but the one in the photo that cannot be decoded
    assert figures.strong_rate == Rate(4, 5)
    assert figures.map == pytest.approx(3 / 4)


def test_a_distractor_that_is_recognised_is_a_false_alarm(report: EvaluationReport) -> None:
    """It is in the gallery, so a strong verdict is what the search should say; the labels call it unknown."""
    assert report.heritage.figures.false_alarm_rate == Rate(1, 2)
    assert (report.heritage.figures.gap or 0) < (report.heritage.figures.gap_known or 0)


def test_every_baseline_was_asked_the_same(report: EvaluationReport) -> None:
    by_name = {baseline.name: baseline.figures for baseline in report.baselines}
    assert set(by_name) == {"phash", "pdq", "colour_histogram", "global_lane", "keypoint_lane"}
    for figures in by_name.values():
        assert (figures.query_count, figures.object_count, figures.unknown_count) == (6, 5, 2)
    assert by_name["keypoint_lane"].recall_at_1 == Rate(4, 5)
    for hash_name in ("phash", "pdq"):  # they know the unchanged copy and none of the others
        assert by_name[hash_name].recall_at_1 == Rate(1, 5)
        assert by_name[hash_name].strong_rate is None
    assert by_name["global_lane"].strong_rate == Rate(0, 5)  # nobody calibrated the toy's descriptors


def test_what_went_wrong_is_said(report: EvaluationReport) -> None:
    assert any("'not there' is not in gallery.csv" in warning for warning in report.warnings)
    assert any(warning.startswith("query broken counts as answered with nothing: trunc") for warning in report.warnings)
    assert len(report.warnings) == 2


def test_latencies_add_up(report: EvaluationReport) -> None:
    stages = {stage.stage: stage for stage in report.heritage.latency}
    assert [stage for stage in stages if stage != "mirror"] == [
        "decode", "describe", "retrieve", "verify", "compare", "rank", "total",
    ]  # fmt: skip
    assert all(0 <= stage.p50 <= stage.p95 for stage in stages.values())
    assert stages["total"].p95 >= stages["verify"].p95
    assert [stage.stage for stage in report.baselines[-1].latency] == ["decode", "describe", "retrieve", "total"]


def test_progress_is_told_to_the_end(report: EvaluationReport, stages: list[tuple[str, int, int]]) -> None:
    assert {stage for stage, _, _ in stages} == {"ingest", "index", "baselines", "search"}
    last = {stage: (done, total) for stage, done, total in stages}
    assert all(done == total for done, total in last.values())
    assert report.versions.index


def test_a_picture_of_the_gallery_that_cannot_be_read_is_a_warning_and_a_miss(tmp_path: Path) -> None:
    (tmp_path / "good.png").write_bytes(encoded(picture(1)))
    (tmp_path / "bad.png").write_bytes(encoded(picture(2))[:3000])
    (tmp_path / "gallery.csv").write_text("record_id,image\ngood,good.png\nbad,bad.png\n")
    (tmp_path / "queries.csv").write_text("query,image,record_ids\na,good.png,good;bad\n")
    with open_context(Settings(home=tmp_path / "home"), ToyEmbedder()) as context:
        report = evaluate(context, open_evaluation_set(tmp_path))
    assert report.heritage.figures.recall_at_10 == Rate(1, 2)
    assert len(report.warnings) == 1
    assert report.warnings[0].startswith("row 3 (gallery/bad) is not in the gallery: image 'bad.png': truncated")


def test_a_gallery_of_nothing_but_bad_pictures_is_an_error(tmp_path: Path) -> None:
    (tmp_path / "bad.png").write_bytes(b"no picture")
    (tmp_path / "gallery.csv").write_text("record_id,image\nbad,bad.png\n")
    (tmp_path / "queries.csv").write_text("query,image,record_ids\na,bad.png,bad\n")
    with (
        open_context(Settings(home=tmp_path / "home"), ToyEmbedder()) as context,
        pytest.raises(InputError, match="not one record could be loaded; row 2"),
    ):
        evaluate(context, open_evaluation_set(tmp_path))
