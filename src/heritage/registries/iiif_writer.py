"""Writes one registry record as a IIIF Presentation 3.0 manifest (https://iiif.io/api/presentation/3.0/).

Every field goes into ``metadata``, every photograph onto a canvas of its own, from where heritage's API serves it.
`iiif` reads all of it back equal, the photographs by fetching them.
"""

import json
from collections.abc import Callable, Iterator
from html import escape
from typing import BinaryIO
from urllib.parse import quote

from heritage.domain.images import ImageDigest
from heritage.domain.records import Photograph, RecordId, RegistryRecord
from heritage.registries.iiif_labels import CARD_LABELS, RECORD_LABELS

CONTEXT = "http://iiif.io/api/presentation/3/context.json"
Sizer = Callable[[ImageDigest], tuple[int, int]]
"""The width and height of a stored image in pixels, which every canvas must have."""

_Json = dict[str, object]


def write_iiif(record: RegistryRecord, stream: BinaryIO, base: str, size_of: Sizer) -> None:
    """Write UTF-8 JSON. ``base`` is the address that heritage is reached at, such as ``https://heritage.example``."""
    place = f"{quote(record.record_id.registry, safe='')}/{quote(record.record_id.number, safe='')}"
    address = f"{base.rstrip('/')}/v1/documents/iiif/{place}"
    manifest = {
        "@context": CONTEXT,
        "id": address,
        "type": "Manifest",
        "label": {"none": [record.label]},
        "metadata": list(_metadata(record)),
        "items": [
            _canvas(photograph, f"{address}/canvas/{place}", base.rstrip("/"), size_of(photograph.digest))
            for place, photograph in enumerate(record.photographs, start=1)
        ],
    }
    stream.write(json.dumps(manifest, ensure_ascii=False, indent=1).encode("utf-8", "replace"))


def _metadata(record: RegistryRecord) -> Iterator[_Json]:
    for name, labels in CARD_LABELS.items():
        yield from _entry(labels[0], getattr(record.card, name))
    for name, label in RECORD_LABELS.items():
        yield from _entry(label, getattr(record, name))


def _entry(label: str, value: str | RecordId | tuple[str, ...]) -> Iterator[_Json]:
    if value:
        values = value if isinstance(value, tuple) else (str(value),)
        yield {"label": {"en": [label]}, "value": {"none": [_plain(text) for text in values]}}


def _plain(text: str) -> str:
    """A viewer takes what begins with < and ends with > for HTML, and shows it as such."""
    return f"<span>{escape(text, quote=False)}</span>" if text.startswith("<") and text.endswith(">") else text


def _canvas(photograph: Photograph, address: str, base: str, size: tuple[int, int]) -> _Json:
    image = {"id": f"{base}/v1/images/{photograph.digest}", "type": "Image", "format": "image/jpeg"}
    painting = {
        "id": f"{address}/page/painting",
        "type": "Annotation",
        "motivation": "painting",
        "body": image,
        "target": address,
    }
    canvas = {
        "id": address,
        "type": "Canvas",
        "width": size[0],
        "height": size[1],
        "items": [{"id": f"{address}/page", "type": "AnnotationPage", "items": [painting]}],
    }
    return canvas | ({"label": {"en": [photograph.view.value]}} if photograph.view else {})
