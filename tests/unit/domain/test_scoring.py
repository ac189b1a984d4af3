from dataclasses import replace

import numpy as np
import pytest

from heritage.domain.calibration import MEASUREMENTS, Calibration, Tail, fuse
from heritage.domain.hits import AS_TAKEN, Candidate, Evidence, Hit, Verdict, Verification, as_homography
from heritage.domain.images import ImageDigest, Region
from heritage.domain.records import RecordId, RegisteredImage, RegistryRecord
from heritage.domain.scoring import answered_region, cast_votes, rank, settle_rivals, vote_leads

WHOLE = Region(0, 0, 800, 600)
WEIGHTS = {"cells": 8.0, "lift": 1.0}
CALIBRATION = Calibration("test", "", -4.0, tuple(WEIGHTS.get(name, 0.0) for name in MEASUREMENTS), Tail(1.0, 0, 0))


def verification(cells: int) -> Verification:
    points = np.zeros((cells, 2), np.float32)
    found = Verification.nothing(cells)
    onto = (as_homography(np.eye(3)),) if cells else ()
    return replace(
        found, inlier_count=cells, cell_count=cells, homographies=onto, query_points=points, gallery_points=points
    )


def test_likeness_alone_is_never_strong() -> None:
    """The threat: every piece of one workshop resembles every other more than any stranger that was calibrated on."""
    alike = replace(evidence("a", 0), lift=40.0)
    likeness = replace(CALIBRATION, weights=tuple(1.0 if name == "lift" else 0.0 for name in MEASUREMENTS), bias=20.0)
    assert rank([alike], likeness, 1, 100)[0].verdict is Verdict.POSSIBLE


def test_a_hit_has_the_measurements_of_the_evidence_that_it_shows() -> None:
    weak, shown = evidence("a", 1, lift=9.0), evidence("a", 20, view=1, lift=2.5)
    shown = replace(shown, candidate=replace(shown.candidate, votes=8.0, vote_lead=1.5))
    [found] = rank([weak, shown], CALIBRATION, 2, 100)
    assert (found.view, found.lift, found.votes, found.vote_lead) == (1, 2.5, 8.0, 1.5)


def evidence(name: str, cells: int, view: int = 0, lift: float = 0.0, image: bytes = b"") -> Evidence:
    record = RegistryRecord(RecordId("r", name))
    registered = RegisteredImage(1, ImageDigest.of(image or name.encode()), 200, 200, record)
    return Evidence(Candidate((registered,)), 0.5, lift, verification(cells), view, WHOLE)


def test_a_vote_is_worth_the_gap_to_the_farthest_neighbour() -> None:
    votes = cast_votes(np.float32([[0, 50, 100], [90, 95, 100]]), np.int64([[1, 2, 3], [1, 4, 5]]))
    assert np.isclose(votes[1], 1.0 + 0.01)
    assert np.isclose(votes[2], 0.25)
    assert votes[3] == votes[5] == 0


def test_a_keypoint_votes_once_for_an_image() -> None:
    assert cast_votes(np.float32([[0, 0, 100]]), np.int64([[1, 1, 2]]))[1] == 1


def test_padding_gets_no_vote() -> None:
    assert set(cast_votes(np.float32([[1, 9, np.inf]]), np.int64([[4, 5, -1]]))) == {4, 5}


def test_a_lead_is_measured_against_images_that_came_along() -> None:
    votes = {0: 40.0, **dict.fromkeys(range(1, 40), 2.0)}
    leads = vote_leads(votes)
    assert leads[0] == pytest.approx(np.log(20))
    assert leads[1] == 0


def test_more_evidence_never_scores_less_and_none_is_no_match() -> None:
    cells = [0, 2, 5, 10, 40, 200]
    hits = [rank([evidence("a", count)], CALIBRATION, 1, 100)[0] for count in cells]
    assert [hit.score for hit in hits] == sorted(hit.score for hit in hits)
    assert [hit.false_alarm_rate for hit in hits] == sorted((hit.false_alarm_rate for hit in hits), reverse=True)
    assert (hits[0].verdict, hits[-1].verdict) == (Verdict.NONE, Verdict.STRONG)


def test_a_larger_gallery_takes_more_evidence() -> None:
    small, large = (rank([evidence("a", 20)], CALIBRATION, 1, count)[0] for count in (100, 10_000_000))
    assert small.score == large.score
    assert small.false_alarm_rate < large.false_alarm_rate
    assert (small.verdict, large.verdict) != (Verdict.NONE, Verdict.STRONG)


def test_hits_come_best_first_and_one_for_a_record() -> None:
    found = [evidence("a", 10, image=b"front"), evidence("b", 60), evidence("a", 30, image=b"back")]
    hits = rank(found, CALIBRATION, 1, 100)
    assert [hit.record.record_id.number for hit in hits] == ["b", "a"]
    assert hits[1].image.digest == ImageDigest.of(b"back")


