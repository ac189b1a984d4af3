"""What one Linked Art ``HumanMadeObject`` says, as a registry record: written by heritage, or by a museum.

A museum may give a text, or a structure, or both; the text comes first here, being what a person wrote. Only records
written by heritage know a status, a handling label and sharing.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from math import isfinite

from heritage.domain.records import ObjectIdCard, RecordId, RegistryRecord
from heritage.errors import RecordError
from heritage.registries.identifiers import is_kind_of_object, own_name, own_uri, term_of
from heritage.registries.json_nodes import Node
from heritage.registries.linked_art_names import (
    ACCESSION_NUMBER,
    ARTWORK,
    COLLECTION_ITEM,
    FURTHER_INSCRIPTIONS,
    LOCAL_NUMBER,
    NOTE,
    PRIMARY_NAME,
    PRODUCTION_STATEMENT,
    SORT_NAME,
    STATEMENT_BY_FIELD,
    THEFT,
    TYPE_OF_WORK,
)
from heritage.registries.reading import PictureLink, common_date, number_of, read_handling, read_status, view_of

_FLAGS = {ARTWORK, COLLECTION_ITEM}


def read_object(node: Node, registry: str) -> tuple[RegistryRecord, tuple[PictureLink, ...]]:
    """The record and its pictures. ``registry`` is the registry of an object not described by heritage.

    Raises `RecordError`.
    """
    if node.type != "HumanMadeObject":
        raise RecordError(f"it is of the type {node.type[:80]!r}, not HumanMadeObject")
    record_id = _identifier(node, own_uri("field", "record_id"))
    kept = next((one for one in node.nodes("subject_of") if own_uri("field", "record_id") in _kinds(one)), Node())
    right = kept.node("subject_to")
    fate, status = _fate(node)
    record = RegistryRecord(
        RecordId.parse(record_id) if record_id else RecordId(registry, number_of(node.id)),
        status=read_status(status),
        owner_agency=next(map(_name, kept.node("created_by").nodes("carried_out_by")), ""),
        theft_date=_date(fate.node("timespan")),
        theft_place=_name(fate.node("took_place_at")),
        category=_category(node, is_own=bool(record_id)),
        terms=tuple(_terms(node, is_own=bool(record_id))),
        handling=read_handling(next(filter(None, (own_name("handling", kind) for kind in _kinds(right))), "")),
        shared_with=tuple(map(_name, right.nodes("possessed_by"))),
        icg_reference=_identifier(node, own_uri("field", "icg_reference")),
        card=_card(node, is_own=bool(record_id)),
    )
    return record, tuple(_pictures(node))


def _kinds(node: Node) -> list[str]:
    """What it is classified as, as `_references`."""
    return [reference for kind in node.nodes("classified_as") for reference in _references(kind)]


def _references(node: Node) -> list[str]:
    """The URIs of a type; of a term of the AAT, in whatever form they are written, the number."""
    uris = [node.id, *(same.id for same in node.nodes("equivalent"))]
    return [re.sub(r"^(https?://vocab\.getty\.edu/(page/)?)?aat[/:]", "", uri) for uri in uris]


def _name(node: Node) -> str:
    names = [name for name in node.nodes("identified_by") if name.type == "Name" and SORT_NAME not in _kinds(name)]
    primary = [name for name in names if PRIMARY_NAME in _kinds(name)]
    return next(filter(None, (name.text("content") for name in (*primary, *names))), node.text("_label"))


def _labels(nodes: Iterable[Node]) -> str:
    return "; ".join(dict.fromkeys(filter(None, map(_name, nodes))))


def _identifier(node: Node, *kinds: str) -> str:
    """The content of the identifier of the first kind that there is."""
    for kind in kinds:
        for one in node.nodes("identified_by"):
            if one.type == "Identifier" and kind in _kinds(one):
                return one.text("content")
    return ""


def _category(node: Node, is_own: bool) -> str:
    """The term that heritage declared as the category, or the first kind of object that a museum's types name."""
    declared = own_uri("field", "category")
    classes = node.nodes("classified_as")
    if is_own:
        return next((_term(one) for one in classes if declared in _kinds(one)), "")
    return next((term for one in classes if is_kind_of_object(term := _term(one))), "")


def _terms(node: Node, is_own: bool) -> Iterator[str]:
    """Every other term: those that heritage declared, or what a museum's types, materials and techniques name."""
    if is_own:
        declared = own_uri("field", "terms")
        return (_term(one) for one in node.nodes("classified_as") if declared in _kinds(one))
    made = node.node("produced_by")
    techniques = (one for production in (made, *made.nodes("part")) for one in production.nodes("technique"))
    found = filter(None, map(_term, (*node.nodes("classified_as", "made_of"), *techniques)))
    return iter(dict.fromkeys(term for term in found if not is_kind_of_object(term)))


