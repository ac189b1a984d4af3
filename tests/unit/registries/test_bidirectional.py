"""Lines in two directions: what is seen from left to right. A character is one wide here."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from heritage.registries.bidirectional import Line, Run, is_bidirectional, lines_of
from tests.unit.registries.fonts import HEBREW


def seen(text: str, width: float = 1000) -> list[str]:
    """Each line as it looks: runs from right to left turned round."""
    lines = lines_of(text, width, len)
    return ["".join(run.text[::-1] if run.is_right_to_left else run.text for run in line.runs) for line in lines]


@pytest.mark.parametrize(
    ("text", "looks"),
    [
        ("abc", "abc"),
        ("אבג", "גבא"),
        ("abc אב גד", "abc דג בא"),
        ("abc אב 1850 גד; def", "abc דג 1850 בא; def"),
        ("אב 1850", "1850 בא"),
        ("אב abc (def) 12 גד", "דג abc (def) 12 בא"),
        ("Inv. 7 – אב", "Inv. 7 – בא"),
    ],
)
def test_order(text: str, looks: str) -> None:
    assert seen(text) == [looks]


def test_a_number_between_words_is_a_run_of_its_own() -> None:
    assert list(lines_of("אב 12 גד", 100, len)) == [
        Line((Run(" גד", True), Run("12", False), Run("אב ", True)), is_right_to_left=True)
    ]


def test_lines_are_broken_before_they_are_turned() -> None:
    assert seen("אבג דהו זחט", 7) == ["והד גבא", "טחז"]
    assert seen("one אבג דהו two", 8) == ["one גבא", "והד two"]


def test_only_text_that_has_two_directions_needs_this() -> None:
    assert is_bidirectional("x א")
    assert is_bidirectional("١٢")
    assert not is_bidirectional("Größe 青 Ελλ")


@given(st.text("ab1 ,(" + HEBREW[:3] + "ا١", min_size=1, max_size=60), st.integers(13, 40))
def test_nothing_is_lost_and_no_line_is_too_long(text: str, width: int) -> None:
    lines = list(lines_of(text, width, len))
    assert all(sum(len(run.text) for run in line.runs) <= width for line in lines)
    shown = sorted("".join(run.text for line in lines for run in line.runs).replace(" ", ""))
    assert shown == sorted(text.replace(" ", ""))
