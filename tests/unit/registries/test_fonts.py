"""Which fonts a text needs, and what none of them can show."""

from pathlib import Path

import pytest

from heritage.errors import InputError
from heritage.registries.fonts import Typeface, choose_fonts, plain
from tests.unit.registries.fonts import HEBREW, LATIN, make_font


def test_as_few_fonts_as_show_the_text(tmp_path: Path) -> None:
    latin = make_font(tmp_path / "DejaVuSans.ttf", LATIN + "\ufffd")
    hebrew = make_font(tmp_path / "NotoSansHebrew-Regular.ttf", HEBREW)
    make_font(tmp_path / "Comic.ttf", LATIN + HEBREW + "語")  # not one of the names that are looked for
    (tmp_path / "NotoSans-Regular.ttf").write_bytes(b"not a font")
    folders = (str(tmp_path), str(tmp_path / "nowhere"))
    assert choose_fonts("plain", (), folders) == Typeface((latin,), frozenset(), "\ufffd")
    both = choose_fonts("vase אב 語", (), folders)
    assert both == Typeface((latin, hebrew), frozenset("語"), "\ufffd")
    assert both.fitted("vase אב 語") == "vase אב \ufffd"
    assert list(both.missing_names) == ["U+8A9E CJK UNIFIED IDEOGRAPH-8A9E"]


def test_a_given_font_comes_first(tmp_path: Path) -> None:
    own = make_font(tmp_path / "own.ttf", LATIN)
    make_font(tmp_path / "DejaVuSans.ttf", LATIN)
    assert choose_fonts("x", [own], (str(tmp_path),)).paths == (own,)
    assert choose_fonts("x", [own], (str(tmp_path),)).replacement == "?"


@pytest.mark.parametrize("content", [b"", b"not a font", b"\0\1\0\0" + bytes(200)])
def test_a_given_file_that_is_no_font(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "bad.ttf"
    path.write_bytes(content)
    with pytest.raises(InputError, match=r"bad\.ttf is not a TrueType or OpenType font"):
        choose_fonts("x", [path], ())


def test_without_fonts_latin_is_left() -> None:
    face = choose_fonts("Näme 青", (), ())
    assert (face.paths, face.missing, face.fitted("Näme 青")) == ((), {"青"}, "Näme ?")


def test_what_has_no_shape_is_left_out_and_what_misleads_is_shown(tmp_path: Path) -> None:
    assert plain("a\r\nb\rc\td\u200ee\ufe0f\u200d") == "a\nb\nc    de\u200d"
    font = make_font(tmp_path / "DejaVuSans.ttf", LATIN + "\a\u202e")
    face = choose_fonts("a\a\u202eb", (), (str(tmp_path),))
    assert face.fitted("a\a\u202eb") == "a??b"
    assert list(face.missing_names) == ["U+0007 CONTROL CHARACTER", "U+202E RIGHT-TO-LEFT OVERRIDE"]
    assert face.paths == (font,)
