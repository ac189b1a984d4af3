"""How good ranked answers are: recall, average precision, rates at the verdicts, each with its uncertainty.

An *object* is a registered object that a query photo shows: a photo of two counts twice. A query that shows none is
*unknown*. Ties count worst-case everywhere: of equal scores the wrong ones come first.
"""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from heritage.domain.hits import Verdict
from heritage.domain.records import RecordId

Z_95 = 1.959963984540054  # normal quantile for a two-sided interval of 95 %


@dataclass(frozen=True, slots=True)
class RankedHit:
    """A record in an answer, with the score that ranks it (higher is better, comparable between queries)."""

    record_id: RecordId
    score: float
    verdict: Verdict = Verdict.NONE

    def __post_init__(self) -> None:
        if not math.isfinite(self.score):
            raise ValueError(f"the score of {self.record_id} is {self.score}; it must be finite")


@dataclass(frozen=True, slots=True)
class RankedAnswer:
    """One query: the records it shows (none: the object is in no registry), and its hits, in any order."""

    right: frozenset[RecordId]
    hits: tuple[RankedHit, ...]

    def __post_init__(self) -> None:
        if len({hit.record_id for hit in self.hits}) != len(self.hits):
            raise ValueError("a record is in one answer twice")

    @property
    def is_known(self) -> bool:
        return bool(self.right)

    def top(self, limit: int) -> "RankedAnswer":
        """The best ``limit`` hits."""
        return RankedAnswer(self.right, tuple(sorted(self.hits, key=self._worst_case)[:limit]))

    def ranks(self) -> tuple[int, ...]:
        """The rank of each right record that was found: 1 + the number of wrong hits that score as much or more.

        The other right records of the same photo push nothing down: recall at 1 can be 1.0 on a photo of two objects.
        """
        wrong = [hit.score for hit in self.hits if hit.record_id not in self.right]
        found = [hit.score for hit in self.hits if hit.record_id in self.right]
        return tuple(1 + sum(score >= own for score in wrong) for own in found)

    def verdicts(self) -> tuple[Verdict, ...]:
        """The verdict on each right record that was found."""
        return tuple(hit.verdict for hit in self.hits if hit.record_id in self.right)

    def _worst_case(self, hit: RankedHit) -> tuple[float, bool]:
        return -hit.score, hit.record_id in self.right


@dataclass(frozen=True, slots=True)
class Rate:
    """``count`` of ``total``."""

    count: int
    total: int

    def __post_init__(self) -> None:
        if not 0 <= self.count <= self.total:
            raise ValueError(f"{self.count} of {self.total} is no rate")

    @property
    def value(self) -> float | None:
        """The share; None when there was nothing to count."""
        return self.count / self.total if self.total else None

    @property
    def interval(self) -> tuple[float, float]:
        """Wilson's score interval of 95 %, (0, 1) when there was nothing to count (Wilson, JASA 1927)."""
        if not self.total:
            return 0.0, 1.0
        share, spread = self.count / self.total, Z_95**2 / self.total
        centre = share + spread / 2
        half = Z_95 * math.sqrt(share * (1 - share) / self.total + spread / (4 * self.total))
        # Exactly 0 or 1 at the ends, where rounding may leave a trace.
        low = 0.0 if self.count == 0 else (centre - half) / (1 + spread)
        high = 1.0 if self.count == self.total else (centre + half) / (1 + spread)
        return low, high

    @property
    def rule_of_three(self) -> float | None:
        """When nothing was counted in ``total``, the share that it may still be, at 95 % confidence; else None.

        Zero false alarms in 30 photos means at most one in ten, not none (Hanley & Lippman-Hand, JAMA 1983).
        """
        return min(1.0, 3 / self.total) if self.total and not self.count else None


