"""Whatever somebody does to the audit log in the database, in the files beside it or on the disk, it is found.

Events 1 to 12; checkpoints were made after the 5th and the 10th, so that 11 and 12 are not signed.
"""

import shutil
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import pytest
from sqlalchemy import delete, insert, select, text, update

from heritage.domain.audit import AuditEvent, AuditReport, Checkpoint
from heritage.domain.merkle import node_count, node_number
from heritage.errors import StorageError
from heritage.storage import audit_walk
from heritage.storage.audit import Audit
from heritage.storage.audit_key import PRIVATE_NAME, PUBLIC_NAME, PublicKey, Signer
from heritage.storage.audit_verification import verify
from heritage.storage.checkpoint_file import kept_checkpoints
from heritage.storage.database import FILE_NAME
from heritage.storage.schema import audit_checkpoint, audit_event, audit_node
from tests.integration.storage.auditing import event, opened, sign, verified

SIZE = 12
EVENTS = tuple(event(number) for number in range(1, SIZE + 1))
COLUMNS = ("at", "actor", "agency", "action", "subject", "detail")
SEQUENCE = audit_event.c.sequence


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Path:
    home: Path = tmp_path_factory.mktemp("whole")
    with opened(home) as audit:
        for first, last in ((0, 5), (5, 10)):
            audit.record(*EVENTS[first:last])
            sign(audit)
        audit.record(*EVENTS[10:])
    return home


@pytest.fixture
def audit(whole: Path, tmp_path: Path) -> Iterator[Audit]:
    with opened(shutil.copytree(whole, tmp_path / "home")) as audit:
        yield audit


def do(audit: Audit, *statements) -> None:  # type: ignore[no-untyped-def]
    with audit.database.begin() as connection:
        for statement in statements:
            connection.execute(statement)


def elsewhere(audit: Audit) -> Checkpoint:
    """The newest checkpoint, as somebody keeps it in another place."""
    return kept_checkpoints(audit.checkpoint_path)[-1]


def rewrite(audit: Audit, events: Sequence[AuditEvent]) -> None:
    """What somebody does who can write the database and has this program: another log, all of its hashes right."""
    do(audit, delete(audit_event), delete(audit_node))
    audit.record(*events)


def found(report: AuditReport, first_wrong: int, words: str) -> bool:
    assert not report.is_whole
    assert (report.first_wrong, report.event_count) == (first_wrong, max(first_wrong - 1, 0))
    assert any(words in problem for problem in report.problems), report.problems
    return True


def test_untouched_it_is_whole(audit: Audit) -> None:
    report = verified(audit, elsewhere(audit))
    assert (report.is_whole, report.first_wrong, report.event_count) == (True, None, SIZE)
    assert (report.signed_count, report.checkpoint_count) == (10, 2)


@pytest.mark.parametrize("sequence", [1, 4, 12])
@pytest.mark.parametrize("column", COLUMNS)
def test_any_flipped_bit_of_a_column_is_found(audit: Audit, column: str, sequence: int) -> None:
    row = sequence == SEQUENCE
    with audit.database.read() as connection:
        before = connection.execute(select(audit_event.c[column]).where(row)).scalar_one()
    for place, character in enumerate(before):
        after = before[:place] + chr(ord(character) ^ 1) + before[place + 1 :]
        do(audit, update(audit_event).where(row).values({column: after}))
        assert found(verified(audit), sequence, f"event {sequence}")
    do(audit, update(audit_event).where(row).values({column: before}))
    assert verified(audit).is_whole


@pytest.mark.parametrize("value", ["x'ff'", "CAST(x'41ff' AS TEXT)", "'two' || char(10) || 'lines'"])
@pytest.mark.parametrize("column", COLUMNS)
def test_what_is_no_such_text_is_found(audit: Audit, column: str, value: str) -> None:
    do(audit, text(f"UPDATE audit_event SET {column} = {value} WHERE sequence = 4"))
    assert found(verified(audit), 4, "event 4")
    with pytest.raises(StorageError):
        audit.page()