def test_several_photos_share_one_score_and_the_best_of_them_is_shown() -> None:
    [alone] = rank([evidence("a", 40)], CALIBRATION, 1, 100)
    [both] = rank([evidence("a", 40), evidence("a", 40, view=1)], CALIBRATION, 2, 100)
    [diluted] = rank([evidence("a", 3), evidence("a", 40, view=1)], CALIBRATION, 2, 100)
    assert both.score == pytest.approx(alone.score)  # the mean of two equal ratios
    assert alone.score - np.log(2) <= diluted.score < alone.score  # a photo that shows nothing costs log 2 at most
    assert (both.view, diluted.view) == (0, 1)


def test_fused_ratios_are_their_mean() -> None:
    assert fuse([np.log(8.0), np.log(2.0)], 2) == pytest.approx(np.log(5.0))
    assert fuse([700.0, 700.0], 2) == pytest.approx(700.0)  # no overflow
    assert fuse([np.log(8.0)], 2) == pytest.approx(np.log(4.0))  # a photo that did not retrieve it counts as nothing


def test_a_descriptor_that_nobody_calibrated_counts_for_nothing() -> None:
    by_similarity = evidence("a", 0, lift=10.0)
    assert CALIBRATION.score(by_similarity) > CALIBRATION.score(evidence("a", 0))
    unknown = CALIBRATION.without_similarity()
    assert unknown.score(by_similarity) == unknown.score(evidence("a", 0))
    assert "keypoints only" in unknown.version


def test_a_calibration_survives_being_written() -> None:
    assert Calibration.from_json(CALIBRATION.to_json()) == CALIBRATION


def test_the_answered_region_is_the_smallest_that_holds_the_points() -> None:
    large, small, elsewhere = Region(0, 0, 400, 300), Region(10, 10, 100, 100), Region(300, 300, 50, 50)
    points = np.random.default_rng(0).uniform(20, 100, (50, 2)).astype(np.float32)
    assert answered_region(points, [large, small, elsewhere], WHOLE) == small
    spread_out = np.concatenate([points, points + 250])
    assert answered_region(spread_out, [large, small, elsewhere], WHOLE) == WHOLE
    assert answered_region(points[:0], [large, small], WHOLE) == WHOLE


def hit(name: str, points: np.ndarray, image: bytes = b"", verdict: Verdict = Verdict.STRONG, view: int = 0) -> Hit:
    record = RegistryRecord(RecordId("r", name))
    registered = RegisteredImage(1, ImageDigest.of(image or name.encode()), 200, 200, record)
    corner = points.min(axis=0)  # the registered photograph is 200 px wide and lies where the points are
    onto = ((1.0, 0.0, float(-corner[0])), (0.0, 1.0, float(-corner[1])), (0.0, 0.0, 1.0))
    found = replace(
        verification(len(points)), homographies=(onto,), query_points=points, gallery_points=points - corner
    )
    return Hit(registered, view, WHOLE, AS_TAKEN, 0.5, 1.0, found, float(len(points)), 1e-9, verdict)


def spread(left: int, top: int) -> np.ndarray:
    """Thirty points in a box of 200 x 200 px."""
    return np.random.default_rng(left).uniform((left, top), (left + 200, top + 200), (30, 2)).astype(np.float32)


def test_of_rivals_for_one_place_only_the_best_stays_strong() -> None:
    settled = settle_rivals([hit("true", spread(0, 0)), hit("twin", spread(5, 5))])
    assert [one.verdict for one in settled] == [Verdict.STRONG, Verdict.POSSIBLE]


def test_the_same_place_in_two_photos_is_no_rivalry() -> None:
    settled = settle_rivals([hit("one", spread(0, 0)), hit("other", spread(5, 5), view=1)])
    assert [one.verdict for one in settled] == [Verdict.STRONG, Verdict.STRONG]


def test_two_objects_in_two_places_are_no_rivals() -> None:
    settled = settle_rivals([hit("left", spread(0, 0)), hit("right", spread(400, 300))])
    assert [one.verdict for one in settled] == [Verdict.STRONG, Verdict.STRONG]


def test_one_photograph_in_two_registries_is_no_rival_of_itself() -> None:
    settled = settle_rivals([hit("north", spread(0, 0), b"same"), hit("south", spread(0, 0), b"same")])
    assert [one.verdict for one in settled] == [Verdict.STRONG, Verdict.STRONG]


def test_a_rival_without_a_strong_verdict_takes_no_place() -> None:
    settled = settle_rivals([hit("a", spread(0, 0), verdict=Verdict.POSSIBLE), hit("b", spread(0, 0))])
    assert [one.verdict for one in settled] == [Verdict.POSSIBLE, Verdict.STRONG]
