"""Metrics against examples worked out by hand, a slow and plain oracle, and what must hold for any answers."""

import math
from fractions import Fraction
from itertools import permutations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from heritage.domain.hits import Verdict
from heritage.domain.metrics import (
    RankedAnswer,
    RankedHit,
    Rate,
    average_precision,
    figures_of,
    latency_of,
    mean_average_precision,
    recall_at,
)
from heritage.domain.records import RecordId

STRONG, POSSIBLE, NONE = Verdict.STRONG, Verdict.POSSIBLE, Verdict.NONE


def record(number: int | str) -> RecordId:
    return RecordId("registry", str(number))


def answer(right: str, *hits: tuple[str, float] | tuple[str, float, Verdict]) -> RankedAnswer:
    """``right`` is one letter for each right record."""
    made = tuple(RankedHit(record(hit[0]), hit[1], hit[2] if len(hit) > 2 else NONE) for hit in hits)
    return RankedAnswer(frozenset(record(letter) for letter in right), made)


KNOWN = answer("a", ("x", 9.0), ("a", 8.0, STRONG), ("y", 1.0))  # rank 2
TWO = answer("bc", ("b", 7.0, POSSIBLE), ("c", 6.0, NONE), ("z", 5.0))  # ranks 1 and 1
MISSED = answer("d", ("x", 2.0, STRONG))  # not found; the strong verdict is on a wrong record
UNKNOWN = answer("", ("x", 10.0, STRONG))
QUIET = answer("", ("x", 0.5, POSSIBLE))
ALL = [KNOWN, TWO, MISSED, UNKNOWN, QUIET]


def test_ranks_by_hand() -> None:
    assert KNOWN.ranks() == (2,)
    assert TWO.ranks() == (1, 1)  # the other object of the same photo pushes nothing down
    assert MISSED.ranks() == ()
    assert answer("bc", ("z", 6.5), ("b", 7.0), ("c", 6.0)).ranks() == (1, 2)


def test_a_tie_counts_as_the_worst_case() -> None:
    assert answer("a", ("a", 3.0), ("x", 3.0), ("y", 3.0)).ranks() == (3,)
    assert average_precision([answer("a", ("a", 3.0), ("x", 3.0))]) == pytest.approx(1 / 2)
    assert average_precision([answer("a", ("a", 3.0)), answer("", ("x", 3.0))]) == pytest.approx(1 / 2)
    assert answer("a", ("a", 3.0), ("x", 3.0), ("y", 2.0)).top(1) == answer("a", ("x", 3.0))


def test_figures_by_hand() -> None:
    figures = figures_of(ALL)
    assert (figures.query_count, figures.object_count, figures.unknown_count) == (5, 4, 2)
    assert figures.recall_at_1 == Rate(2, 4)
    assert figures.recall_at_5 == figures.recall_at_10 == Rate(3, 4)
    assert figures.map == pytest.approx((1 / 2 + 1 + 0) / 3)
    # Pooled: x10 x9 a8 b7 c6 z5 x2 y1 x0.5; right at places 3, 4, 5.
    assert figures.gap == pytest.approx((1 / 3 + 2 / 4 + 3 / 5) / 4)
    # Without the unknown queries: x9 a8 b7 c6 ...
    assert figures.gap_known == pytest.approx((1 / 2 + 2 / 3 + 3 / 4) / 4)
    assert figures.false_alarm_rate == Rate(1, 2)
    assert figures.strong_rate == Rate(1, 4)
    assert figures.possible_rate == Rate(2, 4)  # a possible verdict, or a strong one


def test_recall_cuts_at_its_rank() -> None:
    deep = answer("a", *((f"x{place}", 20.0 - place) for place in range(5)), ("a", 1.0))
    assert [recall_at(limit, [deep]).count for limit in (1, 5, 6, 10)] == [0, 0, 1, 1]


def test_nothing_to_divide_by_is_none_and_not_a_perfect_score() -> None:
    empty = figures_of([])
    assert empty.recall_at_1.value is empty.map is empty.gap is empty.gap_known is None
    assert empty.false_alarm_rate == Rate(0, 0)
    only_unknown = figures_of([UNKNOWN])
    assert only_unknown.gap is None
    assert only_unknown.false_alarm_rate == Rate(1, 1)


def test_a_method_without_verdicts_has_no_verdict_rates() -> None:
    figures = figures_of(ALL, with_verdicts=False)
    assert figures.false_alarm_rate is figures.strong_rate is figures.possible_rate is None
    assert figures.gap == figures_of(ALL).gap


def test_what_is_no_answer_is_refused() -> None:
    with pytest.raises(ValueError, match="twice"):
        answer("a", ("a", 1.0), ("a", 2.0))
    for score in (math.nan, math.inf):
        with pytest.raises(ValueError, match="finite"):
            RankedHit(record("a"), score)
    with pytest.raises(ValueError, match="no rate"):
        Rate(3, 2)


def test_wilson_interval_by_hand() -> None:
    # Newcombe, Statistics in Medicine 1998, table I: 81 of 263, 15 of 148, 0 of 20, 1 of 29; method 3.
    for count, total, low, high in (
        (81, 263, 0.2553, 0.3662),
        (15, 148, 0.0624, 0.1605),
        (0, 20, 0.0, 0.1611),
        (1, 29, 0.0061, 0.1718),
    ):
        assert Rate(count, total).interval == pytest.approx((low, high), abs=5e-5)
    assert Rate(0, 0).interval == (0.0, 1.0)


