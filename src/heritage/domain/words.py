"""Text as words to search by, alike for every script and every database.

Latin, Greek, Cyrillic and Arabic lose case, accents and vowel marks; scripts written without spaces (Han, Kana, Hangul,
Thai, Lao, Khmer, Burmese) become pairs of neighbouring characters, so that any part of a phrase can be found. One rule
in Python rather than two of SQLite's and PostgreSQL's tokenisers, which differ.
"""

import re
import unicodedata
from functools import lru_cache

_UNSPACED = (
    "\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff"  # Thai, Lao; Burmese; Khmer
    "\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7af\U00020000-\U0003134f"  # Kana, Han, Hangul
)
_RUNS = re.compile(rf"[{_UNSPACED}]+|[^\W_{_UNSPACED}]+")
_IS_UNSPACED = re.compile(rf"[{_UNSPACED}]")
_MARKS = {"Mn", "Me"}
_LETTERS = str.maketrans("أإآىةøđłı", "ااايهodli", "ـ")


def words(text: str) -> list[str]:
    """The words of ``text`` in order, folded."""
    if text.isascii():  # most texts; ten times as fast
        return _RUNS.findall(text.lower())
    found: list[str] = []
    for run in _RUNS.findall(fold(text)):
        found += _pairs(run) if _IS_UNSPACED.match(run) else [run]
    return found


def fold(text: str) -> str:
    """``text`` without differences of case, width, accent and vowel marks."""
    decomposed = unicodedata.normalize("NFKD", text).casefold()
    bare = "".join(sign for sign in decomposed if sign < "\u0300" or not _is_mark(sign))
    return unicodedata.normalize("NFC", bare).translate(_LETTERS)


@lru_cache(maxsize=4096)
def _is_mark(sign: str) -> bool:
    # Vowels of Thai and its neighbours are marks too, and part of the word.
    return unicodedata.category(sign) in _MARKS and not _IS_UNSPACED.match(sign)


def _pairs(run: str) -> list[str]:
    """Each character with the next, the last alone: so each begins a word, and any part of the run is found."""
    return [run[place : place + 2] for place in range(len(run))]
