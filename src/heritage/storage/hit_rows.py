"""Reading and writing the rows of searches, hits and decisions, inside a transaction of the caller's."""

import json
import secrets
from collections.abc import Iterable, Sequence
from dataclasses import asdict, replace
from typing import Any

import numpy as np
from sqlalchemy import Connection, Row, exists, insert, select, update

from heritage.domain.access import Viewer
from heritage.domain.criteria import Criteria
from heritage.domain.hits import Hit, SearchedPhoto, Turn, Verdict, Verification, Versions, as_homography
from heritage.domain.images import ImageDigest, Region
from heritage.domain.records import RecordId, RegistryRecord, Status
from heritage.domain.review import Decision, DecisionKind, HitState, KeptHit, KeptSearch, Origin, Side
from heritage.storage.database import in_chunks
from heritage.storage.record_rows import by_id, read_records
from heritage.storage.schema import decision, hit, record, search
from heritage.storage.visibility import visible_to


def write_search(connection: Connection, kept: KeptSearch) -> tuple[int, str]:
    """The key of its row, and what the outside calls it."""
    key = _new_key()
    row = insert(search).values(
        key=key,
        at=kept.at,
        actor=kept.actor,
        agency=kept.agency,
        origin=kept.origin.value,
        source_id=record_row(connection, kept.source) if kept.source else None,
        photos=json.dumps([_photo_text(photo) for photo in kept.photos]),
        criteria=json.dumps(asdict(kept.criteria) | {"statuses": sorted(kept.criteria.statuses)}),
        versions=json.dumps(asdict(kept.versions)),
        gallery_count=kept.gallery_count,
        coverage=kept.coverage,
    )
    return int(connection.execute(row.returning(search.c.id)).scalar_one()), key


def write_hit(connection: Connection, search_row: int, found: Hit, old: int | None = None) -> tuple[int, str]:
    """The key of its row, and what the outside calls it. With ``old``, in place of what that row had."""
    values = _hit_values(found) | {"search_id": search_row, "record_id": record_row(connection, found.record.record_id)}
    if old is None:
        row = insert(hit).values(**values, key=_new_key(), state=HitState.OPEN.value).returning(hit.c.id, hit.c.key)
        written = connection.execute(row).one()
    else:
        connection.execute(update(hit).where(hit.c.id == old).values(**values))
        written = connection.execute(select(hit.c.id, hit.c.key).where(hit.c.id == old)).one()
    return written.id, written.key


def write_decision(connection: Connection, hit_row: int, made: Decision, state: HitState) -> None:
    """Add ``made``, with which the decisions come to ``state``."""
    values = {name: getattr(made, name) for name in ("at", "actor", "agency", "note")}
    named = {"side": made.side.value, "kind": made.kind.value}
    connection.execute(insert(decision).values(hit_id=hit_row, **values, **named))
    connection.execute(update(hit).where(hit.c.id == hit_row).values(state=state.value))


def record_row(connection: Connection, record_id: RecordId) -> int:
    """The key of the row of a record that is there: none is ever removed."""
    return int(connection.execute(by_id(record_id)).one().id)


def is_decided(connection: Connection, hit_row: int) -> bool:
    """Whether anybody said anything to it."""
    return bool(connection.execute(select(exists().where(decision.c.hit_id == hit_row))).scalar())


def read_hits(connection: Connection, rows: Sequence[Row[Any]], viewer: Viewer) -> list[KeptHit]:
    """The hits of these rows of ``hit``, in order, as far as ``viewer``, who may see the hits, may see the rest."""
    searches = {row.id: row for row in _by_key(connection, search, {row.search_id for row in rows})}
    sources = {row.source_id for row in searches.values()} - {None}
    records = _visible_records(connection, {row.record_id for row in rows} | sources, viewer)
    decisions = _decisions(connection, [row.id for row in rows])
    kept = {key: _search_of(row, records.get(row.source_id)).shown_to(viewer) for key, row in searches.items()}
    return [
        _hit_of(
            row,
            kept[row.search_id],
            records.get(row.record_id),
            tuple(one.shown_to(viewer) for one in decisions[row.id]),
        )
        for row in rows
    ]


def read_searches(connection: Connection, rows: Sequence[Row[Any]], viewer: Viewer) -> list[KeptSearch]:
    """The searches of these rows of ``search``, in order, for ``viewer``, who may see them."""
    sources = _visible_records(connection, {row.source_id for row in rows} - {None}, viewer)
    return [_search_of(row, sources.get(row.source_id)).shown_to(viewer) for row in rows]


