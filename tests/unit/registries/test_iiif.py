"""IIIF manifests from files: what goes out comes back equal, a museum's own is understood, and no file can do harm."""

import json
from io import BytesIO
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given
from hypothesis import strategies as st

from heritage.domain.images import ImageDigest
from heritage.domain.records import ObjectIdCard, Photograph, PhotoView, RecordId, RegistryRecord, SourceRow
from heritage.errors import FetchError, InputError, TableError
from heritage.registries.folder import open_source
from heritage.registries.iiif import open_iiif
from heritage.registries.iiif_record import read_manifest
from heritage.registries.iiif_writer import write_iiif
from heritage.registries.json_nodes import Node
from tests.unit.registries.generated import patient, records

MUSEUM = {
    "@context": "http://iiif.io/api/presentation/3/context.json",
    "id": "https://iiif.museum.example/7/manifest",
    "type": "Manifest",
    "label": {"fr": ["Albarelle"], "en": ["Albarello"]},
    "summary": {"en": ["<p>A jar &amp; its <b>lid</b></p>"]},
    "metadata": [
        {"label": {"en": ["Medium:"], "fr": ["Technique"]}, "value": {"fr": ["Faïence"], "en": ["Maiolica"]}},
        {"label": {"de": ["Maße"]}, "value": {"none": ["H. 21 cm", "B. 9 cm"]}},
        {"label": {"ar": ["الفنان"]}, "value": {"ar": ["أوراتسيو فونتانا"]}},
        {"label": {"none": ["Accession Number"]}, "value": {"none": ["1907.12"]}},
        {"label": {"none": ["Shelf"]}, "value": {"none": ["left out"]}},
        {"label": {"none": ["Handling"]}, "value": {"none": ["TLP:CLEAR"]}},
    ],
    "items": [
        {
            "type": "Canvas",
            "label": {"none": ["Front"]},
            "items": [
                {"items": [{"motivation": "supplementing", "body": {"type": "Image", "id": "no.jpg"}}]},
                {"items": [{"motivation": "painting", "body": {"type": "Image", "id": "front.jpg"}}]},
            ],
        },
        {
            "type": "Canvas",
            "items": [
                {
                    "items": [
                        {
                            "motivation": "painting",
                            "body": {
                                "type": "Choice",
                                "items": [{"type": "Image", "id": "side.jpg"}, {"id": "xray.jpg"}],
                            },
                        }
                    ]
                }
            ],
        },
        {
            "type": "Canvas",
            "items": [{"items": [{"motivation": "painting", "body": {"type": "Video", "id": "a.mp4"}}]}],
        },
    ],
}  # invented, in the ways that museums write manifests


def rows_of(path: Path, document: object) -> list[SourceRow]:
    (path / "manifest.json").write_text(json.dumps(document))
    for name in ("front.jpg", "side.jpg"):
        (path / name).touch()
    return list(open_source(path / "manifest.json", "interpol").rows())


@patient
@given(records())
def test_what_goes_out_comes_back_equal(record: RegistryRecord) -> None:
    stream = BytesIO()
    write_iiif(record, stream, "https://heritage.example/", lambda digest: (640, 480))
    read, links = read_manifest(Node(json.loads(stream.getvalue())), "other")
    assert read == RegistryRecord(**{name: getattr(record, name) for name in record.__slots__ if name != "photographs"})
    digests = [ImageDigest.parse(link.name.removeprefix("https://heritage.example/v1/images/")) for link in links]
    assert (
        tuple(Photograph(digest, link.view) for digest, link in zip(digests, links, strict=True)) == record.photographs
    )


