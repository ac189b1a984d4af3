"""What differs between an object in the hand and a card: told only where both can be compared."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from heritage.domain.differing import Agreement, Comparison, Seen, compare, lengths_mm
from heritage.domain.records import ObjectIdCard
from heritage.errors import HeritageError


@pytest.mark.parametrize(
    ("text", "lengths"),
    [
        ("H 32 cm, W 20.5 cm", (320, 205)),
        ("32 x 20 x 10 cm", (320, 200, 100)),
        ("Höhe: 12,5 cm; Breite: 80 mm", (125, 80)),
        ("1,200 mm × 1.5 m", (1200, 1500)),
        ("12 1/2 in", (317.5,)),
        ('5" x 7"', (127, 177.8)),
        ("الارتفاع ٣٢ سم", (320,)),
        ("ca. 1650, 3 kg, 450 g", ()),
        ("32 x 20", ()),
        ("0 cm", ()),
    ],
)
def test_lengths_are_read_with_their_unit(text: str, lengths: tuple[float, ...]) -> None:
    assert lengths_mm(text) == pytest.approx(lengths)


@given(st.text(alphabet="0123456789 x×.,/cm\"'kgسم", max_size=200))
def test_any_text_is_read(text: str) -> None:
    assert all(length > 0 for length in lengths_mm(text, "cm"))


@pytest.mark.parametrize(
    ("seen", "registered", "agreement"),
    [
        ("32 x 20", "H. 32.5 cm; W. 20 cm", Agreement.AGREES),
        ("20 x 32", "H. 32.5 cm; W. 20 cm; D. 4 cm", Agreement.AGREES),
        ("12", "H. 32.5 cm; W. 20 cm", Agreement.DIFFERS),
        ("32 x 32", "H. 32 cm; W. 20 cm", Agreement.DIFFERS),
        ("12 in", "30.5 cm", Agreement.AGREES),
        ("32", "large", None),
        ("small", "32 cm", None),
    ],
)
def test_sizes(seen: str, registered: str, agreement: Agreement | None) -> None:
    expected = (Comparison("measurements", agreement, seen),) if agreement else ()
    assert compare(Seen(measurements=seen), ObjectIdCard(measurements=registered)) == expected


@pytest.mark.parametrize(
    ("seen", "registered", "agreement"),
    [
        ("bronze", "copper alloy, bronze", Agreement.AGREES),
        ("metal", "bronze", Agreement.AGREES),
        ("bronce", "metal", Agreement.AGREES),
        ("marbre", "bronze", Agreement.DIFFERS),
        ("something shiny", "bronze", None),
        ("bronze", "", None),
    ],
)
def test_materials_by_the_tree_in_any_language(seen: str, registered: str, agreement: Agreement | None) -> None:
    expected = (Comparison("materials", agreement, seen),) if agreement else ()
    assert compare(Seen(materials=seen), ObjectIdCard(materials=registered)) == expected


def test_nothing_said_is_nothing_compared() -> None:
    assert compare(Seen(), ObjectIdCard(object_type="sculpture", materials="bronze", measurements="3 cm")) == ()


def test_a_text_too_long_is_refused() -> None:
    with pytest.raises(HeritageError, match="measurements"):
        Seen(measurements="9" * 301)
