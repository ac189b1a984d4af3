"""A server looks back by itself, and only one of two at a time."""

import time
from collections.abc import Callable, Iterator
from contextlib import nullcontext
from dataclasses import replace
from pathlib import Path

import pytest

from heritage.domain.hits import Query, View
from heritage.domain.records import PhotoView, RecordId, RegistryRecord, Status
from heritage.service.alerting import newest_alerts
from heritage.service.context import Context, open_context
from heritage.service.registering import add_photograph, add_record
from heritage.service.review import search_and_keep
from heritage.service.watch_worker import WatchWorker
from heritage.settings import Settings
from heritage.storage.images import PhotoFiles
from tests.kept import viewer
from tests.pictures import encoded, homography, photograph, picture
from tests.toys import ToyEmbedder

NORTH, EAST = viewer("north"), viewer("east")
LOOTED = picture(71)
SEIZED = encoded(photograph(LOOTED, homography(20, 0.9, 0.0002)), "JPEG")
SOON_S = 30.0


@pytest.fixture
def context(tmp_path: Path) -> Iterator[Context]:
    with open_context(Settings(home=tmp_path, decode_processes=0, threads=2, tail_limit=2), ToyEmbedder()) as opened:
        yield opened


def seize(context: Context, data: bytes) -> None:
    search_and_keep(context, Query((View(context.decode(data)),), viewer=EAST), [data])


def report(context: Context) -> None:
    record = RegistryRecord(RecordId("thefts", "1"), Status.STOLEN, "north")
    add_record(context, record, NORTH)
    add_photograph(context, record.record_id, encoded(LOOTED), PhotoView.FRONT, NORTH)


def wait_for(done: Callable[[], bool]) -> None:
    deadline = time.monotonic() + SOON_S
    while not done():
        assert time.monotonic() < deadline
        time.sleep(0.05)


def test_what_is_registered_while_servers_run_is_found_in_photos_of_before(context: Context) -> None:
    seize(context, SEIZED)
    workers = [WatchWorker(context, nullcontext, poll_s=0.05) for _ in range(2)]
    with workers[0].running(), workers[1].running():
        wait_for(lambda: context.watching.seen_count(context.specs) == 1)
        report(context)
        wait_for(lambda: len(newest_alerts(context.database, EAST)) == 1)
    assert len(newest_alerts(context.database, NORTH)) == 1


def test_another_server_goes_on_where_one_has_stopped(context: Context) -> None:
    with WatchWorker(context, nullcontext, poll_s=0.05).running():
        seize(context, SEIZED)
        wait_for(lambda: context.watching.seen_count(context.specs) == 1)
    with WatchWorker(context, nullcontext, poll_s=0.05).running():
        report(context)
        wait_for(lambda: len(newest_alerts(context.database, EAST)) == 1)


def test_a_lost_file_hinders_nothing_and_is_told_once(context: Context, caplog: pytest.LogCaptureFixture) -> None:
    lost = encoded(picture(72), "JPEG")
    seize(context, SEIZED)
    seize(context, lost)
    PhotoFiles(context.settings.home).remove(context.decode(lost).digest)
    with WatchWorker(context, nullcontext, poll_s=0.05).running():
        report(context)
        wait_for(lambda: len(newest_alerts(context.database, EAST)) == 1)
        time.sleep(0.3)
    assert sum("cannot be described" in one.message for one in caplog.records) == 1


def test_photos_are_searched_from_an_index_when_there_are_many(context: Context) -> None:
    for seed in range(72, 76):
        seize(context, encoded(picture(seed), "JPEG"))
    seize(context, SEIZED)
    with WatchWorker(context, nullcontext, poll_s=0.05).running():
        wait_for(lambda: context.watching.seen_count(context.specs) == 5)
        report(context)
        wait_for(lambda: len(newest_alerts(context.database, EAST)) == 1)
    snapshot = context.seen_gallery.snapshot()
    assert snapshot.version
    assert snapshot.tail_count == 0


def test_photos_of_before_a_change_of_model_are_described_under_the_new_one(context: Context) -> None:
    seize(context, SEIZED)
    with WatchWorker(context, nullcontext, poll_s=0.05).running():
        wait_for(lambda: context.watching.seen_count(context.specs) == 1)
    changed = replace(context, embedder=ToyEmbedder(version="2"))
    with WatchWorker(changed, nullcontext, poll_s=0.05).running():
        wait_for(lambda: changed.watching.seen_count(changed.specs) == 1)
