"""The client against a real server on a real socket; only the embedder is a toy."""

import subprocess
import sys
import threading
import time
import zipfile
from collections.abc import Iterator
from contextlib import nullcontext
from pathlib import Path

import pytest
import uvicorn

from heritage.client import Client, OperationFailedError, ProblemError
from heritage.domain.access import AT_THE_MACHINE, Role
from heritage.errors import InputError
from heritage.faces.api.app import create_app
from heritage.service.accounts import found
from heritage.service.context import open_context
from heritage.service.keys import KeyWish, create_key
from heritage.settings import Settings
from tests.pictures import encoded, homography, photograph, picture
from tests.toys import ToyEmbedder

BUREAU = "Bureau of the North"
Reached = tuple[str, str]  # address and key


@pytest.fixture(scope="module")
def reached(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Reached]:
    settings = Settings(home=tmp_path_factory.mktemp("home"), threads=2, request_limit=0, search_limit=0)
    with open_context(settings, ToyEmbedder()) as context:
        found(context.database, BUREAU, "ann", "seven pale lanterns")
        key = create_key(context.database, AT_THE_MACHINE, KeyWish(Role.REGISTRAR, agency=BUREAU)).text
        app = create_app(settings, lambda _: nullcontext(context))
        server = uvicorn.Server(uvicorn.Config(app, port=0, log_config=None))
        thread = threading.Thread(target=server.run)
        thread.start()
        while not server.started:
            time.sleep(0.02)
        yield f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}", key
        server.should_exit = True
        thread.join()


@pytest.fixture
def heritage(reached: Reached) -> Iterator[Client]:
    with Client(*reached) as heritage:
        yield heritage


