"""Whether the audit log is whole: every event hashed again, the tree compared with them and with the checkpoints."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import Connection, func, select
from sqlalchemy.exc import DatabaseError

from heritage.domain.audit import AuditReport, Checkpoint, written_time
from heritage.domain.merkle import node_count, node_number
from heritage.domain.ports import Progress
from heritage.errors import InputError
from heritage.storage.audit import Audit
from heritage.storage.audit_key import PublicKey
from heritage.storage.audit_walk import Walk, WrongEventError
from heritage.storage.checkpoint_file import CHECKPOINTS_NAME, kept_checkpoints
from heritage.storage.schema import audit_checkpoint, audit_event, audit_node


def verify(
    audit: Audit, key: PublicKey | None, trusted: Sequence[Checkpoint] = (), progress: Progress | None = None
) -> AuditReport:
    """Look at every event there is now; the log may grow meanwhile. Stops at the first event that is wrong.

    ``trusted`` checkpoints come from elsewhere: whoever can write the home can replace all that is in it, key and all,
    but not make them agree. Raises `StorageError` when the database cannot be read at all.
    """
    found = _look(audit)
    checkpoints, problems = _signed(found, key, trusted)
    walk = Walk(audit.database, found.event_count, checkpoints)
    first_wrong = None
    try:
        if found.first is not None and found.first < 1:
            raise WrongEventError(found.first, f"event {found.first} does not belong there: the first one is event 1")
        walk.run(progress)
        problems += _compare_ends(found, checkpoints)
    except WrongEventError as wrong:
        first_wrong = wrong.sequence
        problems.insert(0, str(wrong))
    event_count = walk.frontier.size if first_wrong is None else max(first_wrong - 1, 0)
    return AuditReport(event_count, walk.signed_count, walk.compared_count, tuple(problems), first_wrong)


@dataclass(frozen=True, slots=True)
class _Found:
    """What database and file hold at one moment: numbers of the first and the last event and of the last node."""

    first: int | None
    event_count: int
    last_node: int
    node_count: int
    rows: tuple[Checkpoint, ...]
    lines: tuple[Checkpoint, ...]
    problems: tuple[str, ...]


def _look(audit: Audit) -> _Found:
    events = select(func.min(audit_event.c.sequence), func.max(audit_event.c.sequence))
    nodes = select(func.max(audit_node.c.number), func.count())
    # Under the write lock: whoever makes a checkpoint holds it until the checkpoint is in both places.
    with audit.database.begin() as connection:
        first, last = connection.execute(events).one()
        last_node, nodes_found = connection.execute(nodes).one()
        rows, problems = _checkpoint_rows(connection)
        try:
            lines = kept_checkpoints(audit.checkpoint_path)
        except InputError as error:
            lines = ()
            problems.append(f"{error}; it was altered")
    if not problems:
        problems = _differences(rows, lines)
    return _Found(first, max(last or 0, 0), last_node or 0, nodes_found, rows, lines, tuple(problems))


def _checkpoint_rows(connection: Connection) -> tuple[tuple[Checkpoint, ...], list[str]]:
    """Those that are checkpoints, and what is wrong with the first of the others."""
    checkpoints = []
    try:
        for row in connection.execute(select(audit_checkpoint).order_by(audit_checkpoint.c.size)):
            checkpoints.append(Checkpoint.parse(row.line))
            if checkpoints[-1].size != row.size:
                return tuple(checkpoints), [f"a checkpoint in the database was moved to {row.size:,} events"]
    except (InputError, TypeError, DatabaseError) as error:
        return tuple(checkpoints), [f"a checkpoint in the database was altered: {error}"]
    return tuple(checkpoints), []


def _differences(rows: Sequence[Checkpoint], lines: Sequence[Checkpoint]) -> list[str]:
    """Checkpoints that are in one place only. A power cut can keep the last line alone out of the database."""
    lost_lines, lost_rows = set(rows) - set(lines), set(lines[:-1]) - set(rows)
    return [
        f"{place} lacks {len(lost):,} checkpoints, the first of them of {min(one.size for one in lost):,} events"
        for place, lost in ((CHECKPOINTS_NAME, lost_lines), ("the database", lost_rows))
        if lost
    ]


def _signed(found: _Found, key: PublicKey | None, trusted: Sequence[Checkpoint]) -> tuple[list[Checkpoint], list[str]]:
    """The checkpoints whose signature holds, by size; and all that is wrong with checkpoints."""
    problems, signed = list(found.problems), set[Checkpoint]()
    places = (("the database", found.rows), (CHECKPOINTS_NAME, found.lines), ("the given file", trusted))
    for place, checkpoints in places:
        holding = {one for one in checkpoints if key is not None and key.signed(one)}
        forged = [one for one in checkpoints if one not in holding]
        if forged:
            name = f"this home's key {key.key_id}" if key else "a key of this home, which has none"
            problems.append(
                f"{len(forged):,} checkpoints in {place}, the first of them of {forged[0].size:,} events, are not "
                f"signed with {name}: they were altered, or the key was replaced"
            )
        signed |= holding
    return sorted(signed, key=lambda one: one.size), problems


def _compare_ends(found: _Found, checkpoints: Sequence[Checkpoint]) -> list[str]:
    """The log is what was found of it; whether it once went on, and whether its tree has more than its events make."""
    size = found.event_count
    if checkpoints and checkpoints[-1].size > size:
        longest = checkpoints[-1]
        raise WrongEventError(
            size + 1,
            f"events {size + 1:,} to {longest.size:,} are missing: the log ends before them, and they were there on "
            f"{written_time(longest.signed_at)}",
        )
    if found.last_node > node_number(0, max(size - 1, 0)):
        raise WrongEventError(size + 1, f"event {size + 1:,} is missing: the tree goes on, but the log ends before it")
    surplus = found.node_count - node_count(size)
    return [f"the tree holds {surplus:,} hashes that no event makes"] if surplus else []
