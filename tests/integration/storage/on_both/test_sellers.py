"""Sellers in the database: counted over an agency's scans, gone with them; photos' hashes kept as long as a listing."""

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pytest

from heritage.domain.access import AT_THE_MACHINE, Viewer
from heritage.domain.audit import Action, AuditFilter
from heritage.domain.descriptors import RegionDescription
from heritage.domain.images import ImageDigest, PhotoHash, Region
from heritage.domain.listings import Listing, ListingPhoto
from heritage.domain.records import Photograph, RecordId, RegistryRecord, Status
from heritage.domain.review import Origin
from heritage.domain.scans import ListingState, ReadPhoto, Scan, ScanCounts, ScannedListing, ScanSource
from heritage.errors import ConflictError, NotFoundError
from heritage.storage.audit import Audit
from heritage.storage.hits import Hits
from heritage.storage.listings import Listings
from heritage.storage.photo_hashes import PhotoHashes
from heritage.storage.scans import Scans
from heritage.storage.seen import Seen
from heritage.storage.sellers import Sellers
from tests.kept import found, search_by, viewer
from tests.toys import ToyContext, describe, pixels, png

NORTH, SOUTH = viewer("north"), viewer("south")
PHOTO, OTHER = ImageDigest.of(b"front"), ImageDigest.of(b"other")
HASH = PhotoHash(b"\x01" * 32, 100)


def scanned(context: ToyContext, number: int, by: Viewer, *listings: tuple[Listing, ListingState, ImageDigest]) -> str:
    """A scan of ``listings`` that has finished; those in a state of being found have a hit on r/1."""
    scans, kept, now = Scans(context.database), Listings(context.database), datetime.now(UTC)
    made = Scan(f"{number:032}", by, ScanSource("x.csv"), "f", ScanCounts(len(listings)), now, now)
    scans.add(made)
    kept.add(made, 0, [one for one, _, _ in listings])
    kept.claim(made, "one", len(listings))
    kept.keep(made, "one", [_scanned(context, by, *one) for one in listings], {})
    scans.finish(made.scan_id, by)
    return made.scan_id


def _scanned(context: ToyContext, by: Viewer, one: Listing, state: ListingState, digest: ImageDigest) -> ScannedListing:
    photos = (ReadPhoto(one.photos[0], digest, datetime.now(UTC)),)
    if state not in (ListingState.STRONG, ListingState.POSSIBLE):
        return ScannedListing(one, state, "", photos)
    record = context.records.get(RecordId("r", "1"), AT_THE_MACHINE)
    hit = replace(found(record), view=0)
    return ScannedListing(one, state, "", photos, search_by(by, origin=Origin.SCAN), (hit,))


def offered(place: int, seller: str, address: str = "") -> Listing:
    return Listing(place, f"key {place}", (ListingPhoto(f"{place}.jpg"),), "title", seller, address)


@pytest.fixture
def scan_id(context: ToyContext) -> str:
    image = describe(png(1))
    record = RegistryRecord(RecordId("r", "1"), Status.STOLEN, "north", photographs=(Photograph(image.digest),))
    context.records.save(record, [image], context.specs)
    return scanned(
        context,
        1,
        NORTH,
        (offered(0, "A_x", "https://www.One.example/1"), ListingState.STRONG, PHOTO),
        (offered(1, "A_x", "https://two.example/2"), ListingState.NOTHING, OTHER),
        (offered(2, "Bxy", "https://one.example/3"), ListingState.NOTHING, OTHER),
        (offered(3, ""), ListingState.NOTHING, OTHER),
    )


def test_sellers_are_counted_and_those_with_strong_hits_come_first(context: ToyContext, scan_id: str) -> None:
    sellers = Sellers(context.database)
    first, second = sellers.find(NORTH)
    assert (first.name, first.listing_count, first.strong_count, first.possible_count) == ("A_x", 2, 1, 0)
    assert first.hosts == ("one.example", "two.example")
    assert first.pages == ("https://two.example/2", "https://www.One.example/1")
    assert first.first_seen <= first.last_seen
    assert (second.name, second.strong_count) == ("Bxy", 0)
    assert [one.name for one in sellers.find(NORTH, "a_")] == ["A_x"]  # a letter of its own, no pattern
    assert [one.name for one in sellers.find(NORTH, "", 1)] == ["Bxy"]
    assert sellers.get("Bxy", NORTH) == second


