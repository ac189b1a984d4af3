"""Scans in the database, which all workers share: listings wait, are claimed in runs, and end in one state each.

Who claimed listings must say so again within `LEASE`. A worker that was killed does not, and then others take them up.
"""

import json
from dataclasses import asdict
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, and_, exists, insert, or_, select, true, update

from heritage.domain.access import Viewer
from heritage.domain.audit import Action, event
from heritage.domain.criteria import Criteria
from heritage.domain.records import Status
from heritage.domain.scans import Scan, ScanCounts, ScanSource, ScanState
from heritage.errors import ConflictError, NotFoundError
from heritage.storage.audit import append_events
from heritage.storage.database import Database
from heritage.storage.schema import listing, scan
from heritage.storage.viewer_json import viewer_json, viewer_of

LEASE = timedelta(seconds=15)  # losing one wrongly costs time, and nothing is kept twice
MAX_OPEN = 20  # of one agency's
_OPEN = [ScanState.RUNNING.value, ScanState.PAUSED.value]
_COUNTS = ("strong", "possible", "nothing", "unreadable", "unreachable")


class Scans:
    """Each call is one transaction. A scan is for the agency that asked for it."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def add(self, asked: Scan) -> None:
        """Raises `ConflictError` when too many of the agency's have not ended."""
        texts = {
            "viewer": viewer_json(asked.viewer),
            "source": json.dumps(asdict(asked.source)),
            "criteria": json.dumps(asdict(asked.criteria) | {"statuses": sorted(asked.criteria.statuses)}),
        }
        values = {"key": asked.scan_id, "agency": asked.viewer.agency, "fingerprint": asked.fingerprint}
        values |= {"state": asked.state.value, "message": asked.message}
        stamps = {"created_at": asked.created_at, "changed_at": asked.changed_at}
        counts = {f"{name}_count": 0 for name in ("listed", *_COUNTS)} | {"listing_count": asked.counts.listing_count}
        is_open = and_(scan.c.agency == asked.viewer.agency, scan.c.state.in_(_OPEN))
        with self._database.begin() as connection:
            if len(connection.execute(select(scan.c.id).where(is_open)).all()) >= MAX_OPEN:
                raise ConflictError(f"{MAX_OPEN} scans of yours have not ended; cancel one, or wait for one to end")
            connection.execute(insert(scan).values(**values, **stamps, **texts, **counts))
            append_events(connection, event(asked.viewer, Action.SCAN, asked.scan_id, f"begun: {asked.source.name}"))

    def get(self, scan_id: str, viewer: Viewer) -> Scan:
        """Raises `NotFoundError`, also when it is another agency's."""
        with self._database.read() as connection:
            return scan_of(found(connection, scan_id, viewer))

    def newest(self, viewer: Viewer, limit: int) -> tuple[Scan, ...]:
        """Those of the viewer's agency, the newest first."""
        statement = select(scan).where(_of(viewer)).order_by(scan.c.created_at.desc(), scan.c.id.desc())
        with self._database.read() as connection:
            return tuple(map(scan_of, connection.execute(statement.limit(limit))))

    def to_work_on(self) -> tuple[Scan, ...]:
        """The running ones with something to do, first the one that nobody has worked on for longest."""
        is_unlisted = scan.c.listed_count < scan.c.listing_count
        has_free = exists().where(listing.c.scan_id == scan.c.id, is_free())
        is_done = sum(scan.c[f"{name}_count"] for name in _COUNTS) >= scan.c.listing_count
        to_do = and_(scan.c.state == ScanState.RUNNING.value, or_(is_unlisted, has_free, is_done))
        with self._database.read() as connection:
            rows = connection.execute(select(scan).where(to_do).order_by(scan.c.changed_at, scan.c.id).limit(100))
            return tuple(map(scan_of, rows))

    def open_ids(self) -> tuple[str, ...]:
        """Those that have not ended, everybody's: what they read is needed yet."""
        with self._database.read() as connection:
            return tuple(connection.execute(select(scan.c.key).where(scan.c.state.in_(_OPEN))).scalars())

    def pause(self, scan_id: str, by: Viewer, message: str = "") -> Scan:
        """As it is then; what is being searched is kept yet. Raises `NotFoundError`, `ConflictError` when it ended."""
        return self._turn(scan_id, by, ScanState.PAUSED, message)

    def resume(self, scan_id: str, by: Viewer) -> Scan:
        """Raises `NotFoundError`, `ConflictError` when it ended."""
        return self._turn(scan_id, by, ScanState.RUNNING)

    def cancel(self, scan_id: str, by: Viewer) -> Scan:
        """What was found stays. Raises `NotFoundError`, `ConflictError` when it finished."""
        return self._turn(scan_id, by, ScanState.CANCELLED)

    def finish(self, scan_id: str, by: Viewer) -> Scan:
        """As it is then: finished, if it was running and nothing of it waits."""
        with self._database.begin() as connection:
            row = found(connection, scan_id, by)
            now = scan_of(row)
            if now.state is ScanState.RUNNING and now.is_listed and not now.counts.waiting:
                ended = {"state": ScanState.FINISHED.value, "finished_at": datetime.now(UTC), "message": ""}
                connection.execute(update(scan).where(scan.c.id == row.id).values(ended))
                append_events(connection, event(now.viewer, Action.SCAN, scan_id, f"finished: {told(now.counts)}"))
            return scan_of(found(connection, scan_id, by))

    def _turn(self, scan_id: str, by: Viewer, state: ScanState, message: str = "") -> Scan:
        with self._database.begin() as connection:
            row = found(connection, scan_id, by)
            known = ScanState(row.state)
            if known is state:
                return scan_of(row)
            if known.is_final:
                raise ConflictError(f"the scan is {known.value}; begin another one")
            now = datetime.now(UTC)
            values = {"state": state.value, "message": message, "finished_at": now if state.is_final else None}
            connection.execute(update(scan).where(scan.c.id == row.id).values(**values, changed_at=now))
            append_events(connection, event(by, Action.SCAN, scan_id, f"{state.value} {message}".strip()))
            return scan_of(found(connection, scan_id, by))


