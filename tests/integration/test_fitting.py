"""A calibration fitted to made-up trials whose truth we know."""

from dataclasses import replace
from functools import cache

import numpy as np
import pytest

from heritage.domain.calibration import MEASUREMENTS, Calibration
from heritage.domain.decided import Decided
from heritage.domain.fitting import Trials, fit, folds_of, judge, pav_scores, reliability, scores_of, without_recurring
from heritage.domain.hits import Verdict

CELLS = MEASUREMENTS.index("cells")
SEARCHES, PER_SEARCH, GALLERY = 600, 20, 1000


@cache
def made_up(seed: int, strength: float = 3.0) -> Trials:
    """One genuine pair in half the searches, told apart by two measurements; the others are noise or always 0."""
    rng = np.random.default_rng(seed)
    count = SEARCHES * PER_SEARCH
    is_genuine = (np.arange(count) % (2 * PER_SEARCH)) == 0
    measured = np.zeros((count, len(MEASUREMENTS)))
    measured[:, CELLS] = np.maximum(0, rng.normal(0, 1, count) + strength * is_genuine)
    measured[:, 0] = np.maximum(0, rng.normal(0, 1, count) + 0.5 * strength * is_genuine)
    measured[:, 1] = rng.uniform(0, 1, count) - 0.5 * is_genuine  # speaks against: must end at 0
    search = np.arange(count) // PER_SEARCH
    genuine = int(is_genuine.sum())
    no = np.zeros(count, bool)
    return Trials(measured, is_genuine, search, search, no, SEARCHES, genuine, SEARCHES * GALLERY - genuine)


@cache
def fitted(seed: int) -> Calibration:
    return fit(made_up(seed), "v", "m")


@cache
def fitted_with_decisions(by: str) -> Calibration:
    return fit(made_up(2), "v", "m", decided(30, by))


def test_weights_are_never_negative_and_find_what_tells() -> None:
    calibration = fitted(0)
    assert min(calibration.weights) == 0.0 == calibration.weights[1]
    assert calibration.weights[CELLS] > calibration.weights[0] > 0


def test_scores_are_calibrated_on_trials_that_they_never_saw() -> None:
    calibration, fresh = fitted(0), made_up(1)
    retrieved = np.log((~fresh.is_genuine).sum() / fresh.impostor_count)
    found = judge(scores_of(calibration, fresh) + retrieved, fresh.is_genuine)
    assert found.cllr < 0.4
    assert found.cllr_min <= found.cllr < found.cllr_min + 0.08
    assert found.ece < 0.06


def test_the_stated_rate_holds_on_fresh_searches() -> None:
    """Of searches for objects that are not there, at most the stated share may reach a score."""
    calibration, fresh = fitted(2), made_up(3)
    scores, impostors = scores_of(calibration, fresh), ~fresh.is_genuine
    best = np.array([scores[impostors & (fresh.search == one)].max() for one in range(SEARCHES)])
    for stated in (0.2, 0.05, 0.01):
        alarms = np.mean([calibration.false_alarm_rate(score, GALLERY) < stated for score in best])
        assert alarms <= stated + 2 * np.sqrt(stated / SEARCHES)


def decided(seed: int, by: str) -> Decided:
    """What is shown of fresh searches, above all what looks like a match, and what people say to it."""
    trials = made_up(seed)
    scores = scores_of(fitted(2), trials)
    shown = np.flatnonzero(scores >= np.sort(scores)[-300])
    truth = trials.is_genuine[shown]
    said = {
        "the truth": truth,
        "the contrary": ~truth,
        "the lot": np.arange(len(shown)) % 2 == 0,
        "yes": np.ones(len(shown), bool),
        "no": np.zeros(len(shown), bool),
    }
    return Decided(trials.measured[shown], said[by])


