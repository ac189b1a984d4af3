"""The search pipeline with real keypoints, verification and indexes; only the embedder is a toy."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from heritage.domain.access import AT_THE_MACHINE, SCOPES_BY_ROLE, Handling, Role, Viewer
from heritage.domain.cohort import NEAREST, Cohort
from heritage.domain.criteria import Criteria
from heritage.domain.descriptors import DescribedImage, ImageDescription
from heritage.domain.hits import Lane, Query, SearchResult, Turn, Verdict, View
from heritage.domain.images import ImageDigest, Region, Rgb
from heritage.domain.records import Photograph, RecordId, RegistryRecord
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
        context.images.put(data)
        description = ImageDescription(context.embedder.embed([pixels])[0], context.extractor.extract(pixels))
        height, width = pixels.shape[:2]
        described.append(DescribedImage(ImageDigest.of(data), "image/png", len(data), width, height, description))
    record = RegistryRecord(record_id, photographs=tuple(Photograph(image.digest) for image in described))
    context.records.save(record, described, context.specs)


def ask(context: Context, pixels: Rgb, **options: object) -> SearchResult:
    return search(context, replace(Query.of(context.decode(encoded(pixels))), **options))  # type: ignore[arg-type]


def ask_together(context: Context, *photos: Rgb) -> SearchResult:
    return search(context, Query(tuple(View(context.decode(encoded(pixels))) for pixels in photos)))


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


def test_how_far_a_likeness_is_lifted_is_known_only_above_a_cohort(context: Context) -> None:
    photo = photograph(picture(12), homography(0, 0.9, 0.0001))
    assert ask(context, photo).hits[0].lift is None
    others = context.embedder.embed([picture(1000 + seed) for seed in range(NEAREST)])
    best = ask(replace(context, following=None, cohort=Cohort(others)), photo).hits[0]
    assert best.record.record_id.number == "12"
    assert best.lift is not None and best.lift > 0 and best.vote_lead > 0


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
    region_by_number = {hit.record.record_id.number: hit.region for hit in result.hits[:2]}
    assert set(region_by_number.values()) <= set(result.photos[0].regions)
    for number, place in (("3", Region(10, 20, 298, 223)), ("21", Region(320, 260, 298, 223))):
        assert overlap(region_by_number[number], place) > 0.7


def test_only_what_the_criteria_ask_for_is_searched(context: Context) -> None:
    seized = photograph(picture(7), homography(-20, 0.9, 0))
    result = ask(context, seized, criteria=Criteria(registry="south"))
    assert [str(hit.record.record_id) for hit in result.hits] == ["south/7b"]
    assert (result.verdict, result.rules.gallery_count) == (Verdict.STRONG, 1)
    assert result.coverage.object_count_by_registry == (("south", 1),)
    nothing = ask(context, seized, criteria=Criteria(text="tapestry"))
    assert (nothing.hits, nothing.verdict, nothing.coverage.object_count) == ((), Verdict.NONE, 0)


def test_what_the_searcher_may_not_see_is_not_searched(tmp_path: Path) -> None:
    officer = Viewer("officer", "east", Role.OFFICER, SCOPES_BY_ROLE[Role.OFFICER])
    with open_context(Settings(home=tmp_path, threads=2), ToyEmbedder()) as context:
        for seed in range(6):
            register(context, RecordId("north", str(seed)), picture(seed))
        hidden = replace(context.records.get(RecordId("north", "3"), AT_THE_MACHINE), handling=Handling.RED)
        context.records.save(hidden, [], context.specs)
        seized = photograph(picture(3), homography(-20, 0.9, 0))
        assert ask(context, seized).verdict is Verdict.STRONG
        result = ask(context, seized, viewer=officer)
        assert "3" not in numbers(result)
        assert (result.verdict is Verdict.STRONG, result.rules.gallery_count) == (False, 5)
        assert "other agencies keep to themselves" in result.coverage.statement
        assert "other agencies" not in ask(context, seized).coverage.statement


def overlap(first: Region, second: Region) -> float:
    """Intersection over union."""
    width = min(first.left + first.width, second.left + second.width) - max(first.left, second.left)
    height = min(first.top + first.height, second.top + second.height) - max(first.top, second.top)
    shared = max(width, 0) * max(height, 0)
    return shared / (first.width * first.height + second.width * second.height - shared)


def test_boxes_that_were_drawn_are_searched_in_place_of_those_proposed(context: Context) -> None:
    shrink = np.diag([0.62, 0.62, 1.0])
    photo = context.decode(encoded(photograph(picture(3), np.array([[1.0, 0, 10], [0, 1, 20], [0, 0, 1]]) @ shrink)))
    drawn = (Region(10, 20, 298, 223), Region(400, 300, 100, 100))
    result = search(context, Query((View(photo, drawn),)))
    assert result.photos[0].regions == drawn
    assert (numbers(result)[0], result.hits[0].region) == ("3", drawn[0])
    assert result.answered_part(result.hits[0]) == drawn[0]


def test_two_photos_of_one_object_give_one_answer(context: Context) -> None:
    turned, tilted = homography(35, 0.8, 0.0003), homography(-20, 0.7, 0.0004)
    result = ask_together(context, photograph(picture(12), turned), photograph(picture(12), tilted))
    assert [(photo.width, photo.height) for photo in result.photos] == [(640, 520)] * 2
    assert numbers(result).count("12") == 1
    assert (numbers(result)[0], result.verdict) == ("12", Verdict.STRONG)


def test_the_photo_that_shows_the_object_best_is_named_and_another_one_hides_nothing(context: Context) -> None:
    blank = np.full((200, 300, 3), 90, np.uint8)
    photo = photograph(picture(12), homography(35, 0.8, 0.0003))
    alone, fused = ask(context, photo), ask_together(context, blank, photo)
    best = fused.hits[0]
    assert (best.record.record_id.number, best.view, best.verdict) == ("12", 1, Verdict.STRONG)
    assert best.score == pytest.approx(alone.hits[0].score - np.log(2), abs=0.5)
    assert best.verification.query_points == pytest.approx(alone.hits[0].verification.query_points)


def test_a_mirrored_photo_is_found_and_said_to_be_mirrored(context: Context) -> None:
    truth = homography(20, 0.8, 0.0002)
    photo = np.ascontiguousarray(photograph(picture(14), truth)[:, ::-1])
    best = ask(context, photo).hits[0]
    assert (best.record.record_id.number, best.verdict) == ("14", Verdict.STRONG)
    assert best.turn.mirrored
    assert best.verification.mirrored
    flip = np.array([[-1.0, 0, 639], [0, 1, 0], [0, 0, 1]])
    expected = np.linalg.inv(truth) @ flip  # from the photo as it is, not from its mirror image
    assert np.allclose(best.verification.homography, expected / expected[2, 2], rtol=0.05, atol=5)


@pytest.mark.parametrize("quarter_turns", [1, 2, 3])
def test_a_photo_that_lost_its_orientation_is_found(context: Context, quarter_turns: int) -> None:
    photo = np.ascontiguousarray(np.rot90(picture(16), quarter_turns))
    best = ask(context, photo).hits[0]
    assert (best.record.record_id.number, best.verdict, best.verification.mirrored) == ("16", Verdict.STRONG, False)
    assert best.turn.quarter_turns == 4 - quarter_turns


@pytest.mark.parametrize("quarter_turns", [0, 1, 2, 3])
def test_turned_pictures_are_found_without_keypoints_too(context: Context, quarter_turns: int) -> None:
    photo = np.ascontiguousarray(np.rot90(picture(18), quarter_turns))
    best = ask(context, photo, lanes=frozenset({Lane.GLOBAL})).hits[0]
    assert best.record.record_id.number == "18"
    assert best.turn == Turn(-quarter_turns % 4)


def test_the_rules_of_an_answer_name_the_gallery_that_it_holds_for(context: Context) -> None:
    result = ask(context, picture(1), limit=1)
    assert result.rules.gallery_count == context.gallery.snapshot().image_count
    assert result.rules.strong_rate < result.rules.possible_rate
    assert result.hits[0].false_alarm_rate < result.rules.strong_rate


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
    assert by_vector.hits[0].similarity == pytest.approx(1, abs=1e-5)


def test_the_limit_is_kept_and_every_stage_is_timed(context: Context) -> None:
    result = ask(context, picture(1), limit=3)
    assert len(result.hits) == 3
    stages = [stage for stage, _ in result.latency_ms if stage != "mirror"]  # only where regions are left unanswered
    assert stages == ["describe", "retrieve", "verify", "compare", "rank"]
    assert result.versions.rules == context.calibration.version


def test_a_plain_photo_is_searched_all_the_same(context: Context) -> None:
    result = ask(context, np.full((200, 300, 3), 90, np.uint8))
    assert result.verdict is Verdict.NONE
    assert result.hits
