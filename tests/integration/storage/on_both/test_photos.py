"""Kept photos: for whom, until when, and what a crash may leave."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import numpy as np
import pytest
from sqlalchemy import update

from heritage.domain.access import AT_THE_MACHINE, Handling, Role, Viewer
from heritage.domain.audit import Action, AuditFilter
from heritage.domain.descriptors import RegionDescription
from heritage.domain.hits import SearchedPhoto
from heritage.domain.images import ImageDigest, Region
from heritage.domain.photos import KeptPhoto
from heritage.domain.records import Photograph, RecordId, RegistryRecord, Status
from heritage.domain.review import DecisionKind
from heritage.errors import NotFoundError
from heritage.storage.audit import Audit
from heritage.storage.hits import Hits
from heritage.storage.images import PhotoFiles
from heritage.storage.photos import Photos
from heritage.storage.schema import seen as seen_table
from heritage.storage.seen import Seen
from tests.kept import found, search_by, viewer
from tests.toys import ToyContext, ToyExtractor, describe, pixels, png

NORTH, SOUTH, WEST = viewer("north"), viewer("south"), viewer("west")
DATA = png(50)
DIGEST = ImageDigest.of(DATA)
KEPT = KeptPhoto(DIGEST, "image/png", len(DATA), 48, 32)
DAYS = 30


@pytest.fixture
def photos(context: ToyContext) -> Photos:
    return Photos(context.database, context.settings.home, DAYS)


def save(context: ToyContext, owner: str, handling: Handling = Handling.GREEN) -> RegistryRecord:
    image = describe(png(1))
    record_id = RecordId("r", "1")
    made = RegistryRecord(record_id, Status.STOLEN, owner, photographs=(Photograph(image.digest),), handling=handling)
    context.records.save(made, [image], context.specs)
    return context.records.get(record_id, AT_THE_MACHINE)


def search(
    context: ToyContext, photos: Photos, who: Viewer, record: RegistryRecord | None = None, days_ago: int = 0
) -> str:
    """Keep a search with the photo, and its hit on ``record``; the hit's id."""
    searched = (SearchedPhoto(DIGEST, 48, 32, ()),)
    hits = [replace(found(record), view=0)] if record else []
    keeping = photos.keeping(who.agency, [(KEPT, DATA)])
    kept = Hits(context.database).add(search_by(who, days_ago, photos=searched), hits, keeping)
    return (kept.hit_ids or ("",))[0] or ""


def seen_by(photos: Photos, *viewers: Viewer) -> list[str]:
    def is_shown(one: Viewer) -> bool:
        try:
            return photos.get(DIGEST, one) == KEPT
        except NotFoundError:
            return False

    return [one.actor for one in viewers if is_shown(one)]


def is_there(context: ToyContext) -> bool:
    return DIGEST in PhotoFiles(context.settings.home)


def test_a_photo_is_for_the_agency_that_searched_and_nobody_else(context: ToyContext, photos: Photos) -> None:
    search(context, photos, SOUTH)
    officer = viewer("south", Role.OFFICER)
    assert seen_by(photos, SOUTH, officer, NORTH, viewer(""), AT_THE_MACHINE) == [
        SOUTH.actor,
        officer.actor,
        AT_THE_MACHINE.actor,
    ]
    assert photos.get_own(DIGEST, SOUTH) == KEPT
    assert photos.read(DIGEST) == DATA
    assert seen_by(photos, WEST) == []
    search(context, photos, WEST)
    assert seen_by(photos, NORTH, SOUTH, WEST) == [SOUTH.actor, WEST.actor]


@pytest.mark.parametrize("handling", [Handling.GREEN, Handling.RED])
def test_the_owner_of_a_hit_sees_the_photo_as_far_as_they_see_the_hit(
    context: ToyContext, photos: Photos, handling: Handling
) -> None:
    search(context, photos, SOUTH, save(context, "north", handling))
    officer = viewer("north", Role.OFFICER)
    assert seen_by(photos, NORTH, WEST) == [NORTH.actor]
    assert bool(seen_by(photos, officer)) == (handling is Handling.GREEN)
    with pytest.raises(NotFoundError):
        photos.get_own(DIGEST, NORTH)


def test_what_an_agency_no_longer_keeps_is_gone_with_its_file_and_the_log_says_so(
    context: ToyContext, photos: Photos
) -> None:
    search(context, photos, SOUTH, days_ago=DAYS - 1)
    assert photos.sweep() == ()
    search(context, photos, WEST, days_ago=DAYS + 1)
    assert seen_by(photos, SOUTH, WEST) == [SOUTH.actor]  # before any sweep
    [ended] = photos.sweep()
    assert (ended.digest, ended.agency, ended.is_removed, is_there(context)) == (DIGEST, "west", False, True)
    assert seen_by(photos, SOUTH, WEST) == [SOUTH.actor]
    log = Audit(context.database, context.settings.home)
    [removed] = log.page(wanted=AuditFilter(action=Action.REMOVE, agency="west"))
    assert removed.event.subject == str(DIGEST)


