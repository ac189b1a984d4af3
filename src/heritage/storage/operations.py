"""Operations in the database, which all servers share: one that waits is claimed by one of them.

Who claimed one must say so again within `LEASE`. A server that was killed does not, and then another takes it up.
"""

from dataclasses import asdict, replace
from datetime import UTC, datetime, timedelta
from json import dumps, loads
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, and_, delete, func, insert, or_, select, true, update

from heritage.domain.access import Viewer
from heritage.domain.criteria import Criteria
from heritage.domain.operations import ExportFormat, ExportTask, ImportTask, Operation, OperationState, Task
from heritage.domain.records import Status
from heritage.errors import ConflictError, NotFoundError
from heritage.storage.database import Database
from heritage.storage.schema import operation
from heritage.storage.viewer_json import viewer_json, viewer_of

LEASE = timedelta(seconds=30)
MAX_ATTEMPTS = 5  # an operation that kills its server must not do so for ever
MAX_OPEN = 20  # of one agency's: each keeps a file
_OPEN = [OperationState.WAITING.value, OperationState.RUNNING.value]


class Operations:
    """Every operation whose result is still kept."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def add(self, asked: Operation) -> None:
        """Let it wait for a worker. Raises `ConflictError` when too many of the agency's do."""
        values = {"id": asked.operation_id, "agency": asked.viewer.agency, "worker": "", "attempt_count": 0}
        stamps = {"created_at": asked.created_at, "changed_at": asked.changed_at}
        is_open = and_(operation.c.agency == asked.viewer.agency, operation.c.state.in_(_OPEN))
        with self._database.begin() as connection:
            if connection.execute(select(func.count()).where(is_open)).scalar_one() >= MAX_OPEN:
                raise ConflictError(f"{MAX_OPEN} imports and exports of yours wait; cancel one, or wait for one to end")
            texts = {"viewer": viewer_json(asked.viewer), "task": _task_json(asked.task), "message": asked.message}
            counts = {"state": asked.state.value, "done": asked.done, "total": asked.total}
            connection.execute(insert(operation).values(**values, **stamps, **texts, **counts))

    def get(self, operation_id: str, viewer: Viewer) -> Operation:
        """Raises `NotFoundError`, also when it is another agency's."""
        with self._database.read() as connection:
            return _found(connection, operation_id, viewer)

    def newest(self, viewer: Viewer, limit: int) -> tuple[Operation, ...]:
        """Those of the viewer's agency, the newest first."""
        statement = select(operation).where(_of(viewer)).order_by(operation.c.created_at.desc(), operation.c.id)
        with self._database.read() as connection:
            return tuple(map(_operation_of, connection.execute(statement.limit(limit))))

    def cancel(self, operation_id: str, viewer: Viewer) -> Operation:
        """Cancel it unless it has ended; as it is then. Whoever runs it stops at the next `beat`. `NotFoundError`."""
        is_open = and_(operation.c.id == operation_id, operation.c.state.in_(_OPEN))
        values = {"state": OperationState.CANCELLED.value, "changed_at": datetime.now(UTC), "message": "cancelled"}
        with self._database.begin() as connection:
            _found(connection, operation_id, viewer)
            connection.execute(update(operation).where(is_open).values(values))
            return _found(connection, operation_id, viewer)

    def claim(self, worker: str) -> Operation | None:
        """The operation that has waited longest, or whose worker is gone, for ``worker`` to run; None: there is none.

        One that has been begun `MAX_ATTEMPTS` times fails instead.
        """
        with self._database.read() as connection:  # most times there is none, and nobody waits for a lock
            row = connection.execute(_next()).first()
        if row is None:
            return None
        is_spent = row.attempt_count >= MAX_ATTEMPTS
        now = datetime.now(UTC)
        values: dict[str, Any] = {"state": OperationState.RUNNING.value, "worker": worker, "changed_at": now}
        if is_spent:
            values |= {
                "state": OperationState.FAILED.value,
                "message": f"the server stopped at it {MAX_ATTEMPTS} times",
            }
        # The count rises with every claim: if it is still as it was read, nobody was faster.
        is_unclaimed = and_(operation.c.attempt_count == row.attempt_count, operation.c.state.in_(_OPEN))
        claimed = update(operation).where(operation.c.id == row.id, is_unclaimed)
        with self._database.begin() as connection:
            result = connection.execute(claimed.values(**values, attempt_count=row.attempt_count + 1))
        if is_spent or not result.rowcount:
            return self.claim(worker)
        return replace(_operation_of(row), state=OperationState.RUNNING, changed_at=now, done=0)

    def beat(self, operation_id: str, worker: str, done: int, total: int) -> bool:
        """Say that ``worker`` is still at it. False: it is cancelled, or another's by now, and the worker must stop."""
        return self._set(operation_id, worker, {"done": done, "total": total})

    def release(self, operation_id: str, worker: str) -> None:
        """Let it wait again, as if this worker had never begun: the server stops in good order."""
        again = {"state": OperationState.WAITING.value, "attempt_count": operation.c.attempt_count - 1}
        self._set(operation_id, worker, again)

    def finish(self, operation_id: str, worker: str, state: OperationState, message: str) -> bool:
        """Whether it was still this worker's to finish."""
        return self._set(operation_id, worker, {"state": state.value, "message": message})

    def forget(self, before: datetime) -> list[str]:
        """Remove those that ended ``before`` then. The ids of all that are left."""
        is_old = and_(operation.c.state.not_in(_OPEN), operation.c.changed_at < before)
        with self._database.begin() as connection:
            connection.execute(delete(operation).where(is_old))
            return list(connection.execute(select(operation.c.id)).scalars())

    def _set(self, operation_id: str, worker: str, values: dict[str, Any]) -> bool:
        is_ours = and_(operation.c.worker == worker, operation.c.state == OperationState.RUNNING.value)
        changed = update(operation).where(operation.c.id == operation_id, is_ours)
        with self._database.begin() as connection:
            return bool(connection.execute(changed.values(**values, changed_at=datetime.now(UTC))).rowcount)


