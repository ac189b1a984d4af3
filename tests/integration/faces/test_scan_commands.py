"""``heritage scans`` and ``heritage sellers`` at the command line: reports, graphs, and deleting."""

import re
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from heritage.domain.access import AT_THE_MACHINE
from heritage.domain.records import RecordId
from heritage.domain.scans import ScanSource
from heritage.faces.cli import main
from heritage.service.context import open_context, open_listings
from heritage.service.scanning import Pace, work_on
from heritage.service.scans import ScanWish, begin
from heritage.settings import Settings
from tests.dealers import ANTIQUES, dealers_zip
from tests.integration.test_search import register
from tests.pictures import picture
from tests.toys import ToyEmbedder


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """One finished scan of the dealers' listings."""
    home = tmp_path_factory.mktemp("home")
    sent = tmp_path_factory.mktemp("sent") / "dealers.zip"
    sent.write_bytes(dealers_zip())
    with open_context(Settings(home=home, threads=2), ToyEmbedder()) as context:
        for seed in range(4):
            register(context, RecordId("north", str(seed)), picture(seed))
        with closing(open_listings(context.settings, sent)) as listings:
            wish = ScanWish(ScanSource(sent.name, str(sent)), scan_id="a" * 32)
            work_on(context, begin(context, AT_THE_MACHINE, wish, listings), listings, Pace())
    yield home


def run(home: Path, *arguments: object) -> int:
    return main(["--home", str(home), *map(str, arguments)])


BEGINNINGS = [("html", b"<!doctype html>"), ("pdf", b"%PDF"), ("csv", b"\xef\xbb\xbfkey")]


@pytest.mark.parametrize(("suffix", "begins"), BEGINNINGS)
def test_a_scan_is_exported_as_its_suffix_says(home: Path, tmp_path: Path, suffix: str, begins: bytes) -> None:
    out = tmp_path / f"out.{suffix}"
    assert run(home, "scans", "export", "a" * 32, out) == 0
    assert out.read_bytes().startswith(begins)


def test_sellers_are_listed_and_exported(home: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(home, "sellers", "list") == 0
    assert "Antiques" in capsys.readouterr().out
    for suffix in ("graphml", "csv", "xlsx"):
        assert run(home, "sellers", "export", tmp_path / f"out.{suffix}") == 0
    assert ANTIQUES.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;") in (
        tmp_path / "out.graphml"
    ).read_text(encoding="utf-8")
    assert run(home, "sellers", "export", tmp_path / "out.txt") == 2
    assert ".graphml" in capsys.readouterr().err
    assert not (tmp_path / "out.txt").exists()


def test_what_was_unreachable_is_tried_again_when_asked(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    table = tmp_path / "list.csv"
    table.write_text("image\nhttp://127.0.0.1/a.jpg\nhttp://127.0.0.1/b.jpg\nnone.jpg\n")
    home = tmp_path / "home"
    assert run(home, "scan", table) == 0
    scan_id = re.findall(r"scan ([0-9a-f]{32})", capsys.readouterr().err)[0]
    assert run(home, "scan", "--resume", scan_id) == 2
    assert "the scan is finished" in capsys.readouterr().err
    assert run(home, "scan", "--resume", scan_id, "--retry", "unreachable") == 0
    assert "2 unreachable" in capsys.readouterr().out
    assert run(home, "audit", "list") == 0
    assert "tried again: 2 unreachable" in capsys.readouterr().out
    table.write_text("image\nhttp://127.0.0.1/a.jpg\n")
    assert run(home, "scan", "--resume", scan_id, "--retry", "unreachable") == 2
    assert "has changed since the scan began" in capsys.readouterr().err
    assert run(home, "scan", "--retry", "unreachable", table) == 2


def test_a_scan_is_deleted_when_that_is_meant(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(home, "scans", "delete", "a" * 32, "--yes") == 0
    assert run(home, "scans", "delete", "a" * 32, "--yes") == 3
    capsys.readouterr()
    assert run(home, "sellers", "list") == 0
    assert "no sellers" in capsys.readouterr().out
