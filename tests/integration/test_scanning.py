"""Scans with real keypoints, verification and indexes; only the embedder is a toy."""

import io
import time
import zipfile
from collections.abc import Iterator
from contextlib import closing, contextmanager, nullcontext
from dataclasses import dataclass, replace
from pathlib import Path
from threading import Thread

import pytest
from sqlalchemy import select

from heritage.domain.access import AT_THE_MACHINE, Viewer
from heritage.domain.images import ImageDigest
from heritage.domain.listings import Captured, Listing, ListingPhoto, ListingSource
from heritage.domain.records import RecordId
from heritage.domain.review import HitQuestion, Origin
from heritage.domain.scans import KeptListing, ListingState, Scan, ScanSource, ScanState
from heritage.errors import ConflictError, InputError, NotFoundError
from heritage.service import scan_worker
from heritage.service.context import Context, open_context
from heritage.service.operations import SentFile
from heritage.service.scan_stages import UNFORESEEN, Pace
from heritage.service.scan_worker import ScanWorker
from heritage.service.scanning import help_with, work_on
from heritage.service.scans import ScanWish, ask_scan, begin, carry_on, check_same, open_sent
from heritage.service.shared_work import SharedWork
from heritage.settings import Settings
from heritage.storage.schema import alert
from tests.integration.test_search import register
from tests.kept import viewer
from tests.listing_folders import FolderOfListings
from tests.pictures import encoded, homography, photograph, picture
from tests.toys import ToyEmbedder

REGISTERED = 12
STRONG, NOTHING = ListingState.STRONG, ListingState.NOTHING
UNREADABLE, UNREACHABLE = ListingState.UNREADABLE, ListingState.UNREACHABLE