@pytest.mark.parametrize("text", ["ЛАВКА", "лавка", "Лавка", "étoile", "ÉTOILE", "Étoile"])
def test_a_name_in_any_alphabet_is_found_in_small_letters_and_in_large(context: ToyContext, text: str) -> None:
    for number, name in enumerate(("ЛАВКА & Co", "Лавка древностей", "Galerie Étoile", "Galerie étoile"), 2):
        scanned(context, number, NORTH, (offered(0, name), ListingState.NOTHING, PHOTO))
    found_names = [one.name for one in Sellers(context.database).find(NORTH, text)]
    assert found_names and all(text.lower() in name.lower() for name in found_names)
    assert len(found_names) == 2


def test_another_agency_learns_of_no_seller(context: ToyContext, scan_id: str) -> None:
    sellers = Sellers(context.database)
    assert sellers.find(SOUTH) == ()
    assert sellers.sightings(SOUTH) == ()
    assert sellers.showing([PHOTO, OTHER], SOUTH) == ()
    assert sellers.photos(SOUTH, 10) == ()
    assert sellers.matches(SOUTH) == ()
    with pytest.raises(NotFoundError):
        sellers.get("A_x", SOUTH)


def test_listings_photos_and_matches_of_a_seller_are_told(context: ToyContext, scan_id: str) -> None:
    sellers = Sellers(context.database)
    assert {one.listing_id for one in sellers.sightings(NORTH, "A_x")} == {f"{scan_id}/0", f"{scan_id}/1"}
    assert {one.place for one in sellers.showing([OTHER], NORTH)} == {1, 2, 3}
    assert set(sellers.photos(NORTH, 10)) == {PHOTO, OTHER}
    [match] = sellers.matches(NORTH, "A_x")
    assert (match.listing_id, match.photo) == (f"{scan_id}/0", PHOTO)
    assert match.record is not None
    assert match.record.record_id == RecordId("r", "1")
    assert sellers.matches(NORTH, "Bxy") == ()


def test_a_deleted_scan_takes_sellers_along_and_leaves_hits(context: ToyContext, tmp_path: Path, scan_id: str) -> None:
    sellers, hashes, scans = Sellers(context.database), PhotoHashes(context.database), Scans(context.database)
    other = scanned(context, 2, NORTH, (offered(0, "C"), ListingState.NOTHING, OTHER))
    hashes.add({PHOTO: HASH, OTHER: HASH})
    [match] = sellers.matches(NORTH)
    with pytest.raises(NotFoundError):
        scans.delete(scan_id, SOUTH)
    scans.delete(scan_id, NORTH)
    assert [one.name for one in sellers.find(NORTH)] == ["C"]
    assert set(hashes.find([PHOTO, OTHER])) == {OTHER}  # another scan shows it
    assert Hits(context.database).get(match.hit_id, NORTH).hit_id == match.hit_id
    with pytest.raises(NotFoundError):
        scans.get(scan_id, NORTH)
    logged = Audit(context.database, tmp_path).page(0, 100, AuditFilter(action=Action.SCAN))
    assert logged[-1].event.detail == "deleted, with its listings"
    scans.delete(other, NORTH)
    assert hashes.find([OTHER]) == {}


def test_a_scan_that_runs_is_not_deleted(context: ToyContext) -> None:
    scans, now = Scans(context.database), datetime.now(UTC)
    scans.add(Scan(f"{1:032}", NORTH, ScanSource("x"), "f", ScanCounts(1), now, now))
    with pytest.raises(ConflictError, match="cancel it first"):
        scans.delete(f"{1:032}", NORTH)


def test_a_hash_is_kept_once_and_a_whole_photo_has_one_descriptor(context: ToyContext) -> None:
    hashes = PhotoHashes(context.database)
    hashes.add({PHOTO: HASH})
    hashes.add({PHOTO: PhotoHash(b"\x02" * 32, 1), OTHER: HASH})
    assert hashes.find([PHOTO, OTHER]) == {PHOTO: HASH, OTHER: HASH}
    vectors = context.embedder.embed([pixels(1), pixels(2)])
    region = RegionDescription(Region(0, 0, 48, 32), vectors, None)
    Seen(context.database).add({PHOTO: (region, region)}, context.specs)
    whole = Seen(context.database).find_whole([PHOTO, OTHER], context.specs)
    assert list(whole) == [PHOTO]
    assert np.array_equal(whole[PHOTO], vectors[0])
