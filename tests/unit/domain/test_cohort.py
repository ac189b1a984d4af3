"""Similarities measured against those that both images have with strangers."""

import numpy as np

from heritage.domain.cohort import NEAREST, Cohort


def unit(rows: np.ndarray) -> np.ndarray:
    return (rows / np.linalg.norm(rows, axis=1, keepdims=True)).astype(np.float32)


def test_what_resembles_everything_is_lifted_less() -> None:
    """The threat: a grey stone that is like every grey stone outranks the one right answer."""
    rng = np.random.default_rng(0)
    common = np.ones(32)
    cohort = Cohort(unit(common + 0.8 * rng.normal(size=(400, 32))))
    ordinary = unit((common + 0.8 * rng.normal(size=32))[None])
    rare = unit(rng.normal(size=(1, 32)))
    queries = np.concatenate([ordinary, rare])
    lift = cohort.lift(np.full((2, 1), 0.7, np.float32), queries, queries[:1])
    assert lift[1, 0] > lift[0, 0] + 1


def test_strangers_are_lifted_by_about_nothing() -> None:
    rng = np.random.default_rng(1)
    cohort, some = Cohort(unit(rng.normal(size=(800, 24)))), unit(rng.normal(size=(50, 24)))
    lift = cohort.lift(some[:25] @ some[25:].T, some[:25], some[25:])
    assert np.median(lift) < 0 and np.quantile(lift, 0.99) < 5


def test_without_a_cohort_nothing_is_lifted() -> None:
    few = Cohort(np.zeros((NEAREST - 1, 8), np.float32))
    assert not few.is_known
    assert not few.lift(np.ones((2, 3), np.float32), np.ones((2, 8), np.float32), np.ones((3, 8), np.float32)).any()
