import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import Connection, Engine, Table, func, insert, select
from sqlalchemy.event import listen, remove

from heritage.domain.audit import Action, AuditFilter, canonical
from heritage.domain.merkle import TreeHead, leaf_hash, verify_consistency, verify_inclusion
from heritage.errors import NotFoundError, StorageError
from heritage.storage.audit import Audit, append_events
from heritage.storage.audit_key import Signer
from heritage.storage.schema import audit_event, audit_node, meta
from tests.integration.storage.auditing import START, event, opened, sign, verified


def test_events_come_back_in_their_order(tmp_path: Path, address: str) -> None:
    with opened(tmp_path, address) as audit:
        assert audit.record(event(1), event(2)) == 2
        assert audit.record(event(3)) == 3
        assert audit.record() == 3
    with opened(tmp_path, address) as audit:
        assert [(logged.sequence, logged.event) for logged in audit.page()] == [(n, event(n)) for n in (1, 2, 3)]
        assert [logged.sequence for logged in audit.page(after=1, limit=1)] == [2]
        assert audit.size() == 3
        assert verified(audit).is_whole


@pytest.mark.parametrize(
    ("wanted", "numbers"),
    [
        (AuditFilter(), range(1, 11)),
        (AuditFilter(actor="actor1"), [1, 4, 7, 10]),
        (AuditFilter(agency="south"), []),
        (AuditFilter(action=Action.READ), [3, 8]),
        (AuditFilter(subject="north/7"), [7]),
        (AuditFilter(since=START + timedelta(minutes=8)), [8, 9, 10]),
        (AuditFilter(until=START + timedelta(minutes=2)), [1]),
        (AuditFilter(actor="actor1", since=START + timedelta(minutes=2), until=START + timedelta(minutes=7)), [4]),
    ],
)
def test_a_page_has_what_was_asked_for(tmp_path: Path, address: str, wanted: AuditFilter, numbers: list[int]) -> None:
    with opened(tmp_path, address) as audit:
        audit.record(*map(event, range(1, 11)))
        assert [logged.sequence for logged in audit.page(wanted=wanted)] == list(numbers)


def test_a_change_and_its_event_are_committed_together_or_not_at_all(tmp_path: Path, address: str) -> None:
    with opened(tmp_path, address) as audit:
        with audit.database.begin() as connection:
            connection.execute(insert(meta).values(key="changed", value="yes"))
            append_events(connection, event(1))
        with pytest.raises(KeyError), audit.database.begin() as connection:
            append_events(connection, event(2), event(3))
            raise KeyError("the change failed")
        audit.record(event(4))
        assert [logged.event for logged in audit.page()] == [event(1), event(4)]
        assert verified(audit).event_count == 2


def test_proofs_hold_for_whoever_has_a_checkpoint(tmp_path: Path, address: str) -> None:
    with opened(tmp_path, address) as audit:
        audit.record(*map(event, range(1, 12)))
        old = sign(audit)
        audit.record(*map(event, range(12, 31)))
        new = sign(audit)
        assert verify_consistency(old.head, new.head, audit.consistency(old.size, new.size))
        for logged in audit.page():
            path = audit.inclusion(logged.sequence, new.size)
            assert verify_inclusion(leaf_hash(canonical(logged.event)), logged.sequence - 1, new.head, path)
        forged = replace(event(5), actor="nobody")
        assert not verify_inclusion(leaf_hash(canonical(forged)), 4, new.head, audit.inclusion(5, new.size))


def test_there_is_no_proof_of_what_is_not_there(tmp_path: Path, address: str) -> None:
    with opened(tmp_path, address) as audit:
        audit.record(*map(event, range(1, 6)))
        for sequence, size in ((0, 5), (6, 5), (3, 2), (3, 6)):
            with pytest.raises(NotFoundError):
                audit.inclusion(sequence, size)
        for old, new in ((0, 5), (5, 4), (1, 6)):
            with pytest.raises(NotFoundError):
                audit.consistency(old, new)


def test_work_does_not_grow_with_the_log(tmp_path: Path, address: str) -> None:
    """The statements of one append and of two proofs, however long the log is."""
    with opened(tmp_path, address) as audit:
        counts = []
        for until in (10, 3_000):
            audit.record(*map(event, range(audit.size(), until)))
            with _statements() as statements:
                audit.record(event(1))
                audit.inclusion(3, until)
                audit.consistency(3, until)
            counts.append(len(statements))
        assert counts[0] == counts[1] < 15


def test_a_checkpoint_is_kept_twice_and_made_once_for_one_state(tmp_path: Path, address: str) -> None:
    with opened(tmp_path, address) as audit:
        audit.record(event(1), event(2))
        assert audit.newest_checkpoint() is None
        assert audit.unsigned_count() == 2
        first = sign(audit)
        assert sign(audit) == first == audit.newest_checkpoint()
        assert audit.unsigned_count() == 0
        audit.record(event(3))
        second = sign(audit)
        assert audit.checkpoint_path.read_text() == f"{first}\n{second}\n"
        report = verified(audit)
        assert (report.event_count, report.signed_count, report.checkpoint_count) == (3, 3, 2)
        assert Signer.open(tmp_path).public.signed(second)


