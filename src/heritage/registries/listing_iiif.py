"""Reads a catalogue published as IIIF: of a manifest every canvas is a listing, of a collection every manifest.

So a digitised sale catalogue is searched page by page, and a collection of lots lot by lot, with all photos of each.
"""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from heritage.domain.listings import Captured, Listing, ListingPhoto, Skipped
from heritage.errors import InputError, RecordError, TableError
from heritage.registries.fetching import Fetcher
from heritage.registries.iiif import fetch_node, manifests_of
from heritage.registries.iiif_record import image_of, preferred
from heritage.registries.json_nodes import Node, read_objects
from heritage.registries.legible import legible_line, legible_text
from heritage.registries.listing_photos import NamedPhotos, beside
from heritage.registries.listing_table import MAX_NAME_LENGTH, photo_named

MAX_PHOTOS = 1_000  # of a manifest in a collection


@dataclass(frozen=True, slots=True)
class IiifListings:
    """A manifest or a collection as a source of listings. Make it with `open_iiif_listings`."""

    name: str
    fingerprint: str
    nodes: tuple[Node, ...]  # of a collection its manifests, or references to them; else the manifest's canvases
    manifest: Node | None  # whose canvases the nodes are
    photos: NamedPhotos
    warnings: tuple[str, ...] = ()
    skipped: tuple[Skipped, ...] = ()

    @property
    def listing_count(self) -> int:
        return len(self.nodes)

    def listings(self, start: int = 0) -> Iterator[Listing]:
        """Of a collection, fetches each manifest as it comes to it."""
        for place, node in enumerate(self.nodes[start:], start):
            try:
                yield self._manifest(place, node) if self.manifest is None else self._canvas(place, node, self.manifest)
            except InputError as error:
                yield Listing(place, _key(node, place), error=f"{self.name}, item {place + 1}: {error}")

    def _canvas(self, place: int, canvas: Node, manifest: Node) -> Listing:
        title = legible_line(" ".join([*preferred(manifest.node("label")), *preferred(canvas.node("label"))]))
        photo = _photo(image_of(canvas))
        return Listing(place, _key(canvas, place), (photo,), title, address=_page(manifest))

    def _manifest(self, place: int, node: Node) -> Listing:
        manifest = node if node.nodes("items") else fetch_node(node.id, self.photos.fetcher)
        names = [name for canvas in manifest.nodes("items") if (name := image_of(canvas))]
        if not names or len(names) > MAX_PHOTOS:
            raise RecordError(f"it has {len(names)} images; a lot has 1 to {MAX_PHOTOS}. Give a catalogue by itself")
        return Listing(
            place=place,
            key=_key(manifest, place),
            photos=tuple(map(_photo, dict.fromkeys(names))),
            title=legible_line(" ".join(preferred(manifest.node("label")))),
            address=_page(manifest),
            columns=tuple(_entries(manifest)),
        )

    def read(self, photo: ListingPhoto, earlier: Captured | None = None) -> Captured:
        """Raises `InputError`."""
        return self.photos.read(photo, earlier)

    def close(self) -> None:
        pass


def open_iiif_listings(place: Path | str, fetcher: Fetcher) -> IiifListings:
    """The manifest or collection in a file, or at an address. Raises `TableError`, `FetchError`."""
    tops = list(read_objects(place)) if isinstance(place, Path) else [fetch_node(place, fetcher)]
    photos = beside(place, fetcher) if isinstance(place, Path) else NamedPhotos(None, fetcher)
    name = place.name if isinstance(place, Path) else place
    manifests = [node for top in tops for node in manifests_of(top, fetcher)]
    only = manifests[0] if len(manifests) == 1 else None
    if only is not None and not only.nodes("items"):
        only = fetch_node(only.id, fetcher)
    nodes = tuple(canvas for canvas in only.nodes("items") if image_of(canvas)) if only else tuple(manifests)
    if not nodes:
        raise TableError(f"{name} shows no images")
    return IiifListings(name, _fingerprint(nodes), nodes, only, photos)


def _photo(name: str) -> ListingPhoto:
    """Raises `RecordError`."""
    if len(name) > MAX_NAME_LENGTH or not name.isprintable():
        raise RecordError(f"image {name[:80]!r} is no path or address")
    return photo_named(name)


def _key(node: Node, place: int) -> str:
    return legible_line(node.id) or f"item {place + 1}"


def _page(manifest: Node) -> str:
    """The page for people, or else the manifest itself."""
    return legible_line(manifest.node("homepage").id or manifest.id)


def _entries(manifest: Node) -> Iterator[tuple[str, str]]:
    for entry in manifest.nodes("metadata"):
        label, value = preferred(entry.node("label")), preferred(entry.node("value"))
        yield legible_line("; ".join(label)), legible_text("; ".join(value))


def _fingerprint(nodes: tuple[Node, ...]) -> str:
    """Of the items' addresses and images: a manifest that is only referred to may change meanwhile."""
    told = repr([(node.id, image_of(node)) for node in nodes])
    return f"sha256:{hashlib.sha256(told.encode()).hexdigest()}"