@dataclass(frozen=True, slots=True)
class Figures:
    """What was measured over all answers.

    ``recall_at_*``: objects whose rank is at most k, of all objects. ``map``: mean over known queries of average
    precision. ``gap`` (micro-AP): average precision over all hits of all queries pooled by score, of all objects;
    ``gap_known`` the same without unknown queries. ``false_alarm_rate``: unknown queries with a strong verdict on
    any record. ``strong_rate``: objects with a strong verdict on their own record; ``possible_rate``: with a possible
    verdict or a strong one, so never below ``strong_rate``. None where there is nothing to divide by, and for the
    three verdict rates of a method that gives no verdicts.
    """

    recall_at_1: Rate
    recall_at_5: Rate
    recall_at_10: Rate
    map: float | None
    gap: float | None
    gap_known: float | None
    false_alarm_rate: Rate | None
    strong_rate: Rate | None
    possible_rate: Rate | None
    query_count: int
    object_count: int
    unknown_count: int


@dataclass(frozen=True, slots=True)
class StageLatency:
    """Milliseconds that a stage took, median and 95th percentile over the queries."""

    stage: str
    p50: float
    p95: float


def figures_of(answers: Sequence[RankedAnswer], *, with_verdicts: bool = True) -> Figures:
    """All figures; ``with_verdicts`` False for a method that only ranks."""
    known = [answer for answer in answers if answer.is_known]
    unknown = [answer for answer in answers if not answer.is_known]
    verdicts = [verdict for answer in known for verdict in answer.verdicts()]
    object_count = sum(len(answer.right) for answer in known)
    alarms = sum(any(hit.verdict is Verdict.STRONG for hit in answer.hits) for answer in unknown)
    strong = verdicts.count(Verdict.STRONG)
    return Figures(
        recall_at_1=recall_at(1, known),
        recall_at_5=recall_at(5, known),
        recall_at_10=recall_at(10, known),
        map=mean_average_precision(known),
        gap=average_precision(answers),
        gap_known=average_precision(known),
        false_alarm_rate=Rate(alarms, len(unknown)) if with_verdicts else None,
        strong_rate=Rate(strong, object_count) if with_verdicts else None,
        possible_rate=Rate(strong + verdicts.count(Verdict.POSSIBLE), object_count) if with_verdicts else None,
        query_count=len(answers),
        object_count=object_count,
        unknown_count=len(unknown),
    )


def recall_at(limit: int, answers: Iterable[RankedAnswer]) -> Rate:
    """Objects found at rank ``limit`` or better, of all objects in ``answers``."""
    found = total = 0
    for answer in answers:
        found += sum(rank <= limit for rank in answer.ranks())
        total += len(answer.right)
    return Rate(found, total)


def mean_average_precision(known: Sequence[RankedAnswer]) -> float | None:
    """Mean over queries that show something of the average precision of each; None when there is no such query."""
    precisions = [average_precision([answer]) or 0.0 for answer in known]
    return math.fsum(precisions) / len(precisions) if precisions else None


def average_precision(answers: Iterable[RankedAnswer]) -> float | None:
    """Mean precision at each right hit in one ranking of all answers' hits; right records not found count as zero.

    Over all queries it is GAP, the micro-average precision. Unlike recall it sees the scores: a right hit that scores
    below another query's wrong hit costs. None when no answer has a right record.
    """
    pooled: list[tuple[float, bool]] = []
    object_count = 0
    for answer in answers:
        object_count += len(answer.right)
        pooled += [(-hit.score, hit.record_id in answer.right) for hit in answer.hits]
    if not object_count:
        return None
    right = np.array([is_right for _, is_right in sorted(pooled)], bool)  # wrong before right among equal scores
    positions = np.flatnonzero(right) + 1
    return float((np.arange(1, len(positions) + 1) / positions).sum() / object_count)


def latency_of(stage: str, milliseconds: Sequence[float]) -> StageLatency:
    """Percentiles, interpolated linearly between the two nearest measurements. ``milliseconds`` is not empty."""
    p50, p95 = np.percentile(np.asarray(milliseconds, np.float64), (50, 95))
    return StageLatency(stage, float(p50), float(p95))