def test_a_museums_manifest(tmp_path: Path) -> None:
    assert rows_of(tmp_path, MUSEUM) == [
        SourceRow(
            1,
            RegistryRecord(
                RecordId("interpol", "iiif.museum.example/7/manifest"),
                card=ObjectIdCard(
                    title="Albarello",
                    description="A jar & its lid",
                    materials="Maiolica",
                    measurements="H. 21 cm\nB. 9 cm",
                    maker="أوراتسيو فونتانا",
                    inventory_number="1907.12",
                ),
            ),
            (tmp_path / "front.jpg", tmp_path / "side.jpg"),
            (PhotoView.FRONT, PhotoView.UNSPECIFIED),
            label="interpol/iiif.museum.example/7/manifest",
        )
    ]


def test_a_collection_with_its_manifests_in_it(tmp_path: Path) -> None:
    context, inner = MUSEUM["@context"], [MUSEUM, MUSEUM | {"id": "https://iiif.museum.example/8"}]
    collection = {"@context": context, "id": "c", "type": "Collection", "items": []}
    nested = collection | {"items": [collection, {"id": "d", "type": "Collection", "items": inner}]}
    rows = rows_of(tmp_path, nested)
    assert [row.label for row in rows] == [
        "interpol/iiif.museum.example/7/manifest",
        "interpol/iiif.museum.example/8",
    ]


@pytest.mark.parametrize(
    ("members", "told"),
    [
        ({"id": ""}, "has no id"),
        ({"items": []}, "'' is not an address"),
        ({"items": [], "id": "http://169.254.169.254/latest"}, "not an address on the public internet"),
        ({"items": [], "id": "file:///etc/passwd"}, "is not an address that starts with https"),
    ],
)
def test_a_bad_manifest_is_told(tmp_path: Path, members: dict[str, object], told: str) -> None:
    manifest = MUSEUM | members | ({"id": ""} if members == {"items": []} else {})
    (row,) = rows_of(tmp_path, manifest)
    assert row.record is None
    assert told in row.error


@pytest.mark.parametrize(
    ("members", "told"),
    [
        ({"type": "sc:Manifest"}, "Presentation 2"),
        ({"type": "Canvas"}, "neither a IIIF Manifest nor a Collection"),
    ],
)
def test_a_document_that_is_no_manifest(tmp_path: Path, members: dict[str, object], told: str) -> None:
    with pytest.raises(TableError, match=told):
        rows_of(tmp_path, MUSEUM | members)


def test_a_collection_elsewhere_that_must_not_be_asked(tmp_path: Path) -> None:
    inner = {"id": "http://localhost/c", "type": "Collection"}
    with pytest.raises(FetchError, match="not an address on the public internet"):
        rows_of(tmp_path, MUSEUM | {"type": "Collection", "items": [inner]})


def test_a_picture_beside_no_document() -> None:
    from heritage.registries.reading import PictureLink, Pictures

    with pytest.raises(InputError, match="is not an address"):
        Pictures(None).row(1, RegistryRecord(RecordId("r", "1")), [PictureLink("/etc/passwd")])


# Any JSON at all, under the names that the reader asks for.
names = st.sampled_from(
    ["id", "type", "label", "summary", "metadata", "value", "items", "body", "service", "motivation"]
)
leaves = st.none() | st.booleans() | st.text(max_size=5) | st.sampled_from(["painting", "Image", "Choice", "Canvas"])
junk = st.recursive(
    leaves, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(names, inner, max_size=6), max_leaves=12
)


@patient
@given(st.dictionaries(names, junk, max_size=10), st.lists(junk, max_size=3))
def test_no_member_is_trusted_to_be_of_a_type(manifest: dict[str, object], canvases: list[object]) -> None:
    with TemporaryDirectory() as folder:
        document = MUSEUM | manifest | {"type": "Manifest", "items": [{"items": canvases}], "id": "x"}
        for row in rows_of(Path(folder), document):
            assert (row.record is None) == bool(row.error)


def test_the_registry_is_the_folder_unless_told(tmp_path: Path) -> None:
    rows_of(tmp_path, MUSEUM)
    (row,) = open_iiif(tmp_path / "manifest.json").rows()
    assert row.record is not None
    assert row.record.record_id.registry == tmp_path.name
