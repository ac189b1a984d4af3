"""Reads Linked Art (https://linked.art), the JSON-LD that museums publish: an object, an array or a ``@graph`` of them.

Only its standard shape is read, with the members' names as the Linked Art context has them. It is not expanded by a
JSON-LD processor, so nothing that the document names is ever loaded, and a document that renames members with a context
of its own is not understood.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from heritage.domain.records import SourceRow
from heritage.errors import InputError
from heritage.registries.json_nodes import Node, read_objects
from heritage.registries.linked_art_record import read_object
from heritage.registries.reading import Pictures, without_doubles

LINKED_ART_CONTEXT = "https://linked.art/ns/"


@dataclass(frozen=True, slots=True)
class LinkedArtFile:
    """A Linked Art file as a source. Make it with `open_linked_art`, which has read it through once."""

    path: Path
    registry: str  # of objects not described by heritage
    pictures: Pictures = field(repr=False)
    row_count: int = 0
    warnings: tuple[str, ...] = ()

    def rows(self) -> Iterator[SourceRow]:
        """One row an object, numbered from 1. Raises `TableError` when the file cannot be read on."""
        nodes = enumerate(read_objects(self.path), start=1)
        return without_doubles(self._row(number, node) for number, node in nodes)

    def _row(self, number: int, node: Node) -> SourceRow:
        try:
            record, links = read_object(node, self.registry)
            return self.pictures.row(number, record, links)
        except InputError as error:
            return SourceRow(number, None, error=str(error), label=(node.text("_label") or node.id)[:200])


def open_linked_art(path: Path, registry: str = "") -> LinkedArtFile:
    """Count the objects. ``registry`` names the registry of those not described by heritage; else the folder.

    Raises `TableError`.
    """
    count = sum(1 for _ in read_objects(path))
    folder = path.resolve().parent
    return LinkedArtFile(path, registry or folder.name, Pictures(folder), count)
