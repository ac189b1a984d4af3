"""Writes registry records as LIDO 1.1, one ``lido:lido`` each in a ``lido:lidoWrap``.

What LIDO has a place for stands there; what it has none for (distinguishing features, status, handling, sharing) in an
element of its kind whose type is a URI of ours, see `heritage.registries.identifiers`. `lido` reads all of it back
equal, but for characters that XML cannot hold: those become U+FFFD.
"""

import re
from collections.abc import Callable, Iterable, Iterator
from typing import BinaryIO

from lxml import etree

from heritage.domain.images import ImageDigest
from heritage.domain.records import CAME_TO_LIGHT, LOST, Photograph, RegistryRecord
from heritage.registries.identifiers import PROFILE, own_uri, term_label, term_uris
from heritage.registries.lido_names import (
    A_LOCAL_IDENTIFIER,
    A_URI,
    FINDING,
    HUMAN_MADE_OBJECT,
    ITEM_LEVEL_RECORD,
    LIDO,
    LOSS,
    PRODUCTION,
    TERMINOLOGY,
    UNSPECIFIED_EVENT,
    WRAP_TAG,
    XML,
)

Namer = Callable[[ImageDigest], str]
"""The path of a picture's file, relative to the document."""

_NOT_XML = re.compile("[^\t\n\r -\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_LANGUAGE = "und"  # a registry does not say in which language it describes


def write_lido(records: Iterable[RegistryRecord], stream: BinaryIO, name_of: Namer | None = None) -> None:
    """Write UTF-8 XML, record by record. ``name_of`` names the pictures' files; without it, only their digests go out.

    A record without pictures, or of whose pictures only digests are known, is read back without photographs.
    """
    with etree.xmlfile(stream, encoding="utf-8") as file:
        file.write_declaration()
        with file.element(WRAP_TAG, nsmap={"lido": LIDO}):
            for record in records:
                file.write("\n")
                file.write(_record(record, name_of))
            file.write("\n")


def _record(record: RegistryRecord, name_of: Namer | None) -> etree._Element:
    made = _node(
        "lido",
        _node("lidoRecID", str(record.record_id), type=A_LOCAL_IDENTIFIER),
        _concept("category", TERMINOLOGY + HUMAN_MADE_OBJECT, "Human-made object"),
        _node("applicationProfile", PROFILE, type=A_URI),
        _descriptive(record),
        _administrative(record, name_of),
    )
    etree.indent(made)
    return made


def _descriptive(record: RegistryRecord) -> etree._Element:
    return _node(
        "descriptiveMetadata",
        _classification(record),
        _identification(record),
        _node("eventWrap", _production(record), _fate(record)),
        _relations(record),
        lang=_LANGUAGE,
    )


def _classification(record: RegistryRecord) -> etree._Element:
    kinds = [("category", record.category)] if record.category else []
    kinds += [("terms", term) for term in record.terms]
    classified = (
        _node(
            "classification",
            *(_node("conceptID", uri, type=A_URI) for uri in term_uris(term)),
            _node("term", term_label(term)),
            type=own_uri("field", name),
        )
        for name, term in kinds
    )
    return _node(
        "objectClassificationWrap",
        _node("objectWorkTypeWrap", _node("objectWorkType", *_texts("term", record.card.object_type))),
        _node("classificationWrap", *classified),
    )


def _identification(record: RegistryRecord) -> etree._Element:
    card = record.card
    inscriptions = (_node("inscriptions", one) for one in _texts("inscriptionTranscription", card.inscriptions))
    numbers = (_node("repositorySet", one) for one in _texts("workID", card.inventory_number))
    descriptions = (
        _node("objectDescriptionSet", one, type=own_uri("field", name))
        for name in ("description", "distinguishing_features")
        for one in _texts("descriptiveNoteValue", getattr(card, name))
    )
    measurements = (
        _node("objectMeasurementsSet", one) for one in _texts("displayObjectMeasurements", card.measurements)
    )
    return _node(
        "objectIdentificationWrap",
        _node("titleWrap", _node("titleSet", _node("appellationValue", card.title))),
        _node("inscriptionsWrap", *inscriptions),
        _node("repositoryWrap", *numbers),
        _node("objectDescriptionWrap", *descriptions),
        _node("objectMeasurementsWrap", *measurements),
    )


def _production(record: RegistryRecord) -> etree._Element:
    card = record.card
    event = _node(
        "event",
        _concept("eventType", TERMINOLOGY + PRODUCTION, "Production"),
        *(_node("eventActor", one) for one in _texts("displayActorInRole", card.maker)),
        *(_node("eventDate", one) for one in _texts("displayDate", card.period)),
        *(_node("eventPlace", one) for one in _texts("displayPlace", card.place_of_origin)),
        *(_node("eventMaterialsTech", one) for one in _texts("displayMaterialsTech", card.materials)),
    )
    return _node("eventSet", event)


def _fate(record: RegistryRecord) -> etree._Element:
    """The theft, loss, find or seizure: what the record's status came from."""
    status = record.status
    kind = LOSS if status in LOST else FINDING if status in CAME_TO_LIGHT else UNSPECIFIED_EVENT
    event = _node(
        "event",
        _node(
            "eventType",
            _node("conceptID", TERMINOLOGY + kind, type=A_URI),
            _node("conceptID", own_uri("status", status), type=A_URI),
            _node("term", status),
        ),
        *(_node("eventDate", _date(one)) for one in [record.theft_date] if one),
        *(_node("eventPlace", one) for one in _texts("displayPlace", record.theft_place)),
    )
    return _node("eventSet", event)


def _date(text: str) -> etree._Element:
    return _node("date", _node("earliestDate", text), _node("latestDate", text))


def _relations(record: RegistryRecord) -> etree._Element:
    works = (
        _node(
            "relatedWorkSet",
            one,
            _concept("relatedWorkRelType", own_uri("field", name), name.replace("_", " ")),
        )
        for name in ("related_material", "cross_references")
        for one in _texts("displayRelatedWork", getattr(record.card, name))
    )
    return _node(
        "objectRelationWrap",
        _node("subjectWrap", *(_node("subjectSet", one) for one in _texts("displaySubject", record.card.subject))),
        _node("relatedWorksWrap", *works),
    )


def _administrative(record: RegistryRecord, name_of: Namer | None) -> etree._Element:
    return _node(
        "administrativeMetadata",
        _node(
            "recordWrap",
            _node("recordID", record.record_id.number, type=A_LOCAL_IDENTIFIER),
            _concept("recordType", TERMINOLOGY + ITEM_LEVEL_RECORD, "Item-level record"),
            _node("recordSource", *_body(record.owner_agency)),
            *_rights(record),
            *_record_facts(record),
        ),
        _node("resourceWrap", *(_resource(one, name_of) for one in record.photographs)),
        lang=_LANGUAGE,
    )


def _rights(record: RegistryRecord) -> Iterator[etree._Element]:
    yield _node("recordRights", _concept("rightsType", own_uri("handling", record.handling), record.handling))
    if record.shared_with:
        holders = (_node("rightsHolder", *_body(agency)) for agency in record.shared_with)
        kind = _concept("rightsType", own_uri("field", "shared_with"), "may see this record")
        yield _node("recordRights", kind, *holders)


def _record_facts(record: RegistryRecord) -> Iterator[etree._Element]:
    for one in _texts("recordInfoID", record.icg_reference, type=A_LOCAL_IDENTIFIER):
        yield _node("recordInfoSet", one, type=own_uri("field", "icg_reference"))
    for one in _texts("recordMetadataDate", record.card.date_documented):
        yield _node("recordInfoSet", one, type=own_uri("field", "date_documented"))


def _resource(photograph: Photograph, name_of: Namer | None) -> etree._Element:
    children = [_node("resourceID", str(photograph.digest), type=A_LOCAL_IDENTIFIER)]
    if name_of:
        children.append(_node("resourceRepresentation", _node("linkResource", name_of(photograph.digest))))
    if photograph.view:
        children.append(_concept("resourcePerspective", own_uri("view", photograph.view), photograph.view))
    return _node("resourceSet", *children)


def _body(name: str) -> list[etree._Element]:
    return [_node("legalBodyName", one) for one in _texts("appellationValue", name)]


def _concept(name: str, uri: str, label: str) -> etree._Element:
    return _node(name, _node("conceptID", uri, type=A_URI), _node("term", label))


def _texts(name: str, text: str, **attributes: str) -> list[etree._Element]:
    """The element with ``text``, or none where there is no text."""
    return [_node(name, text, **attributes)] if text else []


def _node(name: str, *content: etree._Element | str, **attributes: str) -> etree._Element:
    made = etree.Element(f"{{{LIDO}}}{name}", nsmap={"lido": LIDO})
    for key, value in attributes.items():
        made.set(f"{{{XML if key == 'lang' else LIDO}}}{key}", value)
    for one in content:
        if isinstance(one, str):
            made.text = _NOT_XML.sub("\ufffd", one)
        else:
            made.append(one)
    return made