def test_a_flipped_byte_in_the_file_is_found(audit: Audit) -> None:
    home = audit.home
    audit.database.close()
    data = bytearray((home / FILE_NAME).read_bytes())
    place = data.index(b"north/4why")
    data[place + 6] ^= 0x01
    (home / FILE_NAME).write_bytes(data)
    with opened(home) as altered:
        assert found(verified(altered), 4, "event 4")


@pytest.mark.parametrize("sequence", [1, 7, 9])
def test_a_removed_event_is_found(audit: Audit, sequence: int) -> None:
    do(audit, delete(audit_event).where(sequence == SEQUENCE))
    assert found(verified(audit), sequence, f"event {sequence} is missing")


def test_the_last_event_removed_is_found(audit: Audit) -> None:
    do(audit, delete(audit_event).where(SEQUENCE == SIZE))
    assert found(verified(audit), SIZE, "event 12 is missing: the tree goes on")


@pytest.mark.parametrize("sequence", [1, 7, 11])
def test_a_removed_event_with_all_others_moved_up_is_found(audit: Audit, sequence: int) -> None:
    do(
        audit,
        delete(audit_event).where(sequence == SEQUENCE),
        update(audit_event).where(sequence < SEQUENCE).values(sequence=-SEQUENCE),
        update(audit_event).where(SEQUENCE < 0).values(sequence=-SEQUENCE - 1),
    )
    assert found(verified(audit), sequence, f"event {sequence}")


def cut(audit: Audit, size: int) -> None:
    """As if nothing had ever been recorded after event ``size``, in the database."""
    do(audit, delete(audit_checkpoint).where(audit_checkpoint.c.size > size))
    rewrite(audit, EVENTS[:size])


@pytest.mark.parametrize("size", [0, 5, 8, 9])
def test_a_log_cut_with_its_checkpoints_is_found_by_the_file(audit: Audit, size: int) -> None:
    cut(audit, size)
    assert found(verified(audit), size + 1, f"events {size + 1} to 10 are missing")


@pytest.mark.parametrize("size", [0, 5, 8, 9])
def test_a_log_cut_with_its_checkpoints_and_the_file_is_found_by_a_checkpoint_elsewhere(
    audit: Audit, size: int
) -> None:
    kept = elsewhere(audit)
    cut(audit, size)
    with audit.database.read() as connection:
        rest = connection.execute(select(audit_checkpoint.c.line)).scalars().all()
    audit.checkpoint_path.write_text("".join(f"{line}\n" for line in rest))
    assert verified(audit).is_whole  # which is why one checkpoint should be kept elsewhere
    assert found(verified(audit, kept), size + 1, f"events {size + 1} to 10 are missing")


@pytest.mark.parametrize(("one", "other"), [(1, 2), (3, 9), (6, 12), (11, 12)])
def test_two_events_changed_about_are_found(audit: Audit, one: int, other: int) -> None:
    do(
        audit,
        update(audit_event).where(one == SEQUENCE).values(sequence=99),
        update(audit_event).where(other == SEQUENCE).values(sequence=one),
        update(audit_event).where(SEQUENCE == 99).values(sequence=other),
    )
    assert found(verified(audit), one, f"event {one}")


@pytest.mark.parametrize("sequence", [-3, 0, 1, 6, 12, 13, 99])
def test_an_event_put_in_is_found(audit: Audit, sequence: int) -> None:
    values = {"sequence": sequence, "at": "2026-05-04T00:00:00.000000Z", "action": "read"}
    forged = values | dict.fromkeys(("actor", "agency", "subject", "detail"), "forged")
    do(
        audit,
        update(audit_event).where(sequence <= SEQUENCE, sequence > 0).values(sequence=-SEQUENCE),
        update(audit_event).where(SEQUENCE < 0).values(sequence=-SEQUENCE + 1),
        insert(audit_event).values(forged),
    )
    first = 13 if sequence == 99 else sequence
    assert found(verified(audit), first, f"event {first}")


@pytest.mark.parametrize(("sequence", "first"), [(1, 1), (4, 1), (5, 1), (6, 6), (10, 6)])
def test_a_log_written_anew_with_all_its_hashes_is_found(audit: Audit, sequence: int, first: int) -> None:
    """The hashes agree, so that only checkpoints tell, and from one to the next."""
    rewrite(audit, (*EVENTS[: sequence - 1], event(99), *EVENTS[sequence:]))
    words = f"events {first} to {first + 4} are not those that were signed"
    assert found(verified(audit), first, words)
    do(audit, delete(audit_checkpoint))
    assert found(verified(audit), first, words)