def test_rule_of_three() -> None:
    assert Rate(0, 30).rule_of_three == pytest.approx(0.1)
    assert Rate(0, 2).rule_of_three == 1.0
    assert Rate(1, 30).rule_of_three is None
    assert Rate(0, 0).rule_of_three is None


def test_latency_by_hand() -> None:
    latency = latency_of("verify", [10.0, 30.0, 20.0, 50.0, 40.0])
    assert (latency.stage, latency.p50) == ("verify", 30.0)
    assert latency.p95 == pytest.approx(48.0)  # 0.95 x 4 = 3.8: four fifths of the way from 40 to 50


scores = st.integers(0, 4).map(float)  # few values, so that ties abound
verdicts = st.sampled_from(Verdict)


@st.composite
def answers(draw: st.DrawFn) -> RankedAnswer:
    numbers = draw(st.lists(st.integers(0, 6), unique=True, max_size=5))
    right = draw(st.frozensets(st.integers(0, 8), max_size=2))
    hits = tuple(RankedHit(record(number), draw(scores), draw(verdicts)) for number in numbers)
    return RankedAnswer(frozenset(map(record, right)), hits)


lists_of_answers = st.lists(answers(), max_size=3)


def worst_average_precision(given_answers: list[RankedAnswer]) -> float | None:
    """Over every order of the pooled hits that the scores allow, the smallest average precision. Slow and plain."""
    hits = [(hit.score, hit.record_id in one.right) for one in given_answers for hit in one.hits]
    object_count = sum(len(one.right) for one in given_answers)
    if not object_count:
        return None
    worst = Fraction(10)
    for order in permutations(hits):
        if any(order[place][0] < order[place + 1][0] for place in range(len(order) - 1)):
            continue
        total, right_so_far = Fraction(0), 0
        for place, (_, is_right) in enumerate(order, start=1):
            if is_right:
                right_so_far += 1
                total += Fraction(right_so_far, place)
        worst = min(worst, total / object_count)
    return float(worst)


@given(st.lists(answers(), max_size=2))
def test_average_precision_is_the_worst_that_the_scores_allow(given_answers: list[RankedAnswer]) -> None:
    given_answers = [one.top(3) for one in given_answers]  # 720 orders at most
    expected = worst_average_precision(given_answers)
    assert average_precision(given_answers) == (None if expected is None else pytest.approx(expected))


@given(answers())
def test_rank_is_the_worst_place_among_the_wrong_ones(one: RankedAnswer) -> None:
    expected = []
    for hit in one.hits:
        if hit.record_id in one.right:
            alone = [other for other in one.hits if other.record_id not in one.right] + [hit]
            places = [
                order.index(hit) + 1
                for order in permutations(alone)
                if all(order[place].score >= order[place + 1].score for place in range(len(order) - 1))
            ]
            expected.append(max(places))
    assert one.ranks() == tuple(expected)


@given(lists_of_answers)
def test_what_holds_for_any_answers(given_answers: list[RankedAnswer]) -> None:
    figures = figures_of(given_answers)
    assert figures.recall_at_1.count <= figures.recall_at_5.count <= figures.recall_at_10.count
    assert figures.strong_rate is not None
    assert figures.possible_rate is not None
    assert figures.strong_rate.count <= figures.possible_rate.count <= figures.recall_at_10.total
    assert figures.gap is None or 0 <= figures.gap <= (figures.gap_known or 0) <= 1
    assert figures.map is None or 0 <= figures.map <= 1
    assert figures.unknown_count <= figures.query_count
    assert figures == figures_of(list(reversed(given_answers)))


@given(lists_of_answers, st.integers(1, 6))
def test_a_monotonous_change_of_scores_changes_nothing(given_answers: list[RankedAnswer], factor: int) -> None:
    changed = [
        RankedAnswer(
            one.right, tuple(RankedHit(hit.record_id, factor * hit.score - 3, hit.verdict) for hit in one.hits)
        )
        for one in given_answers
    ]
    assert figures_of(changed) == figures_of(given_answers)


@given(st.lists(answers(), min_size=1, max_size=3), st.integers(1, 5))
def test_top_keeps_the_best_and_every_rank_within_it(given_answers: list[RankedAnswer], limit: int) -> None:
    for one in given_answers:
        kept = one.top(limit)
        assert len(kept.hits) == min(limit, len(one.hits))
        left_out = set(one.hits) - set(kept.hits)
        assert all(hit.score >= other.score for hit in kept.hits for other in left_out)
        assert all(rank in one.ranks() for rank in kept.ranks())


@given(st.integers(0, 300), st.integers(1, 300))
def test_the_interval_holds_its_rate(count: int, total: int) -> None:
    rate = Rate(min(count, total), total)
    low, high = rate.interval
    assert 0 <= low <= (rate.value or 0) <= high <= 1
    assert Rate(total - rate.count, total).interval == pytest.approx((1 - high, 1 - low))


def test_mean_average_precision_weighs_queries_and_not_objects() -> None:
    assert mean_average_precision([TWO, MISSED]) == pytest.approx(1 / 2)
    assert mean_average_precision([]) is None
