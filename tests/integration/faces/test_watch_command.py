"""``heritage watch``, ``watches``, ``deliver``, with the bundled model."""

from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from heritage.domain.access import AT_THE_MACHINE
from heritage.domain.watches import WATCHED, Watch
from heritage.faces.cli import main
from heritage.service.watching import LookBack
from heritage.storage.database import Database
from heritage.storage.images import PhotoFiles
from heritage.storage.watching import Watching
from tests.pictures import encoded, homography, photograph, picture

LOOTED = picture(71)


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """Where a photo was scanned that shows nothing registered; then what it shows was registered."""
    (tmp_path / "photos").mkdir()
    (tmp_path / "thefts").mkdir()
    (tmp_path / "photos" / "seized.jpg").write_bytes(encoded(photograph(LOOTED, homography(20, 0.9, 0.0002)), "JPEG"))
    (tmp_path / "thefts" / "1.png").write_bytes(encoded(LOOTED))
    home = tmp_path / "home"
    assert main(["--home", str(home), "scan", str(tmp_path / "photos")]) == 0
    assert main(["--home", str(home), "ingest", str(tmp_path / "thefts")]) == 0
    return home


def test_what_was_scanned_before_the_theft_was_registered_is_found(
    home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["--home", str(home), "watch"]) == 0
    assert "1 registered photograph compared with all photos, 1 hit" in capsys.readouterr().out
    assert main(["--home", str(home), "watch"]) == 0
    assert "0 registered photographs compared with all photos, 0 hits" in capsys.readouterr().out
    assert main(["--home", str(home), "deliver"]) == 0
    assert capsys.readouterr().out == "0 messages attempted, 0 wait\n"


def test_ctrl_c_says_what_was_done_and_how_to_go_on(
    home: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupted(*_: object) -> LookBack:
        raise KeyboardInterrupt

    monkeypatch.setattr("heritage.service.watching._compare", interrupted)
    assert main(["--home", str(home), "watch"]) == 130
    printed = capsys.readouterr()
    assert "0 registered photographs compared" in printed.out
    assert "go on with: heritage watch" in printed.err
    monkeypatch.undo()
    assert main(["--home", str(home), "watch"]) == 0
    assert "1 hit" in capsys.readouterr().out


def test_watches_are_listed_and_ended(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--home", str(home), "watches", "list"]) == 0
    assert "no watches" in capsys.readouterr().out
    with closing(Database.open(home)) as database:
        [digest] = PhotoFiles(home).digests()
        now = datetime.now(UTC)
        by = AT_THE_MACHINE
        made = Watching(database).watch(Watch("", digest, by.agency, by.actor, now, now + WATCHED), by)
    assert main(["--home", str(home), "watches", "list"]) == 0
    printed = capsys.readouterr().out
    assert made.watch_id in printed
    assert f"{now + timedelta(days=365):%Y-%m-%d}" in printed
    assert main(["--home", str(home), "watches", "end", made.watch_id]) == 0
    assert main(["--home", str(home), "watches", "end", made.watch_id]) == 3
