"""Reads IIIF Presentation 3 manifests, one record each, and collections of them; from a file or from an address.

What they point at (the pictures, the manifests of a collection) is fetched, see `heritage.registries.fetching`. The
JSON-LD context that they name is not: their members have fixed names.
"""

from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

from heritage.domain.records import SourceRow
from heritage.errors import FetchError, InputError, RecordError, TableError
from heritage.registries.fetching import JSON_TYPES, Fetcher
from heritage.registries.iiif_record import read_manifest
from heritage.registries.json_nodes import Node, parse_object, read_objects
from heritage.registries.reading import Pictures, without_doubles

IIIF_CONTEXT = "iiif.io/api/presentation/"
MAX_COLLECTIONS = 100  # within a collection, each of which is fetched before the first record is read
MAX_MANIFESTS = 50_000


@dataclass(frozen=True, slots=True)
class Manifests:
    """Manifests as a source. Make it with `open_iiif` or `open_iiif_address`."""

    nodes: tuple[Node, ...]  # a manifest, or a reference to one
    registry: str  # of manifests not written by heritage
    pictures: Pictures = field(repr=False)
    fetcher: Fetcher = field(repr=False)
    warnings: tuple[str, ...] = ()

    @property
    def row_count(self) -> int:
        return len(self.nodes)

    def rows(self) -> Iterator[SourceRow]:
        """One row a manifest, numbered from 1."""
        return without_doubles(self._row(number, node) for number, node in enumerate(self.nodes, start=1))

    def _row(self, number: int, node: Node) -> SourceRow:
        try:
            manifest = node if node.nodes("items") else fetch_node(node.id, self.fetcher)
            if manifest.type != "Manifest":
                raise RecordError(f"it is of the type {manifest.type[:80]!r}, not Manifest")
            record, links = read_manifest(manifest, self.registry)
            return self.pictures.row(number, record, links)
        except InputError as error:
            return SourceRow(number, None, error=str(error), label=node.id[:200])


def open_iiif(path: Path, registry: str = "", fetcher: Fetcher | None = None) -> Manifests:
    """The manifest or collection in a file, whose pictures may also lie beside it.

    ``registry`` names the registry of manifests not written by heritage; else the folder. Raises `TableError`, and
    `FetchError` when a collection in the collection cannot be had.
    """
    folder = path.resolve().parent
    fetcher = fetcher or Fetcher()
    nodes = [node for one in read_objects(path) for node in manifests_of(one, fetcher)]
    return Manifests(tuple(nodes), registry or folder.name, Pictures(folder, fetcher), fetcher)


def open_iiif_address(address: str, registry: str = "", fetcher: Fetcher | None = None) -> Manifests:
    """The manifest or collection at ``address``; the registry is that host unless ``registry`` names it.

    Raises `TableError`, `FetchError`.
    """
    fetcher = fetcher or Fetcher()
    nodes = manifests_of(fetch_node(address, fetcher), fetcher)
    return Manifests(tuple(nodes), registry or str(urlsplit(address).hostname), Pictures(None, fetcher), fetcher)


def manifests_of(top: Node, fetcher: Fetcher) -> Iterator[Node]:
    """The manifest that ``top`` is, or those of the collection and of the collections in it; or references to them.

    Raises `TableError`, `FetchError`.
    """
    waiting, seen = deque([top]), {top.id}
    collection_count = 0
    while waiting:
        node = waiting.popleft()
        if node.type == "Manifest":
            yield node
        elif node.type == "Collection":
            collection_count += 1
            new = [item for item in _items(node, fetcher) if item.id not in seen]  # a collection may be in itself
            seen.update(item.id for item in new)
            waiting += new
        else:
            raise TableError(_not_understood(node))
        if collection_count > MAX_COLLECTIONS or len(seen) > MAX_MANIFESTS:
            raise TableError(
                f"more than {MAX_COLLECTIONS} collections or {MAX_MANIFESTS} manifests; read them in parts"
            )


def _items(collection: Node, fetcher: Fetcher) -> list[Node]:
    whole = collection if "items" in collection.members else fetch_node(collection.id, fetcher)
    return [item for item in whole.nodes("items") if item.type in ("Manifest", "Collection")]


def fetch_node(address: str, fetcher: Fetcher) -> Node:
    """The JSON object at ``address``. Raises `FetchError`."""
    answer = fetcher.fetch(address, JSON_TYPES)
    try:
        return parse_object(answer.data.decode("utf-8-sig"))
    except UnicodeDecodeError:
        raise FetchError(f"{address[:200]} is not UTF-8") from None
    except TableError as error:
        raise FetchError(f"{address[:200]} cannot be read: {error}") from None


def _not_understood(node: Node) -> str:
    if node.type.startswith("sc:"):
        return f"{node.id[:200]} is of IIIF Presentation 2; most servers give version 3 as well, often under /3/"
    return f"{node.id[:200] or 'it'} is of the type {node.type[:80]!r}, neither a IIIF Manifest nor a Collection"