def test_an_empty_log_is_whole_and_can_be_signed(tmp_path: Path, address: str) -> None:
    with opened(tmp_path, address) as audit:
        assert verified(audit).is_whole
        assert sign(audit).size == 0
        audit.record(event(1))
        sign(audit)
        assert verified(audit).is_whole


def test_a_power_cut_between_file_and_database_leaves_no_trace(tmp_path: Path, address: str) -> None:
    with opened(tmp_path, address) as audit:
        audit.record(event(1))
        sign(audit)
        audit.record(event(2))
        made = Signer.open(tmp_path).sign(_head(audit))
        with audit.checkpoint_path.open("a") as file:
            file.write(f"{made}\n")
        assert verified(audit).is_whole
        assert sign(audit) == made == audit.newest_checkpoint()
        audit.record(event(3))
        sign(audit)
        assert verified(audit).checkpoint_count == 3
        assert verified(audit).is_whole


def test_a_line_that_a_power_cut_tore_is_written_over(tmp_path: Path, address: str) -> None:
    with opened(tmp_path, address) as audit:
        audit.record(event(1))
        first = sign(audit)
        with audit.checkpoint_path.open("a") as file:
            file.write(str(first)[:100])
        assert verified(audit).is_whole
        audit.record(event(2))
        second = sign(audit)
        assert audit.checkpoint_path.read_text() == f"{first}\n{second}\n"


def test_a_failing_checkpoint_file_means_no_checkpoint(tmp_path: Path, address: str) -> None:
    with opened(tmp_path, address) as audit:
        audit.record(event(1))
        audit.checkpoint_path.mkdir()
        with pytest.raises(StorageError, match=r"checkpoints\.txt cannot be"):
            sign(audit)
        audit.checkpoint_path.rmdir()
        assert audit.newest_checkpoint() is None


def test_threads_and_processes_keep_one_order(tmp_path: Path, address: str) -> None:
    """Each with a database of its own; tests/integration has two processes."""
    threads = [threading.Thread(target=_record_many, args=(tmp_path, address, start)) for start in (0, 100, 200)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with opened(tmp_path, address) as audit:
        assert verified(audit).is_whole
        subjects = [logged.event.subject for logged in audit.page()]
        assert sorted(subjects) == sorted(f"north/{start + step}" for start in (0, 100, 200) for step in range(20))
        for start in (0, 100, 200):
            places = [subjects.index(f"north/{start + step}") for step in range(20)]
            assert places == sorted(places)


@pytest.mark.parametrize("table", [audit_event, audit_node])
def test_nothing_is_added_to_a_log_whose_end_was_cut(tmp_path: Path, address: str, table: Table) -> None:
    with opened(tmp_path, address) as audit:
        audit.record(*map(event, range(1, 6)))
        sign(audit)
        key = next(iter(table.primary_key))
        with audit.database.begin() as connection:
            connection.execute(table.delete().where(key == select(func.max(key)).scalar_subquery()))
        with pytest.raises(StorageError, match=r"audit log was cut.*heritage audit verify"):
            audit.record(event(6))
        with pytest.raises(StorageError, match=r"audit log was cut.*heritage audit verify"):
            sign(audit)


def test_a_log_that_contradicts_its_checkpoint_is_not_signed(tmp_path: Path, address: str) -> None:
    with opened(tmp_path / "one", address) as audit, opened(tmp_path / "other") as other:
        audit.record(*map(event, range(1, 6)))
        sign(audit)
        other.record(*map(event, range(11, 19)))
        other.checkpoint_path.write_text(audit.checkpoint_path.read_text())
        with pytest.raises(StorageError, match="no longer agrees with its checkpoint of 5 events"):
            sign(other)


def _head(audit: Audit) -> TreeHead:
    """Of the whole log, by signing a copy of it elsewhere."""
    home = audit.home / "copy"
    with opened(home) as copy:
        copy.record(*(logged.event for logged in audit.page()))
        return sign(copy).head


@contextmanager
def _statements() -> Iterator[list[str]]:
    """What is asked of any database meanwhile."""
    statements: list[str] = []

    def note(_connection: Connection, _cursor: object, statement: str, *_others: object) -> None:
        statements.append(statement)

    listen(Engine, "before_cursor_execute", note)
    try:
        yield statements
    finally:
        remove(Engine, "before_cursor_execute", note)


def _record_many(home: Path, address: str, start: int) -> None:
    with opened(home, address) as audit:
        for step in range(20):
            audit.record(event(start + step))
