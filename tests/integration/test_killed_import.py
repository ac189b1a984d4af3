"""A server killed in the middle of an import (kill -9): the next one takes it up and ends it."""

import sys
import time
import zipfile
from pathlib import Path

from heritage.client import Client

sys.path.insert(0, str(Path(__file__).parents[2] / "scripts"))

from fuzzing.pictures import picture_files
from fuzzing.server import running_server

ROW_COUNT = 600


def test_it_is_as_if_nobody_had_disturbed_it(tmp_path: Path) -> None:
    picture = picture_files()[0]
    with zipfile.ZipFile(tmp_path / "killed.zip", "w") as archive:
        rows = [f"{number},Panel {number},{picture.name}" for number in range(ROW_COUNT)]
        archive.writestr("list.csv", "\n".join(["number,title,images", *rows]))
        archive.writestr(picture.name, picture.data)
    with running_server(tmp_path / "home") as server, Client(server.address, server.key) as heritage:
        operation = heritage.import_file(tmp_path / "killed.zip")
        while not next(heritage.records(registry="killed"), None):
            time.sleep(0.05)
        server.process.kill()
        server.process.wait()
    with running_server(tmp_path / "home") as server, Client(server.address, server.key) as heritage:
        [left] = heritage.operations()
        assert (left.id, left.state) == (operation.id, "running"), "it was killed too late"
        done = heritage.wait(left, timeout_s=120)
        found = [record.number for record in heritage.records(registry="killed")]
        report = heritage.save(done, tmp_path / "report.csv").read_text().splitlines()
    assert sorted(map(int, found)) == list(range(ROW_COUNT))
    assert (done.done, len(report)) == (ROW_COUNT, ROW_COUNT + 1)
    added, _, unchanged, rejected = (int(part.split()[0]) for part in done.message.split(", "))
    assert (added + unchanged, rejected) == (ROW_COUNT, 0)
    assert unchanged > 0, "what was there already was not done again"
    assert not list((tmp_path / "home" / "operations" / done.id).glob("*/"))
