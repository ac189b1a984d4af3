"""Figures in words: they may claim no more than the figures do."""

from dataclasses import replace

import pytest

from heritage.domain.hits import Verdict
from heritage.faces.examples import FALSE_ALARMS
from heritage.faces.wording import correlation_words, notes, place_words, promise, rate_words
from tests.answers import PART, RULES, WHOLE, answer, hit, mirrored


@pytest.mark.parametrize(
    ("rate", "words"),
    [
        (0.0, "fewer than 1 in 10,000 searches"),
        (9.9e-5, "fewer than 1 in 10,000 searches"),
        (1e-4, "about 1 in 10,000 searches"),
        (1 / 1234, "about 1 in 1,200 searches"),
        (0.0247, "about 1 in 40 searches"),
        (0.2, "about 1 in 5 searches"),
        (0.5, "about every second search"),
        (1.0, "nearly every search"),
    ],
)
def test_a_rate_is_said_as_one_in_so_many(rate: float, words: str) -> None:
    assert rate_words(rate, RULES) == words


def test_the_promise_names_the_gallery_and_what_it_rests_on() -> None:
    said = promise(RULES)
    assert "340 photographs" in said
    assert "fewer than 1 in 10,000 should bring a strong match, fewer than 1 in 20 a possible one" in said
    assert "2,400 measured searches" in said
    assert "near-twins" in said
    assert said == FALSE_ALARMS["statement"]  # the documented example is what is said
    assert "only fewer than 1 in 800 (95 % confidence)" in said


def test_a_calibration_that_was_never_measured_says_so() -> None:
    assert "no measured searches stand behind them" in promise(replace(RULES, search_count=0))
    assert replace(RULES, search_count=2).proven_rate is None
    assert "this 1 photograph for" in promise(replace(RULES, gallery_count=1))


def test_places_are_named_only_where_there_is_a_choice() -> None:
    assert place_words(None, 0, 1) == ""
    assert place_words(PART, 0, 1) == "600 x 800 px at 100, 40"
    assert place_words(None, 1, 2) == "photo 2"
    assert place_words(PART, 1, 2) == "600 x 800 px at 100, 40 of photo 2"


def test_notes_for_a_table() -> None:
    plain = hit(Verdict.STRONG)
    assert plain.region == WHOLE
    assert notes(plain, answer(plain)) == ()
    part = replace(mirrored(plain), region=PART)
    assert notes(part, answer(part)) == ("600 x 800 px at 100, 40", "mirror image")


@pytest.mark.parametrize(("correlation", "words"), [(0.9, "closely"), (0.6, "most"), (0.3, "only"), (-0.5, "hardly")])
def test_pixels_agree_in_words(correlation: float, words: str) -> None:
    assert words in correlation_words(correlation)
