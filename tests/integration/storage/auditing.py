"""A small audit log to look at, and to attack."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

from heritage.domain.audit import Action, AuditEvent, AuditReport, Checkpoint
from heritage.storage.audit import Audit
from heritage.storage.audit_key import PublicKey, Signer
from heritage.storage.audit_verification import verify
from heritage.storage.database import Database

START = datetime(2026, 5, 4, tzinfo=UTC)
ACTIONS = (Action.SIGN_IN, Action.REFUSE, Action.SEARCH, Action.READ, Action.EXPORT)


def event(number: int) -> AuditEvent:
    moment = START + timedelta(minutes=number)
    return AuditEvent(moment, f"actor{number % 3}", "north", ACTIONS[number % 5], f"north/{number}", "why")


@contextmanager
def opened(home: Path, address: str = "") -> Iterator[Audit]:
    database = Database.open(home, address)
    try:
        yield Audit(database, home)
    finally:
        database.close()


def sign(audit: Audit) -> Checkpoint:
    return audit.checkpoint(Signer.open(audit.home))


def verified(audit: Audit, *trusted: Checkpoint) -> AuditReport:
    return verify(audit, PublicKey.read(audit.home), trusted)