def _new_key() -> str:
    """Nothing to count or to guess: a hit's address gives away neither how many there are nor the next one."""
    return secrets.token_hex(12)


def _photo_text(photo: SearchedPhoto) -> list[Any]:
    return [photo.digest.hex, photo.width, photo.height, [str(region) for region in photo.regions]]


def _hit_values(found: Hit) -> dict[str, Any]:
    verified = found.verification
    return {
        "record_version": found.record.version,
        "digest": found.image.digest.hex,
        "image_width": found.image.width,
        "image_height": found.image.height,
        "view": found.view,
        "region": str(found.region),
        "quarter_turns": found.turn.quarter_turns,
        "mirrored": found.turn.mirrored,
        "similarity": float(found.similarity),
        "votes": float(found.votes),
        "lift": None if found.lift is None else float(found.lift),
        "vote_lead": float(found.vote_lead),
        "score": float(found.score),
        "false_alarm_rate": float(found.false_alarm_rate),
        "verdict": found.verdict.value,
        "match_count": verified.match_count,
        "inlier_count": verified.inlier_count,
        "cell_count": verified.cell_count,
        "agreeing_cell_count": verified.agreeing_cell_count,
        "support": float(verified.support),
        "correlation": verified.correlation,
        "points_mirrored": verified.mirrored,
        "homographies": json.dumps(verified.homographies),
    }


def _by_key(connection: Connection, table: Any, keys: Iterable[int]) -> list[Row[Any]]:
    rows: list[Row[Any]] = []
    for chunk in in_chunks(sorted(keys)):
        rows += connection.execute(select(table).where(table.c.id.in_(chunk))).all()
    return rows


def _visible_records(connection: Connection, keys: Iterable[int], viewer: Viewer) -> dict[int, RegistryRecord]:
    rows: list[Row[Any]] = []
    for chunk in in_chunks(sorted(keys)):
        rows += connection.execute(select(record).where(record.c.id.in_(chunk), visible_to(viewer))).all()
    return {row.id: one for row, one in zip(rows, read_records(connection, rows), strict=True)}


def _decisions(connection: Connection, keys: Sequence[int]) -> dict[int, list[Decision]]:
    found: dict[int, list[Decision]] = {key: [] for key in keys}
    for chunk in in_chunks(keys):
        rows = connection.execute(select(decision).where(decision.c.hit_id.in_(chunk)).order_by(decision.c.id))
        for row in rows:
            made = Decision(DecisionKind(row.kind), Side(row.side), row.at, row.actor, row.agency, row.note)
            found[row.hit_id].append(made)
    return found


def _search_of(row: Row[Any], source: RegistryRecord | None) -> KeptSearch:
    criteria = json.loads(row.criteria)
    return KeptSearch(
        at=row.at,
        actor=row.actor,
        agency=row.agency,
        origin=Origin(row.origin),
        photos=tuple(
            SearchedPhoto(ImageDigest(hex_digits), width, height, tuple(map(Region.parse, regions)))
            for hex_digits, width, height, regions in json.loads(row.photos)
        ),
        criteria=Criteria(**criteria | {"statuses": frozenset(map(Status, criteria["statuses"]))}),
        versions=Versions(**json.loads(row.versions)),
        gallery_count=row.gallery_count,
        coverage=row.coverage,
        source=source.record_id if source else None,
        search_id=row.key,
    )


def _hit_of(row: Row[Any], kept: KeptSearch, shown: RegistryRecord | None, decisions: tuple[Decision, ...]) -> KeptHit:
    return KeptHit(
        hit_id=row.key,
        search=kept,
        record=shown,
        record_version=row.record_version,
        digest=ImageDigest(row.digest),
        image_width=row.image_width,
        image_height=row.image_height,
        view=row.view,
        region=Region.parse(row.region),
        turn=Turn(row.quarter_turns, row.mirrored),
        similarity=row.similarity,
        votes=row.votes,
        verification=_verification(row),
        score=row.score,
        false_alarm_rate=row.false_alarm_rate,
        verdict=Verdict(row.verdict),
        decisions=decisions,
        lift=row.lift,
        vote_lead=row.vote_lead,
    )


def _verification(row: Row[Any]) -> Verification:
    return replace(
        Verification.nothing(row.match_count),
        inlier_count=row.inlier_count,
        cell_count=row.cell_count,
        agreeing_cell_count=row.agreeing_cell_count,
        support=row.support,
        homographies=tuple(as_homography(np.array(one)) for one in json.loads(row.homographies)),
        correlation=row.correlation,
        mirrored=row.points_mirrored,
    )
