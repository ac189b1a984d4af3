"""The languages of the pages: sentences, numbers and dates as whoever asks reads them (docs/adr/0033-languages.md).

English is the source, and what is spoken where nobody chose: the command line and the API stay English. Catalogs are
the ``locale/*.po`` files themselves, read once.
"""

import gettext
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import UTC, date, datetime
from functools import cache
from io import BytesIO
from pathlib import Path

from babel.dates import format_date, format_skeleton
from babel.messages.catalog import Catalog
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from babel.numbers import format_decimal, format_percent

LOCALE = Path(__file__).parent / "locale"
SOURCE = "en"


@dataclass(frozen=True, slots=True)
class Language:
    """``name``: as those who speak it write it; ``locale``: whose numbers and dates are written."""

    code: str
    name: str
    locale: str
    direction: str = "ltr"


LANGUAGES = {
    one.code: one
    for one in (
        Language(SOURCE, "English", "en_GB"),
        Language("fr", "Français", "fr"),
        Language("es", "Español", "es"),
        Language("ar", "العربية", "ar", "rtl"),
    )
}
_spoken: ContextVar[Language] = ContextVar("language", default=LANGUAGES[SOURCE])


def language() -> Language:
    """What is spoken now: of this request, also in the thread that works for it."""
    return _spoken.get()


@contextmanager
def speaking(code: str) -> Iterator[None]:
    """Speak the language of that code, which is one of `LANGUAGES`."""
    token = _spoken.set(LANGUAGES[code])
    try:
        yield
    finally:
        _spoken.reset(token)


def _(message: str) -> str:
    return _catalog().gettext(message)


def ngettext(one: str, many: str, count: int) -> str:
    """Whichever form the count takes; the caller fills its placeholders in."""
    return _catalog().ngettext(one, many, count)


def pgettext(context: str, message: str) -> str:
    """For a message that would be translated in another way elsewhere."""
    return _catalog().pgettext(context, message)


def npgettext(context: str, one: str, many: str, count: int) -> str:
    return _catalog().npgettext(context, one, many, count)


def N_(message: str) -> str:  # noqa: N802 (gettext's own name for it)
    """Marks a constant for translation; `_` translates it where it is shown."""
    return message


def number(value: float, digits: int = 0) -> str:
    """With ``digits`` decimal places."""
    pattern = "#,##0." + "0" * digits if digits else "#,##0"
    return format_decimal(value, pattern, locale=language().locale)


def percent(share: float) -> str:
    """A share of 1 in whole percent."""
    return format_percent(share, locale=language().locale)


def day(value: date) -> str:
    return format_date(value, "medium", locale=language().locale)


def moment(value: datetime) -> str:
    """An aware time, to the minute, in UTC: those who read it may be anywhere."""
    at = value.astimezone(UTC)
    time = format_skeleton("Hm", at, locale=language().locale)
    return _("%(day)s, %(time)s UTC") % {"day": day(at), "time": time}


def negotiated(chosen: str, accepted: str) -> str:
    """The code of the one chosen before, or of the first that we have in ``Accept-Language`` (RFC 9110, 12.5.4)."""
    if chosen in LANGUAGES:
        return chosen
    wanted = sorted(map(_weighed, accepted.split(",")), key=lambda one: -one[0])
    return next((code for weight, code in wanted if weight > 0 and code in LANGUAGES), SOURCE)


def _weighed(text: str) -> tuple[float, str]:
    """``fr-CA;q=0.7`` is (0.7, "fr"); what cannot be read weighs nothing."""
    tag, _, weight = text.partition(";")
    code = tag.strip().partition("-")[0].lower()
    try:
        return float(weight.strip().removeprefix("q=") or 1), code
    except ValueError:
        return 0.0, code


@cache
def read_catalog(code: str) -> Catalog:
    """The catalog of a language other than the source, as it was written."""
    with (LOCALE / f"{code}.po").open("rb") as file:
        return read_po(file, locale=code)


@cache
def _translations(code: str) -> gettext.NullTranslations:
    if code == SOURCE:
        return gettext.NullTranslations()
    compiled = BytesIO()
    write_mo(compiled, read_catalog(code))
    compiled.seek(0)
    return gettext.GNUTranslations(compiled)


def _catalog() -> gettext.NullTranslations:
    return _translations(language().code)
