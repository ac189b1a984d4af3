"""When the audit log is signed, and whether it is whole.

A checkpoint is made when a thousand events were recorded since the last, when a server stops, and when somebody asks.
"""

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from heritage.domain.audit import AuditEvent, AuditReport, Checkpoint
from heritage.domain.ports import Progress
from heritage.errors import StorageError
from heritage.settings import Settings
from heritage.storage.audit import Audit
from heritage.storage.database import Database

log = logging.getLogger(__name__)

SIGNED_EVERY = 1_000


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


def verify_log(audit: Audit, trusted: Path | None = None, progress: Progress | None = None) -> AuditReport:
    """Whether the log is whole; ``trusted`` is a file of checkpoints that were kept elsewhere.

    Raises `InputError` when that is no such file, and `StorageError`.
    """
    from heritage.storage.audit_key import PublicKey
    from heritage.storage.audit_verification import verify
    from heritage.storage.checkpoint_file import given_checkpoints

    given = given_checkpoints(trusted) if trusted else ()
    return verify(audit, PublicKey.read(audit.home), given, progress)
