"""Operations in the database: for one agency's eyes, and each for one worker at a time."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import update

from heritage.domain.access import AT_THE_MACHINE, SCOPES_BY_ROLE, Role, Viewer
from heritage.domain.criteria import Criteria
from heritage.domain.operations import ExportFormat, ExportTask, ImportTask, Operation, OperationState
from heritage.domain.records import Status
from heritage.errors import ConflictError, NotFoundError
from heritage.storage.database import Database
from heritage.storage.operations import LEASE, MAX_ATTEMPTS, MAX_OPEN, Operations
from heritage.storage.schema import operation

NORTH = Viewer("anna", "north", Role.REGISTRAR, SCOPES_BY_ROLE[Role.REGISTRAR])
SOUTH = replace(NORTH, agency="south")
START = datetime(2026, 5, 4, 9, 30, tzinfo=UTC)
EXPORT = ExportTask(ExportFormat.CSV, Criteria(text="icon", statuses=frozenset({Status.STOLEN, Status.LOOTED})))


@pytest.fixture
def database(tmp_path: Path, address: str) -> Iterator[Database]:
    database = Database.open(tmp_path, address)
    yield database
    database.close()


@pytest.fixture
def operations(database: Database) -> Operations:
    return Operations(database)


def asked(number: int, viewer: Viewer = NORTH, task: ImportTask | ExportTask = EXPORT) -> Operation:
    at = START + timedelta(seconds=number)
    return Operation(f"{number:032x}", viewer, task, at, at)


def leave(database: Database) -> None:
    """As if every worker had been silent for longer than its lease."""
    with database.begin() as connection:
        connection.execute(update(operation).values(changed_at=datetime.now(UTC) - 2 * LEASE))


@pytest.mark.parametrize("task", [EXPORT, ImportTask("registry.csv", "national-register")])
def test_what_was_asked_comes_back_equal(operations: Operations, task: ImportTask | ExportTask) -> None:
    operations.add(asked(1, task=task))
    assert operations.get(asked(1).operation_id, NORTH) == asked(1, task=task)


def test_another_agency_sees_none_of_it(operations: Operations) -> None:
    nobody = replace(NORTH, agency="")
    for number, viewer in enumerate((NORTH, SOUTH, NORTH, nobody)):
        operations.add(asked(number, viewer))
    assert [one.operation_id for one in operations.newest(NORTH, 9)] == [f"{2:032x}", f"{0:032x}"]
    assert operations.newest(nobody, 9) == ()
    assert len(operations.newest(AT_THE_MACHINE, 9)) == 4
    for call in (operations.get, operations.cancel):
        with pytest.raises(NotFoundError):
            call(f"{1:032x}", NORTH)


def test_the_one_that_waited_longest_is_next_and_is_claimed_once(operations: Operations) -> None:
    for number in (3, 1, 2):
        operations.add(asked(number))
    claimed = [operations.claim("a"), operations.claim("b"), operations.claim("a"), operations.claim("b")]
    assert [one and one.operation_id for one in claimed] == [f"{number:032x}" for number in (1, 2, 3)] + [None]


def test_workers_at_once_never_claim_one_twice(tmp_path: Path, address: str, operations: Operations) -> None:
    for number in range(MAX_OPEN):
        operations.add(asked(number))

    def take_all(worker: str) -> list[str]:
        database = Database.open(tmp_path, address)
        own = Operations(database)
        taken = []
        while one := own.claim(worker):
            taken.append(one.operation_id)
        database.close()
        return taken

    with ThreadPoolExecutor(4) as pool:
        taken = [one for ones in pool.map(take_all, "abcd") for one in ones]
    assert sorted(taken) == [f"{number:032x}" for number in range(MAX_OPEN)]


def test_a_killed_workers_operation_is_taken_up_and_is_no_longer_its_own(
    operations: Operations, database: Database
) -> None:
    operations.add(asked(1))
    operations.claim("killed")
    assert operations.claim("other") is None
    leave(database)
    taken = operations.claim("other")
    assert taken and taken.state is OperationState.RUNNING
    assert not operations.beat(taken.operation_id, "killed", 5, 9)
    assert not operations.finish(taken.operation_id, "killed", OperationState.FAILED, "late")
    assert operations.beat(taken.operation_id, "other", 6, 9)
    assert operations.finish(taken.operation_id, "other", OperationState.DONE, "6 records")
    ended = operations.get(taken.operation_id, NORTH)
    assert (ended.state, ended.done, ended.total, ended.message) == (OperationState.DONE, 6, 9, "6 records")
    leave(database)
    assert operations.claim("other") is None


def test_an_operation_that_kills_its_servers_fails_in_the_end(operations: Operations, database: Database) -> None:
    operations.add(asked(1))
    for _ in range(MAX_ATTEMPTS):
        assert operations.claim("worker")
        leave(database)
    assert operations.claim("worker") is None
    ended = operations.get(asked(1).operation_id, NORTH)
    assert (ended.state, ended.message) == (OperationState.FAILED, "the server stopped at it 5 times")


def test_servers_that_stop_in_good_order_use_up_no_attempts(operations: Operations) -> None:
    operations.add(asked(1))
    for _ in range(2 * MAX_ATTEMPTS):
        assert operations.claim("worker")
        operations.release(asked(1).operation_id, "worker")
    assert operations.get(asked(1).operation_id, NORTH).state is OperationState.WAITING


def test_a_cancelled_one_is_nobodys_to_run_or_finish(operations: Operations) -> None:
    for number in (1, 2):
        operations.add(asked(number))
    operations.claim("worker")
    assert [operations.cancel(f"{number:032x}", NORTH).state for number in (1, 2)] == [OperationState.CANCELLED] * 2
    assert operations.claim("worker") is None
    assert not operations.beat(f"{1:032x}", "worker", 1, 2)
    assert not operations.finish(f"{1:032x}", "worker", OperationState.DONE, "")


def test_what_has_ended_cannot_be_cancelled(operations: Operations) -> None:
    operations.add(asked(1))
    operations.claim("worker")
    operations.finish(asked(1).operation_id, "worker", OperationState.DONE, "1 record")
    assert operations.cancel(asked(1).operation_id, NORTH).state is OperationState.DONE


def test_an_agency_cannot_fill_the_disk_with_what_waits(operations: Operations) -> None:
    for number in range(MAX_OPEN):
        operations.add(asked(number))
    with pytest.raises(ConflictError):
        operations.add(asked(MAX_OPEN))
    operations.add(asked(MAX_OPEN, SOUTH))
    operations.cancel(f"{0:032x}", NORTH)
    operations.add(asked(MAX_OPEN + 1))


def test_only_what_ended_long_ago_is_forgotten(operations: Operations, database: Database) -> None:
    for number in (1, 2, 3):
        operations.add(asked(number))
    operations.claim("worker")
    operations.cancel(f"{2:032x}", NORTH)
    assert len(operations.forget(datetime.now(UTC) - timedelta(hours=1))) == 3
    leave(database)
    assert sorted(operations.forget(datetime.now(UTC))) == [f"{1:032x}", f"{3:032x}"]
