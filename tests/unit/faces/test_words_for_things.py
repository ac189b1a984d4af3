"""One word for one thing in each language, and the sentences that weigh most say what they must."""

import re

import pytest

from heritage.faces.languages import _, read_catalog, speaking

# What was said beside the word that was chosen.
OTHER_WORDS = {
    "fr": r"service propriétaire|condensé|responsable du registre|fiche jumelle|(?<!\w)attestation(?! d’origine)",
    "es": r"resumen SHA|\brol\b|derechos|ficha gemela|una certificación|período",
    "ar": r"المالكة للسجل|أحد سجلاتكم|سجل مقابل|مسؤول في|النتيجة|اكتبوا|قدّموا|جهتك\b",
}
# Hyphens between digits turn round after Arabic letters, unless the date is set apart.
BARE_DATE = re.compile(r"(?<![\u2066\d-])\d{4}-\d\d")


def texts(code: str) -> list[str]:
    """All that a catalog says."""
    entries = [one for one in read_catalog(code) if one.id]
    return [text for one in entries for text in ([one.string] if isinstance(one.string, str) else one.string)]


@pytest.mark.parametrize("code", sorted(OTHER_WORDS))
def test_no_thing_has_two_names(code: str) -> None:
    assert [text for text in texts(code) if re.search(OTHER_WORDS[code], text)] == []


def test_dates_in_arabic_stand_apart() -> None:
    assert [text for text in texts("ar") if BARE_DATE.search(text)] == []


@pytest.mark.parametrize(
    ("code", "clearance", "alone"),
    [
        ("fr", "ne vaut pas attestation d’origine licite", "N’agissez pas sur cette seule base"),
        ("es", "no acredita un origen lícito", "No actúe basándose solo en esto"),
        ("ar", "شهادة براءة", "لا تتصرف بناءً على هذا وحده"),
    ],
)
def test_nothing_found_is_no_clearance_and_nobody_acts_on_a_match_alone(code: str, clearance: str, alone: str) -> None:
    with speaking(code):
        for sentence in (
            "Not found is not a clearance.",
            "Nothing found is not a clearance.",
            "No registered object matched. That is not a clearance.",
            "What was found was filed with it. Not found is not a clearance.",
        ):
            assert clearance in _(sentence), sentence
        assert alone in _("Do not act on this alone; ask %(agency)s, quoting %(record)s.")
