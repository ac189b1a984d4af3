"""Reading and writing the entries of cases, inside a transaction of the caller's."""

import json
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from sqlalchemy import Connection, Row, Select, insert, or_, select

from heritage.domain.access import Viewer
from heritage.domain.cases import CaseEntry, CaseFacts, CaseReference, EntryContent, EntryKind, ReferenceKind
from heritage.domain.images import ImageDigest
from heritage.domain.review import KeptHit
from heritage.storage.database import in_chunks
from heritage.storage.hit_rows import read_hits
from heritage.storage.schema import case_entry, hit, record, search
from heritage.storage.visibility import hit_shown_to, visible_to


def write_entry(connection: Connection, case_row: int, entry: CaseEntry, once: str) -> int:
    """Its number, which ``entry`` has not yet. A hit must be one that is there."""
    content = entry.content
    values = {"case_id": case_row, "at": entry.at, "actor": entry.actor, "agency": entry.agency}
    hit_row = select(hit.c.id).where(hit.c.key == content.hit_id).scalar_subquery() if content.hit_id else None
    digest = content.digest.hex if content.digest else None
    row = insert(case_entry).values(
        **values,
        kind=content.kind.value,
        content=_content_json(content),
        digest=digest,
        hit_id=hit_row,
        once=once or None,
    )
    return int(connection.execute(row.returning(case_entry.c.id)).scalar_one())


def read_entries(connection: Connection, case_row: int, viewer: Viewer, last: int | None) -> list[CaseEntry]:
    """Those up to the one numbered ``last`` (None: all), the oldest first, as ``viewer`` may read them."""
    statement = select(case_entry).where(case_entry.c.case_id == case_row).order_by(case_entry.c.id)
    if last is not None:
        statement = statement.where(case_entry.c.id <= last)
    rows = connection.execute(statement).all()
    hits = _hits(connection, [row.hit_id for row in rows if row.hit_id is not None], viewer)
    return [_entry_of(row, viewer, hits.get(row.hit_id)) for row in rows]


def may_see_hit(connection: Connection, hit_id: str, viewer: Viewer) -> bool:
    """Whether `Hits.get` would give it."""
    return connection.execute(_own_hits(viewer).where(hit.c.key == hit_id)).first() is not None


def _hits(connection: Connection, keys: Sequence[int], viewer: Viewer) -> dict[int, KeptHit]:
    """By the key of the row: hits that are ``viewer``'s, and others that the case brought if their records may be seen.

    Of the latter what others noted is left out: it was written for the agency that searched.
    """
    own = _hits_of(connection, _own_hits(viewer), keys, viewer)
    brought = _hits_of(connection, _with_visible_records(viewer), [key for key in keys if key not in own], viewer)
    bare = {
        key: replace(one, decisions=tuple(replace(made, note="") for made in one.decisions))
        for key, one in brought.items()
    }
    return own | bare


def _hits_of(connection: Connection, statement: Select[Any], keys: Sequence[int], viewer: Viewer) -> dict[int, KeptHit]:
    rows: list[Row[Any]] = []
    for chunk in in_chunks(keys):
        rows += connection.execute(statement.where(hit.c.id.in_(chunk))).all()
    return {row.id: one for row, one in zip(rows, read_hits(connection, rows, viewer), strict=True)}


def _own_hits(viewer: Viewer) -> Select[Any]:
    joined = hit.join(search, search.c.id == hit.c.search_id).join(record, record.c.id == hit.c.record_id)
    return select(hit).select_from(joined).where(hit_shown_to(viewer))


def _with_visible_records(viewer: Viewer) -> Select[Any]:
    source = record.alias("source")
    joined = (
        hit.join(search, search.c.id == hit.c.search_id)
        .join(record, record.c.id == hit.c.record_id)
        .outerjoin(source, source.c.id == search.c.source_id)
    )
    is_source_shown = or_(search.c.source_id.is_(None), visible_to(viewer, source))
    return select(hit).select_from(joined).where(visible_to(viewer), is_source_shown)


def _entry_of(row: Row[Any], viewer: Viewer, found: KeptHit | None) -> CaseEntry:
    is_told = viewer.is_unrestricted or viewer.agency == row.agency
    content = _content_of(row)
    content = content if is_told else replace(content, search_id="")  # nobody else may read that search
    return CaseEntry(row.id, row.at, row.actor if is_told else "", row.agency, content, found)


def _content_json(content: EntryContent) -> str:
    facts, reference = content.facts, content.reference
    values = {
        "text": content.text,
        "facts": [facts.title, facts.date, facts.place] if facts else None,
        "reference": [reference.kind.value, reference.text] if reference else None,
        "hit_id": content.hit_id,
        "agency": content.agency,
        "search_id": content.search_id,
    }
    return json.dumps({name: value for name, value in values.items() if value})


def _content_of(row: Row[Any]) -> EntryContent:
    values = json.loads(row.content)
    facts, reference = values.get("facts"), values.get("reference")
    return EntryContent(
        EntryKind(row.kind),
        text=values.get("text", ""),
        facts=CaseFacts(*facts) if facts else None,
        reference=CaseReference(ReferenceKind(reference[0]), reference[1]) if reference else None,
        digest=ImageDigest(row.digest) if row.digest else None,
        hit_id=values.get("hit_id", ""),
        agency=values.get("agency", ""),
        search_id=values.get("search_id", ""),
    )
