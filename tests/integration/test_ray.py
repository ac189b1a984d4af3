"""Scans on a Ray cluster: two nodes on this machine, each with the real model, beside the same scan without Ray."""

import logging
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from heritage.domain.access import AT_THE_MACHINE
from heritage.domain.audit import Action, AuditFilter
from heritage.domain.images import ImageDigest
from heritage.domain.records import RecordId
from heritage.domain.review import KeptHit
from heritage.domain.scans import Scan, ScanSource, ScanState
from heritage.errors import InputError, StorageError
from heritage.service.context import Context, open_context
from heritage.service.scan_stages import Pace
from heritage.service.scanning import work_on
from heritage.service.scans import ScanWish, begin
from heritage.settings import Settings
from heritage.storage.schema import listing
from tests.integration.test_search import register
from tests.listing_folders import FolderOfListings
from tests.pictures import encoded, homography, photograph, picture

ray_cluster = pytest.importorskip("ray.cluster_utils", reason="Ray is not installed: pip install 'heritage[ray]'")
pytestmark = [pytest.mark.filterwarnings("ignore")]  # Ray leaves sockets to the garbage collector

LISTINGS = 10


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Photos of registered objects 0 to 3, of others, and one that is no photo."""
    folder = tmp_path_factory.mktemp("listings")
    for seed in (*range(4), *range(100, 100 + LISTINGS)):
        taken = photograph(picture(seed), homography(20, 0.9, 0.0002))
        (folder / f"{seed}.jpg").write_bytes(encoded(taken, "JPEG"))
    (folder / "text.jpg").write_text("no picture")
    return folder


@pytest.fixture(scope="module")
def registered(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home with the bundled model and a few records, to be copied."""
    home = tmp_path_factory.mktemp("registered") / "home"
    with open_context(Settings(home=home, threads=1)) as context:
        for seed in range(6):
            register(context, RecordId("north", str(seed)), picture(seed))
        context.gallery.build()
    return home


@pytest.fixture(scope="module")
def shared_home(tmp_path_factory: pytest.TempPathFactory, registered: Path) -> Path:
    return shutil.copytree(registered, tmp_path_factory.mktemp("shared") / "home")


@pytest.fixture(scope="module")
def cluster(shared_home: Path) -> Iterator[Any]:
    """Two nodes whose environment names the shared home."""
    with pytest.MonkeyPatch.context() as patch:
        for name, value in {
            "HERITAGE_HOME": str(shared_home),
            "HERITAGE_THREADS": "1",
            "HERITAGE_DECODE_PROCESSES": "1",
            "RAY_USAGE_STATS_ENABLED": "0",
            "RAY_health_check_period_ms": "500",
            "RAY_health_check_failure_threshold": "4",
        }.items():
            patch.setenv(name, value)
        node = {"num_cpus": 1, "object_store_memory": 100_000_000, "include_dashboard": False}
        started = ray_cluster.Cluster(initialize_head=True, head_node_args=node)
        started.add_node(**{**node, "include_dashboard": None})
        started.wait_for_nodes()
        try:
            yield started
        finally:
            started.shutdown()


def source_of(folder: Path, repeated: int = 1) -> FolderOfListings:
    names = [["0.jpg", "100.jpg"], ["text.jpg"], [], ["1.jpg"], ["2.jpg"], ["3.jpg"]]
    names += [[f"{100 + place}.jpg"] for place in range(LISTINGS)]
    return FolderOfListings.of_files(folder, names * repeated)


def scanned(context: Context, source: FolderOfListings, pace: Pace) -> Scan:
    asked = begin(context, AT_THE_MACHINE, ScanWish(ScanSource("listings")), source)
    return work_on(context, asked, source, pace)


def rows(context: Context, scan: Scan) -> list[object]:
    """All that a scan says of each listing, but for when it was."""
    found = context.listings.page(scan.scan_id, AT_THE_MACHINE, limit=1000)
    return [
        (
            one.listing,
            one.state,
            one.why,
            [(photo.photo, photo.digest, photo.why) for photo in one.photos],
            [_evidence(hit) for hit in one.hits],
        )
        for one in found
    ]


def _evidence(hit: KeptHit) -> tuple[object, ...]:
    seen = hit.verification
    counts = (seen.match_count, seen.inlier_count, seen.cell_count, seen.agreeing_cell_count)
    facts = (hit.record and hit.record.record_id, hit.verdict, hit.view, str(hit.region), hit.turn, hit.votes)
    return (*facts, *counts, seen.support, seen.correlation, hit.similarity, hit.score, hit.false_alarm_rate)


