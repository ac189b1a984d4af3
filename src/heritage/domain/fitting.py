"""Fitting a calibration to what searches of labelled photographs brought, and judging it. Pure arithmetic.

Figures after Brummer & du Preez, "Application-independent evaluation of speaker detection", 2006: Cllr is the cost of
the scores as likelihood ratios in bits (0 perfect, 1 no better than silence), Cllr min the part of it that no monotone
recalibration (PAV) could mend.
"""

from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from heritage.domain.calibration import MEASUREMENTS, Calibration, Measured, Tail
from heritage.domain.decided import NOTHING_DECIDED, Decided

Numbers = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]

RIDGE = 1e-4  # on standardised measurements: separable classes would drive the weights to infinity
STEPS = 4000
TAIL_COUNT = 40  # searches with the highest strangers, on which the tail is judged
LEAST_TAIL_COUNT = 3  # one or two searches are an accident, and no rate
RECURRING_CELLS, RECURRING_CORRELATION = 0.5, 0.7  # of "many_cells": about 20 places; of "correlation"


@dataclass(frozen=True, slots=True, eq=False)
class Trials:
    """Candidates that searches retrieved: ``measured`` (count, measurements), the others (count,).

    ``search`` numbers the searches, ``group`` the objects asked about: whatever shares one is never on both sides of a
    split. ``genuine_count`` and ``impostor_count`` are of all pairs of a photo and a gallery image, retrieved or not.
    ``is_twin`` (count,) marks searches among near-twins on purpose: they teach the weights, but are no random objects.
    """

    measured: Measured
    is_genuine: Flags
    search: npt.NDArray[np.int64]
    group: npt.NDArray[np.int64]
    is_twin: Flags
    search_count: int
    genuine_count: int
    impostor_count: int

    def where(self, mask: Flags, share: float) -> "Trials":
        """Those for which ``mask`` holds, ``share`` of the searches."""
        return Trials(
            self.measured[mask],
            self.is_genuine[mask],
            self.search[mask],
            self.group[mask],
            self.is_twin[mask],
            round(share * self.search_count),
            round(share * self.genuine_count),
            round(share * self.impostor_count),
        )


def without_recurring(trials: Trials) -> Trials:
    """Less the searches that found the same work under another name, which the labels call a stranger.

    For sets in which works recur (two photographs of one print, a detail and the whole). What is left out is what the
    eye takes for the same work too; a rate from what is left speaks of objects that are registered once.
    """
    cells, correlation = (trials.measured[:, MEASUREMENTS.index(name)] for name in ("many_cells", "correlation"))
    recurs = ~trials.is_genuine & (cells >= RECURRING_CELLS) & (correlation >= RECURRING_CORRELATION)
    kept = ~np.isin(trials.search, np.unique(trials.search[recurs]))
    lost = len(np.unique(trials.search[recurs]))
    share = 1 - lost / max(1, trials.search_count)
    left = trials.where(kept, share)
    return replace(left, genuine_count=trials.genuine_count - int((trials.is_genuine & ~kept).sum()))


@dataclass(frozen=True, slots=True)
class Judgement:
    """``cllr`` and ``cllr_min`` in bits, ``ece`` the expected calibration error (0..1) at even odds."""

    cllr: float
    cllr_min: float
    ece: float


def fit(trials: Trials, version: str, model: str, decided: Decided = NOTHING_DECIDED) -> Calibration:
    """Logistic regression at even odds with weights not below 0, moved to all pairs; then the tail of the impostors.

    Only hits that were shown get ``decided``: the rejected are the strangers that looked most like a match, and what
    no search showed is not among the confirmed. Pairs that were chosen by their measurements, or kind by kind, still
    tell how much each measurement weighs, but not how often a pair is genuine (Prentice & Pyke, "Logistic disease
    incidence models and case-control studies", Biometrika 1979). So decided pairs share the weights but have a bias of
    their own, which is thrown away: bias and tail are those of ``trials``. Both kinds of decision weigh the same in
    all, and none more than a genuine pair of ``trials``; decisions of one kind only change nothing.
    """
    weights, bias = _regress(trials, decided)
    retrieved_genuine = trials.is_genuine.sum() / max(1, trials.genuine_count)
    retrieved_impostors = (~trials.is_genuine).sum() / max(1, trials.impostor_count)
    bias += float(np.log(retrieved_genuine / retrieved_impostors))
    fitted = Calibration(version, model, bias, tuple(weights.tolist()), Tail(1.0, 0, 0))
    return Calibration(version, model, bias, fitted.weights, fit_tail(scores_of(fitted, trials), trials))


def scores_of(calibration: Calibration, trials: Trials) -> Numbers:
    """The score of every trial, (count,)."""
    return np.asarray(calibration.bias + trials.measured @ np.array(calibration.weights), np.float64)


def fit_tail(scores: Numbers, trials: Trials) -> Tail:
    """By how much strangers exceed the bound exp(-score), judged on the searches with the highest of them."""
    is_random = ~trials.is_genuine & ~trials.is_twin
    highest = np.sort(_best_by_search(scores[is_random], trials.search[is_random]))[::-1][:TAIL_COUNT]
    counts = np.arange(1, len(highest) + 1)
    seen = counts / trials.impostor_count * np.exp(highest)
    excess = max(1.0, float(seen[LEAST_TAIL_COUNT - 1 :].max(initial=1.0)))
    return Tail(excess, trials.search_count, trials.impostor_count)