@pytest.fixture
def context(tmp_path: Path) -> Iterator[Context]:
    with open_context(Settings(home=tmp_path / "home", threads=2), ToyEmbedder()) as context:
        for seed in range(REGISTERED):
            register(context, RecordId("north", str(seed)), picture(seed))
        context.gallery.build()
        yield context


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Photos of registered objects 0 to 3, of others (100 to 103), and what is no photo."""
    folder = tmp_path / "listings"
    folder.mkdir()
    for seed in (0, 1, 2, 3, 100, 101, 102, 103):
        (folder / f"{seed}.png").write_bytes(encoded(photograph(picture(seed), homography(20, 0.9, 0.0002))))
    (folder / "broken.png").write_bytes((folder / "0.png").read_bytes()[:500])
    (folder / "text.png").write_text("no picture")
    return folder


def scanned(context: Context, source: FolderOfListings, by: Viewer = AT_THE_MACHINE, pace: Pace | None = None) -> Scan:
    asked = begin(context, by, ScanWish(ScanSource("listings")), source)
    return work_on(context, asked, source, pace or Pace())


def kept(context: Context, scan: Scan) -> tuple[KeptListing, ...]:
    return context.listings.page(scan.scan_id, scan.viewer, limit=1000)


def states(context: Context, scan: Scan) -> list[ListingState]:
    return [one.state for one in kept(context, scan)]


def described_count(context: Context) -> int:
    assert isinstance(context.embedder, ToyEmbedder)
    return context.embedder.described_count


def test_every_listing_ends_in_one_state_and_no_bad_one_stops_the_rest(context: Context, folder: Path) -> None:
    nowhere = ListingPhoto("a", "https://nowhere.example/a.jpg")
    given = FolderOfListings.of_files(folder, [["0.png"], ["broken.png"], ["text.png"], [], ["100.png"], ["1.png"]])
    bad_row = Listing(6, "bad row", error="row 8: no address")
    source = replace(given, given=[*given.given, bad_row, Listing(7, "gone", (nowhere,))])
    done = scanned(context, source)
    assert done.state is ScanState.FINISHED
    assert done.finished_at is not None
    assert states(context, done) == [
        STRONG, UNREADABLE, UNREADABLE, UNREADABLE, NOTHING, STRONG, UNREADABLE, UNREACHABLE,
    ]  # fmt: skip
    reasons = [one.why for one in kept(context, done)]
    assert reasons[3] == "it has no photo"
    assert "text.png: not an image" in reasons[2]
    assert reasons[6] == "row 8: no address"
    assert "nowhere.example/a.jpg does not answer" in reasons[7]
    assert (reasons[0], reasons[4], reasons[5]) == ("", "", "")
    assert (done.counts.strong, done.counts.nothing, done.counts.unreadable, done.counts.unreachable) == (2, 1, 4, 1)
    assert done.counts.done == done.counts.listing_count == 8


def test_what_was_found_is_kept_as_hits_of_a_scan(context: Context, folder: Path) -> None:
    done = scanned(context, FolderOfListings.of_files(folder, [["2.png"], ["101.png"]]))
    found, other = kept(context, done)
    assert [str(hit.record.record_id) for hit in found.hits if hit.record] == ["north/2"]
    assert found.hits[0].search.origin is Origin.SCAN
    assert other.hits == ()
    assert len(context.hits.find(HitQuestion(origin=Origin.SCAN), AT_THE_MACHINE)) == 1
    assert found.photos[0].digest == ImageDigest.of((folder / "2.png").read_bytes())
    assert found.photos[0].captured_at is not None


def test_photos_are_kept_also_where_nothing_was_found(context: Context, folder: Path) -> None:
    scanned(context, FolderOfListings.of_files(folder, [["2.png"], ["101.png"]]))
    for name in ("2.png", "101.png"):  # what the second shows may be registered tomorrow
        data = (folder / name).read_bytes()
        assert context.photos.get(ImageDigest.of(data), AT_THE_MACHINE).byte_count == len(data)
        assert context.photos.read(ImageDigest.of(data)) == data


def test_several_photos_of_a_listing_are_views_of_one_object(context: Context, folder: Path) -> None:
    done = scanned(context, FolderOfListings.of_files(folder, [["100.png", "text.png", "3.png"], ["101.png"]]))
    first = kept(context, done)[0]
    assert first.state is STRONG
    assert [photo.why.partition(":")[0] for photo in first.photos] == ["", "not an image", ""]
    assert first.hits[0].view == 1  # of those that could be searched
    assert "text.png" in first.why


def test_the_same_photo_is_described_once(context: Context, folder: Path) -> None:
    (folder / "copy.png").write_bytes((folder / "0.png").read_bytes())
    source = FolderOfListings.of_files(folder, [["0.png"], ["copy.png"]])
    before = described_count(context)
    first = scanned(context, source)
    once = described_count(context)
    assert once > before
    again = scanned(context, source)
    assert described_count(context) == once
    assert states(context, first) == states(context, again) == [STRONG, STRONG]
    hits = [one.hits[0] for scan in (first, again) for one in kept(context, scan)]
    assert len({(hit.score, hit.verification.inlier_count) for hit in hits}) == 1


def test_a_paused_scan_goes_on_where_it_was(context: Context, folder: Path) -> None:
    source = FolderOfListings.of_files(folder, [[f"{100 + place % 4}.png"] for place in range(40)])
    asked = begin(context, AT_THE_MACHINE, ScanWish(ScanSource("listings")), source)

    @contextmanager
    def pausing() -> Iterator[None]:
        context.scans.pause(asked.scan_id, AT_THE_MACHINE)
        yield

    paused = work_on(context, asked, source, Pace(turn=pausing))  # with the first photos that are described
    assert paused.state is ScanState.PAUSED
    read = len(source.read_names)
    assert 0 < paused.counts.done == read < 40
    assert work_on(context, asked, source, Pace()).counts.done == read
    context.scans.resume(asked.scan_id, AT_THE_MACHINE)
    assert work_on(context, asked, source, Pace()).state is ScanState.FINISHED
    assert len(source.read_names) == 40
    with pytest.raises(ConflictError, match="finished"):
        context.scans.resume(asked.scan_id, AT_THE_MACHINE)


def test_a_cancelled_scan_keeps_what_it_found_and_goes_on_no_more(context: Context, folder: Path) -> None:
    source = FolderOfListings.of_files(folder, [["0.png"], *([["100.png"]] * 60)])
    asked = begin(context, AT_THE_MACHINE, ScanWish(ScanSource("listings")), source)
    ended = work_on(context, asked, source, Pace(), lambda _: context.scans.cancel(asked.scan_id, AT_THE_MACHINE))
    assert ended.state is ScanState.CANCELLED
    assert kept(context, ended)[0].state is STRONG
    assert work_on(context, asked, source, Pace()).counts == ended.counts


def test_an_interrupted_scan_keeps_what_was_done_and_gives_back_the_rest(context: Context, folder: Path) -> None:
    class Interrupting(FolderOfListings):
        def read(self, photo: ListingPhoto, earlier: Captured | None = None) -> Captured:
            if len(self.read_names) == 30:
                raise KeyboardInterrupt
            return super().read(photo)

    source = Interrupting.of_files(folder, [["100.png"]] * 50)
    asked = begin(context, AT_THE_MACHINE, ScanWish(ScanSource("listings")), source)
    with pytest.raises(KeyboardInterrupt):
        work_on(context, asked, source, Pace())
    done = context.scans.get(asked.scan_id, AT_THE_MACHINE).counts.done
    assert 0 < done <= 30
    whole = FolderOfListings.of_files(folder, [["100.png"]] * 50)
    assert work_on(context, asked, whole, Pace()).state is ScanState.FINISHED  # at once: nothing is claimed any more
    assert len(whole.read_names) == 50 - done


def test_two_workers_share_a_scan_without_doing_a_listing_twice(context: Context, folder: Path) -> None:
    names = [[f"{100 + place % 4}.png"] for place in range(64)]
    sources = [FolderOfListings.of_files(folder, names) for _ in range(2)]
    asked = begin(context, AT_THE_MACHINE, ScanWish(ScanSource("listings")), sources[0])
    workers = [Thread(target=work_on, args=(context, asked, source, Pace())) for source in sources]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    assert all(source.read_names for source in sources)
    assert sum(len(source.read_names) for source in sources) == 64
    done = context.scans.get(asked.scan_id, AT_THE_MACHINE)
    assert (done.state, done.counts.nothing) == (ScanState.FINISHED, 64)
    assert [one.listing.place for one in kept(context, done)] == list(range(64))


@dataclass(eq=False)
class Mended(FolderOfListings):
    """Whose addresses lead to files of the folder."""

    def read(self, photo: ListingPhoto, earlier: Captured | None = None) -> Captured:
        return super().read(ListingPhoto(photo.name))


def test_what_was_unreachable_is_found_when_it_is_tried_again_and_nothing_is_alerted_twice(
    context: Context, folder: Path
) -> None:
    web = [Listing(place, str(place), (ListingPhoto(f"{seed}.png", "https://x"),)) for place, seed in ((2, 0), (3, 1))]
    given = FolderOfListings.of_files(folder, [["0.png"], ["text.png"]]).given
    source = FolderOfListings(folder, [*given, *web, Listing(4, "4", (ListingPhoto("100.png", "https://x"),))])
    first = scanned(context, source)
    assert states(context, first) == [STRONG, UNREADABLE, UNREACHABLE, UNREACHABLE, UNREACHABLE]
    before = [(one.photos, [hit.hit_id for hit in one.hits]) for one in kept(context, first)]
    alerted = alert_count(context)
    asked = context.scans.retry(first.scan_id, AT_THE_MACHINE, [UNREACHABLE], only_addresses=True)
    mended = Mended(folder, source.given)
    done = help_with(context, asked, mended, Pace())
    assert sorted(mended.read_names) == ["0.png", "1.png", "100.png"]
    assert (done.state, states(context, done)) == (ScanState.FINISHED, [STRONG, UNREADABLE, STRONG, STRONG, NOTHING])
    after = [(one.photos, [hit.hit_id for hit in one.hits]) for one in kept(context, done)]
    assert after[:2] == before[:2]
    assert kept(context, done)[2].why == ""
    assert (done.counts.strong, done.counts.unreadable, done.counts.unreachable, done.counts.done) == (3, 1, 0, 5)
    assert alert_count(context) == alerted + 1  # 0.png was told of before


def alert_count(context: Context) -> int:
    with context.database.read() as connection:
        return len(connection.execute(select(alert)).all())


def test_a_scan_of_one_agency_is_not_there_for_another(context: Context, folder: Path) -> None:
    done = scanned(context, FolderOfListings.of_files(folder, [["0.png"]]), viewer("north"))
    assert context.scans.get(done.scan_id, viewer("north")) == done
    for call in (context.scans.get, context.scans.pause, context.scans.resume, context.scans.cancel):
        with pytest.raises(NotFoundError):
            call(done.scan_id, viewer("south"))
    with pytest.raises(NotFoundError):
        context.listings.page(done.scan_id, viewer("south"))
    assert context.scans.newest(viewer("south"), 10) == ()
    assert [one.scan_id for one in context.scans.newest(viewer("north"), 10)] == [done.scan_id]


def test_an_empty_source_is_refused_and_a_changed_one_not_scanned_on(context: Context, folder: Path) -> None:
    with pytest.raises(InputError, match="no listings"):
        begin(context, AT_THE_MACHINE, ScanWish(ScanSource("listings")), FolderOfListings(folder, []))
    asked = begin(
        context, AT_THE_MACHINE, ScanWish(ScanSource("x.csv")), FolderOfListings.of_files(folder, [["0.png"]])
    )
    changed = FolderOfListings.of_files(folder, [["1.png"]])
    with pytest.raises(ConflictError, match=r"x\.csv has changed"):
        check_same(asked, changed)
    stopped = carry_on(context, asked, lambda _: changed, Pace())
    assert stopped.state is ScanState.PAUSED
    assert "has changed" in stopped.message


def test_a_source_that_is_slow_is_listed_piece_by_piece_however_short_the_time(context: Context, folder: Path) -> None:
    """It would begin anew for ever if what was read were not kept before the time is over."""
    source = FolderOfListings.of_files(folder, [["100.png"]] * 3)
    asked = begin(context, AT_THE_MACHINE, ScanWish(ScanSource("listings")), source)
    now = work_on(context, asked, source, Pace(goes_on=lambda: False))
    assert (now.listed_count, now.counts.done) == (3, 0)
    assert work_on(context, asked, source, Pace()).state is ScanState.FINISHED


@pytest.mark.parametrize("ending", ["cancelled", "deleted"])
def test_a_scan_that_ends_while_it_is_worked_on_stops_its_worker_and_nothing_else(
    context: Context, folder: Path, ending: str
) -> None:
    source = FolderOfListings.of_files(folder, [["100.png"]] * 130)
    asked = begin(context, AT_THE_MACHINE, ScanWish(ScanSource("listings")), source)

    def end(_: int) -> None:
        if context.scans.newest(AT_THE_MACHINE, 1):
            context.scans.cancel(asked.scan_id, AT_THE_MACHINE)
            if ending == "deleted":
                context.scans.delete(asked.scan_id, AT_THE_MACHINE)

    assert carry_on(context, asked, lambda _: source, Pace(), end).state is ScanState.CANCELLED


class Broken(FolderOfListings):
    def listings(self, start: int = 0) -> Iterator[Listing]:
        raise RecursionError


def test_what_nobody_foresaw_pauses_the_scan_and_keeps_no_other_waiting(context: Context, folder: Path) -> None:
    source = Broken.of_files(folder, [["100.png"]])
    asked = begin(context, AT_THE_MACHINE, ScanWish(ScanSource("listings")), source)
    stopped = carry_on(context, asked, lambda _: source, Pace())
    assert (stopped.state, stopped.message) == (ScanState.PAUSED, UNFORESEEN)


def test_a_worker_leaves_alone_the_scan_that_it_fails_at_and_does_the_others(context: Context, folder: Path) -> None:
    broken, sound = Broken.of_files(folder, [["100.png"]]), FolderOfListings.of_files(folder, [["100.png"]])
    first = begin(context, AT_THE_MACHINE, ScanWish(ScanSource("broken")), broken)
    second = begin(context, AT_THE_MACHINE, ScanWish(ScanSource("sound")), sound)

    class Work(SharedWork):
        def _opened(self, scan: Scan) -> ListingSource:
            return broken if scan.scan_id == first.scan_id else sound

    with closing(Work(context)) as work:
        work.finish()
    assert context.scans.get(first.scan_id, AT_THE_MACHINE).state is ScanState.RUNNING
    assert context.scans.get(second.scan_id, AT_THE_MACHINE).state is ScanState.FINISHED


def test_a_file_that_takes_longer_to_open_than_a_worker_has_for_it_is_scanned_all_the_same(
    context: Context, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    opened = []

    def slowly(context: Context, scan_id: str, name: str) -> ListingSource:
        time.sleep(0.6)
        opened.append(scan_id)
        return open_sent(context, scan_id, name)

    monkeypatch.setattr(scan_worker, "SLICE_S", 0.3)
    monkeypatch.setattr(scan_worker, "open_sent", slowly)
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as into:
        for place in range(12):
            into.writestr(f"{place}.png", (folder / f"{100 + place % 4}.png").read_bytes())
    asked = ask_scan(context, viewer("north"), SentFile("photos.zip", io.BytesIO(packed.getvalue())))
    until = time.monotonic() + 60
    with ScanWorker(context, nullcontext).running():
        while context.scans.get(asked.scan_id, AT_THE_MACHINE).state is ScanState.RUNNING:
            assert time.monotonic() < until
            time.sleep(0.05)
    assert context.scans.get(asked.scan_id, AT_THE_MACHINE).counts.nothing == 12
    assert opened == [asked.scan_id]  # once, not anew for each piece of the work