def _next() -> Any:
    is_waiting = operation.c.state == OperationState.WAITING.value
    is_left = and_(
        operation.c.state == OperationState.RUNNING.value, operation.c.changed_at < datetime.now(UTC) - LEASE
    )
    return select(operation).where(or_(is_waiting, is_left)).order_by(operation.c.created_at, operation.c.id).limit(1)


def _of(viewer: Viewer) -> ColumnElement[bool]:
    return true() if viewer.is_unrestricted else and_(operation.c.agency == viewer.agency, operation.c.agency != "")


def _found(connection: Connection, operation_id: str, viewer: Viewer) -> Operation:
    row = connection.execute(select(operation).where(operation.c.id == operation_id, _of(viewer))).first()
    if row is None:
        raise NotFoundError(f"there is no operation {operation_id[:40]!r}, or it was long ago")
    return _operation_of(row)


def _operation_of(row: Row[Any]) -> Operation:
    return Operation(
        operation_id=row.id,
        viewer=viewer_of(row.viewer),
        task=_task_of(row.task),
        created_at=row.created_at,
        changed_at=row.changed_at,
        state=OperationState(row.state),
        done=row.done,
        total=row.total,
        message=row.message,
    )


def _task_json(task: Task) -> str:
    values = asdict(task)
    if isinstance(task, ExportTask):
        values["criteria"]["statuses"] = sorted(task.criteria.statuses)
    return dumps(values)


def _task_of(text: str) -> Task:
    values = loads(text)
    if "file_name" in values:
        return ImportTask(**values)
    asked = values["criteria"]
    criteria = Criteria(**asked | {"statuses": frozenset(map(Status, asked["statuses"]))})
    return ExportTask(ExportFormat(values["format"]), criteria)
