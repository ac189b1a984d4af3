"""When the audit log is signed, who reads what of it, and whether it is whole.

A checkpoint is made when a thousand events were recorded since the last, when a server stops, and when somebody asks.
"""

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

from heritage.domain.access import Viewer
from heritage.domain.audit import (
    Action,
    AuditEvent,
    AuditFilter,
    AuditReport,
    Checkpoint,
    ConsistencyProof,
    InclusionProof,
    LoggedEvent,
    SignedCheckpoint,
    event,
)
from heritage.domain.ports import Progress
from heritage.errors import ForbiddenError, NotFoundError, StorageError
from heritage.settings import Settings
from heritage.storage.audit import Audit
from heritage.storage.database import Database

log = logging.getLogger(__name__)

SIGNED_EVERY = 1_000
EXPORTED_AT_ONCE = 500


@contextmanager
def open_audit(settings: Settings) -> Iterator[Audit]:
    """The log alone: no model is needed to read it."""
    database = Database.open(settings.home, settings.database_url)
    try:
        yield Audit(database, settings.home)
    finally:
        database.close()


def record(audit: Audit, *events: AuditEvent) -> None:
    """Add events that belong to no change, such as reads and searches. Raises `StorageError`: then answer nothing."""
    audit.record(*events)
    if audit.unsigned_count() >= SIGNED_EVERY:
        sign_rest(audit)


def sign_rest(audit: Audit) -> None:
    """Sign what came after the newest checkpoint, if anything did. A failure is logged: the events are safe without."""
    try:
        if audit.unsigned_count():
            checkpoint_now(audit)
    except StorageError as error:
        log.error("the audit log was not signed: %s", error)


def checkpoint_now(audit: Audit) -> Checkpoint:
    """Sign the log as it is, with the home's key, which is made if there is none. Raises `StorageError`."""
    from heritage.storage.audit_key import Signer

    return audit.checkpoint(Signer.open(audit.home))


def find_events(
    audit: Audit, viewer: Viewer, wanted: AuditFilter, after: int = 0, limit: int = 100
) -> tuple[LoggedEvent, ...]:
    """`Audit.page` of what ``viewer``, an admin, may see. Raises `ForbiddenError` when they ask for others' events."""
    return audit.page(after, limit, _narrowed(wanted, viewer))


def newest_events(
    audit: Audit, viewer: Viewer, wanted: AuditFilter, before: int = 0, limit: int = 100
) -> tuple[LoggedEvent, ...]:
    """The same, the newest first, going back from the event numbered ``before``."""
    return audit.newest(before, limit, _narrowed(wanted, viewer))


def export_events(audit: Audit, viewer: Viewer, wanted: AuditFilter) -> Iterator[LoggedEvent]:
    """All of them up to now, the oldest first, a page at a time; that they were taken is logged first.

    Raises `ForbiddenError` at once, not when the first is read.
    """
    narrowed = _narrowed(wanted, viewer)
    last = audit.size()
    record(audit, event(viewer, Action.EXPORT, "audit"))
    return _walked(audit, narrowed, last)


def _walked(audit: Audit, wanted: AuditFilter, last: int) -> Iterator[LoggedEvent]:
    after = 0
    while found := audit.page(after, EXPORTED_AT_ONCE, wanted):
        yield from (one for one in found if one.sequence <= last)
        after = found[-1].sequence
        if after >= last:
            return


def does_newest_checkpoint_hold(audit: Audit) -> bool:
    """Whether this home's key signed it, and the tree has its root. Quick: only `verify_log` hashes the events again.

    Raises `NotFoundError` when nothing was signed yet, and `StorageError`.
    """
    from heritage.storage.audit_key import PublicKey

    checkpoint = newest_checkpoint(audit).checkpoint
    key = PublicKey.read(audit.home)
    return key is not None and key.signed(checkpoint) and audit.head(checkpoint.size) == checkpoint.head


def newest_checkpoint(audit: Audit) -> SignedCheckpoint:
    """Raises `NotFoundError` when nothing was signed yet, and `StorageError`."""
    from heritage.storage.audit_key import PublicKey

    checkpoint, key = audit.newest_checkpoint(), PublicKey.read(audit.home)
    if checkpoint is None:
        raise NotFoundError("the audit log was not signed yet; run heritage audit checkpoint")
    if key is None:
        raise StorageError("the public key of the audit log is missing; restore it from a backup")
    return SignedCheckpoint(checkpoint, key.pem.decode())


def prove_event(audit: Audit, viewer: Viewer, sequence: int, size: int | None = None) -> InclusionProof:
    """That an event is among the first ``size``, or among all.

    Raises `NotFoundError` when it is not, or not for ``viewer``, an admin, to see. A path names no other event, but its
    first hash is often that of a neighbour: whoever guesses another agency's event to the microsecond can check it.
    """
    found = audit.page(sequence - 1, 1, _narrowed(AuditFilter(), viewer))
    if not found or found[0].sequence != sequence:
        raise NotFoundError(f"there is no event {sequence}")
    tree = audit.head(size)
    return InclusionProof(found[0], audit.inclusion(sequence, tree.size), tree)


def prove_growth(audit: Audit, old: int, new: int) -> ConsistencyProof:
    """That the first ``new`` events begin with the first ``old``. Raises `NotFoundError`."""
    path = audit.consistency(old, new)
    return ConsistencyProof(audit.head(old), audit.head(new), path)


def _narrowed(wanted: AuditFilter, viewer: Viewer) -> AuditFilter:
    """To what the viewer may see: everything for the operator's admins, for others what their own agency did."""
    if viewer.is_operator:
        return wanted
    if not viewer.agency or wanted.agency not in ("", viewer.agency):
        raise ForbiddenError("only the operator's admins see what other agencies did; leave the agency out")
    return replace(wanted, agency=viewer.agency)


def verify_log(audit: Audit, trusted: Path | None = None, progress: Progress | None = None) -> AuditReport:
    """Whether the log is whole; ``trusted`` is a file of checkpoints that were kept elsewhere.

    Raises `InputError` when that is no such file, and `StorageError`.
    """
    from heritage.storage.audit_key import PublicKey
    from heritage.storage.audit_verification import verify
    from heritage.storage.checkpoint_file import given_checkpoints

    given = given_checkpoints(trusted) if trusted else ()
    return verify(audit, PublicKey.read(audit.home), given, progress)
