"""Imports and exports as the worker of a server carries them out."""

import csv
import io
import os
import time
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import update

from heritage.domain.access import AT_THE_MACHINE, SCOPES_BY_ROLE, Handling, Role, Viewer
from heritage.domain.accounts import Person
from heritage.domain.audit import Action
from heritage.domain.criteria import ANYTHING, Criteria
from heritage.domain.operations import ExportFormat, Operation, OperationState
from heritage.domain.records import ObjectIdCard, RecordId, RegistryRecord
from heritage.errors import ForbiddenError, NotFoundError, RecordError
from heritage.service import operation_worker
from heritage.service.accounts import add_person, change_role, found
from heritage.service.context import Context, open_context, open_source
from heritage.service.keys import KeyWish, create_key, revoke_key
from heritage.service.operation_worker import OperationWorker
from heritage.service.operations import SentFile, ask_export, ask_import, cancel, harmless_name, result_of
from heritage.settings import Settings
from heritage.storage.operations import LEASE
from heritage.storage.schema import operation
from tests.toys import ToyEmbedder, png

REGISTRAR = Viewer("anna", "north", Role.REGISTRAR, SCOPES_BY_ROLE[Role.REGISTRAR])
INVESTIGATOR = Viewer("ivo", "north", Role.INVESTIGATOR, SCOPES_BY_ROLE[Role.INVESTIGATOR])
SOUTH = replace(REGISTRAR, agency="south")
TABLE = "number,owner_agency,title,images\n1,,=Cup(),1.png\n2,north,Bowl,2.png\n3,south,Jug,3.png\n4,,Plate,none.png\n"


@pytest.fixture
def context(tmp_path: Path) -> Iterator[Context]:
    with open_context(Settings(home=tmp_path / "home", threads=2), ToyEmbedder()) as context:
        yield context


def sent(data: bytes, name: str) -> SentFile:
    return SentFile(name, io.BytesIO(data))


def packed(table: str = TABLE, pictures: int = 3) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr("registry/list.csv", table)
        for number in range(1, pictures + 1):
            archive.writestr(f"registry/{number}.png", png(number))
    return file.getvalue()