def found_share(calibration: Calibration, fresh: Trials) -> float:
    scores = scores_of(calibration, fresh)[fresh.is_genuine]
    return float(np.mean([calibration.verdict(score, GALLERY) is not Verdict.NONE for score in scores]))


@pytest.mark.parametrize("by", ["the truth", "the contrary", "the lot", "yes", "no"])
def test_the_stated_rate_holds_whatever_people_decide(by: str) -> None:
    """The threat: an agency that confirms everything, so that strangers pass for matches."""
    calibration, fresh = fitted_with_decisions(by), made_up(3)
    scores, impostors = scores_of(calibration, fresh), ~fresh.is_genuine
    best = np.array([scores[impostors & (fresh.search == one)].max() for one in range(SEARCHES)])
    alarms = np.mean([calibration.false_alarm_rate(score, GALLERY) < 0.05 for score in best])
    assert alarms <= 0.05 + 2 * np.sqrt(0.05 / SEARCHES)
    assert calibration.tail.search_count == SEARCHES


def test_true_decisions_cost_no_registered_object() -> None:
    """Only the hardest strangers are ever rejected: counted as if they were random, they would hide true matches."""
    before, after = fitted(2), fitted_with_decisions("the truth")
    assert found_share(after, made_up(3)) > found_share(before, made_up(3)) - 0.02
    assert after.weights == pytest.approx(before.weights, rel=0.15, abs=0.05)  # nothing new: these say what those say


@pytest.mark.parametrize("by", ["yes", "no"])
def test_decisions_of_one_kind_change_nothing(by: str) -> None:
    before, after = fitted(2), fitted_with_decisions(by)
    assert after.weights == pytest.approx(before.weights, rel=0.01)


def test_the_bound_is_raised_where_strangers_exceed_it() -> None:
    trials = made_up(8)
    measured = trials.measured.copy()
    measured[np.flatnonzero(~trials.is_genuine)[:200:20], CELLS] += 8  # ten searches with strangers like no others
    assert fitted(8).tail.excess < fit(replace(trials, measured=measured), "v", "m").tail.excess


def test_a_work_under_two_names_is_no_stranger() -> None:
    trials = made_up(9)
    measured = trials.measured.copy()
    measured[21, [MEASUREMENTS.index("many_cells"), MEASUREMENTS.index("correlation")]] = 1.5, 0.95
    left = without_recurring(replace(trials, measured=measured))
    assert len(left.search) == len(trials.search) - PER_SEARCH
    assert left.search_count == SEARCHES - 1 and 1 not in left.search


def test_pav_is_monotone_and_never_worse() -> None:
    trials = made_up(4, strength=1.5)
    scores = 3 * trials.measured[:, CELLS] - 1  # deliberately overconfident
    recalibrated = pav_scores(scores, trials.is_genuine)
    order = np.argsort(scores)
    assert (np.diff(recalibrated[order]) >= -1e-9).all()
    assert judge(recalibrated, trials.is_genuine).cllr < judge(scores, trials.is_genuine).cllr


def test_silence_costs_one_bit() -> None:
    trials = made_up(5)
    assert judge(np.zeros(len(trials.search)), trials.is_genuine).cllr == pytest.approx(1.0)


def test_reliability_rises_with_what_is_stated_and_counts_every_trial() -> None:
    trials = made_up(6)
    retrieved = np.log((~trials.is_genuine).sum() / trials.impostor_count)
    points = reliability(scores_of(fitted(6), trials) + retrieved, trials.is_genuine)
    assert sum(count for _, _, count in points) == len(trials.search)
    assert points[0][1] < 0.1 and points[-1][1] > 0.9
    assert [stated for stated, _, _ in points] == sorted(stated for stated, _, _ in points)


def test_no_object_is_on_both_sides_of_a_split() -> None:
    group = np.repeat(np.arange(50), 7)
    folds = folds_of(group, 5)
    assert all(len(set(folds[group == one])) == 1 for one in range(50))
    assert len(set(folds)) == 5
