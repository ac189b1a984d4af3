"""From evidence to a likelihood ratio, and from that to a false-alarm rate at the size of the gallery.

The *score* of a hit is log(P(evidence | same object) / P(evidence | another object)), natural, over all pairs of a
photo and a gallery image. It comes from a logistic regression over a few measurements (Morrison, "Tutorial on
logistic-regression calibration and fusion", 2013) whose weights are never negative: little texture cannot speak against
a match.

A likelihood ratio of r or more comes from another object at most once in r pairs (Royall, "Statistical Evidence",
1997), so that among N gallery images at most N / r hits per search are expected: the open-set false-alarm rate. Whether
strangers keep to that bound is measured; where they exceeded it, it is raised by as much.
"""

import json
import math
from dataclasses import dataclass, replace
from typing import Self

import numpy as np
import numpy.typing as npt

from heritage.domain.hits import Evidence, Verdict

FORMAT = 1
STRONG_RATE = 1e-4  # false alarms per search of this gallery: fewer than 1 in 10,000
POSSIBLE_RATE = 0.05  # fewer than 1 in 20
TIE_BREAK = 1e-3
HIGHEST_LIFT = 12.0
STRANGERS_CORRELATION, SAME_CORRELATION = 0.5, 0.85  # of pixels laid over each other; the development photographs
MEASUREMENTS = (
    "lift",
    "high_lift",
    "cells",
    "many_cells",
    "loose_cells",
    "support",
    "correlation",
    "votes",
    "vote_lead",
)
Measured = npt.NDArray[np.float64]
"""(count, len(MEASUREMENTS)) or one row of it."""


def measure(evidence: Evidence) -> Measured:
    """What the score is computed from, (len(MEASUREMENTS),); each is 0 where there is no evidence of its kind.

    Matched places count as far as the pixels around them agree: the grain of one table under two coins, or two prints
    from one plate, match in dozens of places where the pixels do not.
    """
    found = evidence.verification
    lift, cells = max(0.0, min(evidence.lift or 0.0, HIGHEST_LIFT)), math.log1p(found.cell_count)
    agreement = _agreement(found.correlation)
    values = {
        "lift": lift,
        "high_lift": max(0.0, lift - 4.0),
        "cells": cells * agreement,
        "many_cells": max(0.0, cells - math.log1p(10)) * agreement,
        "loose_cells": math.log1p(found.agreeing_cell_count),
        "support": found.support * agreement,
        "correlation": max(0.0, found.correlation or 0.0),
        "votes": math.log1p(evidence.candidate.votes),
        "vote_lead": max(0.0, evidence.candidate.vote_lead),
    }
    return np.array([values[name] for name in MEASUREMENTS])


def _agreement(correlation: float | None) -> float:
    """0..1; halfway where pixels were not compared."""
    if correlation is None:
        return 0.5
    return max(0.0, min(1.0, (correlation - STRANGERS_CORRELATION) / (SAME_CORRELATION - STRANGERS_CORRELATION)))


@dataclass(frozen=True, slots=True)
class Tail:
    """How often pairs of strangers reach a score: ``excess`` (1 or more) times the bound exp(-score).

    ``search_count`` searches for objects not in the gallery, ``pair_count`` pairs in all, are what it rests on.
    """

    excess: float
    search_count: int
    pair_count: int

    def pair_rate(self, score: float) -> float:
        """Share of pairs of strangers with ``score`` or more."""
        return min(1.0, self.excess * math.exp(min(0.0, -score)))


@dataclass(frozen=True, slots=True)
class Calibration:
    """``weights`` by measurement, ``bias``, and what strangers' scores do; ``version`` names the fit.

    ``model`` is the descriptor's spec digest for which similarities were calibrated; under another one they count as
    nothing until that is calibrated too.
    """

    version: str
    model: str
    bias: float
    weights: tuple[float, ...]
    tail: Tail

    def score(self, evidence: Evidence) -> float:
        """Log-likelihood ratio, natural; what it leaves equal, the plain similarity puts in order."""
        return float(self.bias + np.dot(self.weights, measure(evidence)) + TIE_BREAK * evidence.similarity)

    def false_alarm_rate(self, score: float, gallery_count: int) -> float:
        """Expected share of searches for objects not among ``gallery_count`` images with ``score`` or more."""
        expected = max(1, gallery_count) * self.tail.pair_rate(score)
        return -math.expm1(-expected)

    def verdict(self, score: float, gallery_count: int) -> Verdict:
        """``strong`` below 1 false alarm in 10,000 searches, ``possible`` below 1 in 20."""
        rate = self.false_alarm_rate(score, gallery_count)
        if rate < STRONG_RATE:
            return Verdict.STRONG
        return Verdict.POSSIBLE if rate < POSSIBLE_RATE else Verdict.NONE

    def without_similarity(self) -> Self:
        """For a descriptor that nobody calibrated: only what keypoints say counts."""
        kept = [0.0 if name in ("lift", "high_lift") else weight for name, weight in self._by_name()]
        return replace(self, version=f"{self.version}, keypoints only", weights=tuple(kept))

    def _by_name(self) -> tuple[tuple[str, float], ...]:
        return tuple(zip(MEASUREMENTS, self.weights, strict=True))

    def to_json(self) -> str:
        """Text that `from_json` reads back."""
        parts = {
            "format": FORMAT,
            "version": self.version,
            "model": self.model,
            "bias": self.bias,
            "weights": dict(self._by_name()),
            "tail": {name: getattr(self.tail, name) for name in Tail.__slots__},
        }
        return json.dumps(parts, indent=2) + "\n"

    @classmethod
    def from_json(cls, text: str) -> Self:
        """Raises ValueError, KeyError or TypeError when the text is no calibration of this format."""
        parts = json.loads(text)
        if parts["format"] != FORMAT:
            raise ValueError(f"calibration format {parts['format']}, not {FORMAT}")
        weights = tuple(float(parts["weights"][name]) for name in MEASUREMENTS)
        return cls(str(parts["version"]), str(parts["model"]), float(parts["bias"]), weights, Tail(**parts["tail"]))


UNFITTED = Calibration("not fitted", "", 0.0, (0.0,) * len(MEASUREMENTS), Tail(1.0, 0, 0))
"""Under which nothing is more than nothing: what a fit begins with."""


def fuse(scores: list[float], view_count: int) -> float:
    """The score of a record over several photos of one object: the mean of their likelihood ratios.

    Photos of one object are anything but independent, so ratios may not be multiplied; their mean stays valid whatever
    the dependence (Vovk & Wang, "E-values: calibration, combination and applications", Annals of Statistics 2021).
    """
    highest = max(scores)
    return highest + math.log(math.fsum(math.exp(score - highest) for score in scores) / view_count)
