"""The short form of `make fuzz`, and that it would notice."""

import os
import random
import subprocess
import sys
from pathlib import Path

import pytest

SCRIPTS = Path(__file__).parents[2] / "scripts"
sys.path.insert(0, str(SCRIPTS))

from fuzzing.pictures import mutated, picture_files  # noqa: E402
from fuzzing.server import running_server  # noqa: E402
from fuzzing.uploads import UploadsReport, fuzz_uploads  # noqa: E402


def test_the_short_form_finds_nothing(tmp_path: Path) -> None:
    command = [sys.executable, str(SCRIPTS / "fuzz.py"), "--quick", "--out", str(tmp_path / "out")]
    done = subprocess.run(command, capture_output=True, text=True, env=os.environ | {"OMP_NUM_THREADS": "1"})
    assert done.returncode == 0, done.stdout + done.stderr
    assert "contract with no key: conforms" in done.stdout
    assert "uploads: 150 of 150" in done.stdout


def test_mutations_are_made_from_the_seed_and_spoil_most_but_not_all() -> None:
    files = picture_files()
    first, second = ([mutated(files, random.Random(f"7-{number}")) for number in range(300)] for _ in range(2))
    assert first == second
    good = {file.data for file in files}
    assert sum(file.data not in good for file in first) > 290


@pytest.mark.parametrize(("last", "growth"), [(100, 0), (400, 300)])
def test_growth_is_told_from_warming_up(last: int, growth: int) -> None:
    assert UploadsReport(memory=[10, 50, *([100] * 15), last, last, last]).growth == growth


def test_a_server_that_dies_is_noticed(tmp_path: Path) -> None:
    with running_server(tmp_path / "home") as server:

        def kill(done: int, total: int, memory: int) -> None:
            assert memory > 50_000_000
            server.process.kill()
            server.process.wait()

        report = fuzz_uploads(server, 200, 1, tmp_path / "kept", kill)
    assert "the server ended with -9" in report.failures
    assert any("no answer" in failure for failure in report.failures)
    assert list((tmp_path / "kept").iterdir())