def test_the_last_keeping_that_ends_takes_the_photo_along(context: ToyContext, photos: Photos) -> None:
    search(context, photos, SOUTH, days_ago=DAYS + 1)
    [ended] = photos.sweep()
    assert (ended.is_removed, is_there(context), seen_by(photos, AT_THE_MACHINE)) == (True, False, [])
    search(context, photos, SOUTH)
    assert seen_by(photos, SOUTH) == [SOUTH.actor]


def test_searching_again_keeps_a_photo_longer_and_never_shorter(context: ToyContext, photos: Photos) -> None:
    search(context, photos, SOUTH, days_ago=DAYS + 5)
    search(context, photos, SOUTH, days_ago=1)
    search(context, photos, SOUTH, days_ago=DAYS + 9)
    assert photos.sweep() == ()
    assert seen_by(photos, SOUTH) == [SOUTH.actor]


@pytest.mark.parametrize(
    ("said", "is_kept"),
    [((), True), ((DecisionKind.CONFIRMED,), True), ((DecisionKind.REJECTED,), False)],
    ids=["open", "confirmed", "rejected"],
)
def test_a_hit_keeps_its_photo_until_it_is_rejected(
    context: ToyContext, photos: Photos, said: tuple[DecisionKind, ...], is_kept: bool
) -> None:
    hit_id = search(context, photos, SOUTH, save(context, "north"), days_ago=DAYS + 1)
    for kind in said:
        Hits(context.database).decide(hit_id, kind, "", NORTH)
    assert bool(seen_by(photos, SOUTH)) == bool(seen_by(photos, NORTH)) == is_kept
    photos.sweep()
    assert (is_there(context), bool(seen_by(photos, NORTH))) == (is_kept, is_kept)


def test_a_hit_of_one_agency_keeps_nothing_for_another(context: ToyContext, photos: Photos) -> None:
    search(context, photos, SOUTH, save(context, "north"), days_ago=DAYS + 1)
    search(context, photos, WEST, days_ago=DAYS + 1)
    assert [one.agency for one in photos.sweep()] == ["west"]
    assert seen_by(photos, SOUTH, NORTH, WEST) == [SOUTH.actor, NORTH.actor]


def test_nothing_is_kept_where_no_days_are_given(context: ToyContext) -> None:
    photos = Photos(context.database, context.settings.home, 0)
    search(context, photos, SOUTH, save(context, "north"))
    assert (is_there(context), seen_by(photos, SOUTH, NORTH, AT_THE_MACHINE)) == (False, [])


def test_a_file_whose_search_was_never_kept_is_harmless_and_swept(context: ToyContext, photos: Photos) -> None:
    photos.keeping("south", [(KEPT, DATA)])  # and then the power fails
    assert is_there(context)
    assert seen_by(photos, SOUTH, AT_THE_MACHINE) == []
    photos.sweep()
    assert is_there(context)  # no photo at all is known: this may be the wrong database
    other = png(51)
    keeping = photos.keeping("west", [(KeptPhoto(ImageDigest.of(other), "image/png", len(other), 48, 32), other)])
    Hits(context.database).add(search_by(WEST), [], keeping)
    assert photos.sweep() == ()
    assert not is_there(context)
    assert photos.read(ImageDigest.of(other)) == other


def test_a_file_that_a_sweep_took_before_its_row_came_is_put_back(context: ToyContext, photos: Photos) -> None:
    keeping = photos.keeping("south", [(KEPT, DATA)])
    PhotoFiles(context.settings.home).remove(DIGEST)
    Hits(context.database).add(search_by(SOUTH), [], keeping)
    assert photos.read(DIGEST) == DATA


def test_the_same_photo_sent_twice_in_one_search_is_kept_once(context: ToyContext, photos: Photos) -> None:
    keeping = photos.keeping("south", [(KEPT, DATA), (KEPT, DATA)])
    kept = search_by(SOUTH)
    Hits(context.database).add(replace(kept, at=kept.at - timedelta(days=1)), [], keeping)
    assert photos.get(DIGEST, SOUTH) == KEPT


def test_descriptions_of_what_nobody_kept_are_forgotten(context: ToyContext, photos: Photos) -> None:
    """An agency that keeps no photos has scans all the same."""
    seen = Seen(context.database)
    other = ImageDigest.of(b"never kept")
    search(context, photos, SOUTH, save(context, "north"))
    for digest in (DIGEST, other):
        vectors = np.zeros((10, context.specs.descriptor.dimension), np.float32)
        whole = RegionDescription(Region(0, 0, 48, 32), vectors, ToyExtractor().extract(pixels(1)))
        seen.add({digest: [whole]}, context.specs)
    photos.sweep()
    assert set(seen.find([DIGEST, other], context.specs)) == {DIGEST, other}  # a scan may be at it
    with context.database.begin() as connection:
        connection.execute(update(seen_table).values(seen_at=datetime.now(UTC) - timedelta(days=2)))
    photos.sweep()
    assert set(seen.find([DIGEST, other], context.specs)) == {DIGEST}
