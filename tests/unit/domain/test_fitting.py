"""A calibration fitted to made-up trials whose truth we know."""

import numpy as np
import pytest

from heritage.domain.calibration import MEASUREMENTS
from heritage.domain.fitting import Trials, fit, folds_of, judge, pav_scores, reliability, scores_of

CELLS = MEASUREMENTS.index("cells")
SEARCHES, PER_SEARCH, GALLERY = 600, 20, 1000


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


def test_weights_are_never_negative_and_find_what_tells() -> None:
    calibration = fit(made_up(0), "v", "m")
    assert min(calibration.weights) == 0.0 == calibration.weights[1]
    assert calibration.weights[CELLS] > calibration.weights[0] > 0


def test_scores_are_calibrated_on_trials_that_they_never_saw() -> None:
    calibration, fresh = fit(made_up(0), "v", "m"), made_up(1)
    retrieved = np.log((~fresh.is_genuine).sum() / fresh.impostor_count)
    found = judge(scores_of(calibration, fresh) + retrieved, fresh.is_genuine)
    assert found.cllr < 0.4
    assert found.cllr_min <= found.cllr < found.cllr_min + 0.08
    assert found.ece < 0.06


def test_the_stated_rate_holds_on_fresh_searches() -> None:
    """Of searches for objects that are not there, at most the stated share may reach a score."""
    calibration, fresh = fit(made_up(2), "v", "m"), made_up(3)
    scores, impostors = scores_of(calibration, fresh), ~fresh.is_genuine
    best = np.array([scores[impostors & (fresh.search == one)].max() for one in range(SEARCHES)])
    for stated in (0.2, 0.05, 0.01):
        alarms = np.mean([calibration.false_alarm_rate(score, GALLERY) < stated for score in best])
        assert alarms <= stated + 2 * np.sqrt(stated / SEARCHES)


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


def test_reliability_states_what_is_seen_when_scores_are_right() -> None:
    trials = made_up(6)
    retrieved = np.log((~trials.is_genuine).sum() / trials.impostor_count)
    points = reliability(scores_of(fit(trials, "v", "m"), trials) + retrieved, trials.is_genuine)
    assert max(abs(stated - seen) for stated, seen, count in points if count > 100) < 0.3


def test_no_object_is_on_both_sides_of_a_split() -> None:
    group = np.repeat(np.arange(50), 7)
    folds = folds_of(group, 5)
    assert all(len(set(folds[group == one])) == 1 for one in range(50))
    assert len(set(folds)) == 5
