"""The command line from nothing to an answer, with the bundled model, and the same answer over HTTP."""

import csv
import json
import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest
from fastapi.testclient import TestClient

from heritage.domain.images import ImageDigest
from heritage.faces.api.app import create_app
from heritage.faces.cli import main
from heritage.faces.problems import PhotoProblem
from heritage.faces.schemas.answers import MatchResponse
from heritage.settings import Settings
from heritage.storage.database import Database
from heritage.storage.image_hashes import ImageHashes
from heritage.storage.images import Images
from heritage.storage.schema import image_hash
from tests.bad_files import bad_files
from tests.clients import AT_THIS_MACHINE
from tests.pictures import encoded, homography, photograph, picture

OBJECT_COUNT = 6


@pytest.fixture(scope="module")
def registry(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with pictures and a table of them; the last row names a file that is no picture."""
    folder = tmp_path_factory.mktemp("registry")
    rows = [("number", "title", "owner_agency", "images")]
    for seed in range(OBJECT_COUNT):
        (folder / f"{seed}.png").write_bytes(encoded(picture(seed)))
        rows.append((f"a/{seed}", f"Panel {seed}", "Bureau of the North", f"{seed}.png"))
    (folder / "bad.jpg").write_bytes(b"no picture")
    rows.append(("a/bad", "", "", "bad.jpg"))
    with (folder / "registry.csv").open("w", newline="") as file:
        csv.writer(file).writerows(rows)
    return folder


@pytest.fixture(scope="module")
def home(registry: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    home = tmp_path_factory.mktemp("home")
    assert main(["--home", str(home), "ingest", str(registry), "--registry", "north"]) == 1
    return home


@pytest.fixture(scope="module")
def seized(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("photos") / "seized [b].jpg"  # a name that markup would swallow
    path.write_bytes(encoded(photograph(picture(3), homography(20, 0.9, 0.0002)), "JPEG"))
    return path


def run(home: Path, *arguments: object) -> int:
    return main(["--home", str(home), *map(str, arguments)])


def test_ingest_lists_what_it_rejects_and_may_be_run_again(
    home: Path, registry: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    report = tmp_path / "report.csv"
    assert run(home, "ingest", registry, "--registry", "north", "--report", report) == 1
    printed = capsys.readouterr()
    assert "0 added, 0 updated, 6 unchanged, 1 rejected" in printed.out
    assert "Searched 6 registered objects" in printed.out
    assert "heritage: row 8 (north/a/bad): image 'bad.jpg': not an image" in printed.err
    outcomes = [line["outcome"] for line in csv.DictReader(report.read_text().splitlines())]
    assert outcomes == ["unchanged"] * 6 + ["rejected"]


def test_match_prints_the_verdict_its_evidence_and_the_coverage(
    home: Path, seized: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(home, "match", seized) == 0
    printed = capsys.readouterr().out
    assert "seized [b].jpg: strong match" in printed
    row = next(line for line in printed.splitlines() if "north/a/3" in line)
    assert "Panel 3" in row
    assert "Bureau of the North" in row
    assert "Searched 6 registered objects with 6 photographs in north (6)" in printed
    assert "Not found is not a clearance." in printed
    assert "fewer than 1 in 10,000 searches" in row
    assert "Of searches of these 6 photographs for objects that are not among them" in printed


def test_match_of_an_unknown_object_is_not_strong_and_ends_well(
    home: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "unknown.png").write_bytes(encoded(picture(500)))
    assert run(home, "match", tmp_path / "unknown.png") == 0
    printed = capsys.readouterr().out
    assert "unknown.png: " in printed and "unknown.png: strong match" not in printed
    assert "Not found is not a clearance." in printed


def test_json_is_one_line_per_photo_and_the_same_answer_as_over_http(
    home: Path, seized: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(home, "match", "--json", "--limit", "2", seized, seized) == 0
    lines = capsys.readouterr().out.splitlines()
    answers = [MatchResponse.model_validate_json(line) for line in lines]
    assert [answer.photos[0].name for answer in answers] == [str(seized)] * 2
    with TestClient(create_app(Settings(home=home)), **AT_THIS_MACHINE) as client:
        files = {"image": (seized.name, seized.read_bytes())}
        over_http = MatchResponse.model_validate_json(client.post("/v1/match?limit=2", files=files).content)
    assert answers[0].photos[0].digest == over_http.photos[0].digest
    assert (answers[0].search_id, answers[0].hits[0].hit_id) == (None, None)  # kept is what was asked over HTTP
    assert over_http.search_id and over_http.hits[0].hit_id
    hits = [hit.model_copy(update={"hit_id": None}) for hit in over_http.hits]
    differing: dict[str, object] = {"photos": [], "latency_ms": [], "search_id": None, "hits": hits}
    assert answers[0].hits == hits
    assert answers[0].model_copy(update=differing) == over_http.model_copy(update=differing)
    assert answers[0].hits[0].record.record_id == "north/a/3"


def test_photos_of_one_object_are_answered_together(
    home: Path, seized: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "back.png").write_bytes(encoded(picture(500, 200, 150)))
    (tmp_path / "broken.png").write_bytes(b"no picture")
    photos = [tmp_path / "back.png", tmp_path / "broken.png", seized]
    assert run(home, "match", "--one-object", *photos) == 1
    printed = capsys.readouterr()
    assert "broken.png: not an image" in printed.err
    assert f"{tmp_path / 'back.png'}, {seized}: " in printed.out
    row = next(line for line in printed.out.splitlines() if "north/a/3" in line)
    assert "photo 2" in row
    assert run(home, "match", "--one-object", "--json", photos[0], seized) == 0
    answer = MatchResponse.model_validate_json(capsys.readouterr().out)
    assert (len(answer.photos), answer.hits[0].view, answer.hits[0].record.record_id) == (2, 1, "north/a/3")


def test_a_box_says_where_the_object_is(
    home: Path, seized: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(home, "match", "--json", "--box", "40,30,560,440", "--box", "0,0,60,60", seized) == 0
    answer = MatchResponse.model_validate_json(capsys.readouterr().out)
    assert [(region.left, region.width) for region in answer.photos[0].regions] == [(40, 560), (0, 60)]
    assert run(home, "match", "--box", "0,0,5000,60", seized) == 1
    assert "does not lie within the photo of 640 x 520" in capsys.readouterr().err


def test_a_mirrored_photo_is_said_to_be_mirrored(
    home: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    turned = photograph(picture(3), homography(20, 0.9, 0.0002))
    (tmp_path / "mirrored.jpg").write_bytes(encoded(np.ascontiguousarray(turned[:, ::-1]), "JPEG"))
    assert run(home, "match", tmp_path / "mirrored.jpg") == 0
    row = next(line for line in capsys.readouterr().out.splitlines() if "north/a/3" in line)
    assert "mirror image" in row


def test_bad_files_are_clear_errors_and_the_others_are_answered(
    home: Path, seized: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    bad = bad_files()
    for file in bad:
        (tmp_path / file.name).write_bytes(file.data)
    others = [tmp_path / "missing.jpg", tmp_path]
    photos = [*(tmp_path / file.name for file in bad), *others, seized]
    assert run(home, "match", "--json", *photos) == 1
    printed = capsys.readouterr()
    *refused, answered = printed.out.splitlines()
    assert json.loads(answered)["verdict"] == "strong"
    problems = [PhotoProblem.model_validate_json(line) for line in refused]
    assert [problem.photo for problem in problems] == [str(path) for path in photos[:-1]]
    for file, problem in zip(bad, problems, strict=False):
        assert problem.problem.detail.startswith(file.cause)
    assert len(printed.err.splitlines()) == len(bad) + len(others)
    assert all(line.startswith("heritage: ") for line in printed.err.splitlines())


def test_index_says_which_version_is_in_use(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(home, "index", "--rebuild") == 0
    built = capsys.readouterr().out
    assert built.startswith("index 0")
    assert run(home, "index") == 0
    assert capsys.readouterr().out == built


def test_index_hashes_what_was_stored_without(
    registry: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(tmp_path, "ingest", registry, "--registry", "north") == 1
    database = Database.open(tmp_path)
    with database.begin() as connection:
        connection.execute(image_hash.delete())
    hashes = ImageHashes(database)
    assert hashes.missing_count() == OBJECT_COUNT
    lost = Images(tmp_path).path(ImageDigest.of((registry / "2.png").read_bytes()))
    kept = lost.read_bytes()
    lost.unlink()
    assert run(tmp_path, "index") == 1
    assert "1 originals are lost or damaged" in capsys.readouterr().err
    lost.write_bytes(kept)
    assert run(tmp_path, "index") == 0
    assert hashes.missing_count() == 0
    database.close()


def test_ingest_says_which_photographs_are_registered_already(
    home: Path, registry: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder, copy = tmp_path / "other", tmp_path / "home"
    shutil.copytree(home, copy)
    folder.mkdir()
    shutil.copy(registry / "1.png", folder)
    (folder / "2.jpg").write_bytes(encoded(picture(2), "JPEG"))
    (folder / "registry.csv").write_text("number,images\n1,1.png\n2,2.jpg\n")
    assert run(copy, "ingest", folder, "--registry", "south") == 0
    printed = capsys.readouterr()
    assert "row 2 (south/1): same photograph as north/a/1\n" in printed.err
    assert "row 3 (south/2): nearly the same photograph as north/a/2\n" in printed.err
    assert printed.out.startswith("2 added, 0 updated, 0 unchanged, 0 rejected\n")


def test_a_withdrawn_record_is_found_no_more(
    registry: Path, seized: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(tmp_path, "ingest", registry, "--registry", "north") == 1
    assert run(tmp_path, "withdraw", "north/a/3") == 0
    capsys.readouterr()
    assert run(tmp_path, "match", "--json", seized) == 0
    answer = MatchResponse.model_validate_json(capsys.readouterr().out)
    assert answer.verdict != "strong"
    assert "north/a/3" not in [f"{hit.record.registry}/{hit.record.number}" for hit in answer.hits]
    assert answer.coverage.object_count == OBJECT_COUNT - 1


@pytest.mark.parametrize("command", [["ingest", "no-such-folder"], ["ingest", "table.csv"]])
def test_a_table_that_cannot_be_read_is_one_line(
    tmp_path: Path, command: list[str], capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("table.csv").write_text("a,b\n1,2\n")
    assert run(tmp_path / "home", *command) == 2
    printed = capsys.readouterr().err
    assert printed.startswith("heritage: ")
    assert printed.count("\n") == 1


@pytest.mark.parametrize("command", ["match", "serve"])
def test_a_missing_model_is_one_line(
    tmp_path: Path, command: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HERITAGE_MODEL", "no-such-model")
    arguments = ["x.jpg"] if command == "match" else []
    assert run(tmp_path, command, *arguments) == 3
    assert "heritage: no model 'no-such-model'" in capsys.readouterr().err


def test_a_photo_may_come_from_stdin_and_an_interrupt_is_no_traceback(home: Path, seized: Path) -> None:
    command = [sys.executable, "-m", "heritage", "--home", str(home), "match", "-"]
    done = subprocess.run(command, input=seized.read_bytes(), capture_output=True, check=True)
    assert b"-: strong match" in done.stdout
    reading, writing = os.pipe()  # never written to: the command waits for its photo
    with subprocess.Popen(command, stdin=reading, stderr=subprocess.PIPE, text=True) as waiting:
        _wait_until_blocked(waiting.pid)
        waiting.send_signal(signal.SIGINT)
        _, complaint = waiting.communicate(timeout=30)
    os.close(reading)
    os.close(writing)
    assert (waiting.returncode, complaint) == (130, "heritage: interrupted\n")


def _wait_until_blocked(process: int) -> None:
    """Until the process sleeps in reading a pipe: then it is inside the command."""
    for _ in range(600):
        if "pipe" in Path(f"/proc/{process}/wchan").read_text():
            return
        time.sleep(0.05)
    pytest.skip("this system does not tell what a process waits for")


def test_models_are_listed_and_the_one_in_use_is_marked(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["models", "list"]) == 0
    assert "in use" in capsys.readouterr().out.splitlines()[1]


def test_a_reader_that_has_seen_enough_is_no_error_message(home: Path, seized: Path) -> None:
    command = f'"{sys.executable}" -m heritage --home "{home}" match --json "{seized}" "{seized}" | head -c 10'
    done = subprocess.run(command, shell=True, capture_output=True, text=True, check=True)
    assert done.stderr == ""


def test_match_searches_only_what_meets_the_criteria(
    home: Path, seized: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(home, "match", "--registry", "north", "--status", "stolen", seized) == 0
    assert "north/a/3" in capsys.readouterr().out
    assert run(home, "match", "--registry", "nowhere", seized) == 0
    printed = capsys.readouterr().out
    assert "north/a/3" not in printed
    assert "Not searched: objects that do not meet the criteria asked for." in printed


def test_counterparts_are_compared_once(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(home, "counterparts") == 0
    assert f"photographs compared: {OBJECT_COUNT}; new counterparts: 0" in capsys.readouterr().out
    assert run(home, "counterparts") == 0
    assert "photographs compared: 0;" in capsys.readouterr().out
    assert run(home, "counterparts", "north/a/3") == 0
    assert "photographs compared: 1;" in capsys.readouterr().out
