"""The audit log: events that are only ever added, the Merkle tree over them, and signed checkpoints of it."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Row, func, insert, select
from sqlalchemy.sql import ColumnElement

from heritage.domain.audit import (
    Action,
    AuditEvent,
    AuditFilter,
    Checkpoint,
    LoggedEvent,
    canonical,
    read_time,
    written_time,
)
from heritage.domain.merkle import (
    Frontier,
    Hashes,
    Node,
    TreeHead,
    leaf_hash,
    node_number,
    prove_consistency,
    prove_inclusion,
    verify_consistency,
)
from heritage.errors import InputError, NotFoundError, StorageError
from heritage.storage.audit_key import Signer
from heritage.storage.checkpoint_file import CHECKPOINTS_NAME, append_checkpoint, kept_checkpoints
from heritage.storage.database import Database
from heritage.storage.schema import audit_checkpoint, audit_event, audit_node

_SEE_VERIFY = "nothing more is written to it; see what `heritage audit verify` says, and restore a backup"


def append_events(connection: Connection, *events: AuditEvent) -> int:
    """Add events within the caller's transaction, which holds the write lock; how many there are then.

    A change and its event are so committed together or not at all. Raises `StorageError` when the end of the log
    is not as it was left: rather no change than one that nobody can prove.
    """
    frontier = _frontier(connection)
    rows, nodes = [], list[Node]()
    for event in events:
        frontier, made = frontier.append(leaf_hash(canonical(event)))
        nodes += made
        rows.append(_row(frontier.size, event))
    if rows:
        connection.execute(insert(audit_event), rows)
        connection.execute(insert(audit_node), [{"number": node.number, "hash": node.hash} for node in nodes])
    return frontier.size


class Audit:
    """The log of one home. Its order is that in which transactions took the database's write lock."""

    def __init__(self, database: Database, home: Path) -> None:
        self.database = database
        self.home = home
        self.checkpoint_path = home / CHECKPOINTS_NAME

    def record(self, *events: AuditEvent) -> int:
        """Add events in a transaction of their own; how many there are then. Raises `StorageError`."""
        with self.database.begin() as connection:
            return append_events(connection, *events)

    def page(self, after: int = 0, limit: int = 100, wanted: AuditFilter | None = None) -> tuple[LoggedEvent, ...]:
        """Up to ``limit`` of the events wanted, in their order, following the one numbered ``after``."""
        statement = select(audit_event).where(audit_event.c.sequence > after, *_conditions(wanted or AuditFilter()))
        with self.database.read() as connection:
            rows = connection.execute(statement.order_by(audit_event.c.sequence).limit(limit)).all()
        return tuple(logged(row) for row in rows)

    def newest(self, before: int, limit: int, wanted: AuditFilter) -> tuple[LoggedEvent, ...]:
        """Up to ``limit`` of the events wanted, the newest first, of those numbered below ``before`` (0: of all)."""
        statement = select(audit_event).where(*_conditions(wanted)).order_by(audit_event.c.sequence.desc()).limit(limit)
        if before:
            statement = statement.where(audit_event.c.sequence < before)
        with self.database.read() as connection:
            return tuple(map(logged, connection.execute(statement).all()))

    def size(self) -> int:
        """How many events there are."""
        with self.database.read() as connection:
            return _size(connection)

    def unsigned_count(self) -> int:
        """How many events came after the newest checkpoint."""
        with self.database.read() as connection:
            signed = connection.execute(select(func.max(audit_checkpoint.c.size))).scalar() or 0
            return _size(connection) - signed

    def newest_checkpoint(self) -> Checkpoint | None:
        with self.database.read() as connection:
            return _newest_checkpoint(connection)

    def inclusion(self, sequence: int, size: int) -> Hashes:
        """The path by which event ``sequence`` belongs to the first ``size``; `merkle.verify_inclusion` checks it.

        Raises `NotFoundError`.
        """
        with self.database.read() as connection:
            if not 1 <= sequence <= size <= _size(connection):
                raise NotFoundError(f"there is no event {sequence} among the first {size}")
            return prove_inclusion(lambda numbers: _hashes(connection, numbers), sequence - 1, size)

    def consistency(self, old: int, new: int) -> Hashes:
        """The proof that the first ``new`` events begin with the first ``old``. Raises `NotFoundError`."""
        with self.database.read() as connection:
            if not 1 <= old <= new <= _size(connection):
                raise NotFoundError(f"there are no {old} events to compare with the first {new}")
            return prove_consistency(lambda numbers: _hashes(connection, numbers), old, new)

    def head(self, size: int | None = None) -> TreeHead:
        """The tree of the first ``size`` events, or of all. Raises `NotFoundError` when there are not so many."""
        with self.database.read() as connection:
            count = _size(connection)
            if size is not None and size > count:
                raise NotFoundError(f"there are no {size} events, only {count}")
            wanted = count if size is None else size
            return Frontier.read(lambda numbers: _hashes(connection, numbers), wanted).head

    def checkpoint(self, signer: Signer) -> Checkpoint:
        """Sign the log as it is; the newest checkpoint, if nothing was added since. Raises `StorageError`.

        Only what was committed before is signed, and ``checkpoints.txt`` is written before the database: what it tells
        of was there, whenever the power fails.
        """
        with self.database.begin() as connection:
            newest = _caught_up(connection, self.checkpoint_path)
            head = _frontier(connection).head
            if newest is not None:
                _refuse_contradiction(connection, newest.head, head)
                if newest.size == head.size:
                    return newest
            made = signer.sign(head)
            append_checkpoint(self.checkpoint_path, made)
            _insert_checkpoint(connection, made)
            return made