@pytest.fixture(scope="module")
def registry(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A ZIP file with 230 records, which are two pages; the first three have photographs, the last is faulty."""
    path = tmp_path_factory.mktemp("registry") / "north.zip"
    with zipfile.ZipFile(path, "w") as archive:
        lines = [f"{seed},Panel {seed},{BUREAU},{min(seed, 3)}.png" for seed in range(1, 230)]
        archive.writestr("list.csv", "\n".join(["number,title,owner_agency,images", *lines, "230,,,none.png"]))
        for seed in (1, 2, 3):
            archive.writestr(f"{seed}.png", encoded(picture(seed)))
    return path


@pytest.fixture(scope="module")
def loaded(reached: Reached, registry: Path) -> None:
    """The registry is imported."""
    with Client(*reached) as heritage:
        seen: list[tuple[int, int]] = []
        done = heritage.wait(heritage.import_file(registry), progress=lambda *counts: seen.append(counts))
        assert done.message == "229 added, 0 updated, 0 unchanged, 1 rejected"
        assert seen[-1] == (230, 230)
        assert [one.id for one in heritage.operations()] == [done.id]
        report = heritage.save(done, registry.with_name("report.csv"))
        assert report.read_text().splitlines()[-1].startswith("230,,,none.png,rejected,")


def test_all_records_come_page_by_page(loaded: None, heritage: Client) -> None:
    numbers = [record.number for record in heritage.records(registry="north", status=["stolen"])]
    assert sorted(map(int, numbers)) == list(range(1, 230))
    assert next(heritage.records(text="panel 17")).label == "Panel 17"


def test_a_photo_is_searched_and_its_hit_decided_on(loaded: None, heritage: Client, tmp_path: Path) -> None:
    seized = tmp_path / "seized.jpg"
    seized.write_bytes(encoded(photograph(picture(2), homography(20, 0.9, 0.0002)), "JPEG"))
    answer = heritage.match(seized, seized.read_bytes(), boxes=["0:10,10,300,300"], limit=3, registry="north")
    assert (answer.verdict, len(answer.photos), answer.photos[0].name) == ("strong", 2, "seized.jpg")
    assert answer.hits[0].record.record_id == "north/2"
    [hit, *_] = heritage.hits(record="north/2", state="open")
    decided = heritage.decide(hit.hit_id, "confirmed", "the scratch is there")
    assert (decided.state, decided.decisions[0].note) == ("confirmed", "the scratch is there")
    nothing = heritage.match(seized, registry="south")
    assert nothing.hits == []


def test_a_photo_is_inspected(heritage: Client) -> None:
    found = heritage.inspect(encoded(picture(1, 160, 120)))
    assert (found.width, found.height, [advice.kind for advice in found.advice]) == (160, 120, ["too-small"])


def test_a_record_is_registered_changed_and_withdrawn(loaded: None, heritage: Client) -> None:
    made = heritage.create("north/n 1/a", owner_agency=BUREAU, status="missing", card={"title": "Cup", "maker": "A"})
    added = heritage.add_photograph(made.record_id, encoded(picture(77)), "front")
    assert added.record.photographs[0].view == "front"
    changed = heritage.change(heritage.record("north/n 1/a"), theft_place="Torino", card={"maker": None})
    assert (changed.theft_place, changed.card.title, changed.card.maker) == ("Torino", "Cup", "")
    with pytest.raises(ProblemError) as stale:
        heritage.change(made, theft_place="Roma")
    assert stale.value.status == 412
    assert heritage.withdraw(changed, "registered twice").status == "withdrawn"


def test_an_export_is_saved(loaded: None, heritage: Client, tmp_path: Path) -> None:
    done = heritage.wait(heritage.export("csv", registry="north", text="panel 17", status=["stolen"]))
    lines = heritage.save(done, tmp_path / "out.csv").read_text().splitlines()
    assert len(lines) == 12  # 17, and 170 to 179: words are beginnings


@pytest.fixture
def offers(tmp_path: Path) -> Path:
    """An archive of a dealer's: a registered object, another one, and what cannot be reached."""
    path = tmp_path / "offers.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("list.csv", "lot,image,dealer\n1,1.jpg,Galerie X\n2,2.jpg,Galerie X\n3,http://127.0.0.1/a,\n")
        archive.writestr("1.jpg", encoded(photograph(picture(1), homography(20, 0.9, 0.0002)), "JPEG"))
        archive.writestr("2.jpg", encoded(photograph(picture(100), homography(15, 0.9, 0.0001)), "JPEG"))
    return path


def test_a_scan_is_begun_followed_tried_again_saved_and_deleted(
    loaded: None, heritage: Client, offers: Path, tmp_path: Path
) -> None:
    mapping = tmp_path / "mapping.toml"
    mapping.write_text('[columns]\n"lot" = "key"\n"dealer" = "seller"\n')
    seen: list[tuple[int, int]] = []
    scan = heritage.follow(
        heritage.begin_scan(offers, mapping=mapping, registry="north"), lambda *counts: seen.append(counts)
    )
    assert [one.state.value for one in heritage.listings(scan)][::2] == ["strong", "unreachable"]
    assert (scan.state, scan.counts.total, scan.counts.strong, scan.counts.unreachable) == ("finished", 3, 1, 1)
    assert seen[-1] == (3, 3)
    [listing] = heritage.listings(scan, "strong", "unreadable")
    assert (listing.key, listing.hits[0].record) == ("1", "north/1")
    assert heritage.follow(heritage.retry_scan(scan)).counts == scan.counts
    for suffix, begins in {
        "csv": b"\xef\xbb\xbfkey",
        "xlsx": b"PK",
        "jsonl": b"{",
        "html": b"<!doctype",
        "pdf": b"%PDF",
    }.items():
        assert heritage.save_scan(scan, tmp_path / f"out.{suffix}", "fr").read_bytes().startswith(begins)
    with pytest.raises(InputError, match=r"\.jsonl"):
        heritage.save_scan(scan, tmp_path / "out.txt")
    [seller] = heritage.sellers("galerie")
    assert (seller.listing_count, heritage.seller(seller.name).seller) == (2, seller)
    assert b"Galerie X" in heritage.save_sellers(tmp_path / "sellers.graphml").read_bytes()
    assert listing.search_id in [one.search_id for one in heritage.searches(origin="scan")]
    assert listing.search_id not in [one.search_id for one in heritage.searches()]
    heritage.delete_scan(scan)
    assert scan.id not in [one.id for one in heritage.scans()]
    assert list(heritage.sellers()) == []


def test_addresses_are_scanned_paused_and_cancelled(heritage: Client) -> None:
    scan = heritage.begin_scan(addresses=[f"http://127.0.0.1/{place}.jpg" for place in range(3)])
    assert heritage.follow(scan).counts.unreachable == 3
    waiting = heritage.begin_scan(addresses=[f"http://127.0.0.1/{place}.jpg" for place in range(900)])
    paused = heritage.pause_scan(waiting)
    assert paused.state == "paused"
    assert heritage.follow(paused) == heritage.scan(waiting.id)
    assert heritage.resume_scan(paused).state == "running"
    assert heritage.cancel_scan(paused).state == "cancelled"


def test_a_photo_is_watched_for_a_while(heritage: Client) -> None:
    digest = heritage.match(encoded(picture(300), "JPEG")).photos[0].digest
    watch = heritage.watch(digest)
    assert [one.watch_id for one in heritage.watches()] == [watch.watch_id]
    assert heritage.end_watch(watch).digest == digest
    assert heritage.watches() == []


def test_what_fails_says_why(heritage: Client, tmp_path: Path) -> None:
    bad = tmp_path / "bad.csv"
    bad.write_text("a,b\n1,2\n")
    with pytest.raises(OperationFailedError, match="has no column"):
        heritage.wait(heritage.import_file(bad))
    with pytest.raises(ProblemError) as missing:
        heritage.record("north/none")
    assert (missing.value.status, missing.value.type) == (404, "urn:heritage:problem:not-found")
    assert len(missing.value.request_id) == 32
    with pytest.raises(ProblemError) as wrong:
        heritage.match(b"no photo")
    assert wrong.value.status == 415


def test_importing_it_loads_nothing_heavy() -> None:
    heavy = "torch faiss sqlalchemy fastapi starlette cv2 PIL heritage.service heritage.storage heritage.vision"
    program = f"import sys, heritage.client; print([one for one in '{heavy}'.split() if one in sys.modules])"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
