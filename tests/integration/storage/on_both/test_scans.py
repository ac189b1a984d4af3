"""Scans and listings in the database: claimed by one worker each, kept once, counted as they are; photos seen once."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np
import pytest
from sqlalchemy import update

from heritage.domain.access import AT_THE_MACHINE
from heritage.domain.audit import Action, AuditFilter
from heritage.domain.criteria import Criteria
from heritage.domain.descriptors import RegionDescription
from heritage.domain.hits import Verdict
from heritage.domain.images import ImageDigest, Region
from heritage.domain.listings import Hop, Listing, ListingPhoto, WebCapture
from heritage.domain.records import Photograph, RecordId, RegistryRecord, Status
from heritage.domain.review import Origin
from heritage.domain.scans import ListingState, ReadPhoto, Scan, ScanCounts, ScannedListing, ScanSource, ScanState
from heritage.errors import ConflictError, NotFoundError
from heritage.storage.audit import Audit
from heritage.storage.listings import Listings
from heritage.storage.scans import LEASE, MAX_OPEN, Scans
from heritage.storage.schema import listing
from heritage.storage.seen import Seen
from tests.kept import found, search_by, viewer
from tests.toys import ToyContext, ToyExtractor, describe, pixels, png

NORTH, SOUTH = viewer("north"), viewer("south")
COUNT = 7
DIGEST = ImageDigest.of(b"photo")


@pytest.fixture
def scans(context: ToyContext) -> Scans:
    return Scans(context.database)


@pytest.fixture
def listings(context: ToyContext) -> Listings:
    return Listings(context.database)


def asked(scans: Scans, number: int = 1, count: int = COUNT) -> Scan:
    now = datetime.now(UTC)
    criteria = Criteria(text="cup", statuses=frozenset({Status.STOLEN}))
    made = Scan(f"{number:032}", NORTH, ScanSource("x.csv", "/x.csv"), "f", ScanCounts(count), now, now, criteria)
    scans.add(made)
    return made


def offered(place: int) -> Listing:
    photos = (ListingPhoto(f"{place}.jpg"), ListingPhoto("b", "https://shop.example/b.jpg"))
    return Listing(place, f"key {place}", photos, "title", "seller", "https://shop.example", (("Prix", "12 \0€"),))


def all_offered(count: int = COUNT) -> list[Listing]:
    return [offered(place) for place in range(count)]


def searched(one: Listing, state: ListingState = ListingState.NOTHING) -> ScannedListing:
    return ScannedListing(one, state, "", (ReadPhoto(one.photos[0], DIGEST, datetime.now(UTC)),))


def test_a_scan_is_kept_as_it_was_asked_for(scans: Scans) -> None:
    made = asked(scans)
    assert scans.get(made.scan_id, NORTH) == made
    with pytest.raises(NotFoundError):
        scans.get(made.scan_id, SOUTH)
    assert scans.newest(SOUTH, 10) == ()


def test_an_agency_has_only_so_many_open_scans(scans: Scans) -> None:
    for number in range(MAX_OPEN):
        asked(scans, number)
    with pytest.raises(ConflictError, match="not ended"):
        asked(scans, MAX_OPEN)
    scans.cancel(f"{0:032}", NORTH)
    asked(scans, MAX_OPEN)


def test_the_source_is_listed_once_whoever_lists_it(scans: Scans, listings: Listings) -> None:
    made = asked(scans)
    assert listings.add(made, 0, all_offered()[:4])
    assert not listings.add(made, 0, all_offered()[:4])
    assert listings.add(made, 4, all_offered()[4:])
    page = listings.page(made.scan_id, NORTH)
    assert [one.listing.key for one in page] == [f"key {place}" for place in range(COUNT)]
    assert page[0].listing == replace(offered(0), columns=(("Prix", "12 \0€"),))
    assert {one.state for one in page} == {ListingState.WAITING}


def test_a_listing_is_claimed_by_one_worker_and_kept_once(scans: Scans, listings: Listings) -> None:
    made = asked(scans)
    listings.add(made, 0, all_offered())
    first, second = listings.claim(made, "one", 4), listings.claim(made, "two", 4)
    assert [one.place for one in (*first, *second)] == list(range(COUNT))
    assert listings.claim(made, "three", 4) == ()
    assert listings.keep(made, "one", [searched(one) for one in (*first, *second)], {}) == 4
    assert listings.keep(made, "one", [searched(one) for one in first], {}) == 0
    assert listings.keep(made, "two", [searched(one, ListingState.UNREACHABLE) for one in second], {}) == 3
    counts = scans.finish(made.scan_id, NORTH).counts
    assert (counts.nothing, counts.unreachable, counts.done) == (4, 3, COUNT)
    assert scans.get(made.scan_id, NORTH).state is ScanState.FINISHED
    assert [one.listing.place for one in listings.page(made.scan_id, NORTH, [ListingState.UNREACHABLE])] == [4, 5, 6]


def test_what_a_worker_that_is_gone_had_claimed_is_free_again(
    context: ToyContext, scans: Scans, listings: Listings
) -> None:
    made = asked(scans)
    listings.add(made, 0, all_offered())
    listings.claim(made, "gone", COUNT)
    with context.database.begin() as connection:
        connection.execute(update(listing).values(leased_at=datetime.now(UTC) - 2 * LEASE))
    assert [one.scan_id for one in scans.to_work_on()] == [made.scan_id]
    assert len(listings.claim(made, "heir", COUNT)) == COUNT
    assert listings.keep(made, "gone", [searched(offered(0))], {}) == 0
    assert scans.to_work_on() == ()
    listings.release("heir")
    assert len(listings.claim(made, "third", COUNT)) == COUNT


def test_a_scan_that_does_not_run_takes_up_no_more_listings(scans: Scans, listings: Listings) -> None:
    made = asked(scans)
    assert listings.add(made, 0, all_offered()[:4])
    scans.pause(made.scan_id, NORTH)
    assert not listings.add(made, 4, all_offered()[4:])
    scans.resume(made.scan_id, NORTH)
    assert listings.add(made, 4, all_offered()[4:])


def test_the_columns_of_all_listings_are_told_in_their_order(scans: Scans, listings: Listings) -> None:
    made = asked(scans, count=4)
    cells = ["price place", "place", "material place note note", "price size"]  # those that were not empty
    given = [
        replace(offered(place), columns=tuple((name, "x") for name in names.split()))
        for place, names in enumerate(cells)
    ]
    listings.add(made, 0, given)
    assert listings.column_names(made.scan_id, NORTH) == ("material", "price", "size", "place", "note", "note")
    assert listings.column_names(made.scan_id, NORTH, limit=2) == ("material", "price")
    with pytest.raises(NotFoundError):
        listings.column_names(made.scan_id, SOUTH)


def test_a_beat_keeps_claims(context: ToyContext, scans: Scans, listings: Listings) -> None:
    made = asked(scans)
    listings.add(made, 0, all_offered())
    listings.claim(made, "slow", COUNT)
    with context.database.begin() as connection:
        connection.execute(update(listing).values(leased_at=datetime.now(UTC) - LEASE + timedelta(seconds=-1)))
    listings.beat(made, "slow", range(COUNT))
    assert listings.claim(made, "other", COUNT) == ()


def test_nothing_is_claimed_of_a_scan_that_does_not_run(scans: Scans, listings: Listings) -> None:
    made = asked(scans)
    listings.add(made, 0, all_offered())
    assert scans.pause(made.scan_id, NORTH, "the disk is full").message == "the disk is full"
    assert listings.claim(made, "one", 4) == ()
    assert scans.to_work_on() == ()
    assert scans.resume(made.scan_id, NORTH).message == ""
    assert len(listings.claim(made, "one", 4)) == 4
    assert scans.cancel(made.scan_id, NORTH).finished_at is not None
    with pytest.raises(ConflictError):
        scans.resume(made.scan_id, NORTH)


def finished(scans: Scans, listings: Listings, states: Sequence[ListingState]) -> Scan:
    """A scan whose listings ended in these states. Every second has nothing but addresses, the last a faulty row."""
    made = asked(scans, count=len(states))
    web = (ListingPhoto("b", "https://shop.example/b.jpg"),)
    given = [replace(offered(place), photos=web) if place % 2 else offered(place) for place in range(len(states))]
    given[-1] = replace(given[-1], error="row 9: no address")
    listings.add(made, 0, given)
    claimed = listings.claim(made, "one", len(states))
    listings.keep(made, "one", [searched(one, state) for one, state in zip(claimed, states, strict=True)], {})
    return scans.finish(made.scan_id, NORTH)


STATES = [
    ListingState.UNREACHABLE,
    ListingState.UNREACHABLE,
    ListingState.STRONG,
    ListingState.UNREADABLE,
    ListingState.NOTHING,
    ListingState.UNREACHABLE,
    ListingState.UNREADABLE,
]


@pytest.mark.parametrize(
    ("states", "only_addresses", "places"),
    [
        ([ListingState.UNREACHABLE], False, [0, 1, 5]),
        ([ListingState.UNREACHABLE], True, [1, 5]),
        ([ListingState.UNREACHABLE, ListingState.UNREADABLE], True, [1, 3, 5]),
    ],
    ids=["all", "only addresses", "unreadable too"],
)
def test_what_could_not_be_had_waits_again_and_nothing_else_does(
    scans: Scans, listings: Listings, states: list[ListingState], only_addresses: bool, places: list[int]
) -> None:
    made = finished(scans, listings, STATES)
    again = scans.retry(made.scan_id, NORTH, states, only_addresses)
    assert (again.state, again.finished_at, again.counts.waiting) == (ScanState.RUNNING, None, len(places))
    assert scans.retry(made.scan_id, NORTH, states, only_addresses) == again  # a second tap
    page = listings.page(made.scan_id, NORTH)
    assert [one.listing.place for one in page if one.state is ListingState.WAITING] == places
    assert [one.state for one in page if one.listing.place not in places] == [
        state for place, state in enumerate(STATES) if place not in places
    ]
    claimed = listings.claim(made, "two", COUNT)
    assert [one.place for one in claimed] == places
    assert listings.keep(made, "two", [searched(one) for one in claimed], {}) == len(places)
    done = scans.finish(made.scan_id, NORTH)
    ended = Counter(one.state for one in listings.page(made.scan_id, NORTH))
    assert {state: getattr(done.counts, state.value) for state in ended} == ended
    assert (done.state, done.counts.done) == (ScanState.FINISHED, COUNT)


def test_nothing_is_tried_again_of_a_scan_that_has_not_finished_or_has_nothing_to_try(
    context: ToyContext, tmp_path: Path, scans: Scans, listings: Listings
) -> None:
    made = finished(scans, listings, [ListingState.UNREACHABLE, ListingState.NOTHING, ListingState.UNREACHABLE])
    with pytest.raises(ConflictError, match="which is not kept any more"):
        scans.retry(made.scan_id, NORTH, [ListingState.UNREACHABLE], True)
    with pytest.raises(ConflictError, match="nothing in the scan that can be tried again"):
        scans.retry(made.scan_id, NORTH, [ListingState.UNREADABLE], False)
    with pytest.raises(NotFoundError):
        scans.retry(made.scan_id, SOUTH, [ListingState.UNREACHABLE], False)
    assert scans.get(made.scan_id, NORTH) == made
    scans.retry(made.scan_id, NORTH, [ListingState.UNREACHABLE], False)
    for turn in (scans.pause, scans.cancel):
        turn(made.scan_id, NORTH)
        with pytest.raises(ConflictError, match="only of one that has finished"):
            scans.retry(made.scan_id, NORTH, [ListingState.UNREACHABLE], False)
    logged = Audit(context.database, tmp_path).page(0, 100, AuditFilter(action=Action.SCAN))
    assert [one.event.detail for one in logged if "again" in one.event.detail] == ["tried again: 1 unreachable"]


def test_only_what_the_source_must_give_needs_it(scans: Scans, listings: Listings) -> None:
    made = finished(scans, listings, STATES)
    assert listings.needs_source(replace(made, listed_count=COUNT - 1))
    again = scans.retry(made.scan_id, NORTH, [ListingState.UNREACHABLE], only_addresses=False)
    assert listings.needs_source(again)
    for one in listings.claim(made, "two", 1):
        listings.keep(made, "two", [searched(one)], {})
    assert not listings.needs_source(again)


def test_hits_photos_and_how_they_came_are_kept_with_their_listing(
    context: ToyContext, scans: Scans, listings: Listings
) -> None:
    image = describe(png(1))
    record = RegistryRecord(RecordId("r", "1"), Status.STOLEN, "north", photographs=(Photograph(image.digest),))
    context.records.save(record, [image], context.specs)
    record = context.records.get(record.record_id, AT_THE_MACHINE)
    made = asked(scans)
    listings.add(made, 0, all_offered())
    [one] = listings.claim(made, "one", 1)
    now = datetime.now(UTC)
    hops = (Hop("https://shop.example/b.jpg", "192.0.2.1", 200),)
    web = WebCapture(hops[0].address, hops, now, (("ETag", '"1"'),), DIGEST, 5)
    photos = (ReadPhoto(one.photos[0], why="not an image"), ReadPhoto(one.photos[1], DIGEST, now, None, web))
    hit = replace(found(record), view=0)
    kept = search_by(NORTH, origin=Origin.SCAN)
    weak = replace(hit, verdict=Verdict.NONE)
    result = ScannedListing(one, ListingState.STRONG, "one photo is none", photos, kept, (hit, weak))
    assert listings.keep(made, "one", [result], {}) == 1
    shown = listings.get(made.scan_id, 0, NORTH)
    assert (shown.state, shown.why, shown.photos) == (ListingState.STRONG, "one photo is none", photos)
    assert [one.record.record_id for one in shown.hits if one.record] == [record.record_id]
    with pytest.raises(NotFoundError):
        listings.get(made.scan_id, COUNT, NORTH)
    with pytest.raises(NotFoundError):
        listings.get(made.scan_id, 0, SOUTH)


def test_the_log_tells_of_a_scan(context: ToyContext, tmp_path: Path, scans: Scans, listings: Listings) -> None:
    made = asked(scans)
    listings.add(made, 0, all_offered())
    listings.keep(made, "one", [searched(one) for one in listings.claim(made, "one", COUNT)], {})
    scans.finish(made.scan_id, NORTH)
    logged = Audit(context.database, tmp_path).page(0, 100, AuditFilter(action=Action.SCAN))
    assert [one.event.detail.partition(":")[0] for one in logged] == ["begun", "searched", "finished"]
    assert logged[1].event.detail == f"searched: {COUNT} nothing"


def test_a_photo_that_was_seen_is_found_as_it_was_kept(context: ToyContext) -> None:
    seen, keypoints = Seen(context.database), ToyExtractor().extract(pixels(1))
    vectors = context.embedder.embed([pixels(1), pixels(2)])
    whole = RegionDescription(Region(0, 0, 48, 32), vectors, keypoints)
    part = RegionDescription(Region(1, 2, 20, 20), vectors[::-1].copy(), None)
    added = seen.add({DIGEST: (whole, part)}, context.specs)
    seen.add({DIGEST: (part,)}, context.specs)  # what is known stays
    again = seen.find([DIGEST, ImageDigest.of(b"other")], context.specs)
    assert list(again) == [DIGEST]
    for one, other in zip(added[DIGEST], again[DIGEST], strict=True):
        assert one.region == other.region
        assert np.array_equal(one.vectors, other.vectors)
    first = again[DIGEST][0]
    assert first.keypoints is not None
    assert np.array_equal(first.keypoints.local_descriptors, keypoints.local_descriptors)
    assert again[DIGEST][1].keypoints is None
    assert seen.find([DIGEST], replace(context.specs, keypoint=ToyExtractor("2").spec)) == {}
