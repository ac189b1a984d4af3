"""``heritage scan`` and ``scans``, with the bundled model: scans that end, one that is interrupted, what is told."""

import csv
import json
import re
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from heritage.faces.cli import main
from tests.pictures import encoded, homography, photograph, picture

REGISTERED = 12


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("scan")
    (folder / "registry").mkdir()
    for seed in range(REGISTERED):
        (folder / "registry" / f"{seed}.png").write_bytes(encoded(picture(seed)))
    home = folder / "home"
    assert main(["--home", str(home), "ingest", str(folder / "registry")]) == 0
    return home


@pytest.fixture
def table(tmp_path: Path) -> Path:
    """Two photos of registered objects, one that is none, and one that is not there."""
    for seed in (3, 5):
        (tmp_path / f"{seed}.png").write_bytes(encoded(photograph(picture(seed), homography(10, 0.9, 0.0001))))
    (tmp_path / "broken.png").write_bytes(b"no picture")
    rows = [
        ("lot", "seller", "price", "image"),
        ("1", "=cmd()", "100", "3.png"),
        ("2", "Galerie Y", "200", "broken.png"),
        ("3", "=cmd()", "300", "5.png"),
        ("4", "Galerie Y", "400", "none.png"),
    ]
    with (tmp_path / "list.csv").open("w", newline="") as file:
        csv.writer(file).writerows(rows)
    return tmp_path / "list.csv"


def test_a_table_is_scanned_shown_and_exported(home: Path, table: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--home", str(home), "scan", str(table)]) == 0
    printed = capsys.readouterr()
    assert "4 listings: 2 strong, 0 possible, 0 nothing found, 2 unreadable, 0 unreachable" in printed.out
    assert "registry/3" in printed.out
    assert "Nothing found is not a clearance." in printed.out
    found = re.search(r"scan ([0-9a-f]{32})", printed.err)
    assert found is not None
    assert main(["--home", str(home), "scans", "list"]) == 0
    assert found[1] in capsys.readouterr().out
    assert main(["--home", str(home), "scans", "show", found[1]]) == 0
    assert "seller" in capsys.readouterr().out
    out = table.with_name("out.csv")
    assert main(["--home", str(home), "scans", "export", found[1], str(out), "--base", "https://h.example"]) == 0
    lines = list(csv.DictReader(out.read_text(encoding="utf-8-sig").splitlines()))
    assert [line["heritage_state"] for line in lines] == ["strong", "unreadable", "strong", "unreadable"]
    assert (lines[0]["seller"], lines[0]["price"], lines[0]["heritage_record"]) == ("'=cmd()", "100", "registry/3")
    assert lines[0]["heritage_hit"].startswith("https://h.example/")
    assert float(lines[0]["heritage_false_alarm_rate"]) < 0.01
    assert main(["--home", str(home), "scans", "export", found[1], str(table.with_name("out.jsonl"))]) == 0
    told = [json.loads(line) for line in table.with_name("out.jsonl").read_text().splitlines()]
    assert told[2]["hits"][0]["record"] == "registry/5"
    assert main(["--home", str(home), "scans", "export", found[1], str(table.with_name("out.xlsx"))]) == 0
    assert main(["--home", str(home), "scans", "export", found[1], str(table.with_name("out.docx"))]) == 2
    assert main(["--home", str(home), "scan", "--resume", found[1]]) == 2
    assert "the scan is finished" in capsys.readouterr().err


def test_ctrl_c_pauses_and_says_how_to_go_on(home: Path, tmp_path: Path) -> None:
    folder = tmp_path / "photos"
    folder.mkdir()
    for place in range(60):
        (folder / f"{place:02}.png").write_bytes(encoded(photograph(picture(100 + place), homography(5, 0.9, 0))))
    command = [sys.executable, "-m", "heritage", "--home", str(home), "scan", str(folder)]
    child = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    assert child.stderr is not None
    assert child.stderr.readline().startswith("heritage: scan ")
    time.sleep(1)
    child.send_signal(signal.SIGINT)
    _, told = child.communicate(timeout=120)
    assert child.returncode == 130, told
    resume = re.search(r"heritage scan --resume ([0-9a-f]{32})", told)
    assert resume is not None, told
    assert re.search(r"paused at \d+ of 60", told)
    assert main(["--home", str(home), "scans", "cancel", resume[1]]) == 0


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["scan"], "name a SOURCE to scan, or --resume"),
        (["scan", "a.csv", "--resume", "x"], "name a SOURCE to scan, or --resume"),
        (["scan", "nowhere.csv"], "nowhere.csv"),
        (["scan", "--resume", "x"], "there is no scan 'x'"),
        (["scans", "show", "x"], "there is no scan 'x'"),
    ],
)
def test_mistakes_are_one_line(home: Path, capsys: pytest.CaptureFixture[str], arguments: list[str], said: str) -> None:
    assert main(["--home", str(home), *arguments]) in (2, 3)
    printed = capsys.readouterr().err
    assert said in printed
    assert printed.count("\n") == 1