def test_what_was_never_signed_may_be_written_anew(audit: Audit) -> None:
    """The limit of any such log: events are safe from those who have the database with the next checkpoint."""
    rewrite(audit, (*EVENTS[:10], event(99)))
    assert verified(audit).is_whole


@pytest.mark.parametrize("number", range(2 * SIZE - 1))
def test_an_altered_or_removed_hash_of_the_tree_is_found(audit: Audit, number: int) -> None:
    row = audit_node.c.number == number
    with audit.database.read() as connection:
        before = connection.execute(select(audit_node.c.hash).where(row)).scalar()
    if before is None:  # a subtree that is not complete yet
        do(audit, insert(audit_node).values(number=number, hash=bytes(32)))
        assert "the tree holds 1 hashes that no event makes" in verified(audit).problems
        return
    do(audit, update(audit_node).where(row).values(hash=bytes([before[0] ^ 1]) + before[1:]))
    assert any("tree has another hash" in problem for problem in verified(audit).problems)
    do(audit, delete(audit_node).where(row))
    assert any("tree lacks the hash" in problem for problem in verified(audit).problems)


def test_hashes_put_in_elsewhere_are_found(audit: Audit) -> None:
    assert verified(audit).is_whole
    do(audit, insert(audit_node).values(number=-1, hash=bytes(32)))
    assert "the tree holds 1 hashes that no event makes" in verified(audit).problems
    do(audit, update(audit_node).where(audit_node.c.number == -1).values(number=node_number(0, SIZE)))
    assert found(verified(audit), SIZE + 1, "event 13 is missing")
    assert node_count(SIZE) == 22


def test_any_changed_character_of_a_checkpoint_in_the_database_is_found(audit: Audit) -> None:
    with audit.database.read() as connection:
        line = connection.execute(select(audit_checkpoint.c.line)).scalars().first()
    assert line is not None
    row = audit_checkpoint.c.size == 5
    for place, character in enumerate(line):
        do(
            audit,
            update(audit_checkpoint).where(row).values(line=line[:place] + chr(ord(character) ^ 1) + line[place + 1 :]),
        )
        assert not verified(audit).is_whole, place
    do(audit, update(audit_checkpoint).where(row).values(line=line))
    assert verified(audit).is_whole


@pytest.mark.parametrize("value", ["x'ff'", "CAST(x'41ff' AS TEXT)", "7.5"])
def test_a_checkpoint_that_is_no_text_is_found(audit: Audit, value: str) -> None:
    do(audit, text(f"UPDATE audit_checkpoint SET line = {value} WHERE size = 5"))
    assert "a checkpoint in the database was altered" in verified(audit).problems[0]


def test_any_flipped_bit_of_the_checkpoint_file_is_found(audit: Audit) -> None:
    """Of its last line, and the end of the line before."""
    data = audit.checkpoint_path.read_bytes()
    for place in range(data.index(b"\n"), len(data)):
        audit.checkpoint_path.write_bytes(data[:place] + bytes([data[place] ^ 1]) + data[place + 1 :])
        assert not verified(audit).is_whole, place


def _drop_first_line(audit: Audit) -> None:
    audit.checkpoint_path.write_text("".join(audit.checkpoint_path.read_text().splitlines(keepends=True)[1:]))


def _drop_last_line(audit: Audit) -> None:
    audit.checkpoint_path.write_text("".join(audit.checkpoint_path.read_text().splitlines(keepends=True)[:-1]))


def _drop_file(audit: Audit) -> None:
    audit.checkpoint_path.unlink()


def _drop_row(audit: Audit) -> None:
    do(audit, delete(audit_checkpoint).where(audit_checkpoint.c.size == 5))


def _move_row(audit: Audit) -> None:
    do(audit, update(audit_checkpoint).where(audit_checkpoint.c.size == 5).values(size=6))