def until(is_so: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 20
    while not is_so():
        assert time.monotonic() < deadline
        time.sleep(0.02)


def carried_out(context: Context, asked: Operation) -> Operation:
    """As it is when it has ended."""
    with OperationWorker(context).running():
        until(lambda: context.operations.get(asked.operation_id, AT_THE_MACHINE).state.is_final)
    return context.operations.get(asked.operation_id, AT_THE_MACHINE)


def lines(path: Path) -> list[list[str]]:
    return list(csv.reader(path.read_text().splitlines()))


def files_of(context: Context, asked: Operation) -> list[str]:
    return sorted(one.name for one in context.operation_files.folder(asked.operation_id).rglob("*"))


def test_a_zip_is_imported_with_the_rights_of_who_sent_it(context: Context) -> None:
    asked = ask_import(context, REGISTRAR, sent(packed(), "../National Register.zip"))
    ended = carried_out(context, asked)
    assert (ended.state, ended.message) == (OperationState.DONE, "2 added, 0 updated, 0 unchanged, 2 rejected")
    assert (ended.done, ended.total) == (4, 4)
    found = context.records.get(RecordId("National Register", "1"), REGISTRAR)
    assert (found.owner_agency, len(found.images)) == ("north", 1)
    report = lines(result_of(context, asked.operation_id, REGISTRAR))
    assert [line[-2] for line in report[1:]] == ["added", "added", "rejected", "rejected"]
    assert "south's to change" in report[3][-1]
    assert files_of(context, asked) == ["result.csv"], "what came in is removed"


def test_importing_again_changes_nothing(context: Context) -> None:
    for message in ("2 added, 0 updated, 0 unchanged, 2 rejected", "0 added, 0 updated, 2 unchanged, 2 rejected"):
        asked = ask_import(context, REGISTRAR, sent(packed(), "r.zip"), registry="r")
        assert carried_out(context, asked).message == message


def test_a_record_of_another_agencys_cannot_be_taken_over(context: Context) -> None:
    carried_out(context, ask_import(context, REGISTRAR, sent(packed(), "r.zip"), registry="r"))
    ended = carried_out(context, ask_import(context, SOUTH, sent(packed(), "r.zip"), registry="r"))
    assert ended.message == "1 added, 0 updated, 0 unchanged, 3 rejected"
    assert context.records.get(RecordId("r", "1"), REGISTRAR).owner_agency == "north"


@pytest.mark.parametrize(
    ("data", "name", "reason"),
    [
        (b"not a zip", "r.zip", "not a ZIP file"),
        (b"a,b\n1,2\n", "r.csv", "has no column"),
        (packed("title\nx\n"), "r.zip", "has no column"),
    ],
)
def test_what_cannot_be_read_fails_with_the_reason(context: Context, data: bytes, name: str, reason: str) -> None:
    asked = ask_import(context, REGISTRAR, sent(data, name))
    ended = carried_out(context, asked)
    assert ended.state is OperationState.FAILED
    assert reason in ended.message
    assert str(context.settings.home) not in ended.message
    assert files_of(context, asked) == []


def test_an_unexpected_failure_says_nothing_of_itself(context: Context) -> None:
    def broken(_: bytes) -> object:
        raise ZeroDivisionError("secret")

    asked = ask_import(context, REGISTRAR, sent(packed(), "r.zip"))
    ended = carried_out(replace(context, decode=broken), asked)  # type: ignore[arg-type]
    assert (ended.state, "secret" in ended.message) == (OperationState.FAILED, False)


def register(context: Context, count: int, **facts: object) -> None:
    made = [RegistryRecord(RecordId("r", f"{one:05}"), **facts) for one in range(count)]  # type: ignore[arg-type]
    context.records.save_all([(one, []) for one in made], context.specs)


def test_an_export_has_all_that_its_viewer_may_see_and_nothing_else(context: Context) -> None:
    register(context, 1_203, owner_agency="south", card=ObjectIdCard(title="=cup()"))
    hidden = RegistryRecord(RecordId("s", "1"), owner_agency="south", handling=Handling.RED)
    context.records.save(hidden, [], context.specs)
    for chosen in ExportFormat:
        asked = ask_export(context, INVESTIGATOR, chosen, ANYTHING)
        assert carried_out(context, asked).message == "1203 records"
        records = [row.record for row in open_source(result_of(context, asked.operation_id, INVESTIGATOR)).rows()]
        assert [str(one.record_id) for one in records if one] == [f"r/{number:05}" for number in range(1_203)]
        assert {one.card.title for one in records if one} == {"=cup()"}
    asked = ask_export(context, INVESTIGATOR, ExportFormat.CSV, Criteria(registry="none"))
    assert carried_out(context, asked).message == "0 records"


def test_results_are_for_who_asked_and_for_registrars_of_their_agency(context: Context) -> None:
    asked = ask_export(context, REGISTRAR, ExportFormat.CSV, ANYTHING)
    with pytest.raises(NotFoundError, match="waiting"):
        result_of(context, asked.operation_id, REGISTRAR)
    carried_out(context, asked)
    assert result_of(context, asked.operation_id, replace(REGISTRAR, actor="berta")).exists()
    with pytest.raises(ForbiddenError):
        result_of(context, asked.operation_id, INVESTIGATOR)  # it may hold TLP:RED, which they may not see
    with pytest.raises(NotFoundError):
        result_of(context, asked.operation_id, SOUTH)


def test_who_exported_and_who_fetched_it_is_in_the_audit_log(context: Context) -> None:
    asked = ask_export(context, INVESTIGATOR, ExportFormat.CSV, ANYTHING)
    carried_out(context, asked)
    result_of(context, asked.operation_id, REGISTRAR)
    events = [one.event for one in context.audit.page()]
    logged = [(one.actor, one.action, one.detail) for one in events if one.subject == asked.operation_id]
    assert logged == [("ivo", Action.EXPORT, "csv"), ("anna", Action.EXPORT, "fetched")]


def test_it_takes_the_right(context: Context) -> None:
    officer = Viewer("otto", "north", Role.OFFICER, SCOPES_BY_ROLE[Role.OFFICER])
    with pytest.raises(ForbiddenError):
        ask_import(context, INVESTIGATOR, sent(b"", "r.csv"))
    with pytest.raises(ForbiddenError):
        ask_export(context, officer, ExportFormat.CSV, ANYTHING)
    asked = ask_export(context, INVESTIGATOR, ExportFormat.CSV, ANYTHING)
    with pytest.raises(ForbiddenError):
        cancel(context, asked.operation_id, officer)
    with pytest.raises(RecordError):
        ask_import(context, REGISTRAR, sent(b"", "r.csv"), registry="a/b")
    assert not (context.settings.home / "operations").exists()


def test_cancelled_while_it_waits_it_is_never_begun(context: Context) -> None:
    asked = ask_import(context, REGISTRAR, sent(packed(), "r.zip"))
    assert cancel(context, asked.operation_id, REGISTRAR).state is OperationState.CANCELLED
    assert not context.operation_files.folder(asked.operation_id).exists()
    assert context.operations.claim("worker") is None


def test_cancelled_while_it_runs_it_stops_and_leaves_no_files(
    context: Context, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(operation_worker, "BEAT_S", 0.02)
    table = "number,images\n" + "".join(f"{number},1.png\n" for number in range(3_000))
    asked = ask_import(context, REGISTRAR, sent(packed(table, 1), "r.zip"))
    with OperationWorker(context).running():
        until(lambda: context.operations.get(asked.operation_id, REGISTRAR).done > 0)
        cancel(context, asked.operation_id, REGISTRAR)
        until(lambda: not context.operation_files.folder(asked.operation_id).exists())
    ended = context.operations.get(asked.operation_id, REGISTRAR)
    assert (ended.state, ended.done < 3_000) == (OperationState.CANCELLED, True)


def test_a_server_that_stops_leaves_the_rest_to_the_next(context: Context, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(operation_worker, "BEAT_S", 0.02)
    table = "number,images\n" + "".join(f"{number},1.png\n" for number in range(300))
    asked = ask_import(context, REGISTRAR, sent(packed(table, 1), "r.zip"))
    with OperationWorker(context).running():
        until(lambda: context.operations.get(asked.operation_id, REGISTRAR).done > 0)
    assert context.operations.get(asked.operation_id, REGISTRAR).state is OperationState.WAITING
    assert "added, 0 updated" in carried_out(context, asked).message
    assert len(context.records.find(ANYTHING, REGISTRAR, limit=999)) == 300


def test_what_a_killed_server_began_is_done_by_the_next(context: Context) -> None:
    asked = ask_import(context, REGISTRAR, sent(packed(), "r.zip"), registry="r")
    context.operations.claim("killed")
    leftover = context.operation_files.unpacked(asked.operation_id) / "half.csv"
    leftover.parent.mkdir()
    leftover.write_text("number,images\n")
    with context.database.begin() as connection:
        connection.execute(update(operation).values(changed_at=datetime.now(UTC) - 2 * LEASE))
    assert carried_out(context, asked).message == "2 added, 0 updated, 0 unchanged, 2 rejected"


def test_old_results_are_removed_with_all_that_belongs_to_nobody(context: Context) -> None:
    kept = ask_import(context, REGISTRAR, sent(packed(), "r.zip"))
    old = ask_export(context, REGISTRAR, ExportFormat.CSV, ANYTHING)
    carried_out(context, old)
    long_ago = datetime.now(UTC) - timedelta(hours=context.settings.operation_hours + 1)
    with context.database.begin() as connection:
        connection.execute(update(operation).where(operation.c.id == old.operation_id).values(changed_at=long_ago))
    stray = context.operation_files.folder("0" * 32)
    stray.mkdir()
    for folder in (stray, context.operation_files.folder(old.operation_id)):
        os.utime(folder, (long_ago.timestamp(), long_ago.timestamp()))
    with OperationWorker(context).running():
        until(lambda: not context.operation_files.folder(old.operation_id).exists())
        until(lambda: not stray.exists())
    with pytest.raises(NotFoundError):
        context.operations.get(old.operation_id, REGISTRAR)
    assert result_of(context, kept.operation_id, REGISTRAR).exists()


@pytest.mark.parametrize("given", ["", ".", "..", "/", "../../etc/passwd", "a\0b.csv", ".htaccess", "é" * 300 + ".csv"])
def test_no_name_leaves_its_folder(given: str) -> None:
    name = harmless_name(given)
    assert name and "/" not in name and name not in (".", "..") and len(name.encode()) < 200
    assert name.isprintable()
    assert not given.endswith(".csv") or name.endswith(".csv")


def test_who_was_suspended_meanwhile_gets_nothing_done(context: Context) -> None:
    found(context.database, "north", "anna", "seven pale lanterns")
    made = create_key(context.database, AT_THE_MACHINE, KeyWish(Role.REGISTRAR, agency="north"))
    by_key = replace(REGISTRAR, actor=f"hk_{made.key.prefix}")
    allowed = ask_export(context, by_key, ExportFormat.CSV, ANYTHING)
    assert carried_out(context, allowed).state is OperationState.DONE
    asked = ask_export(context, by_key, ExportFormat.CSV, ANYTHING)
    revoke_key(context.database, AT_THE_MACHINE, made.key.prefix)
    ended = carried_out(context, asked)
    assert (ended.state, ended.message) == (OperationState.FAILED, "whoever asked for this may do so no more")


def test_who_has_fewer_rights_meanwhile_gets_nothing_done_and_reads_nothing_of_before(context: Context) -> None:
    found(context.database, "north", "anna", "seven pale lanterns")
    add_person(context.database, AT_THE_MACHINE, Person("bo", "north", Role.REGISTRAR))
    keeper = replace(REGISTRAR, actor="bo")
    done = ask_export(context, keeper, ExportFormat.CSV, ANYTHING)
    assert carried_out(context, done).state is OperationState.DONE
    assert result_of(context, done.operation_id, keeper)
    asked = ask_export(context, keeper, ExportFormat.CSV, ANYTHING)
    change_role(context.database, AT_THE_MACHINE, "bo", Role.INVESTIGATOR)
    assert carried_out(context, asked).message == "whoever asked for this may do so no more"
    with pytest.raises(ForbiddenError, match="for registrars"):
        result_of(context, done.operation_id, replace(keeper, role=Role.INVESTIGATOR))


def test_a_key_that_ran_out_meanwhile_gets_nothing_done(context: Context) -> None:
    found(context.database, "north", "anna", "seven pale lanterns")
    ends = datetime.now(UTC) + timedelta(seconds=1)
    made = create_key(context.database, AT_THE_MACHINE, KeyWish(Role.REGISTRAR, agency="north", expires_at=ends))
    asked = ask_export(context, replace(REGISTRAR, actor=f"hk_{made.key.prefix}"), ExportFormat.CSV, ANYTHING)
    time.sleep(1.1)
    assert carried_out(context, asked).message == "whoever asked for this may do so no more"
