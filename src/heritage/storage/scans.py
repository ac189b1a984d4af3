"""Scans in the database, which all workers share: listings wait, are claimed in runs, and end in one state each.

Who claimed listings must say so again within `LEASE`. A worker that was killed does not, and then others take them up.
"""

import json
from collections.abc import Collection
from dataclasses import asdict
from datetime import UTC, datetime, timedelta
from typing import Any, NoReturn

from sqlalchemy import ColumnElement, Connection, Row, and_, delete, exists, insert, not_, or_, select, true, update

from heritage.domain.access import Viewer
from heritage.domain.audit import Action, event
from heritage.domain.criteria import Criteria
from heritage.domain.records import Status
from heritage.domain.scans import ListingState, Scan, ScanCounts, ScanSource, ScanState
from heritage.errors import ConflictError, NotFoundError
from heritage.storage.audit import append_events
from heritage.storage.database import Database
from heritage.storage.schema import listing, listing_photo, photo_hash, scan
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
        with self._database.begin() as connection:
            _check_room(connection, asked.viewer.agency)
            connection.execute(insert(scan).values(**values, **stamps, **texts, **counts))
            append_events(connection, event(asked.viewer, Action.SCAN, asked.scan_id, f"begun: {asked.source.name}"))

    def get(self, scan_id: str, viewer: Viewer) -> Scan:
        """Raises `NotFoundError`, also when it is another agency's."""
        with self._database.read() as connection:
            return scan_of(found(connection, scan_id, viewer))

    def newest(self, viewer: Viewer, limit: int) -> tuple[Scan, ...]:
        """Those of the viewer's agency, the newest first."""
        statement = select(scan).where(of_agency(viewer)).order_by(scan.c.created_at.desc(), scan.c.id.desc())
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

    def retry(self, scan_id: str, by: Viewer, states: Collection[ListingState], only_addresses: bool) -> Scan:
        """Let listings of a finished scan that ended in ``states`` wait again, and the scan run; as it is then.

        No others are touched, nor those that their source has an error with. ``only_addresses``: those alone whose
        photos all have addresses, since the source is not at hand. One that runs is left as it is. Raises
        `NotFoundError`, `ConflictError` when it has not finished, or nothing of it can be tried again.
        """
        with self._database.begin() as connection:
            row = found(connection, scan_id, by)
            if row.state == ScanState.RUNNING.value:
                return scan_of(row)
            if row.state != ScanState.FINISHED.value:
                raise ConflictError(f"the scan is {row.state}; only of one that has finished listings are tried again")
            counts = {one: _let_wait(connection, row.id, one, only_addresses) for one in sorted(states)}
            if not any(counts.values()):
                _refuse(row, states)
            _check_room(connection, row.agency)
            left = {f"{one}_count": scan.c[f"{one}_count"] - count for one, count in counts.items()}
            running = {"state": ScanState.RUNNING.value, "finished_at": None, "message": ""}
            changed = update(scan).where(scan.c.id == row.id)
            connection.execute(changed.values(**left, **running, changed_at=datetime.now(UTC)))
            told = ", ".join(f"{count} {one}" for one, count in counts.items() if count)
            append_events(connection, event(by, Action.SCAN, scan_id, f"tried again: {told}"))
            return scan_of(found(connection, scan_id, by))

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

    def delete(self, scan_id: str, by: Viewer) -> None:
        """Remove it with its listings, and so the names of sellers; searches, hits and decisions stay.

        Raises `NotFoundError`, `ConflictError` when it has not ended.
        """
        with self._database.begin() as connection:
            row = found(connection, scan_id, by)
            if not ScanState(row.state).is_final:
                raise ConflictError("the scan has not ended; cancel it first")
            _delete_listings(connection, row.id)
            connection.execute(delete(scan).where(scan.c.id == row.id))
            append_events(connection, event(by, Action.SCAN, scan_id, "deleted, with its listings"))

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


def _check_room(connection: Connection, agency: str) -> None:
    is_open = and_(scan.c.agency == agency, scan.c.state.in_(_OPEN))
    if len(connection.execute(select(scan.c.id).where(is_open)).all()) >= MAX_OPEN:
        raise ConflictError(f"{MAX_OPEN} scans of yours have not ended; cancel one, or wait for one to end")


def _let_wait(connection: Connection, scan_row: int, state: ListingState, only_addresses: bool) -> int:
    """How many there were. What is told of them stays until it is told anew."""
    of_state = update(listing).where(listing.c.scan_id == scan_row, listing.c.state == state.value)
    tried = of_state.where(listing.c.error == "", exists().where(listing_photo.c.listing_id == listing.c.id))
    if only_addresses:
        tried = tried.where(not_(has_photo_in_source()))
    return connection.execute(tried.values(state=ListingState.WAITING.value)).rowcount


def _refuse(row: Row[Any], states: Collection[ListingState]) -> NoReturn:
    if any(getattr(row, f"{one}_count") for one in states):
        raise ConflictError("what cannot be had was in the file, which is not kept any more; begin another scan of it")
    raise ConflictError("there is nothing in the scan that can be tried again")


def _delete_listings(connection: Connection, scan_row: int) -> None:
    """With the hashes of photos that no other listing shows."""
    own = select(listing.c.id).where(listing.c.scan_id == scan_row)
    of_own = listing_photo.c.listing_id.in_(own)
    of_others = select(listing_photo.c.digest).where(not_(of_own), listing_photo.c.digest.is_not(None))
    photos = select(listing_photo.c.digest).where(of_own, listing_photo.c.digest.is_not(None))
    gone = and_(photo_hash.c.digest.in_(photos), photo_hash.c.digest.not_in(of_others))
    connection.execute(delete(photo_hash).where(gone))
    connection.execute(delete(listing_photo).where(of_own))
    connection.execute(delete(listing).where(listing.c.scan_id == scan_row))


def is_free() -> ColumnElement[bool]:
    """Whether a row of ``listing`` waits and no living worker is at it."""
    is_left = or_(listing.c.leased_at.is_(None), listing.c.leased_at < datetime.now(UTC) - LEASE)
    return and_(listing.c.state == "waiting", is_left)


def has_photo_in_source() -> ColumnElement[bool]:
    """Whether a row of ``listing`` has a photo that only its source can give."""
    return exists().where(listing_photo.c.listing_id == listing.c.id, listing_photo.c.address == "")


def found(connection: Connection, scan_id: str, viewer: Viewer) -> Row[Any]:
    """Its row. Raises `NotFoundError`, also when it is another agency's."""
    row = connection.execute(select(scan).where(scan.c.key == scan_id, of_agency(viewer))).first()
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


def of_agency(viewer: Viewer) -> ColumnElement[bool]:
    """Whether a row of ``scan`` is the viewer's agency's."""
    return true() if viewer.is_unrestricted else and_(scan.c.agency == viewer.agency, scan.c.agency != "")
