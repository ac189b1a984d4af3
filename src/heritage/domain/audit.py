"""The audit log's nouns: events, what exactly is hashed of them, signed checkpoints, and what a verification found.

An event names no person but by an account's login, and holds no image: subjects are record ids and digests.
"""

import json
import re
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import Self

from heritage.domain.access import Viewer
from heritage.domain.merkle import Hashes, TreeHead, leaf_hash
from heritage.errors import InputError

_MAX_LENGTH_BY_FIELD = {"actor": 200, "agency": 200, "subject": 500, "detail": 2_000}
# Control characters could forge a second line wherever events are printed; half of a surrogate pair has no UTF-8.
_REFUSED = re.compile(r"[\x00-\x1f\x7f-\x9f\ud800-\udfff]")


class Action(StrEnum):
    """What was done."""

    SIGN_IN = "sign-in"
    REFUSE = "refuse"  # a sign-in or a request that was turned away
    SEARCH = "search"
    SCAN = "scan"  # listings: begun, so many searched, paused, ended
    READ = "read"
    EXPORT = "export"
    IMPORT = "import"
    CREATE = "create"
    CHANGE = "change"
    WITHDRAW = "withdraw"
    REMOVE = "remove"  # a photo whose time is over
    DECIDE = "decide"
    ACCOUNT = "account"  # an agency, a person, a role or a key was made, changed or suspended


@dataclass(frozen=True, slots=True)
class AuditEvent:
    """``actor``, an account's login, of ``agency`` did ``action`` to ``subject`` at the moment ``at`` (UTC).

    Actor and agency are empty when nobody was signed in. Raises `InputError`: texts are one line each, and short.
    """

    at: datetime
    actor: str
    agency: str
    action: Action
    subject: str = ""
    detail: str = ""

    def __post_init__(self) -> None:
        if self.at.utcoffset() != timedelta(0):
            raise InputError(f"the time of an audit event must be in UTC, not {self.at.isoformat()}")
        for name, limit in _MAX_LENGTH_BY_FIELD.items():
            text = getattr(self, name)
            if len(text) > limit or _REFUSED.search(text):
                raise InputError(
                    f"{name} {text[:80]!r} of an audit event must be one line of {limit} characters at most"
                )


def event(by: Viewer, action: Action, subject: object = "", detail: str = "") -> AuditEvent:
    """What happens now on behalf of ``by``. What was typed by somebody is cut and flattened rather than refused."""
    return AuditEvent(datetime.now(UTC), by.actor, by.agency, action, _flat(str(subject), 500), _flat(detail, 2_000))


def _flat(text: str, limit: int) -> str:
    return _REFUSED.sub(" ", text)[:limit]


def canonical(event: AuditEvent) -> bytes:
    """The bytes that are hashed: JSON in the one form of RFC 8785, all values strings."""
    values = {
        "action": event.action.value,
        "actor": event.actor,
        "agency": event.agency,
        "at": written_time(event.at),
        "detail": event.detail,
        "subject": event.subject,
    }
    return json.dumps(values, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()


def written_time(moment: datetime) -> str:
    """``2026-05-04T03:02:01.000000Z``: always 27 characters, so that times sort as text."""
    return moment.astimezone(UTC).replace(tzinfo=None).isoformat(timespec="microseconds") + "Z"


def read_time(text: str) -> datetime:
    """What `written_time` writes, and nothing else. Raises `InputError`."""
    with suppress(ValueError):
        moment = datetime.fromisoformat(text)
        if written_time(moment) == text:
            return moment
    raise InputError(f"not a time: {text[:40]!r} (expected 2026-05-04T03:02:01.000000Z)")


@dataclass(frozen=True, slots=True)
class LoggedEvent:
    """An event at its place in the log; the first has ``sequence`` 1, and is leaf 0 of the tree."""

    sequence: int
    event: AuditEvent


@dataclass(frozen=True, slots=True)
class AuditFilter:
    """Which events are wanted: those that agree with all that is filled in; from ``since`` on, before ``until``."""

    actor: str = ""
    agency: str = ""
    action: Action | None = None
    subject: str = ""
    since: datetime | None = None
    until: datetime | None = None


_CHECKPOINT = re.compile(
    r"heritage-audit-1 (?P<size>0|[1-9]\d{0,17}) (?P<root>[0-9a-f]{64}) (?P<signed_at>\S{27}) (?P<key_id>[0-9a-f]{16}) "
    r"(?P<signature>[0-9a-f]{128})",
    re.ASCII,
)


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """A signed statement that the log's first ``size`` events have this root. ``str()`` is one line, to keep elsewhere.

    The signature (Ed25519) is over `statement`; ``key_id`` says which key made it.
    """

    size: int
    root: bytes
    signed_at: datetime
    key_id: str
    signature: bytes

    @classmethod
    def parse(cls, line: str) -> Self:
        """Read what ``str()`` writes; whether the signature holds is another question. Raises `InputError`."""
        found = _CHECKPOINT.fullmatch(line)
        if found is None:
            raise InputError(f"not a checkpoint: {line[:80]!r} (expected a line that begins with heritage-audit-1)")
        size, root, signed_at, key_id, signature = found.groups()
        return cls(int(size), bytes.fromhex(root), read_time(signed_at), key_id, bytes.fromhex(signature))

    @property
    def head(self) -> TreeHead:
        return TreeHead(self.size, self.root)

    @property
    def statement(self) -> str:
        """What is signed. Its first word keeps it apart from anything else that the key might ever sign."""
        return f"heritage-audit-1 {self.size} {self.root.hex()} {written_time(self.signed_at)} {self.key_id}"

    def __str__(self) -> str:
        return f"{self.statement} {self.signature.hex()}"


@dataclass(frozen=True, slots=True)
class SignedCheckpoint:
    """A checkpoint, and in PEM the public key that this home signs with."""

    checkpoint: Checkpoint
    public_key: str


@dataclass(frozen=True, slots=True)
class InclusionProof:
    """That an event is in the tree; `merkle.verify_inclusion` checks it."""

    logged: LoggedEvent
    path: Hashes
    tree: TreeHead

    @property
    def leaf(self) -> bytes:
        """Of the event as it is read, so that an altered one cannot be proved."""
        return leaf_hash(canonical(self.logged.event))


@dataclass(frozen=True, slots=True)
class ConsistencyProof:
    """That the new tree begins with all of the old one; `merkle.verify_consistency` checks it."""

    old: TreeHead
    new: TreeHead
    path: Hashes


@dataclass(frozen=True, slots=True)
class AuditReport:
    """What a verification found. ``event_count`` events from the first on are as they were recorded.

    ``signed_count`` of them are vouched for by a checkpoint, the newest of ``checkpoint_count`` that were compared.
    ``problems`` are sentences; ``first_wrong`` is the sequence of the first event that is altered, missing or not where
    it belongs, as nearly as the hashes tell; None when only checkpoints are wrong, or nothing.
    """

    event_count: int
    signed_count: int
    checkpoint_count: int
    problems: tuple[str, ...] = ()
    first_wrong: int | None = None

    @property
    def is_whole(self) -> bool:
        return not self.problems
