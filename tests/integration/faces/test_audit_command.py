import json
from pathlib import Path

import pytest
from sqlalchemy import update

from heritage.domain.audit import Checkpoint, canonical
from heritage.faces.cli import main
from heritage.storage.schema import audit_event
from tests.integration.storage.auditing import event, opened


@pytest.fixture
def home(tmp_path: Path) -> Path:
    with opened(tmp_path) as audit:
        audit.record(*map(event, range(1, 8)))
    return tmp_path


def run(home: Path, *arguments: str) -> int:
    return main(["--home", str(home), "audit", *arguments])


def test_a_whole_log_is_said_to_be_whole(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(home, "checkpoint") == 0
    line = capsys.readouterr().out
    assert Checkpoint.parse(line.removesuffix("\n")).size == 7
    assert (home / "checkpoints.txt").read_text() == line
    (home / "kept.txt").write_text(line)
    for arguments in ([], ["--checkpoint", str(home / "kept.txt")]):
        assert run(home, "verify", *arguments) == 0
        printed = capsys.readouterr()
        assert printed.out == "the log is whole: 7 events, 7 of them signed for by 1 checkpoints\n"
        assert printed.err == ""


def test_an_altered_event_is_named_and_ends_with_code_1(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with opened(home) as audit, audit.database.begin() as connection:
        connection.execute(update(audit_event).where(audit_event.c.sequence == 3).values(actor="some\x1bbody"))
    assert run(home, "verify") == 1
    printed = capsys.readouterr()
    assert printed.out.startswith("the log is not whole: event 3 is the first that is wrong; 2 events before it")
    assert printed.err.startswith("heritage: event 3 of the audit log was altered")
    assert "\x1b" not in printed.err


def test_a_missing_checkpoint_alone_ends_with_code_1(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    run(home, "checkpoint")
    (home / "checkpoints.txt").unlink()
    capsys.readouterr()
    assert run(home, "verify") == 1
    printed = capsys.readouterr()
    assert printed.out.startswith("the log is not whole: 7 events agree with the tree, 7 of them signed for")
    assert printed.err == "heritage: checkpoints.txt lacks 1 checkpoints, the first of them of 7 events\n"


def test_a_checkpoint_file_that_is_none_is_named(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(home, "verify", "--checkpoint", str(home / "heritage.db")) == 2
    assert "not a checkpoint" in capsys.readouterr().err


def test_events_are_listed_one_a_line(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(home, "list", "--actor", "actor1", "--since", "2026-05-04T00:02:00") == 0
    lines = [line.split("\t") for line in capsys.readouterr().out.splitlines()]
    assert [line[0] for line in lines] == ["4", "7"]
    assert lines[0] == ["4", "2026-05-04T00:04:00.000000Z", "north", "actor1", "export", "north/4", "why"]
    assert run(home, "list", "--agency", "south") == 0
    assert capsys.readouterr().out == ""


def test_json_has_what_was_hashed(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(home, "list", "--subject", "north/2", "--json") == 0
    (line,) = capsys.readouterr().out.splitlines()
    assert json.loads(line) == {"sequence": 2, **json.loads(canonical(event(2)))}
