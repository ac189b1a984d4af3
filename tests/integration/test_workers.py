"""Worker processes that share scans over one database, and what a worker does of a scan whose files it has not got."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from io import BytesIO
from pathlib import Path

import pytest
from sqlalchemy import select

from heritage.domain.access import AT_THE_MACHINE
from heritage.domain.audit import Action, AuditFilter
from heritage.domain.hits import Query, View
from heritage.domain.listings import Listing, ListingPhoto
from heritage.domain.operations import OperationState
from heritage.domain.records import RecordId
from heritage.domain.scans import ListingState, ScanSource, ScanState
from heritage.service.alerting import newest_alerts
from heritage.service.context import Context, open_context, open_listings
from heritage.service.operations import SentFile, ask_import
from heritage.service.review import search_and_keep
from heritage.service.scan_stages import Pace
from heritage.service.scanning import list_source
from heritage.service.scans import ScanWish, begin
from heritage.service.shared_work import SharedWork
from heritage.settings import Settings
from heritage.storage.schema import listing
from tests.databases import PostgresServer
from tests.integration.service.test_operations import packed
from tests.integration.test_search import register
from tests.kept import viewer
from tests.listing_folders import FolderOfListings
from tests.pictures import encoded, homography, photograph, picture
from tests.toys import ToyEmbedder

LISTINGS, PHOTOS = 90, 9
PATIENCE_S = 300.0


@pytest.fixture(params=["sqlite", "postgresql"])
def homes(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[tuple[Settings, Settings]]:
    """Of two machines: on SQLite they are one, on PostgreSQL each has its own, with the folders that are shared."""
    first, second = tmp_path / "first", tmp_path / "second"
    if request.param == "sqlite":
        settings = Settings(home=first, threads=1, decode_processes=1)
        yield settings, settings
        return
    server: PostgresServer = request.getfixturevalue("postgres")
    for home in (first, second):
        home.mkdir()
    for name in ("images", "photos"):
        (first / name).mkdir()
        (second / name).symlink_to(first / name)
    with server.migrated() as address:
        yield (
            Settings(home=first, database_url=address, threads=1, decode_processes=1),
            Settings(home=second, database_url=address, threads=1, decode_processes=1),
        )


def write_table(folder: Path) -> Path:
    """Listings of few photos, so that most of them are described already: every third shows a registered object."""
    folder.mkdir()
    for seed in range(PHOTOS):
        shown = picture(seed if seed % 3 == 0 else 100 + seed)
        (folder / f"{seed}.jpg").write_bytes(encoded(photograph(shown, homography(20, 0.9, 0.0002)), "JPEG"))
    table = folder / "listings.csv"
    rows = [f"{place},{place % PHOTOS}.jpg" for place in range(LISTINGS)]
    table.write_text("\n".join(["id,image", *rows]) + "\n")
    return table


def started(settings: Settings, log: Path) -> "subprocess.Popen[bytes]":
    told = {"HERITAGE_HOME": str(settings.home), "HERITAGE_DATABASE_URL": settings.database_url}
    told |= {"HERITAGE_THREADS": "1", "HERITAGE_DECODE_PROCESSES": "1"}
    with log.open("wb") as output:
        return subprocess.Popen([sys.executable, "-m", "heritage", "worker"], stderr=output, env=os.environ | told)


def wait_until(is_so: Callable[[], bool]) -> None:
    until = time.monotonic() + PATIENCE_S
    while not is_so():
        assert time.monotonic() < until, "it takes too long"
        time.sleep(0.05)


def at_work(context: Context) -> set[str]:
    """The workers that hold claims now."""
    with context.database.read() as connection:
        found = connection.execute(select(listing.c.worker).where(listing.c.worker != "").distinct())
        return set(found.scalars())


def test_two_workers_share_a_scan_and_one_finishes_when_the_other_is_killed(
    homes: tuple[Settings, Settings], tmp_path: Path
) -> None:
    table = write_table(tmp_path / "listings")
    with open_context(homes[0]) as context:
        for seed in range(0, PHOTOS, 3):
            register(context, RecordId("north", str(seed)), picture(seed))
        context.gallery.build()
        workers = [started(settings, tmp_path / f"{place}.log") for place, settings in enumerate(homes)]
        try:
            for place in (0, 1):  # ready both, so that neither does it alone
                wait_until(lambda place=place: b"waiting" in (tmp_path / f"{place}.log").read_bytes())  # type: ignore[misc]
            with closing(open_listings(homes[0], table)) as source:
                asked = begin(context, AT_THE_MACHINE, ScanWish(ScanSource(table.name, str(table))), source)
            wait_until(lambda: len(at_work(context)) == 2)
            workers[0].kill()
            workers[0].wait()
            left = context.scans.get(asked.scan_id, AT_THE_MACHINE)
            assert left.counts.waiting
            wait_until(lambda: context.scans.get(asked.scan_id, AT_THE_MACHINE).state is ScanState.FINISHED)
            workers[1].send_signal(signal.SIGTERM)
            assert workers[1].wait(60) == 0
        finally:
            for worker in workers:
                worker.kill()
                worker.wait()
        done = context.scans.get(asked.scan_id, AT_THE_MACHINE)
        found = context.listings.page(asked.scan_id, AT_THE_MACHINE, limit=1000)
        assert [one.listing.place for one in found] == list(range(LISTINGS))
        assert [one.state is ListingState.STRONG for one in found] == [n % PHOTOS % 3 == 0 for n in range(LISTINGS)]
        assert not any(one.state is ListingState.WAITING for one in found)
        assert done.counts.done == LISTINGS == searched_count(context)


def finished(settings: Settings, *options: str) -> None:
    told = {"HERITAGE_HOME": str(settings.home), "HERITAGE_THREADS": "1", "HERITAGE_DECODE_PROCESSES": "1"}
    command = [sys.executable, "-m", "heritage", "worker", "--once", *options]
    subprocess.run(command, env=os.environ | told, check=True, timeout=PATIENCE_S, capture_output=True)


def test_a_worker_carries_out_an_import_that_was_sent_to_the_server_only_when_it_is_told_to(tmp_path: Path) -> None:
    settings = Settings(home=tmp_path, threads=1, decode_processes=1)
    with open_context(settings) as context:
        sent = BytesIO(packed("number,title,images\n1,Cup,1.png\n", 1))
        asked = ask_import(context, AT_THE_MACHINE, SentFile("north.zip", sent))
        finished(settings)
        assert context.operations.get(asked.operation_id, AT_THE_MACHINE).state is OperationState.WAITING
        finished(settings, "--operations")
        done = context.operations.get(asked.operation_id, AT_THE_MACHINE)
        assert (done.state, done.message) == (OperationState.DONE, "1 added, 0 updated, 0 unchanged, 0 rejected")
        assert context.records.get(RecordId("north", "1"), AT_THE_MACHINE).label == "Cup"


def test_a_worker_looks_back_when_it_is_told_to(tmp_path: Path) -> None:
    settings = Settings(home=tmp_path, threads=1, decode_processes=1)
    with open_context(settings) as context:
        seized = encoded(photograph(picture(1), homography(20, 0.9, 0.0002)), "JPEG")
        search_and_keep(context, Query((View(context.decode(seized)),), viewer=viewer("east")), [seized])
        register(context, RecordId("north", "1"), picture(1))
        finished(settings)
        assert newest_alerts(context.database, viewer("east")) == ()
        finished(settings, "--look-back")
        [alert] = newest_alerts(context.database, viewer("east"))
        assert alert.record_id == RecordId("north", "1")


def searched_count(context: Context) -> int:
    """Of listings, by the audit log: more than there are when one was done twice."""
    told = [one.event.detail for one in context.audit.page(0, 10_000, AuditFilter(action=Action.SCAN))]
    searched = [detail for detail in told if detail.startswith("searched: ")]
    return sum(int(word) for detail in searched for word in detail.split() if word.isdecimal())


@pytest.fixture
def context(tmp_path: Path) -> Iterator[Context]:
    with open_context(Settings(home=tmp_path / "home", threads=1, decode_processes=0), ToyEmbedder()) as context:
        register(context, RecordId("north", "0"), picture(0))
        yield context


def listed_elsewhere(context: Context, folder: Path, place: str) -> str:
    """A scan that another machine began and listed: one listing with a file, one with an address; its id."""
    given = [
        Listing(0, "file", (ListingPhoto("0.jpg"),)),
        Listing(1, "address", (ListingPhoto("a.jpg", "https://nowhere.invalid/a.jpg"),)),
        Listing(2, "both", (ListingPhoto("a.jpg", "https://nowhere.invalid/a.jpg"), ListingPhoto("0.jpg"))),
    ]
    source = FolderOfListings(folder, given)
    asked = begin(context, AT_THE_MACHINE, ScanWish(ScanSource("listings", place)), source)
    list_source(context, asked, source, Pace())
    return asked.scan_id


@pytest.mark.parametrize("place", ["/nowhere/listings.csv", "", "other"])
def test_of_a_scan_whose_files_are_elsewhere_only_what_has_addresses_is_done(
    context: Context, tmp_path: Path, place: str
) -> None:
    folder = tmp_path / "listings"
    write_table(folder)
    scan_id = listed_elsewhere(context, folder, str(folder) if place == "other" else place)
    with closing(SharedWork(context)) as work:
        work.finish()
        assert work.round() == 0
    found = context.listings.page(scan_id, AT_THE_MACHINE)
    assert [one.state for one in found] == [ListingState.WAITING, ListingState.UNREACHABLE, ListingState.WAITING]
    scan = context.scans.get(scan_id, AT_THE_MACHINE)
    assert (scan.state, scan.message, scan.counts.listing_count) == (ScanState.RUNNING, "", 3)
    assert at_work(context) == set()


def test_a_worker_does_nothing_of_a_paused_scan(context: Context, tmp_path: Path) -> None:
    write_table(tmp_path / "listings")
    scan_id = listed_elsewhere(context, tmp_path / "listings", "")
    context.scans.pause(scan_id, AT_THE_MACHINE)
    with closing(SharedWork(context)) as work:
        work.finish()
    assert context.scans.get(scan_id, AT_THE_MACHINE).counts.done == 0