def _copy_row(audit: Audit) -> None:
    do(audit, insert(audit_checkpoint).values(size=6, line=str(elsewhere(audit))))


@pytest.mark.parametrize(
    ("attack", "words"),
    [
        (_drop_first_line, "checkpoints.txt lacks 1 checkpoints, the first of them of 5 events"),
        (_drop_last_line, "checkpoints.txt lacks 1 checkpoints, the first of them of 10 events"),
        (_drop_file, "checkpoints.txt lacks 2 checkpoints, the first of them of 5 events"),
        (_drop_row, "the database lacks 1 checkpoints, the first of them of 5 events"),
        (_move_row, "a checkpoint in the database was moved to 6 events"),
        (_copy_row, "a checkpoint in the database was moved to 6 events"),
    ],
)
def test_a_checkpoint_in_one_place_only_is_found(audit: Audit, attack: Callable[[Audit], None], words: str) -> None:
    attack(audit)
    report = verified(audit)
    assert words in report.problems
    assert (report.first_wrong, report.event_count) == (None, SIZE)


def swap_keys(audit: Audit, *names: str) -> None:
    other = audit.home / "other"
    other.mkdir()
    Signer.open(other)
    for name in names:
        (other / name).replace(audit.home / name)


@pytest.mark.parametrize("names", [(PUBLIC_NAME,), (PUBLIC_NAME, PRIVATE_NAME)])
def test_another_key_is_found(audit: Audit, names: tuple[str, ...]) -> None:
    swap_keys(audit, *names)
    assert "2 checkpoints in the database, the first of them of 5 events, are not signed" in verified(audit).problems[0]


def test_no_key_is_found(audit: Audit) -> None:
    (audit.home / PUBLIC_NAME).unlink()
    assert "are not signed with a key of this home, which has none" in verified(audit).problems[0]


def test_a_log_signed_anew_with_another_key_is_found_by_a_checkpoint_elsewhere(audit: Audit) -> None:
    """Nothing in the home is left to tell, not even the key."""
    kept = elsewhere(audit)
    swap_keys(audit, PUBLIC_NAME, PRIVATE_NAME)
    audit.checkpoint_path.unlink()
    do(audit, delete(audit_checkpoint))
    sign(audit)
    assert verified(audit).is_whole
    assert (
        "1 checkpoints in the given file, the first of them of 10 events, are not signed"
        in (verified(audit, kept).problems[0])
    )


def test_a_log_signed_anew_with_the_same_key_is_found_by_a_checkpoint_elsewhere(audit: Audit) -> None:
    kept = elsewhere(audit)
    audit.checkpoint_path.unlink()
    do(audit, delete(audit_checkpoint))
    rewrite(audit, (*EVENTS[:7], event(99), *EVENTS[8:]))
    sign(audit)
    assert verified(audit).is_whole
    assert found(verified(audit, kept), 1, "events 1 to 10 are not those that were signed")


def test_with_several_things_wrong_the_first_event_is_named(audit: Audit) -> None:
    do(
        audit,
        update(audit_event).where(SEQUENCE == 3).values(detail="altered"),
        delete(audit_event).where(SEQUENCE == 6),
        text("UPDATE audit_event SET actor = x'ff' WHERE sequence = 8"),
    )
    assert found(verified(audit), 3, "event 3")


def test_a_log_longer_than_what_is_read_at_a_time(audit: Audit, monkeypatch: pytest.MonkeyPatch) -> None:
    """And with subtrees that reach over several such parts."""
    monkeypatch.setattr(audit_walk, "_CHUNK", 4)
    told: list[tuple[str, int, int]] = []
    key = PublicKey.read(audit.home)
    assert verify(audit, key, (), lambda *progress: told.append(progress)).is_whole
    assert told == [("verifying", done, 12) for done in (4, 8, 12)]
    do(audit, text("UPDATE audit_event SET actor = CAST(x'ff' AS TEXT) WHERE sequence = 10"))
    assert found(verified(audit), 10, "event 10 cannot be read")
    do(audit, update(audit_node).where(audit_node.c.number == node_number(3, 0)).values(hash=bytes(32)))
    assert found(verified(audit), 1, "events 1 to 8 or the tree was altered")
