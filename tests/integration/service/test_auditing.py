import logging
from pathlib import Path

import pytest

from heritage.errors import InputError, StorageError
from heritage.service.auditing import SIGNED_EVERY, checkpoint_now, open_audit, record, sign_rest, verify_log
from heritage.settings import Settings
from heritage.storage.audit import append_events
from tests.integration.storage.auditing import event


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(home=tmp_path)


def test_every_thousand_events_are_signed(settings: Settings) -> None:
    with open_audit(settings) as audit:
        with audit.database.begin() as connection:
            append_events(connection, *map(event, range(SIGNED_EVERY - 1)))
        assert audit.newest_checkpoint() is None
        record(audit, event(0))
        newest = audit.newest_checkpoint()
        assert newest is not None and newest.size == SIGNED_EVERY
        record(audit, event(0))
        assert audit.newest_checkpoint() == newest
        assert verify_log(audit).is_whole


def test_the_rest_is_signed_once_and_nothing_in_an_empty_log(settings: Settings) -> None:
    with open_audit(settings) as audit:
        sign_rest(audit)
        assert not audit.checkpoint_path.exists()
        record(audit, event(1))
        sign_rest(audit)
        sign_rest(audit)
        assert audit.checkpoint_path.read_text().count("\n") == 1


def test_what_cannot_be_signed_is_recorded_all_the_same(settings: Settings, caplog: pytest.LogCaptureFixture) -> None:
    with open_audit(settings) as audit:
        record(audit, event(1))
        checkpoint_now(audit)
        (settings.home / "audit-key.pem").chmod(0o644)
        record(audit, event(2))
        with caplog.at_level(logging.ERROR):
            sign_rest(audit)
        assert "the audit log was not signed" in caplog.text
        with pytest.raises(StorageError, match="chmod 600"):
            checkpoint_now(audit)
        assert audit.size() == 2


def test_checkpoints_kept_elsewhere_may_come_from_a_mail(settings: Settings, tmp_path: Path) -> None:
    kept = tmp_path / "kept.txt"
    with open_audit(settings) as audit:
        record(audit, event(1))
        kept.write_text(f"\ufeff{checkpoint_now(audit)}\r\n\r\n", encoding="utf-8", newline="")
        assert verify_log(audit, kept).is_whole
        kept.write_text(str(checkpoint_now(audit)).replace(" 1 ", " 2 ", 1))  # and no line end
        assert "in the given file" in verify_log(audit, kept).problems[0]


@pytest.mark.parametrize("content", ["", "\n \n", "Dear colleague,\n"])
def test_a_file_without_checkpoints_is_refused(settings: Settings, tmp_path: Path, content: str) -> None:
    kept = tmp_path / "kept.txt"
    kept.write_text(content)
    with open_audit(settings) as audit, pytest.raises(InputError, match="heritage-audit-1"):
        verify_log(audit, kept)
