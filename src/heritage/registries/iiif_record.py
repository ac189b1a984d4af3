"""What one IIIF Presentation 3 manifest says, as a registry record: written by heritage, or by a museum."""

import re
from collections.abc import Iterable, Iterator
from html import unescape

from heritage.domain.records import ObjectIdCard, RecordId, RegistryRecord
from heritage.errors import InputError
from heritage.registries.iiif_labels import FIELD_BY_LABEL, RECORD_LABELS
from heritage.registries.json_nodes import Node
from heritage.registries.reading import PictureLink, number_of, read_handling, read_status, view_of


def read_manifest(node: Node, registry: str) -> tuple[RegistryRecord, tuple[PictureLink, ...]]:
    """The record and its pictures. ``registry`` is the registry of a manifest not written by heritage.

    Raises `RecordError`.
    """
    entries = [(_texts(entry.node("label")), preferred(entry.node("value"))) for entry in node.nodes("metadata")]
    own = {
        name: next((values for labels, values in entries if label in labels), [])
        for name, label in RECORD_LABELS.items()
    }
    record_id = _own_id(own["record_id"])
    if record_id is None:
        own = {name: [] for name in RECORD_LABELS}
    first = {name: next(iter(values), "") for name, values in own.items()}
    record = RegistryRecord(
        record_id or RecordId(registry, number_of(node.id)),
        status=read_status(first["status"]),
        owner_agency=first["owner_agency"],
        theft_date=first["theft_date"],
        theft_place=first["theft_place"],
        category=first["category"],
        terms=tuple(own["terms"]),
        handling=read_handling(first["handling"]),
        shared_with=tuple(own["shared_with"]),
        icg_reference=first["icg_reference"],
        card=_card(node, entries, is_own=record_id is not None),
    )
    return record, tuple(_pictures(node))


def _own_id(values: list[str]) -> RecordId | None:
    try:
        return RecordId.parse(values[0]) if values else None
    except InputError:
        return None


def _card(node: Node, entries: Iterable[tuple[list[str], list[str]]], is_own: bool) -> ObjectIdCard:
    texts: dict[str, str] = {}
    for labels, values in entries:
        names = (FIELD_BY_LABEL.get(label.strip(" :\u00a0").casefold(), "") for label in labels)
        if name := next(filter(None, names), ""):
            texts[name] = "\n".join(filter(None, (texts.get(name), *values)))
    if not is_own:
        texts["title"] = texts.get("title") or " ".join(preferred(node.node("label")))
        texts["description"] = texts.get("description") or "\n".join(preferred(node.node("summary")))
    return ObjectIdCard(**texts)


def _texts(language_map: Node) -> list[str]:
    """In every language, one after another."""
    return [text for texts in _by_language(language_map).values() for text in texts]


def preferred(language_map: Node) -> list[str]:
    """In English, or in no language, or in the first."""
    by_language = _by_language(language_map)
    return by_language.get("en") or by_language.get("none") or next(iter(by_language.values()), [])


def _by_language(language_map: Node) -> dict[str, list[str]]:
    return {
        language: [_plain(text) for text in texts]
        for language in language_map.members
        if (texts := language_map.texts(language))
    }


def _plain(text: str) -> str:
    """Without the HTML that a value may be in, which it says by its first and last character."""
    return unescape(re.sub(r"<[^<>]*>", "", text)) if text.startswith("<") and text.endswith(">") else text


def _pictures(node: Node) -> Iterator[PictureLink]:
    for canvas in node.nodes("items"):
        if address := image_of(canvas):
            yield PictureLink(address, view_of(" ".join(preferred(canvas.node("label")))))


def image_of(canvas: Node) -> str:
    """Where the first image of a canvas is, "" when it shows none."""
    return next(filter(None, map(_image, _bodies(canvas))), "")


def _bodies(canvas: Node) -> Iterator[Node]:
    """Of what is painted onto a canvas; of a choice, all that can be chosen, the default first."""
    for page in canvas.nodes("items"):
        for annotation in page.nodes("items"):
            if annotation.text("motivation") == "painting":
                for body in annotation.nodes("body"):
                    yield from body.nodes("items") if body.type == "Choice" else [body]


def _image(body: Node) -> str:
    """Where an image is: at its own address, or at that of the image service that it comes from."""
    if body.type != "Image":
        return ""
    service = body.node("service").id.rstrip("/")
    return body.id or (f"{service}/full/max/0/default.jpg" if service else "")