def logged(row: Row[Any]) -> LoggedEvent:
    """The event of a row. Raises `StorageError` for a row that no event could have been written as."""
    try:
        event = AuditEvent(read_time(row.at), row.actor, row.agency, Action(row.action), row.subject, row.detail)
    except (InputError, ValueError, TypeError) as error:
        raise StorageError(f"event {row.sequence} of the audit log was altered: {error}") from error
    return LoggedEvent(row.sequence, event)


def _row(sequence: int, event: AuditEvent) -> dict[str, object]:
    return {
        "sequence": sequence,
        "at": written_time(event.at),
        "actor": event.actor,
        "agency": event.agency,
        "action": event.action.value,
        "subject": event.subject,
        "detail": event.detail,
    }


def _conditions(wanted: AuditFilter) -> list[ColumnElement[bool]]:
    texts = {"actor": wanted.actor, "agency": wanted.agency, "action": wanted.action, "subject": wanted.subject}
    conditions: list[ColumnElement[bool]] = [audit_event.c[name] == str(text) for name, text in texts.items() if text]
    if wanted.since:
        conditions.append(audit_event.c.at >= written_time(wanted.since))
    if wanted.until:
        conditions.append(audit_event.c.at < written_time(wanted.until))
    return conditions


def _size(connection: Connection) -> int:
    return connection.execute(select(func.max(audit_event.c.sequence))).scalar() or 0


def _frontier(connection: Connection) -> Frontier:
    """Where the tree grows, after a look whether events and tree end at the same place. Raises `StorageError`."""
    size = _size(connection)
    last = connection.execute(select(func.max(audit_node.c.number))).scalar()
    if last != (node_number(0, size - 1) if size else None):  # the last leaf has the highest number
        raise StorageError(f"the audit log was cut or altered at its end; {_SEE_VERIFY}")
    return Frontier.read(lambda numbers: _hashes(connection, numbers), size)


def _hashes(connection: Connection, numbers: Sequence[int]) -> list[bytes]:
    statement = select(audit_node.c.number, audit_node.c.hash).where(audit_node.c.number.in_(numbers))
    hash_by_number = {row.number: row.hash for row in connection.execute(statement)}
    if len(hash_by_number) < len(numbers):
        raise StorageError(f"hashes of the audit log are missing; {_SEE_VERIFY}")
    return [hash_by_number[number] for number in numbers]


def _newest_checkpoint(connection: Connection) -> Checkpoint | None:
    newest = select(audit_checkpoint.c.line).order_by(audit_checkpoint.c.size.desc()).limit(1)
    line = connection.execute(newest).scalar()
    try:
        return Checkpoint.parse(line) if line else None
    except InputError as error:
        raise StorageError(f"the newest checkpoint was altered ({error}); {_SEE_VERIFY}") from error


def _caught_up(connection: Connection, path: Path) -> Checkpoint | None:
    """The newest checkpoint, after taking in one that a power cut let into the file but not into the database."""
    newest = _newest_checkpoint(connection)
    try:
        kept = kept_checkpoints(path)
    except InputError as error:
        raise StorageError(f"{error}; {_SEE_VERIFY}") from error
    if kept and (newest is None or kept[-1].size > newest.size):
        _insert_checkpoint(connection, kept[-1])
        return kept[-1]
    return newest


def _insert_checkpoint(connection: Connection, made: Checkpoint) -> None:
    connection.execute(insert(audit_checkpoint).values(size=made.size, line=str(made)))


def _refuse_contradiction(connection: Connection, old: TreeHead, new: TreeHead) -> None:
    """A log that was cut or rewritten is not signed: the newer signature would seem to bless it."""
    proof: Hashes = ()
    if 0 < old.size <= new.size:
        proof = prove_consistency(lambda numbers: _hashes(connection, numbers), old.size, new.size)
    if not verify_consistency(old, new, proof):
        raise StorageError(f"the audit log no longer agrees with its checkpoint of {old.size:,} events; {_SEE_VERIFY}")