def searched_count(context: Context, scan: Scan) -> int:
    """Of listings, by the audit log: more than there are when one was done twice."""
    told = [one.event for one in context.audit.page(0, 10_000, AuditFilter(action=Action.SCAN))]
    mine = [one.detail for one in told if one.subject == scan.scan_id and one.detail.startswith("searched: ")]
    return sum(int(word) for detail in mine for word in detail.split() if word.isdecimal())


def test_a_scan_on_two_nodes_says_what_one_machine_says(
    cluster: Any, shared_home: Path, registered: Path, folder: Path, caplog: pytest.LogCaptureFixture
) -> None:
    from heritage.service.ray_stages import on_ray

    caplog.set_level(logging.INFO, "heritage.scanning")
    with open_context(Settings(home=registered, threads=1)) as context:
        alone = rows(context, scanned(context, source_of(folder), Pace()))
    with open_context(Settings(home=shared_home, threads=1)) as context:
        done = scanned(context, source_of(folder), Pace(hands=on_ray(cluster.address)))
        assert (done.state, done.counts.strong) == (ScanState.FINISHED, 4)
        assert rows(context, done) == alone
        data = (folder / "0.jpg").read_bytes()
        assert context.photos.read(ImageDigest.of(data)) == data
    assert len([one for one in caplog.messages if "takes part" in one]) == 2


def test_what_a_node_had_when_it_died_is_done_again_by_another(
    cluster: Any, shared_home: Path, folder: Path, caplog: pytest.LogCaptureFixture
) -> None:
    from heritage.service.ray_stages import on_ray

    source = source_of(folder, 2)
    third = cluster.add_node(num_cpus=1, object_store_memory=100_000_000)
    cluster.wait_for_nodes()
    killed = []

    def kept(count: int) -> None:
        if not killed:
            killed.append(third)
            cluster.remove_node(third, allow_graceful=False)

    with open_context(Settings(home=shared_home, threads=1)) as context:
        asked = begin(context, AT_THE_MACHINE, ScanWish(ScanSource("listings")), source)
        done = work_on(context, asked, source, Pace(hands=on_ray(cluster.address)), kept)
        assert killed
        assert done.state is ScanState.FINISHED
        assert done.counts.done == len(source.given) == searched_count(context, done)
        assert done.counts.strong == 8


def test_nodes_with_another_database_are_refused_and_nothing_is_lost(
    cluster: Any, registered: Path, folder: Path
) -> None:
    from heritage.service.ray_stages import on_ray

    with open_context(Settings(home=registered, threads=1)) as context:
        source = source_of(folder)
        asked = begin(context, AT_THE_MACHINE, ScanWish(ScanSource("listings")), source)
        with pytest.raises(StorageError, match="its database is another one"):
            work_on(context, asked, source, Pace(hands=on_ray(cluster.address)))
        assert work_on(context, asked, source, Pace()).state is ScanState.FINISHED  # at once: nothing is claimed


def test_ctrl_c_pauses_and_resume_goes_on(cluster: Any, shared_home: Path, folder: Path) -> None:
    def command(*words: str) -> "subprocess.Popen[bytes]":
        begin = [sys.executable, "-m", "heritage", "--home", str(shared_home), "scan", *words]
        return subprocess.Popen([*begin, "--on", "ray", "--ray-address", cluster.address])

    with open_context(Settings(home=shared_home, threads=1)) as context:
        before = context.scans.newest(AT_THE_MACHINE, 1)
        running = command(str(folder))
        while (newest := context.scans.newest(AT_THE_MACHINE, 1)) == before or not claimed_count(context):
            assert running.poll() is None
            time.sleep(0.1)
        running.send_signal(signal.SIGINT)
        assert running.wait(120) == 130
        paused = context.scans.get(newest[0].scan_id, AT_THE_MACHINE)
        assert paused.state is ScanState.PAUSED
        assert claimed_count(context) == 0
        assert command("--resume", paused.scan_id).wait(300) == 0
        done = context.scans.get(paused.scan_id, AT_THE_MACHINE)
        assert done.state is ScanState.FINISHED
        assert done.counts.done == done.counts.listing_count == searched_count(context, done)


def claimed_count(context: Context) -> int:
    with context.database.read() as connection:
        return len(connection.execute(select(listing.c.id).where(listing.c.worker != "")).all())


def test_where_no_cluster_answers_the_scan_waits(registered: Path, folder: Path) -> None:
    from heritage.service.ray_stages import on_ray

    with open_context(Settings(home=registered, threads=1)) as context, pytest.raises(InputError, match="no Ray"):
        scanned(context, source_of(folder), Pace(hands=on_ray("127.0.0.1:1")))