def judge(scores: Numbers, is_genuine: Flags) -> Judgement:
    """Of log-likelihood ratios (count,), natural."""
    recalibrated = pav_scores(scores, is_genuine)
    return Judgement(_cllr(scores, is_genuine), _cllr(recalibrated, is_genuine), _ece(scores, is_genuine))


def pav_scores(scores: Numbers, is_genuine: Flags) -> Numbers:
    """The best monotone recalibration of ``scores``: pool adjacent violators, as log-likelihood ratios."""
    levels, place = np.unique(scores, return_inverse=True)  # equal scores stay equal
    genuine = np.bincount(place, is_genuine, len(levels)) / max(1, is_genuine.sum())
    impostor = np.bincount(place, ~is_genuine, len(levels)) / max(1, (~is_genuine).sum())
    blocks: list[list[float]] = []  # genuine mass, impostor mass, levels
    for g, i in zip(genuine.tolist(), impostor.tolist(), strict=True):
        blocks.append([g, i, 1])
        while len(blocks) > 1 and blocks[-2][0] * blocks[-1][1] >= blocks[-1][0] * blocks[-2][1]:
            last = blocks.pop()
            blocks[-1] = [first + second for first, second in zip(blocks[-1], last, strict=True)]
    with np.errstate(divide="ignore"):
        ratios = np.concatenate([np.full(int(count), np.log(g) - np.log(i)) for g, i, count in blocks])
    return np.asarray(np.clip(ratios, -700, 700)[place], np.float64)


def reliability(scores: Numbers, is_genuine: Flags, bins: int = 10) -> list[tuple[float, float, int]]:
    """(mean stated probability, observed share, count) of each bin, at even odds: both classes weigh the same."""
    stated, weights = _probability(scores), _even_weights(is_genuine)
    places = np.minimum((stated * bins).astype(int), bins - 1)
    found = []
    for place in range(bins):
        inside = places == place
        if inside.any():
            mass = weights[inside].sum()
            mean = (weights[inside] * stated[inside]).sum() / mass
            found.append((float(mean), float(weights[inside & is_genuine].sum() / mass), int(inside.sum())))
    return found


def folds_of(group: npt.NDArray[np.int64], count: int) -> npt.NDArray[np.int64]:
    """The fold (0..count-1) of each trial, by its group."""
    return np.asarray((group * 2654435761 % 2**32) % count, np.int64)


def _regress(trials: Trials, decided: Decided) -> tuple[Numbers, float]:
    """Projected, accelerated gradient descent: few measurements, many trials, and a bound on the weights."""
    measured = np.concatenate([trials.measured, decided.measured])
    scale = measured.std(axis=0) + 1e-9
    is_decided = np.arange(len(measured)) >= len(trials.measured)
    inputs = np.column_stack([measured / scale, is_decided, ~is_decided])  # each kind has its bias
    share = min(decided.confirmed_count, decided.rejected_count) / max(1, int(trials.is_genuine.sum()))
    weights = np.concatenate([_even_weights(trials.is_genuine), share * _even_weights(decided.is_genuine)])
    target = np.concatenate([trials.is_genuine, decided.is_genuine]).astype(np.float64)
    rate = 4.0 / (np.linalg.eigvalsh((inputs * weights[:, None]).T @ inputs).max() + 4 * RIDGE)
    ridge = np.append(np.full(len(MEASUREMENTS), RIDGE), [0.0, 0.0])
    current = ahead = np.zeros(inputs.shape[1])
    for step in range(STEPS):
        gradient = inputs.T @ (weights * (_probability(inputs @ ahead) - target)) + ridge * ahead
        following = ahead - rate * gradient
        following[:-2] = np.maximum(following[:-2], 0)
        ahead = following + step / (step + 3) * (following - current)
        current = following
    return current[:-2] / scale, float(current[-1])


def _even_weights(is_genuine: Flags) -> Numbers:
    genuine, impostors = max(1, int(is_genuine.sum())), max(1, int((~is_genuine).sum()))
    return np.asarray(np.where(is_genuine, 0.5 / genuine, 0.5 / impostors), np.float64)


def _probability(scores: Numbers) -> Numbers:
    return np.asarray(1 / (1 + np.exp(-np.clip(scores, -700, 700))), np.float64)


def _cllr(scores: Numbers, is_genuine: Flags) -> float:
    genuine = np.logaddexp(0, -scores[is_genuine]).mean() if is_genuine.any() else 0.0
    impostors = np.logaddexp(0, scores[~is_genuine]).mean() if (~is_genuine).any() else 0.0
    return float((genuine + impostors) / (2 * np.log(2)))


def _ece(scores: Numbers, is_genuine: Flags) -> float:
    weights, stated = _even_weights(is_genuine), _probability(scores)
    places = np.minimum((stated * 10).astype(int), 9)
    gaps = [
        abs((weights[places == one] * (stated[places == one] - is_genuine[places == one])).sum()) for one in range(10)
    ]
    return float(sum(gaps))


def _best_by_search(scores: Numbers, search: npt.NDArray[np.int64]) -> Numbers:
    """The highest score of each search that has any."""
    order = np.lexsort((scores, search))
    last = np.append(search[order][1:] != search[order][:-1], True)
    return np.asarray(scores[order][last], np.float64)
