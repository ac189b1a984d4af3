"""Scores, false-alarm rates and verdicts from a calibration; photos of one object fused."""

import math
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from heritage.domain.calibration import MEASUREMENTS, Calibration, Tail, fuse, measure
from heritage.domain.hits import Candidate, Evidence, Verdict, Verification
from heritage.domain.images import Region

TAIL = Tail(excess=2.0, search_count=1000, pair_count=10**6)
CALIBRATION = Calibration("test", "spec", -3.0, tuple(float(n + 1) for n in range(len(MEASUREMENTS))), TAIL)


def evidence(**changed: object) -> Evidence:
    values: dict[str, object] = {
        "candidate": Candidate((), 2.0, 0.5),
        "similarity": 0.4,
        "lift": 1.5,
        "verification": Verification.nothing(),
        "view": 0,
        "region": Region(0, 0, 10, 10),
    }
    return Evidence(**(values | changed))  # type: ignore[arg-type]


def test_no_evidence_measures_nothing() -> None:
    nothing = evidence(candidate=Candidate((), 0.0, 0.0), lift=-2.0)
    assert not measure(nothing).any()
    assert CALIBRATION.score(nothing) == pytest.approx(CALIBRATION.bias, abs=1e-3)


def test_similarity_orders_what_nothing_else_tells_apart() -> None:
    """A model that nobody calibrated must still rank."""
    alone = CALIBRATION.without_similarity()
    assert alone.score(evidence(similarity=0.9)) > alone.score(evidence(similarity=0.2))


def test_little_texture_and_disagreeing_pixels_never_speak_against_a_match() -> None:
    """The threat: a plain bronze, whose few keypoints and flat pixels prove nothing, loses to a textured stranger."""
    plain = CALIBRATION.score(evidence())
    disagreeing = replace(Verification.nothing(), correlation=-0.9)
    assert CALIBRATION.score(evidence(verification=disagreeing)) == plain


@pytest.mark.parametrize(("count", "least"), [(1, 1), (100, 10), (10**6, 100)])
def test_a_larger_gallery_needs_a_higher_score(count: int, least: int) -> None:
    rates = [CALIBRATION.false_alarm_rate(score, count) for score in (6.0, 9.0, 20.0)]
    assert rates == sorted(rates, reverse=True)
    assert all(0 <= rate <= 1 for rate in rates)
    assert CALIBRATION.false_alarm_rate(9.0, count) >= CALIBRATION.false_alarm_rate(9.0, least)


def test_the_rate_is_the_bound_times_what_strangers_exceeded_it_by_times_the_gallery() -> None:
    assert CALIBRATION.false_alarm_rate(18.0, 1000) == pytest.approx(1000 * 2.0 * math.exp(-18.0), rel=1e-3)


def test_places_count_as_far_as_the_pixels_agree() -> None:
    """The threat: the grain of one seller's table, which matches in dozens of places under two different seals."""
    matched = replace(Verification.nothing(), cell_count=40, support=0.3)
    scores = [CALIBRATION.score(evidence(verification=replace(matched, correlation=c))) for c in (0.4, None, 0.95)]
    assert scores == sorted(scores) and scores[0] < scores[1] < scores[2]


def test_verdicts_keep_what_they_promise() -> None:
    for score in np.linspace(-5, 30, 60):
        rate, verdict = CALIBRATION.false_alarm_rate(score, 5000), CALIBRATION.verdict(score, 5000)
        assert (verdict is Verdict.STRONG) == (rate < 1e-4)
        assert (verdict is Verdict.NONE) == (rate >= 0.05)


def test_without_a_calibrated_descriptor_similarity_counts_for_nothing() -> None:
    alone = CALIBRATION.without_similarity()
    assert alone.score(evidence(lift=9.0)) == alone.score(evidence(lift=0.0))  # the similarity is the same
    assert "keypoints only" in alone.version


def test_a_calibration_survives_its_file() -> None:
    assert Calibration.from_json(CALIBRATION.to_json()) == CALIBRATION
    with pytest.raises(ValueError, match="format"):
        Calibration.from_json(CALIBRATION.to_json().replace('"format": 1', '"format": 99'))


@given(st.lists(st.floats(-40, 40), min_size=1, max_size=6))
def test_fused_photos_lie_between_the_best_and_the_best_alone_among_all(scores: list[float]) -> None:
    fused = fuse(scores, len(scores))
    assert max(scores) - math.log(len(scores)) - 1e-9 <= fused <= max(scores) + 1e-9


def test_a_photo_that_shows_nothing_costs_little() -> None:
    assert fuse([12.0], 2) == pytest.approx(12.0 - math.log(2))
