import pytest

from heritage.domain.words import words


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Oil on canvas, 62 x 48 cm", ["oil", "on", "canvas", "62", "x", "48", "cm"]),
        ("Pietà, Überzug, ŁÓDŹ", ["pieta", "uberzug", "lodz"]),
        ("Ναός του ΗΦΑΊΣΤΟΥ", ["ναοσ", "του", "ηφαιστου"]),
        ("Икона, ёлка", ["икона", "елка"]),
        ("الإِسْلامِيَّة", ["الاسلاميه"]),
        ("ＡＢＣ", ["abc"]),
        ("青铜器", ["青铜", "铜器", "器"]),
        ("ドクロ bowl", ["ドク", "クロ", "ロ", "bowl"]),
        ("!!! --- ...", []),
        ("", []),
    ],
)
def test_words_are_folded_alike_in_every_script(text: str, found: list[str]) -> None:
    assert words(text) == found
