"""What went wrong is told in the reader's language, by the pattern of the sentence that was raised."""

import ast
import sys
import time
from pathlib import Path

import pytest

from heritage.errors import ImageError, InputError
from heritage.faces.languages import LANGUAGES, SOURCE, read_catalog, speaking
from heritage.faces.saying import CONTEXT, OTHERS, Pattern, pattern_of, said

sys.path.insert(0, str(Path(__file__).parents[3] / "scripts"))

from error_sentences import error_sentences, sentences_of

OTHER_LANGUAGES = [code for code in LANGUAGES if code != SOURCE]


def filled(text: str, pattern: Pattern) -> str:
    """``text`` with a value in each place, which no other place has."""
    for place, name in enumerate(pattern.names):
        text = text.replace(f"{{{name}}}", f"<{place}{name}>")
    return text


@pytest.mark.parametrize("code", OTHER_LANGUAGES)
def test_every_sentence_of_the_error_tree_is_told_with_all_its_values(code: str) -> None:
    catalog = read_catalog(code)
    sentences = sorted({*error_sentences(), *OTHERS})
    assert len(sentences) > 200
    for sentence in sentences:
        entry = catalog.get(sentence, CONTEXT)
        assert entry and entry.string, f"{code} says nothing for {sentence!r}: run make translations"
        pattern = Pattern.parse(sentence)
        message = filled(sentence, pattern)
        fitting = pattern_of(code, message)
        assert fitting and fitting.literals == pattern.literals, message  # or the same with other names
        with speaking(code):
            told = said(message)
        assert told != message
        for place, name in enumerate(pattern.names):
            assert f"<{place}{name}>" in told, message


def test_places_are_named_after_their_values_and_words_with_names_are_written_out() -> None:
    module = ast.parse("""
_AGAIN = "begin again"
def check(texts, place, error):
    which = f"near {place}" if place else "nowhere at all"
    if texts:
        raise InputError(f"{len(texts)} are too many, {which}; {_AGAIN}")
    raise ImageError("too large", f"{texts[0][:80]!r} and {texts!r}: {error}")
""")
    assert sentences_of(module) == {
        "{texts} are too many, {which}; begin again",
        "near {place}",
        "nowhere at all",
        "too large: {detail}",
        "{texts} and {texts2}: {error}",
    }


def test_what_is_told_of_a_photo_is_told_within_it() -> None:
    error = ImageError("too large", "photo 2 of 3: 12 megapixels, limit 5")
    with speaking("fr"):
        assert said(str(error)) == "trop grande : photo 2 sur 3 : 12 mégapixels, limite 5"


def test_where_it_happened_stays_before_it() -> None:
    with speaking("es"):
        assert said("record: there is no such hit") == "record: no existe esa coincidencia"


def test_a_value_keeps_its_own_direction_in_arabic() -> None:
    with speaking("ar"):
        assert "\u2068'x y'\u2069" in said("there is no agency 'x y'")


@pytest.mark.parametrize("code", OTHER_LANGUAGES)
def test_what_no_pattern_fits_stays_as_it_is(code: str) -> None:
    with speaking(code):
        assert said("the moon is green") == "the moon is green"
        assert said("") == ""
        assert said("there is no such hit" * 1000) == "there is no such hit" * 1000


def test_english_is_what_was_raised() -> None:
    assert said(str(InputError("choose or take a photo first"))) == "choose or take a photo first"


def test_a_value_that_is_a_sentence_of_ours_makes_no_other_message() -> None:
    """Somebody names a login or a file after an error: the value stays a value."""
    with speaking("fr"):
        assert said("there is no agency 'the file is empty'") == "il n’y a pas de service 'the file is empty'"
        told = said("the login 'x is taken; choose another one' has a meaning of its own; choose another one")
        assert told.startswith("l’identifiant 'x is taken; choose another one' a un sens particulier")
        assert said("there is no agency '{name} {texts}'") == "il n’y a pas de service '{name} {texts}'"


def test_two_sentences_that_might_be_meant_are_no_sentence() -> None:
    both = "there is no agency x; y is not UTF-8"
    assert pattern_of("fr", both) is None
    with speaking("fr"):
        assert said(both) == both


@pytest.mark.parametrize("text", ["; " * 1900, "a" * 3900, "there is no term " * 200, ": " * 1900, "{" * 3900])
def test_no_text_makes_it_slow(text: str) -> None:
    with speaking("ar"):
        said("x")
        start = time.perf_counter()
        said(text)
        assert time.perf_counter() - start < 0.5
