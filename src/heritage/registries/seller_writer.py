"""Writes sellers as a table, and who offers what as a graph in GraphML, which Gephi, yEd and igraph read.

http://graphml.graphdrawing.org/specification.html
"""

import re
from collections.abc import Iterable, Mapping
from io import BytesIO
from typing import Any, BinaryIO

from lxml import etree

from heritage.domain.sellers import Match, Seller, SellerGraph, Sighting
from heritage.registries.table_writer import TableFormat, table_writer

NAMESPACE = "http://graphml.graphdrawing.org/xmlns"
SAME_PICTURE = "same picture"  # either way
COLUMNS = ("seller", "listings", "strong", "possible", "first_seen", "last_seen", "hosts", "pages")
_NODE_KEYS = {"kind": "string", "label": "string", "address": "string", "state": "string", "seen_at": "string"}
_EDGE_KEYS = {"verdict": "string", "hit": "string", "decision": "string", "false_alarm_rate": "double"}
_EDGE_KEYS |= {"likeness": "string", "measure": "double"}
_UNHELD = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")  # XML 1.0 cannot hold these


def write_table(sellers: Iterable[Seller], kind: TableFormat) -> bytes:
    """A line for each seller. Raises `InputError` for a text that is too long for a workbook."""
    stream = BytesIO()
    with table_writer(stream, kind, COLUMNS) as table:
        for one in sellers:
            counts = map(str, (one.listing_count, one.strong_count, one.possible_count))
            seen = (one.first_seen.isoformat(), one.last_seen.isoformat())
            table.write([one.name, *counts, *seen, "; ".join(one.hosts), "; ".join(one.pages)])
    return stream.getvalue()


def write_graph(graph: SellerGraph, stream: BinaryIO) -> None:
    """Nodes: sellers, listings, photos, records. Edges: offers, shows, matches, same picture.

    Two listings with the same file lead to one photo. What a viewer may not see of a record is not there.
    """
    with etree.xmlfile(stream, encoding="utf-8") as file:
        file.write_declaration()
        with file.element("graphml", nsmap={None: NAMESPACE}):
            for place, keys in (("node", _NODE_KEYS), ("edge", {"kind": "string", **_EDGE_KEYS})):
                for name, kind in keys.items():
                    names = {"id": f"{place}-{name}", "for": place, "attr.name": name, "attr.type": kind}
                    file.write(etree.Element("key", names))
            with file.element("graph", {"edgedefault": "directed"}):
                _write(_Writer(file), graph)


def _write(into: "_Writer", graph: SellerGraph) -> None:
    for name in dict.fromkeys(one.seller for one in graph.sightings if one.seller):
        into.node(f"seller:{name}", kind="seller", label=name)
    for one in graph.sightings:
        into.node(f"listing:{one.listing_id}", **_listing(one))
    for photo in dict.fromkeys(photo for one in graph.sightings for photo in one.photos):
        into.node(f"photo:{photo.hex}", kind="photo", label=photo.hex[:12])
    for record in dict.fromkeys(one.record.record_id for one in graph.matches if one.record):
        into.node(f"record:{record}", kind="record", label=str(record))
    _write_edges(into, graph)


def _write_edges(into: "_Writer", graph: SellerGraph) -> None:
    for one in graph.sightings:
        if one.seller:
            into.edge(f"seller:{one.seller}", f"listing:{one.listing_id}", "offers")
        for photo in one.photos:
            into.edge(f"listing:{one.listing_id}", f"photo:{photo.hex}", "shows")
    for match in graph.matches:
        if match.record:
            into.edge(f"photo:{match.photo.hex}", f"record:{match.record.record_id}", "matches", **_match(match))
    for pair in graph.pairs:
        told = {"likeness": pair.likeness.value, "measure": str(pair.measure)}
        into.edge(f"photo:{pair.first.hex}", f"photo:{pair.second.hex}", SAME_PICTURE, **told)


def _listing(one: Sighting) -> dict[str, str]:
    label = one.title or one.key
    seen_at = one.at.isoformat()
    return {"kind": "listing", "label": label, "address": one.address, "state": one.state, "seen_at": seen_at}


def _match(one: Match) -> dict[str, str]:
    told = {"verdict": one.verdict.value, "hit": one.hit_id, "decision": one.state.value}
    return told | {"false_alarm_rate": str(one.false_alarm_rate)}


class _Writer:
    """Gives nodes short ids: names of sellers are no XML ids."""

    def __init__(self, file: Any) -> None:
        self._file = file
        self._ids: dict[str, str] = {}

    def node(self, name: str, **values: str) -> None:
        self._ids[name] = f"n{len(self._ids)}"
        self._put(etree.Element("node", {"id": self._ids[name]}), "node", values)

    def edge(self, source: str, target: str, kind: str, **values: str) -> None:
        if source not in self._ids or target not in self._ids:
            return
        ends = {"source": self._ids[source], "target": self._ids[target]}
        ends |= {"directed": "false"} if kind == SAME_PICTURE else {}
        self._put(etree.Element("edge", ends), "edge", {"kind": kind, **values})

    def _put(self, element: Any, place: str, values: Mapping[str, str]) -> None:
        for name, value in values.items():
            data = etree.SubElement(element, "data", {"key": f"{place}-{name}"})
            data.text = _UNHELD.sub("\ufffd", value)
        self._file.write(element)