def _term(node: Node) -> str:
    return term_of([node.id, *(same.id for same in node.nodes("equivalent"))])


def _fate(node: Node) -> tuple[Node, str]:
    """The event that the status came from, and the status; a museum's theft, with none."""
    for event in node.nodes("changed_custody_through", "changed_ownership_through"):
        kinds = _kinds(event)
        status = next(filter(None, (own_name("status", kind) for kind in kinds)), "")
        if status or THEFT in kinds:
            return event, status
    return Node(), ""


def _date(span: Node) -> str:
    named = _name(span)
    return common_date(named, named) or common_date(span.text("begin_of_the_begin"), span.text("end_of_the_end"))


@dataclass(frozen=True, slots=True)
class _Statements:
    """The texts that refer to something, by what they are declared to be."""

    nodes: tuple[Node, ...]

    @classmethod
    def of(cls, *nodes: Node) -> "_Statements":
        return cls(tuple(one for node in nodes for one in node.nodes("referred_to_by")))

    def text(self, name: str, *kinds: str) -> str:
        """Those of the field called ``name``, or of one of the AAT's ``kinds`` of statement, a line each."""
        own = self._texts(own_uri("field", name))
        return "\n".join(own or self._texts(*(kind for kind in kinds if kind != NOTE)))

    def _texts(self, *kinds: str) -> list[str]:
        found = (one.text("content") for one in self.nodes if not set(kinds).isdisjoint(_kinds(one)))
        return [text for text in found if text]


def _card(node: Node, is_own: bool) -> ObjectIdCard:
    made = node.node("produced_by")
    productions = [made, *made.nodes("part")]
    said = _Statements.of(node)
    texts = {name: said.text(name, kind) for name, kind in STATEMENT_BY_FIELD.items()}
    texts["maker"] = _Statements.of(*productions).text("maker", PRODUCTION_STATEMENT)
    if not is_own:
        for name, text in _structured(node, productions, said).items():
            texts[name] = texts.get(name) or text
    return ObjectIdCard(
        **texts,
        title=_name(node) if not is_own else _name(Node({**node.members, "_label": ""})),
        period=next(filter(None, (_period(one.node("timespan")) for one in productions)), ""),
        place_of_origin=next(filter(None, (_labels(one.nodes("took_place_at")) for one in productions)), ""),
        inventory_number=_identifier(node, ACCESSION_NUMBER, *(() if is_own else (LOCAL_NUMBER,))),
    )


def _structured(node: Node, productions: list[Node], said: _Statements) -> dict[str, str]:
    """What a museum says in structures rather than in texts."""
    classes = [one for one in node.nodes("classified_as") if _FLAGS.isdisjoint(_references(one))]
    works = [one for one in classes if TYPE_OF_WORK in _kinds(one)]
    shown = [part for item in node.nodes("shows") for part in item.nodes("represents", "represents_instance_of_type")]
    written = (one.text("content") for one in node.nodes("carries"))
    return {
        "object_type": _labels(works or classes),
        "materials": _labels(node.nodes("made_of")),
        "measurements": "; ".join(filter(None, map(_measurement, node.nodes("dimension")))),
        "inscriptions": said.text("inscriptions", *FURTHER_INSCRIPTIONS) or "\n".join(filter(None, written)),
        "subject": _labels(shown),
        "maker": _labels(actor for one in productions for actor in one.nodes("carried_out_by")),
    }


def _measurement(node: Node) -> str:
    kind, unit, value = _labels(node.nodes("classified_as")), _name(node.node("unit")), node.number("value")
    if value is None or not isfinite(value):
        return ""
    return " ".join(filter(None, (f"{kind}:" if kind else "", f"{value:g}", unit)))


def _period(span: Node) -> str:
    ends = (span.text("begin_of_the_begin")[:4], span.text("end_of_the_end")[:4])
    return _name(span) or "–".join(dict.fromkeys(filter(None, ends)))


def _pictures(node: Node) -> Iterator[PictureLink]:
    for item in node.nodes("representation"):
        for shown in item.nodes("digitally_shown_by") or [item]:
            is_picture = shown.text("format").startswith("image/") or not shown.text("format")
            points = [point.id for point in shown.nodes("access_point") if point.id]
            if not points and shown.type == "DigitalObject" and shown.id.startswith("http"):
                points = [shown.id]
            if is_picture and points:
                views = (own_name("view", kind) for kind in _kinds(shown))
                yield PictureLink(points[0], view_of(next(filter(None, views), "")))
