"""Writes registry records as Linked Art JSON-LD: an array of ``HumanMadeObject``, a line each.

What the standard has no term for is typed with a URI of ours beside the nearest term of its vocabulary, see
`heritage.registries.identifiers`. What concerns the record rather than the object (owner agency, handling, sharing)
stands in ``subject_of``. `linked_art` reads all of it back equal.
"""

import calendar
import json
from collections.abc import Iterable, Mapping
from typing import BinaryIO

from heritage.domain.records import CAME_TO_LIGHT, LOST, Photograph, RegistryRecord
from heritage.registries.identifiers import PROFILE, own_uri, term_label, term_uris
from heritage.registries.lido_writer import Namer
from heritage.registries.linked_art_names import (
    AAT,
    ACCESSION_NUMBER,
    CONTEXT,
    DIGITAL_IMAGE,
    DISPLAY_NAME,
    LOCAL_NUMBER,
    PRIMARY_NAME,
    PRODUCTION_STATEMENT,
    STATEMENT,
    STATEMENT_BY_FIELD,
    THEFT,
    TYPE_OF_WORK,
)

_Json = Mapping[str, object]


def write_linked_art(records: Iterable[RegistryRecord], stream: BinaryIO, name_of: Namer | None = None) -> None:
    """Write UTF-8 JSON, record by record. ``name_of`` names the pictures' files; without it, only their digests go out.

    A record without pictures, or of whose pictures only digests are known, is read back without photographs.
    """
    separator = b"[\n"
    for record in records:
        stream.write(separator + json.dumps(_object(record, name_of), ensure_ascii=False).encode("utf-8", "replace"))
        separator = b",\n"
    stream.write(b"[]\n" if separator == b"[\n" else b"\n]\n")


def _object(record: RegistryRecord, name_of: Namer | None) -> _Json:
    card = record.card
    return _filled(
        {
            "@context": CONTEXT,
            "id": own_uri("record", str(record.record_id)),
            "type": "HumanMadeObject",
            "_label": record.label,
            "conforms_to": [{"id": PROFILE, "type": "InformationObject"}],
            "classified_as": _classes(record),
            "identified_by": [
                *_identifier(str(record.record_id), _type(LOCAL_NUMBER), _own_type("field", "record_id")),
                *_identifier(card.inventory_number, _type(ACCESSION_NUMBER)),
                *_identifier(record.icg_reference, _own_type("field", "icg_reference")),
                *_names(card.title, PRIMARY_NAME),
            ],
            "referred_to_by": [
                *(
                    statement
                    for name, kind in STATEMENT_BY_FIELD.items()
                    for statement in _statement(name, kind, getattr(card, name))
                )
            ],
            "produced_by": _production(record),
            "changed_custody_through": [_fate(record)],
            "representation": [_picture(photograph, name_of) for photograph in record.photographs],
            "subject_of": [_kept(record)],
        }
    )


def _classes(record: RegistryRecord) -> list[_Json]:
    category = [_term(record.category, _own_type("field", "category"), _type(TYPE_OF_WORK))] if record.category else []
    return [*category, *(_term(term, _own_type("field", "terms")) for term in record.terms)]


def _term(term: str, *kinds: _Json) -> _Json:
    own, *others = term_uris(term)
    equivalent = {"equivalent": [{"id": uri, "type": "Type"} for uri in others]} if others else {}
    return {"id": own, "type": "Type", "_label": term_label(term), "classified_as": list(kinds), **equivalent}


def _production(record: RegistryRecord) -> _Json:
    card = record.card
    made = {
        "referred_to_by": _statement("maker", PRODUCTION_STATEMENT, card.maker),
        "timespan": {"type": "TimeSpan", "identified_by": _names(card.period, DISPLAY_NAME)} if card.period else None,
        "took_place_at": _places(card.place_of_origin),
    }
    return {"type": "Production", **_filled(made)} if any(made.values()) else {}


def _fate(record: RegistryRecord) -> _Json:
    """The theft, loss, find or seizure: what the record's status came from."""
    status = record.status
    theft = [_type(THEFT)] if status in LOST else []
    verb = "lost" if status in LOST else "came to light" if status in CAME_TO_LIGHT else status
    return _filled(
        {
            "type": "TransferOfCustody",
            "_label": verb,
            "classified_as": [*theft, _own_type("status", status)],
            "timespan": _span(record.theft_date) if record.theft_date else None,
            "took_place_at": _places(record.theft_place),
        }
    )


def _span(date: str) -> _Json:
    """A date of any precision as the instants it lies between; years and months are proleptic Gregorian."""
    year, month = int(date[:4]), int(date[5:7] or 12)
    last = calendar.monthrange(year or 4, month)[1]  # the year 0 was a leap year, which calendar does not know
    first_day = date + "-01-01"[len(date) - 4 :] if len(date) < 10 else date
    last_day = date if len(date) == 10 else f"{date[:4]}-{month:02}-{last:02}"
    return {
        "type": "TimeSpan",
        "identified_by": _names(date, DISPLAY_NAME),
        "begin_of_the_begin": f"{first_day}T00:00:00Z",
        "end_of_the_end": f"{last_day}T23:59:59Z",
    }


def _picture(photograph: Photograph, name_of: Namer | None) -> _Json:
    view = [_own_type("view", photograph.view)] if photograph.view else []
    shown = {
        "type": "DigitalObject",
        "classified_as": [_type(DIGITAL_IMAGE), *view],
        "identified_by": _identifier(str(photograph.digest), _own_type("field", "digest")),
        "access_point": [{"id": name_of(photograph.digest), "type": "DigitalObject"}] if name_of else [],
    }
    return {"type": "VisualItem", "digitally_shown_by": [_filled(shown)]}


def _kept(record: RegistryRecord) -> _Json:
    """The record itself: who keeps it, and who may see it."""
    label = str(record.record_id)
    agency = [_group(record.owner_agency)] if record.owner_agency else []
    return _filled(
        {
            "type": "LinguisticObject",
            "_label": f"Registry record {label}",
            "classified_as": [_own_type("field", "record_id")],
            "created_by": {"type": "Creation", "carried_out_by": agency} if agency else None,
            "subject_to": [
                {
                    "type": "Right",
                    "classified_as": [_own_type("handling", record.handling)],
                    "possessed_by": [_group(name) for name in record.shared_with],
                }
            ],
        }
    )


def _group(name: str) -> _Json:
    return {"type": "Group", "_label": name, "identified_by": [{"type": "Name", "content": name}]}


def _places(name: str) -> list[_Json]:
    return [{"type": "Place", "_label": name, "identified_by": [{"type": "Name", "content": name}]}] if name else []


def _names(text: str, kind: str) -> list[_Json]:
    return [{"type": "Name", "classified_as": [_type(kind)], "content": text}] if text else []


def _identifier(text: str, *kinds: _Json) -> list[_Json]:
    return [{"type": "Identifier", "classified_as": list(kinds), "content": text}] if text else []


def _statement(name: str, kind: str, text: str) -> list[_Json]:
    kinds = [_type(kind, classified_as=[_type(STATEMENT)]), _own_type("field", name)]
    return [{"type": "LinguisticObject", "classified_as": kinds, "content": text}] if text else []


def _type(kind: str, **members: object) -> _Json:
    return {"id": AAT + kind, "type": "Type", **members}


def _own_type(kind: str, name: str) -> _Json:
    return {"id": own_uri(kind, name), "type": "Type", "_label": name}


def _filled(members: _Json) -> _Json:
    return {key: value for key, value in members.items() if value}
