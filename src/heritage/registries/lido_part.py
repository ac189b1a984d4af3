"""An element of a LIDO document, to be asked by paths."""

from collections.abc import Iterator
from dataclasses import dataclass

from lxml import etree

from heritage.registries.lido_names import NAMESPACES

_ABOUT = f"{{{NAMESPACES['rdf']}}}about"
_TYPE = f"{{{NAMESPACES['lido']}}}type"
_ADDED = f"{{{NAMESPACES['lido']}}}addedSearchTerm"
_LABELS = ("lido:term", "skos:Concept/skos:prefLabel", "skos:Concept/skos:altLabel")
_IDENTIFIERS = ("lido:conceptID", "skos:Concept")


@dataclass(frozen=True, slots=True)
class Part:
    """``is_own``: heritage wrote it, so its texts are taken to the letter; of others, space is not."""

    element: etree._Element
    is_own: bool = False

    def parts(self, *paths: str) -> Iterator["Part"]:
        for path in paths:
            for found in self.element.iterfind(path, NAMESPACES):
                yield Part(found, self.is_own)

    def first(self, path: str) -> "Part | None":
        return next(self.parts(path), None)

    @property
    def text(self) -> str:
        text = "".join(map(str, self.element.itertext()))
        return text if self.is_own else " ".join(text.split())

    @property
    def type(self) -> str:
        return str(self.element.get(_TYPE, ""))

    def texts(self, *paths: str) -> list[str]:
        """Of every element at the first path that has any text."""
        for path in paths:
            if found := [part.text for part in self.parts(path) if part.text]:
                return found
        return []

    def one(self, *paths: str) -> str:
        return next(iter(self.texts(*paths)), "")

    def all(self, *paths: str) -> str:
        """Every text at the first path that has any, a line each."""
        return "\n".join(self.texts(*paths))

    def identifiers(self) -> list[str]:
        """The URIs of a concept."""
        found = (part.element.get(_ABOUT) or part.text for part in self.parts(*_IDENTIFIERS))
        return [uri.strip() for uri in found if uri.strip()]

    def label(self) -> str:
        """What a concept is called, first its own term."""
        terms = (part for part in self.parts(*_LABELS) if part.element.get(_ADDED) != "yes")
        return next((part.text for part in terms if part.text), "")
