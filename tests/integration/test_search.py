"""The search pipeline with real keypoints, verification and indexes; only the embedder is a toy."""

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from heritage.domain.descriptors import DescribedImage, ImageDescription
from heritage.domain.hits import Lane, Query, SearchResult, Verdict
from heritage.domain.images import ImageDigest, Rgb
from heritage.domain.records import RecordId, RegistryRecord
from heritage.service.context import Context, open_context
from heritage.service.search import search
from heritage.settings import Settings
from tests.pictures import encoded, homography, photograph, picture
from tests.toys import ToyEmbedder


@pytest.fixture(scope="module")
def context(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Context]:
    home: Path = tmp_path_factory.mktemp("home")
    with open_context(Settings(home=home, threads=2), ToyEmbedder()) as context:
        for seed in range(40):
            register(context, RecordId("north", str(seed)), picture(seed))
        register(context, RecordId("south", "7b"), picture(7))  # one photograph in two registries
        register(context, RecordId("north", "two views"), picture(50), picture(51))
        context.gallery.build()
        yield context


def register(context: Context, record_id: RecordId, *images: Rgb) -> None:
    described = []
    for pixels in images:
        data = encoded(pixels)
        description = ImageDescription(context.embedder.embed([pixels])[0], context.extractor.extract(pixels))
        height, width = pixels.shape[:2]
        described.append(DescribedImage(ImageDigest.of(data), "image/png", len(data), width, height, description))
    record = RegistryRecord(record_id, images=tuple(image.digest for image in described))
    context.records.save(record, described, context.specs)


def ask(context: Context, pixels: Rgb, **options: object) -> SearchResult:
    return search(context, Query(context.decode(encoded(pixels)), **options))  # type: ignore[arg-type]


def numbers(result: SearchResult) -> list[str]:
    return [hit.record.record_id.number for hit in result.hits]


def test_a_turned_and_tilted_object_is_found_with_its_evidence(context: Context) -> None:
    truth = homography(35, 0.8, 0.0003)
    result = ask(context, photograph(picture(12), truth))
    best = result.hits[0]
    assert (best.record.record_id, best.verdict) == (RecordId("north", "12"), Verdict.STRONG)
    assert result.verdict is Verdict.STRONG
    assert best.verification.homography is not None
    expected = np.linalg.inv(truth)
    assert np.allclose(best.verification.homography, expected / expected[2, 2], rtol=0.05, atol=5)
    assert {hit.verdict for hit in result.hits[1:]} == {Verdict.NONE}


def test_evidence_is_in_full_size_pixels(context: Context) -> None:
    """Working images are at most 800 px; a photo of 1,920 px must not get an outline of 800 px."""
    large = np.repeat(np.repeat(photograph(picture(12), homography(0, 1, 0)), 3, axis=0), 3, axis=1)
    best = ask(context, large).hits[0]
    assert best.record.record_id.number == "12"
    corner = np.array(best.verification.homography) @ [180.0, 120.0, 1.0]  # 3 x (60, 40): the picture's upper left
    assert np.allclose(corner[:2] / corner[2], [0, 0], atol=6)
    assert best.verification.query_points.max() > 800


def test_one_photograph_in_two_registries_gives_two_hits(context: Context) -> None:
    result = ask(context, photograph(picture(7), homography(-20, 0.9, 0)))
    assert {str(hit.record.record_id) for hit in result.hits[:2]} == {"north/7", "south/7b"}
    assert result.hits[0].verdict is result.hits[1].verdict is Verdict.STRONG


def test_two_views_of_one_record_give_one_hit(context: Context) -> None:
    result = ask(context, photograph(picture(51), homography(10, 0.9, 0)))
    assert numbers(result).count("two views") == 1
    assert result.hits[0].image.digest == ImageDigest.of(encoded(picture(51)))


def test_two_objects_in_one_photo_are_both_found(context: Context) -> None:
    shrink = np.diag([0.62, 0.62, 1.0])
    left = photograph(picture(3), np.array([[1.0, 0, 10], [0, 1, 20], [0, 0, 1]]) @ shrink)
    both = photograph(picture(21), np.array([[1.0, 0, 320], [0, 1, 260], [0, 0, 1]]) @ shrink, onto=left)
    result = ask(context, both)
    assert set(numbers(result)[:2]) == {"3", "21"}
    assert {hit.verdict for hit in result.hits[:2]} == {Verdict.STRONG}


def test_an_unregistered_object_gets_no_verdict_but_says_what_was_searched(context: Context) -> None:
    result = ask(context, photograph(picture(777), homography(5, 0.9, 0)))
    assert result.verdict is Verdict.NONE
    assert result.coverage.object_count == 42
    assert "Not found is not a clearance" in result.coverage.statement


def test_a_new_record_is_found_without_a_rebuild(context: Context) -> None:
    register(context, RecordId("north", "new"), picture(900))
    result = ask(context, photograph(picture(900), homography(15, 0.9, 0)))
    assert numbers(result)[0] == "new"
    assert result.versions.index != context.gallery.snapshot().version


def test_each_lane_can_be_measured_alone(context: Context) -> None:
    photo = photograph(picture(30), homography(0, 1, 0))
    by_keypoints = ask(context, photo, lanes=frozenset({Lane.KEYPOINT}))
    assert numbers(by_keypoints)[0] == "30"
    by_vector = ask(context, picture(30), lanes=frozenset({Lane.GLOBAL}))
    assert numbers(by_vector)[0] == "30"
    assert by_vector.hits[0].verification.match_count == 0
    assert by_vector.hits[0].score == pytest.approx(by_vector.hits[0].similarity)


def test_the_limit_is_kept_and_every_stage_is_timed(context: Context) -> None:
    result = ask(context, picture(1), limit=3)
    assert len(result.hits) == 3
    assert [stage for stage, _ in result.latency_ms] == ["describe", "retrieve", "verify", "rank"]
    assert result.versions.rules == "provisional-1"


def test_a_plain_photo_is_searched_all_the_same(context: Context) -> None:
    result = ask(context, np.full((200, 300, 3), 90, np.uint8))
    assert result.verdict is Verdict.NONE
    assert result.hits
