"""Which terms a free text names, by the words of four languages.

Case, accents, Arabic vowel signs and the forms of hamza do not count; words do: only whole ones match, the longest
phrase at each place wins, and none reaches over a comma or the like. Regular plurals are formed here, and Arabic words
with article, *and* and *with*; irregular plurals have to be given as words of their own.
"""

import re
import unicodedata
from collections.abc import Iterable, Iterator
from itertools import product

_TOKEN = re.compile(r"\w+|[,;:/()\[\]\n]")
_MARKS = re.compile("[\u0300-\u036f\u064b-\u0655\u0670\u0640]")  # accents, Arabic vowel signs, hamza, stretching
_ARABIC = re.compile("[\u0621-\u064a]+")
_ARTICLE = "ال"


class WordLookup:
    """Finds phrases in text. ``phrases`` are pairs of a phrase and the id it names, "" for one that names nothing.

    Of two pairs with one phrase the first counts, and a phrase as given counts before a plural formed of another.
    """

    def __init__(self, phrases: Iterable[tuple[str, str]]) -> None:
        given = [(tokens(phrase), term_id) for phrase, term_id in phrases]
        self._id_by_phrase: dict[str, str] = {}
        for phrase, term_id in given:
            self._id_by_phrase.setdefault(" ".join(phrase), term_id)
        for phrase, term_id in given:
            for form in _forms(phrase):
                self._id_by_phrase.setdefault(form, term_id)
        self._longest_by_token: dict[str, int] = {}  # words of the longest phrase that begins so
        for form in self._id_by_phrase:
            first, count = form.partition(" ")[0], form.count(" ") + 1
            if count > self._longest_by_token.get(first, 0):
                self._longest_by_token[first] = count

    def ids_in(self, text: str) -> frozenset[str]:
        """The ids that ``text`` names; its time grows with the length of the text alone."""
        words = tokens(text)
        found = set()
        place = 0
        while place < len(words):
            step = 1
            for count in range(self._longest_by_token.get(words[place], 0), 0, -1):
                term_id = self._id_by_phrase.get(" ".join(words[place : place + count]))
                if term_id is not None:
                    found.add(term_id)
                    step = count
                    break
            place += step
        return frozenset(found - {""})


def tokens(text: str) -> list[str]:
    """Folded words, and the marks that no phrase reaches over."""
    folded = text.lower()
    if not folded.isascii():
        folded = _MARKS.sub("", unicodedata.normalize("NFKD", folded)).replace("œ", "oe")
    return _TOKEN.findall(folded)


def _forms(phrase: list[str]) -> Iterator[str]:
    """The phrase with its first and last word in singular or plural, and what Arabic puts before words."""
    if _ARABIC.fullmatch(phrase[0]):
        yield from _arabic_forms(phrase)
        return
    first, middle = _plurals(phrase[0]), phrase[1:-1]
    if len(phrase) == 1:
        yield from first
    else:
        for head, last in product(first, _plurals(phrase[-1])):
            yield " ".join([head, *middle, last])


def _plurals(word: str) -> list[str]:
    """``word`` and what an English, French or Spanish plural of it would look like; non-words among them do no harm."""
    forms = [word, word + "s"]
    if word[-1] in "dhjlnrsxyz":
        forms.append(word + "es")
    for ending, plural in (("y", "ies"), ("z", "ces"), ("al", "aux"), ("au", "aux"), ("eu", "eux"), ("ou", "oux")):
        if word.endswith(ending):
            forms.append(word[: -len(ending)] + plural)
    return forms


def _arabic_forms(phrase: list[str]) -> Iterator[str]:
    for plural in (phrase, [_sound_plural(phrase[0]), *phrase[1:]], [_sound_plural(word) for word in phrase]):
        definite = [word if word.startswith(_ARTICLE) else _ARTICLE + word for word in plural]
        for words in (plural, definite, [*plural[:-1], definite[-1]]):
            text = " ".join(words)
            yield from (text, "و" + text, "ب" + text)


def _sound_plural(word: str) -> str:
    return word[:-1] + "ات" if word.endswith("ة") else word
