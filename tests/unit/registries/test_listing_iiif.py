"""Catalogues as IIIF: page by page, or lot by lot; and what is recognised as what."""

import json
from pathlib import Path
from typing import Any

import pytest

from heritage.domain.listings import Listing, ListingPhoto
from heritage.errors import TableError
from heritage.registries.fetching import Fetcher
from heritage.registries.listing_files import FileListings, FileReading
from heritage.registries.listing_iiif import IiifListings, open_iiif_listings
from heritage.registries.listing_place import ListingReading, open_listings
from heritage.registries.listing_table import TableListings
from heritage.service.archives import open_archive

CONTEXT = "http://iiif.io/api/presentation/3/context.json"
AT = "https://sales.example"


def canvas(name: str, *images: str) -> dict[str, Any]:
    bodies = [{"type": "Image", "id": image} for image in images]
    painted = [{"motivation": "painting", "body": body} for body in bodies]
    return {"id": f"{AT}/{name}", "type": "Canvas", "label": {"none": [name]}, "items": [{"items": painted}]}


def manifest(name: str, *canvases: dict[str, Any]) -> dict[str, Any]:
    return {
        **{"@context": CONTEXT, "id": f"{AT}/{name}", "type": "Manifest", "label": {"en": [name]}},
        **{"items": list(canvases), "homepage": [{"id": f"{AT}/{name}.html"}]},
        "metadata": [{"label": {"en": ["Estimate"]}, "value": {"none": ["100", "200"]}}],
    }


def opened(folder: Path, document: dict[str, Any]) -> IiifListings:
    path = folder / "catalogue.json"
    path.write_text(json.dumps(document))
    return open_iiif_listings(path, Fetcher())


def test_of_a_manifest_every_canvas_with_an_image_is_a_listing(tmp_path: Path) -> None:
    (tmp_path / "p2.jpg").write_bytes(b"pixels")
    pages = canvas("p1", f"{AT}/1.jpg"), canvas("text"), canvas("p2", "p2.jpg")
    source = opened(tmp_path, manifest("sale", *pages))
    first = Listing(0, f"{AT}/p1", (ListingPhoto(f"{AT}/1.jpg", f"{AT}/1.jpg"),), "sale p1", address=f"{AT}/sale.html")
    second = Listing(1, f"{AT}/p2", (ListingPhoto("p2.jpg"),), "sale p2", address=f"{AT}/sale.html")
    assert list(source.listings()) == [first, second]
    assert list(source.listings(1)) == [second]
    assert source.read(second.photos[0]).data == b"pixels"


def test_of_a_collection_every_manifest_is_a_listing(tmp_path: Path) -> None:
    lots = (
        manifest("lot1", canvas("a", f"{AT}/a.jpg"), canvas("b", f"{AT}/b.jpg")),
        manifest("lot2", canvas("text")),
        {"id": "http://127.0.0.1/lot3", "type": "Manifest"},
    )
    source = opened(tmp_path, {"@context": CONTEXT, "id": AT, "type": "Collection", "items": list(lots)})
    first, second, third = source.listings()
    assert [photo.address for photo in first.photos] == [f"{AT}/a.jpg", f"{AT}/b.jpg"]
    assert (first.title, first.address, first.columns) == ("lot1", f"{AT}/lot1.html", (("Estimate", "100; 200"),))
    assert "catalogue.json, item 2: it has 0 images" in second.error
    assert "not an address on the public internet" in third.error or "only the ports" in third.error
    assert source.listing_count == 3


def test_nothing_shown_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(TableError, match="shows no images"):
        opened(tmp_path, manifest("sale", canvas("text")))
    with pytest.raises(TableError, match="Presentation 2"):
        opened(tmp_path, {"@context": CONTEXT, "@id": AT, "@type": "sc:Manifest"})


def test_the_reader_is_picked_by_what_is_there(tmp_path: Path) -> None:
    files = FileReading(lambda head: "" if head == b"picture" else "not an image", open_archive)
    reading = ListingReading(files, Fetcher())
    (tmp_path / "a.csv").write_text("image\na.jpg\n")
    (tmp_path / "a.jsonl").write_text('{"image": "a.jpg"}\n')
    (tmp_path / "photos").mkdir()
    (tmp_path / "photos" / "a").write_bytes(b"picture")
    (tmp_path / "sale.json").write_text(json.dumps(manifest("sale", canvas("p1", "a.jpg"))))
    assert isinstance(open_listings(tmp_path / "a.csv", reading), TableListings)
    assert isinstance(open_listings(tmp_path / "a.jsonl", reading), TableListings)
    assert isinstance(open_listings(tmp_path / "photos", reading), FileListings)
    assert isinstance(open_listings(str(tmp_path / "sale.json"), reading), IiifListings)
    (tmp_path / "a.doc").write_bytes(b"\xd0\xcf\x11\xe0")
    for name, told in (("a.doc", "is nothing that listings are read from"), ("gone", "does not exist; give a folder")):
        with pytest.raises(TableError, match=told):
            open_listings(tmp_path / name, reading)
    with pytest.raises(TableError, match="photos has no one table, so neither a mapping"):
        open_listings(tmp_path / "photos", ListingReading(files, Fetcher(), sheet="x"))
