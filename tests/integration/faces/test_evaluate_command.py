"""``heritage evaluate`` as a person runs it: the table, the JSON file, and a home that is gone afterwards."""

import json
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from heritage.faces.cli import main
from heritage.vision.weights import enter_model
from tests.pictures import encoded, homography, photograph, picture
from tests.towers import write_tower


@pytest.fixture(scope="module")
def dataset(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Eight objects; a photo of one of them, and a photo of none."""
    folder = tmp_path_factory.mktemp("set")
    for seed in range(8):
        (folder / f"{seed}.png").write_bytes(encoded(picture(seed)))
    (folder / "gallery.csv").write_text("\n".join(["record_id,image", *(f"{seed},{seed}.png" for seed in range(8))]))
    (folder / "known.png").write_bytes(encoded(photograph(picture(3), homography(20, 0.9, 0.0002))))
    (folder / "unknown.png").write_bytes(encoded(picture(500)))
    (folder / "queries.csv").write_text("query,image,record_ids\na,known.png,3\nb,unknown.png,\n")
    return folder


@pytest.fixture
def temporary(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where the command's own home goes; each test sees that nothing stays, and that no other database is opened."""
    monkeypatch.setenv("HERITAGE_DATABASE_URL", "postgresql://localhost:1/officers")
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    return tmp_path


def test_figures_are_printed_and_written_and_the_home_is_removed(
    dataset: Path, temporary: Path, tmp_path_factory: pytest.TempPathFactory, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path_factory.mktemp("out") / "figures.json"
    assert main(["evaluate", str(dataset), "--json", str(out)]) == 0
    printed = capsys.readouterr().out
    assert "2 photos, showing 1 registered objects; 1 photos show none" in printed
    for expected in ("heritage", "phash", "keypoint_lane", "recall at 1", "1.000 (0.207-1.000)", "describe"):
        assert expected in printed
    figures = json.loads(out.read_text())
    assert (figures["recall_at_1"], figures["query_count"], figures["unknown_count"]) == (1.0, 2, 1)
    assert list(temporary.glob("heritage-*")) == []


def test_another_model_is_measured_beside_the_one_in_use(
    dataset: Path, temporary: Path, tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch
) -> None:
    root = tmp_path_factory.mktemp("models")
    for seed, name in enumerate(("first", "second")):
        write_tower(root / name, seed)
        enter_model(root, name)
    monkeypatch.setenv("HERITAGE_MODELS", str(root))
    monkeypatch.setenv("HERITAGE_HOME", str(temporary / "none"))
    out = root / "figures.json"
    assert main(["evaluate", str(dataset), "--json", str(out), "--model", "second", "--model", "first"]) == 0
    figures = json.loads(out.read_text())
    assert list(figures["models"]) == ["second"]
    second = figures["models"]["second"]
    assert second["versions"]["descriptor_spec"] != figures["versions"]["descriptor_spec"]
    assert second["versions"]["keypoint_spec"] == figures["versions"]["keypoint_spec"]
    assert (figures["recall_at_1"], second["recall_at_1"]) == (1.0, 1.0)
    assert set(second["baselines"]) == {"global_lane", "keypoint_lane"}
    assert main(["evaluate", str(dataset), "--model", "third"]) == 3


def test_a_slow_baseline_is_asked_only_by_name(
    dataset: Path, temporary: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    out = tmp_path_factory.mktemp("out") / "figures.json"
    assert main(["evaluate", str(dataset), "--json", str(out), "--baseline", "exhaustive_rootsift"]) == 0
    found = json.loads(out.read_text())["baselines"]["exhaustive_rootsift"]
    assert (found["recall_at_1"], found["query_count"], found["strong_rate"]) == (1.0, 2, None)
    assert set(found["latency_ms"]) == {"decode", "describe", "retrieve", "total"}


def test_a_baseline_that_does_not_exist(dataset: Path, temporary: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["evaluate", str(dataset), "--baseline", "phash"]) == 2
    assert "no baseline to ask for is called 'phash'; there is exhaustive_rootsift" in capsys.readouterr().err


def test_what_is_no_dataset_is_one_line(temporary: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["evaluate", str(temporary)]) == 2
    assert "is no evaluation set" in capsys.readouterr().err


def test_an_output_that_cannot_be_written_is_said_before_the_work(
    dataset: Path, temporary: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["evaluate", str(dataset), "--json", str(temporary / "missing" / "out.json")]) == 2
    assert "cannot be written" in capsys.readouterr().err


@pytest.mark.parametrize("wanted", [signal.SIGINT, signal.SIGTERM])
def test_stopped_half_way_it_still_removes_its_home(dataset: Path, tmp_path: Path, wanted: signal.Signals) -> None:
    command = [sys.executable, "-m", "heritage", "evaluate", str(dataset)]
    environment = {"TMPDIR": str(tmp_path), "PATH": "/usr/bin:/bin"}
    with subprocess.Popen(command, env=environment, stderr=subprocess.PIPE, text=True) as running:
        deadline = time.monotonic() + 60
        while not list(tmp_path.glob("heritage-evaluate-*/heritage.db")):
            assert running.poll() is None, running.stderr and running.stderr.read()
            assert time.monotonic() < deadline
            time.sleep(0.02)
        running.send_signal(wanted)
        _, complaint = running.communicate(timeout=60)
    assert (running.returncode, complaint) == (130, "heritage: interrupted\n")
    assert list(tmp_path.glob("heritage-*")) == []
