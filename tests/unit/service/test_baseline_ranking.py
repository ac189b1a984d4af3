"""Ranking a gallery by a baseline, with a baseline whose similarities are easy to see."""

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pytest

from heritage.domain.descriptors import Vectors
from heritage.domain.images import ImageDigest, Photo, Rgb
from heritage.domain.records import RecordId
from heritage.registries.spreadsheet import open_spreadsheet
from heritage.service.baseline_ranking import BaselineRanking, describe_gallery
from tests.pictures import encoded
from tests.toys import toy_decode


@dataclass(frozen=True)
class Brightness:
    """How near the mean brightnesses are."""

    name: str = "brightness"

    def describe(self, image: Rgb) -> npt.NDArray[np.float32]:
        return np.array([image.mean()], np.float32)

    def describe_query(self, image: Rgb) -> npt.NDArray[np.float32]:
        return self.describe(image)

    def gather(self, rows: Sequence[npt.NDArray[np.float32]]) -> npt.NDArray[np.float32]:
        return np.stack(rows)

    def similarities(self, query: npt.NDArray[np.float32], gallery: npt.NDArray[np.float32]) -> Vectors:
        return np.asarray(-np.abs(gallery[:, 0] - query[0]), np.float32)


def grey(value: int) -> Rgb:
    return np.full((20, 20, 3), value, np.uint8)


def ranking(folder: Path, *rows: tuple[str, int | bytes]) -> list[BaselineRanking]:
    """A gallery with a grey picture for each (record, brightness), or other bytes in a file."""
    lines = ["record_id,image"]
    for place, (number, content) in enumerate(rows):
        data = content if isinstance(content, bytes) else encoded(grey(content))
        (folder / f"{place}.png").write_bytes(data)
        lines.append(f"{number},{place}.png")
    (folder / "gallery.csv").write_text("\n".join(lines))
    source = open_spreadsheet(folder / "gallery.csv", "r")
    with ThreadPoolExecutor(2) as pool:
        return describe_gallery([source], [Brightness()], toy_decode, pool)


def answer(rankings: list[BaselineRanking], value: int, limit: int) -> dict[str, float]:
    pixels = grey(value)
    hits, stages = rankings[0].answer(Photo(ImageDigest.of(b""), pixels, "image/png"), limit)
    assert [stage for stage, _ in stages] == ["describe", "retrieve"]
    assert {hit.record_id.registry for hit in hits} <= {"r"}
    return {hit.record_id.number: hit.score for hit in hits}


def test_a_record_counts_with_its_best_picture(tmp_path: Path) -> None:
    rankings = ranking(tmp_path, ("a", 10), ("a", 200), ("b", 150))
    assert answer(rankings, 190, 10) == {"a": -10.0, "b": -40.0}
    assert rankings[0].record_ids == (RecordId("r", "a"), RecordId("r", "b"))


def test_the_best_and_all_that_tie_with_the_last_of_them(tmp_path: Path) -> None:
    rankings = ranking(tmp_path, ("a", 100), ("b", 110), ("c", 90), ("d", 50))
    assert set(answer(rankings, 100, 1)) == {"a"}
    assert set(answer(rankings, 100, 2)) == {"a", "b", "c"}
    assert set(answer(rankings, 100, 4)) == set(answer(rankings, 100, 9)) == {"a", "b", "c", "d"}


def test_a_picture_that_cannot_be_decoded_is_passed_over(tmp_path: Path) -> None:
    rankings = ranking(tmp_path, ("a", b"no picture"), ("b", 110))
    assert answer(rankings, 100, 5) == {"b": pytest.approx(-10)}


def test_a_gallery_without_a_usable_picture_has_no_ranking(tmp_path: Path) -> None:
    assert ranking(tmp_path, ("a", b"no picture")) == []