def is_free() -> ColumnElement[bool]:
    """Whether a row of ``listing`` waits and no living worker is at it."""
    is_left = or_(listing.c.leased_at.is_(None), listing.c.leased_at < datetime.now(UTC) - LEASE)
    return and_(listing.c.state == "waiting", is_left)


def found(connection: Connection, scan_id: str, viewer: Viewer) -> Row[Any]:
    """Its row. Raises `NotFoundError`, also when it is another agency's."""
    row = connection.execute(select(scan).where(scan.c.key == scan_id, _of(viewer))).first()
    if row is None:
        raise NotFoundError(f"there is no scan {scan_id[:40]!r}")
    return row


def scan_of(row: Row[Any]) -> Scan:
    criteria = json.loads(row.criteria)
    return Scan(
        scan_id=row.key,
        viewer=viewer_of(row.viewer),
        source=ScanSource(**json.loads(row.source)),
        fingerprint=row.fingerprint,
        counts=ScanCounts(row.listing_count, *(getattr(row, f"{name}_count") for name in _COUNTS)),
        created_at=row.created_at,
        changed_at=row.changed_at,
        criteria=Criteria(**criteria | {"statuses": frozenset(map(Status, criteria["statuses"]))}),
        state=ScanState(row.state),
        message=row.message,
        listed_count=row.listed_count,
        finished_at=row.finished_at,
    )


def told(counts: ScanCounts) -> str:
    """In words for the audit log."""
    return ", ".join(f"{getattr(counts, name)} {name}" for name in _COUNTS)


def _of(viewer: Viewer) -> ColumnElement[bool]:
    return true() if viewer.is_unrestricted else and_(scan.c.agency == viewer.agency, scan.c.agency != "")
