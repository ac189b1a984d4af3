"""Scans: asked for, looked at, paused, taken up again and cancelled."""

import secrets
from collections.abc import Callable
from contextlib import closing
from datetime import UTC, datetime

from heritage.domain.access import Scope, Viewer
from heritage.domain.criteria import ANYTHING, Criteria
from heritage.domain.listings import ListingSource
from heritage.domain.scans import Scan, ScanCounts, ScanSource
from heritage.errors import ConflictError, HeritageError, InputError
from heritage.service.context import Context
from heritage.service.scanning import Kept, Pace, work_on
from heritage.service.signing_in import check_still_allowed

SourceOpener = Callable[[Scan], ListingSource]
"""Opens again what a scan's listings are read from. Raises `HeritageError`."""


def begin(
    context: Context, viewer: Viewer, source: ScanSource, opened: ListingSource, criteria: Criteria = ANYTHING
) -> Scan:
    """Ask for a scan on behalf of ``viewer``. Raises `ForbiddenError`, `ConflictError`, `InputError`: no listings."""
    viewer.require(Scope.MATCH)
    if not opened.listing_count:
        raise InputError(f"{source.name} has no listings")
    now, counts = datetime.now(UTC), ScanCounts(opened.listing_count)
    asked = Scan(secrets.token_hex(16), viewer, source, opened.fingerprint, counts, now, now, criteria)
    context.scans.add(asked)
    return asked


def pause(context: Context, scan_id: str, viewer: Viewer) -> Scan:
    """Raises `NotFoundError`, `ForbiddenError`, `ConflictError` when it has ended."""
    viewer.require(Scope.MATCH)
    return context.scans.pause(scan_id, viewer)


def resume(context: Context, scan_id: str, viewer: Viewer) -> Scan:
    """Let workers go on with it. Raises as `pause` does."""
    viewer.require(Scope.MATCH)
    return context.scans.resume(scan_id, viewer)


def cancel(context: Context, scan_id: str, viewer: Viewer) -> Scan:
    """End it; what was found stays. Raises as `pause` does."""
    viewer.require(Scope.MATCH)
    return context.scans.cancel(scan_id, viewer)


def carry_on(context: Context, scan: Scan, open_source: SourceOpener, pace: Pace, kept: Kept = lambda _: None) -> Scan:
    """Work on a scan in a worker that nobody watches: what ends the work pauses the scan, and is its message."""
    try:
        check_still_allowed(context.database, scan.viewer)
        with closing(open_source(scan)) as source:
            check_same(scan, source)
            return work_on(context, scan, source, pace, kept)
    except HeritageError as error:
        return context.scans.pause(scan.scan_id, scan.viewer, str(error)[:1000])


def check_same(scan: Scan, source: ListingSource) -> None:
    """Raises `ConflictError` when it is another source than the one the scan began with: places mean other listings."""
    if source.fingerprint != scan.fingerprint:
        raise ConflictError(f"{scan.source.name} has changed since the scan began; begin another scan of it")
