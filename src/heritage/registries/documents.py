"""Recognises documents of records (LIDO, Linked Art, IIIF manifests), and reads a folder of them as one source."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import count
from pathlib import Path

from heritage.domain.ports import Source
from heritage.domain.records import SourceRow
from heritage.errors import TableError
from heritage.registries.iiif import IIIF_CONTEXT, open_iiif
from heritage.registries.lido import open_lido
from heritage.registries.linked_art import LINKED_ART_CONTEXT, open_linked_art
from heritage.registries.reading import without_doubles

SUFFIXES = frozenset({".xml", ".lido", ".json", ".jsonld"})
_HEAD_BYTES = 65_536


@dataclass(frozen=True, slots=True)
class DocumentFolder:
    """Several documents as one source, in the order of their names; rows are numbered through."""

    sources: tuple[tuple[str, Source], ...]  # by file name
    warnings: tuple[str, ...] = ()

    @property
    def row_count(self) -> int:
        return sum(source.row_count for _, source in self.sources)

    def rows(self) -> Iterator[SourceRow]:
        """Raises `TableError` when one of the files cannot be read on."""
        return without_doubles(self._rows())

    def _rows(self) -> Iterator[SourceRow]:
        numbers = count(1)
        for name, source in self.sources:
            for row in source.rows():
                yield replace(row, number=next(numbers), error=f"{name}: {row.error}" if row.error else "")


def open_document(path: Path, registry: str = "") -> Source:
    """The reader for a file, by its suffix and the JSON-LD context that it names. Raises `TableError`."""
    if path.suffix.lower() in (".xml", ".lido"):
        return open_lido(path, registry)
    try:
        with path.open("rb") as file:
            head = file.read(_HEAD_BYTES)
    except OSError as error:
        raise TableError(f"{path} cannot be read: {error.strerror}") from error
    if IIIF_CONTEXT.encode() in head:
        return open_iiif(path, registry)
    if LINKED_ART_CONTEXT.encode() in head:
        return open_linked_art(path, registry)
    raise TableError(
        f"{path.name} names neither the context of Linked Art ({LINKED_ART_CONTEXT}...) "
        f"nor that of a IIIF manifest ({IIIF_CONTEXT}...)"
    )


def open_documents(folder: Path, registry: str = "") -> DocumentFolder | None:
    """Every document in ``folder``; none when there is none. What is no document after all is told in a warning."""
    sources, warnings = [], []
    for path in sorted(path for path in folder.iterdir() if path.suffix.lower() in SUFFIXES and path.is_file()):
        try:
            sources.append((path.name, open_document(path, registry)))
        except TableError as error:
            warnings.append(f"left out: {error}")
    warnings += [warning for _, source in sources for warning in source.warnings]
    return DocumentFolder(tuple(sources), tuple(warnings)) if sources else None
