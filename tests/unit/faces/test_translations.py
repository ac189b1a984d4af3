"""Every sentence of the pages in every language: marked, translated, whole."""

import re
import sys
from pathlib import Path

import pytest

from heritage.faces.languages import LANGUAGES, SOURCE, negotiated, ngettext, number, read_catalog, speaking
from heritage.faces.web.assets import TEMPLATES
from heritage.faces.web.language import own_address
from heritage.faces.wording import coverage_words
from tests.answers import COVERAGE

sys.path.insert(0, str(Path(__file__).parents[3] / "scripts"))

from translations import messages

OTHERS = [code for code in LANGUAGES if code != SOURCE]
_PLACEHOLDER = re.compile(r"%\(\w+\)[sd]|\{\w+\}|%%")


@pytest.mark.parametrize("code", OTHERS)
def test_every_sentence_is_translated_with_its_placeholders(code: str) -> None:
    catalog = read_catalog(code)
    said = {(message.id, message.context) for message in messages() if message.id}
    assert {(message.id, message.context) for message in catalog if message.id} == said, "run make translations"
    for message in catalog:
        if not message.id:
            continue
        one, many = (message.id, message.id) if isinstance(message.id, str) else message.id
        forms = [message.string] if isinstance(message.string, str) else message.string
        assert isinstance(message.id, str) or len(forms) == catalog.num_plurals, message.id
        allowed = {frozenset(_PLACEHOLDER.findall(text)) for text in (one, many)}
        for form in forms:
            assert form, f"{code} says nothing for {message.id!r}"
            assert frozenset(_PLACEHOLDER.findall(form)) in allowed, form


@pytest.mark.parametrize("path", sorted(TEMPLATES.glob("*.html")), ids=lambda path: path.name)
def test_no_template_says_anything_that_is_not_marked(path: Path) -> None:
    text = re.sub(r"\{#.*?#\}", "", path.read_text("utf-8"), flags=re.S)
    text = re.sub(r"\{%-?\s*trans\b.*?\{%-?\s*endtrans\s*-?%\}", "", text, flags=re.S)
    text = re.sub(r"\{\{.*?\}\}", "", text, flags=re.S)
    text = re.sub(r"\{%.*?%\}", "", text, flags=re.S)
    words = re.findall(r'\s(?:aria-label|title|alt|placeholder|data-[\w-]+)="([^"]*[A-Za-z]{3} [^"]*)"', text)
    shown = re.sub(r'[\w-]+="[^"]*"', "", re.sub(r"<[^>]*>", "<", text))
    words += re.findall(r"[A-Za-z]{3,}[^<]*", shown)
    assert [one.strip() for one in words if one.strip() not in ("heritage", "· heritage")] == []


@pytest.mark.parametrize("path", sorted(TEMPLATES.glob("*.html")), ids=lambda path: path.name)
def test_a_macro_is_handed_marked_words_only(path: Path) -> None:
    """A string with a space in it, in code, is a sentence; classes and addresses are attributes, not code."""
    code = "\n".join(re.findall(r"\{\{.*?\}\}|\{%(?!-?\s*trans).*?%\}", path.read_text("utf-8"), flags=re.S))
    unmarked = re.sub(r"\b_\(\s*\"[^\"]*\"", "", code)
    sentences = re.findall(r'"([A-Z][a-z]+(?: [^"]*)?)"', unmarked)
    assert sentences == []


@pytest.mark.parametrize(
    ("chosen", "accepted", "code"),
    [
        ("", "", "en"),
        ("ar", "fr", "ar"),
        ("xx", "fr-CA,fr;q=0.9,en;q=0.8", "fr"),
        ("", "de,es;q=0.5", "es"),
        ("", "en;q=0.1,ar;q=0.2", "ar"),
        ("", "fr;q=0", "en"),
        ("", "fr;q=nonsense,,;;", "en"),
    ],
)
def test_the_language_is_the_one_chosen_or_the_browsers(chosen: str, accepted: str, code: str) -> None:
    assert negotiated(chosen, accepted) == code


def test_arabic_counts_in_six_ways() -> None:
    with speaking("ar"):
        told = {
            ngettext("%(count)s registered object", "%(count)s registered objects", count) for count in (1, 2, 3, 11)
        }
    assert len(told) == 4
    assert number(1234567) == "1,234,567"
    with speaking("fr"):
        assert number(1234567) == "1\u202f234\u202f567"


def test_english_says_what_the_api_says_of_coverage_but_for_the_date() -> None:
    assert coverage_words(COVERAGE) == COVERAGE.statement.replace("2026-05-04", "4 May 2026")


@pytest.mark.parametrize(
    "address", ["", "//evil.example", "/\\evil.example", "https://evil.example", "/\t/evil.example", "/ x", "/é"]
)
def test_one_is_led_to_no_strangers_page(address: str) -> None:
    assert own_address(address) == "/"
    assert own_address("/hits/12?x=1#y") == "/hits/12?x=1#y"
