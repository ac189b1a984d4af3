"""The category tree: kinds of object, materials, techniques and periods, under identifiers that never change.

`terms.csv` beside this module holds it, a parent before its children. Its last column lists, besides the labels, the
words by which free text names a term, and, after a minus sign, a label that would mislead (French *or*, gold, is an
English conjunction). The words of a facet's root name none of its terms: a *gelatin silver print* is not of silver.

`Term.aat` is the number of the same concept in Getty's Art & Architecture Thesaurus, where that is certain
(docs/adr/0016-category-tree.md).
"""

import csv
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from difflib import get_close_matches
from enum import StrEnum
from functools import cache
from importlib.resources import files

from heritage.domain.term_words import WordLookup
from heritage.errors import InputError, NotFoundError

AAT_NAMESPACE = "http://vocab.getty.edu/aat/"
_AAT_FORM = re.compile(r"(?:https?://vocab\.getty\.edu/(?:page/)?aat/|aat:)([0-9]+)/?")


class Language(StrEnum):
    """The languages that every term has a label in (ISO 639-1)."""

    ENGLISH = "en"
    FRENCH = "fr"
    SPANISH = "es"
    ARABIC = "ar"


class Facet(StrEnum):
    """The four roots; each value is the id of its root."""

    OBJECT = "object"
    MATERIAL = "material"
    TECHNIQUE = "technique"
    PERIOD = "period"


@dataclass(frozen=True, slots=True)
class Term:
    """One node. ``parent`` is empty for a root, ``aat`` where no identifier is certain; ``words`` as in terms.csv."""

    id: str
    parent: str
    label_en: str
    label_fr: str
    label_es: str
    label_ar: str
    aat: str = ""
    words: tuple[str, ...] = ()

    @property
    def aat_uri(self) -> str:
        """``http://vocab.getty.edu/aat/300010957``, or empty."""
        return f"{AAT_NAMESPACE}{self.aat}" if self.aat else ""

    def label(self, language: Language) -> str:
        """What a person calls it."""
        match language:
            case Language.ENGLISH:
                return self.label_en
            case Language.FRENCH:
                return self.label_fr
            case Language.SPANISH:
                return self.label_es
            case Language.ARABIC:
                return self.label_ar

    @property
    def phrases(self) -> Iterator[tuple[str, str]]:
        """The phrases by which text names it, each with the id; "" with those of a root, which name nothing."""
        misleading = {word[1:] for word in self.words if word.startswith("-")}
        labels = [self.label(language) for language in Language] if self.parent else []
        for phrase in (*labels, *self.words):
            if phrase not in misleading and not phrase.startswith("-"):
                yield phrase, self.id if self.parent else ""


class TermTree:
    """Terms by id, downwards and upwards, by identifier elsewhere, and by the words of free text."""

    def __init__(self, terms: Iterable[Term]) -> None:
        """Raises `InputError` for a repeated id, and for a parent that does not come before its child."""
        self._term_by_id: dict[str, Term] = {}
        self._children_by_id: dict[str, list[Term]] = {}
        self._lookup_by_facet: dict[Facet, WordLookup] = {}
        for term in terms:
            if term.id in self._term_by_id:
                raise InputError(f"two terms have the id {term.id!r}; each needs its own")
            if term.parent not in self._term_by_id and (term.parent or term.id not in set(Facet)):
                raise InputError(f"the parent of the term {term.id!r} must come before it, but is {term.parent!r}")
            self._term_by_id[term.id] = term
            self._children_by_id[term.id] = []
            if term.parent:
                self._children_by_id[term.parent].append(term)
        self._term_by_aat = {term.aat: term for term in self._term_by_id.values() if term.aat}

    def __len__(self) -> int:
        return len(self._term_by_id)

    def get(self, term_id: str) -> Term:
        """Raises `NotFoundError`, which names the terms that may have been meant."""
        if term_id in self._term_by_id:
            return self._term_by_id[term_id]
        asked = term_id[:80]  # comparing takes time by the square of the length
        named = {near for facet in Facet for near in self.recognise(asked, facet)}
        near = sorted(named | set(get_close_matches(asked.lower(), self._term_by_id, n=3)))
        meant = f"did you mean {', '.join(near)}?" if near else "see: heritage terms"
        raise NotFoundError(f"there is no term {asked!r}; {meant}")

    def label(self, term_id: str, language: Language) -> str:
        """Raises `NotFoundError`."""
        return self.get(term_id).label(language)

    def walk(self, term_id: str, depth: int = 0) -> Iterator[tuple[int, Term]]:
        """The term and everything below it, parents first, each with its depth. Raises `NotFoundError`."""
        yield depth, self.get(term_id)
        for child in self._children_by_id[term_id]:
            yield from self.walk(child.id, depth + 1)

    def subtree(self, term_id: str) -> frozenset[str]:
        """The ids of the term and of everything below it. Raises `NotFoundError`."""
        return frozenset(term.id for _, term in self.walk(term_id))

    def ancestors(self, term_id: str) -> tuple[Term, ...]:
        """From the parent up to the root. Raises `NotFoundError`."""
        parent = self.get(term_id).parent
        return (self.get(parent), *self.ancestors(parent)) if parent else ()

    def facet(self, term_id: str) -> Facet:
        """Raises `NotFoundError`."""
        return Facet((self.get(term_id), *self.ancestors(term_id))[-1].id)

    def by_facet(self, facet: Facet) -> tuple[Term, ...]:
        """The terms below the facet's root, parents first."""
        return tuple(term for depth, term in self.walk(facet) if depth)

    def by_aat(self, uri: str) -> Term | None:
        """The term that is the AAT's ``uri``, also written https, /page/aat/ or aat:; None when it is none of ours."""
        form = _AAT_FORM.fullmatch(uri.strip())
        return self._term_by_aat.get(form[1]) if form else None

    def recognise(self, text: str, facet: Facet) -> frozenset[str]:
        """The ids of the terms of one facet that free text names, in any of the languages; not those above them.

        Meant for searching records that only say ``oil on canvas``: what is not certain names nothing. A date is no
        period: ``ca. 1650`` and ``2nd century BC`` name none, ``19th century`` names the term of that label.
        """
        if facet not in self._lookup_by_facet:
            phrases = (pair for _, term in self.walk(facet) for pair in term.phrases)
            self._lookup_by_facet[facet] = WordLookup(phrases)
        return self._lookup_by_facet[facet].ids_in(text)


@cache
def category_tree() -> TermTree:
    """The shipped tree, read once, when it is first asked for."""
    table = files("heritage.domain").joinpath("terms.csv").read_text(encoding="utf-8")
    return TermTree(_term(row) for row in csv.DictReader(table.splitlines()))


def _term(row: dict[str, str]) -> Term:
    words = row.pop("words")
    return Term(**row, words=tuple(words.split(";")) if words else ())
