"""Scans: asked for, looked at, paused, taken up again and cancelled."""

import json
import logging
import secrets
from collections.abc import Callable, Collection, Sequence
from contextlib import closing
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from io import BytesIO

from heritage.domain.access import Scope, Viewer
from heritage.domain.criteria import ANYTHING, Criteria
from heritage.domain.listings import ListingSource
from heritage.domain.scans import ListingState, Scan, ScanCounts, ScanSource, ScanState
from heritage.errors import ConflictError, HeritageError, InputError, NotFoundError, StorageError
from heritage.service.context import Context, open_listings, open_photos_by_address
from heritage.service.operations import SentFile, harmless_name
from heritage.service.scan_stages import UNFORESEEN, Pace
from heritage.service.scanning import Kept, help_with, work_on
from heritage.service.signing_in import check_still_allowed

log = logging.getLogger("heritage.scanning")

SourceOpener = Callable[[Scan], ListingSource]
"""Opens again what a scan's listings are read from, and closes it when it likes. Raises `HeritageError`."""
AGAIN = frozenset({ListingState.UNREACHABLE})


@dataclass(frozen=True, slots=True)
class ScanWish:
    """What is to be scanned, among which records; ``scan_id`` where files of it were kept already."""

    source: ScanSource
    criteria: Criteria = ANYTHING
    scan_id: str = ""


def ask_scan(
    context: Context, viewer: Viewer, file: SentFile, mapping: SentFile | None = None, criteria: Criteria = ANYTHING
) -> Scan:
    """Keep what was sent, to be scanned on behalf of ``viewer``.

    Raises `ForbiddenError`, `InputError`, `ConflictError` when too many have not ended.
    """
    viewer.require(Scope.MATCH)
    name, scan_id, files = harmless_name(file.name), secrets.token_hex(16), context.scan_files
    wish = ScanWish(ScanSource(name), criteria, scan_id)
    try:
        files.receive(files.upload(scan_id, name), file.content)
        if mapping:
            files.receive(files.mapping(scan_id), mapping.content)
        with closing(open_sent(context, scan_id, name)) as opened:
            return begin(context, viewer, wish, opened)
    except BaseException:
        files.remove(scan_id)
        raise


def ask_scan_of(context: Context, viewer: Viewer, addresses: Sequence[str], criteria: Criteria = ANYTHING) -> Scan:
    """Scan the photos at these addresses, each a listing. Raises as `ask_scan` does."""
    lines = "\n".join(json.dumps({"key": one, "image": one}) for one in addresses)
    return ask_scan(context, viewer, SentFile("addresses.jsonl", BytesIO(lines.encode())), None, criteria)


def open_sent(context: Context, scan_id: str, name: str) -> ListingSource:
    """The listings in a file that was sent to this server. Raises `StorageError` when it was sent to another one."""
    files = context.scan_files
    path, mapping = files.upload(scan_id, name), files.mapping(scan_id)
    if not path.exists():
        raise StorageError("the file that was sent is not on this server; send it again")
    return open_listings(context.settings, path, mapping if mapping.exists() else None)


def begin(context: Context, viewer: Viewer, wish: ScanWish, opened: ListingSource) -> Scan:
    """Ask for a scan on behalf of ``viewer``. Raises `ForbiddenError`, `ConflictError`, `InputError`: no listings."""
    viewer.require(Scope.MATCH)
    if not opened.listing_count:
        raise InputError(f"{wish.source.name} has no listings")
    now, counts = datetime.now(UTC), ScanCounts(opened.listing_count)
    scan_id = wish.scan_id or secrets.token_hex(16)
    asked = Scan(scan_id, viewer, wish.source, opened.fingerprint, counts, now, now, wish.criteria)
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


def retry(context: Context, scan_id: str, viewer: Viewer, states: Collection[ListingState] = AGAIN) -> Scan:
    """Let what could not be fetched be tried again, by this server: only what has addresses, since no file is kept.

    Raises `ForbiddenError`, `NotFoundError`, `InputError` for other states than those of `AGAIN`, and `ConflictError`
    when the scan has not finished, or nothing of it can be tried again.
    """
    viewer.require(Scope.MATCH)
    check_states(states)
    again = context.scans.retry(scan_id, viewer, states, only_addresses=True)
    context.scan_files.take_up(scan_id)
    return again


def check_states(states: Collection[ListingState]) -> None:
    """Raises `InputError` for a state in which a listing was searched."""
    if not states or not set(states) <= {ListingState.UNREACHABLE, ListingState.UNREADABLE}:
        raise InputError("only listings that are unreachable or unreadable can be tried again")


def delete(context: Context, scan_id: str, viewer: Viewer) -> None:
    """Remove a scan that has ended, its listings and its file. `NotFoundError`, `ForbiddenError`, `ConflictError`.

    Its searches stay, with their hits and what people decided: they name no seller.
    """
    viewer.require(Scope.MATCH)
    context.scans.delete(scan_id, viewer)
    context.scan_files.remove(scan_id)


def carry_on(context: Context, scan: Scan, open_source: SourceOpener, pace: Pace, kept: Kept = lambda _: None) -> Scan:
    """Work on a scan in a worker that nobody watches: what ends the work pauses the scan, and is its message."""
    try:
        check_still_allowed(context.database, scan.viewer)
        source = open_source(scan)
        check_same(scan, source)
        return work_on(context, scan, source, pace, kept)
    except HeritageError as error:
        return _stopped(context, scan, str(error)[:1000])
    except Exception:  # of whatever file somebody sent: the scans of others must not wait behind it
        log.exception("scan %s cannot be worked on", scan.scan_id)
        return _stopped(context, scan, UNFORESEEN)


def _stopped(context: Context, scan: Scan, why: str) -> Scan:
    """Paused with that message; or as somebody ended, or deleted, it meanwhile."""
    try:
        return context.scans.pause(scan.scan_id, scan.viewer, why)
    except ConflictError:
        return context.scans.get(scan.scan_id, scan.viewer)
    except NotFoundError:
        return replace(scan, state=ScanState.CANCELLED)


def carry_on_by_addresses(context: Context, scan: Scan, pace: Pace) -> Scan:
    """As `carry_on`, for what is tried again when its source is gone: photos that have addresses."""
    try:
        check_still_allowed(context.database, scan.viewer)
        with closing(open_photos_by_address(context.settings)) as photos:
            return help_with(context, scan, photos, pace)
    except HeritageError as error:
        return _stopped(context, scan, str(error)[:1000])


def check_same(scan: Scan, source: ListingSource) -> None:
    """Raises `ConflictError` when it is another source than the one the scan began with: places mean other listings."""
    if source.fingerprint != scan.fingerprint:
        raise ConflictError(f"{scan.source.name} has changed since the scan began; begin another scan of it")
