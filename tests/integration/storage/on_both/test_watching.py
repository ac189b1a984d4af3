"""What is new to the photos seen before, what was found in them, and watches, in the database."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from heritage.domain.access import AT_THE_MACHINE, Handling, Viewer
from heritage.domain.audit import Action, AuditFilter
from heritage.domain.descriptors import RegionDescription
from heritage.domain.hits import SearchedPhoto, Verdict
from heritage.domain.images import ImageDigest, Region
from heritage.domain.photos import KeptPhoto
from heritage.domain.records import Photograph, RecordId, RegistryRecord, Status
from heritage.domain.review import HitQuestion, KeptSearch, Origin
from heritage.domain.watches import SECOND_PASS_AFTER, WATCHED, Watch
from heritage.errors import NotFoundError
from heritage.storage.alerts import Alerts
from heritage.storage.audit import Audit
from heritage.storage.hits import Hits
from heritage.storage.photo_rows import shorten_keepings
from heritage.storage.photos import Photos
from heritage.storage.seen import Seen
from heritage.storage.watching import NewPhotograph, Watching
from tests.kept import found, search_by, viewer
from tests.toys import ToyContext, ToyExtractor, describe, pixels, png

NORTH, SOUTH, WEST = viewer("north"), viewer("south"), viewer("west")
DATA = png(50)
DIGEST = ImageDigest.of(DATA)
NOW = datetime.now(UTC)
DAYS = 30


def soon() -> datetime:
    """After all that was kept by now."""
    return datetime.now(UTC) + timedelta(minutes=1)


@pytest.fixture
def watching(context: ToyContext) -> Watching:
    return Watching(context.database)


def save(context: ToyContext, number: str = "1", status: Status = Status.STOLEN) -> RegistryRecord:
    image = describe(png(int(number)))
    record_id = RecordId("r", number)
    made = RegistryRecord(record_id, status, "north", photographs=(Photograph(image.digest),))
    context.records.save(made, [image], context.specs)
    return context.records.get(record_id, AT_THE_MACHINE)


def keep(context: ToyContext, who: Viewer, days_ago: int = 0) -> None:
    """A search with the photo that finds nothing."""
    photos = Photos(context.database, context.settings.home, DAYS)
    keeping = photos.keeping(who.agency, [(KeptPhoto(DIGEST, "image/png", len(DATA), 48, 32), DATA)])
    Hits(context.database).add(search_by(who, days_ago, photos=(SearchedPhoto(DIGEST, 48, 32, ()),)), [], keeping)


def found_again(who: Viewer) -> KeptSearch:
    return search_by(who, photos=(SearchedPhoto(DIGEST, 48, 32, ()),), origin=Origin.WATCH)


def numbers(pending: tuple[NewPhotograph, ...]) -> list[str]:
    return sorted(one.record_id.number for one in pending)


def test_each_photograph_of_a_lost_record_is_pending_twice_some_minutes_apart(
    context: ToyContext, watching: Watching
) -> None:
    save(context)
    save(context, "2", Status.RECOVERED)
    [one] = watching.pending(NOW, 10)
    assert one.record_id == RecordId("r", "1")
    watching.note(one, NOW)
    assert watching.pending(NOW + SECOND_PASS_AFTER / 2, 10) == ()
    later = NOW + SECOND_PASS_AFTER * 2
    assert watching.pending(later, 10) == (one,)
    watching.note(one, later)
    assert watching.pending(later + timedelta(days=900), 10) == ()


def test_a_record_that_changes_its_state_is_pending_anew(context: ToyContext, watching: Watching) -> None:
    record = save(context)
    for at in (NOW, NOW + SECOND_PASS_AFTER * 2):
        watching.note(watching.pending(at, 1)[0], at)
    context.records.save(replace(record, status=Status.MISSING), [], context.specs)
    assert numbers(watching.pending(NOW, 10)) == ["1"]


def test_a_record_that_others_may_see_now_is_pending_anew(context: ToyContext, watching: Watching) -> None:
    record = save(context)
    watching.note(watching.pending(NOW, 1)[0], NOW)
    assert watching.pending(NOW, 10) == ()
    context.records.save(replace(record, handling=Handling.CLEAR), [], context.specs)
    assert numbers(watching.pending(NOW, 10)) == ["1"]


def test_two_processes_that_do_the_first_pass_at_once_leave_the_second_to_be_done(
    context: ToyContext, watching: Watching
) -> None:
    save(context)
    [one] = watching.pending(NOW, 10)
    for _ in range(2):  # a server, and the command beside it
        watching.note(one, NOW)
    assert watching.pending(NOW + SECOND_PASS_AFTER * 2, 10) == (one,)


@pytest.mark.parametrize("changes", [{"shared_with": ("west",)}, {"owner_agency": "west"}], ids=["shared", "given"])
def test_a_record_that_comes_to_another_agency_is_pending_anew(
    context: ToyContext, watching: Watching, changes: dict[str, Any]
) -> None:
    record = save(context)
    context.records.save(replace(record, handling=Handling.AMBER, shared_with=("east",)), [], context.specs)
    known = context.records.get(record.record_id, AT_THE_MACHINE)
    for at in (NOW, NOW + SECOND_PASS_AFTER * 2):
        watching.note(watching.pending(at, 1)[0], at)
    context.records.save(replace(known, shared_with=(), theft_place="the church"), [], context.specs)
    assert watching.pending(NOW, 10) == ()  # fewer may see it
    known = context.records.get(record.record_id, AT_THE_MACHINE)
    context.records.save(replace(known, **changes), [], context.specs)
    assert numbers(watching.pending(NOW, 10)) == ["1"]


def test_what_was_compared_while_a_search_waited_to_be_kept_is_compared_once_more(
    context: ToyContext, watching: Watching
) -> None:
    save(context)
    searched_at = NOW - timedelta(hours=1)
    for at in (searched_at + timedelta(minutes=2), searched_at + timedelta(minutes=15)):
        watching.note(watching.pending(at, 1)[0], at)
    assert watching.pending(NOW, 10) == ()
    keep(context, SOUTH)  # at once
    assert watching.pending(NOW, 10) == ()
    photos = Photos(context.database, context.settings.home, DAYS)
    keeping = photos.keeping("west", [(KeptPhoto(DIGEST, "image/png", len(DATA), 48, 32), DATA)])
    late = replace(search_by(WEST, photos=(SearchedPhoto(DIGEST, 48, 32, ()),)), at=searched_at)
    Hits(context.database).add(late, [], keeping)
    assert numbers(watching.pending(NOW, 10)) == ["1"]


def test_an_owner_who_came_later_is_told_of_what_the_searcher_knows(context: ToyContext, watching: Watching) -> None:
    record = save(context)
    keep(context, SOUTH)
    assert watching.add(found_again(SOUTH), [replace(found(record), view=0)]) == 1
    given = replace(record, owner_agency="west")
    context.records.save(given, [], context.specs)
    known = context.records.get(record.record_id, AT_THE_MACHINE)
    assert [watching.add(found_again(SOUTH), [replace(found(known), view=0)]) for _ in range(2)] == [1, 0]
    alerts = Alerts(context.database)
    assert [len(alerts.newest(one, "", 10)) for one in (SOUTH, WEST)] == [1, 1]


def test_photos_that_were_searched_after_the_record_came_need_no_comparison(
    context: ToyContext, watching: Watching
) -> None:
    save(context)
    keep(context, SOUTH)
    keep(context, WEST, days_ago=2)
    [new] = watching.pending(NOW, 10)
    assert new.since < new.before
    assert watching.keepers(DIGEST, new.before, NOW) == ("south", "west")  # south's may have been under way
    assert watching.keepers(DIGEST, NOW - timedelta(days=1), NOW) == ("west",)
    assert watching.has_photo_of(NOW - timedelta(days=1))
    assert not watching.has_photo_of(NOW - timedelta(days=3))


def test_the_newest_come_first_and_no_more_than_asked_for(context: ToyContext, watching: Watching) -> None:
    for number in ("1", "2", "3"):
        save(context, number)
    assert [one.record_id.number for one in watching.pending(NOW, 2)] == ["3", "2"]
    assert watching.pending_count(NOW) == 3


def test_a_kept_photo_is_undescribed_until_it_is_seen_under_these_specs(
    context: ToyContext, watching: Watching
) -> None:
    keep(context, SOUTH)
    assert watching.undescribed(context.specs, 10) == (DIGEST,)
    vectors, keypoints = context.embedder.embed([pixels(1)]), ToyExtractor().extract(pixels(1))
    Seen(context.database).add({DIGEST: [RegionDescription(Region(0, 0, 48, 32), vectors, keypoints)]}, context.specs)
    assert watching.undescribed(context.specs, 10) == ()
    assert watching.seen_count(context.specs) == 1
    other = replace(context.specs, keypoint=ToyExtractor(version="2").spec)
    assert watching.undescribed(other, 10) == (DIGEST,)
    assert (watching.undescribed_count(other), watching.undescribed_count(context.specs)) == (1, 0)
    assert watching.seen_count(other) == 0


def test_keepers_are_those_whose_days_are_not_over(context: ToyContext, watching: Watching) -> None:
    for who, days_ago in ((SOUTH, 0), (WEST, DAYS + 1), (NORTH, 0)):
        keep(context, who, days_ago)
    assert watching.keepers(DIGEST, soon(), NOW) == ("north", "south")


def test_a_hit_is_news_once_and_raises_one_alert_a_side(context: ToyContext, watching: Watching) -> None:
    record = save(context)
    keep(context, SOUTH)
    hit = replace(found(record), view=0)
    assert [watching.add(found_again(SOUTH), [hit]) for _ in range(3)] == [1, 0, 0]
    assert len(Hits(context.database).find(HitQuestion(), AT_THE_MACHINE)) == 1
    alerts = Alerts(context.database)
    assert [len(alerts.newest(one, "", 10)) for one in (SOUTH, NORTH, WEST)] == [1, 1, 0]
    assert Photos(context.database, context.settings.home, DAYS).get(DIGEST, NORTH).digest == DIGEST


def test_a_possible_match_that_becomes_strong_is_news_again(context: ToyContext, watching: Watching) -> None:
    record = save(context)
    keep(context, SOUTH)
    verdicts = (Verdict.NONE, Verdict.POSSIBLE, Verdict.POSSIBLE, Verdict.STRONG, Verdict.POSSIBLE)
    added = [watching.add(found_again(SOUTH), [replace(found(record, one), view=0)]) for one in verdicts]
    assert added == [0, 1, 0, 1, 0]


def test_what_one_agency_was_told_is_still_news_to_another(context: ToyContext, watching: Watching) -> None:
    record = save(context)
    for who in (SOUTH, WEST):
        keep(context, who)
        assert watching.add(found_again(who), [replace(found(record), view=0)]) == 1


def wanted(who: Viewer) -> Watch:
    return Watch("", DIGEST, who.agency, who.actor, NOW, NOW + WATCHED)


def test_a_watch_keeps_the_photo_until_it_ends(context: ToyContext, watching: Watching) -> None:
    keep(context, SOUTH)
    made = watching.watch(wanted(SOUTH), SOUTH)
    nearly = NOW + WATCHED - timedelta(days=1)
    assert watching.keepers(DIGEST, soon(), nearly) == ("south",)
    with context.database.begin() as connection:
        shorten_keepings(connection, "south", NOW)  # the agency keeps other photos no longer
    assert watching.keepers(DIGEST, soon(), nearly) == ("south",)
    watching.end(made.watch_id, NOW, DAYS, SOUTH)
    assert watching.keepers(DIGEST, soon(), nearly) == ()
    assert watching.keepers(DIGEST, soon(), NOW + timedelta(days=DAYS - 1)) == ("south",)


def test_only_an_agency_that_keeps_the_photo_can_watch_it(context: ToyContext, watching: Watching) -> None:
    keep(context, SOUTH)
    with pytest.raises(NotFoundError):
        watching.watch(wanted(WEST), WEST)


def test_watching_again_replaces_the_watch(context: ToyContext, watching: Watching) -> None:
    keep(context, SOUTH)
    first, second = watching.watch(wanted(SOUTH), SOUTH), watching.watch(wanted(SOUTH), SOUTH)
    assert first.watch_id != second.watch_id
    assert [one.watch_id for one in watching.watches(SOUTH, NOW)] == [second.watch_id]


def test_watches_are_their_agency_s_alone_and_those_that_are_over_are_gone(
    context: ToyContext, watching: Watching
) -> None:
    keep(context, SOUTH)
    made = watching.watch(wanted(SOUTH), SOUTH)
    assert watching.watches(WEST, NOW) == ()
    assert watching.watches(AT_THE_MACHINE, NOW) == (made,)
    assert watching.watches(SOUTH, NOW + WATCHED) == ()
    for who, at in ((WEST, NOW), (SOUTH, NOW + WATCHED)):
        with pytest.raises(NotFoundError):
            watching.end(made.watch_id, at, DAYS, who)


def test_the_audit_log_tells_of_watches(context: ToyContext, watching: Watching) -> None:
    keep(context, SOUTH)
    made = watching.watch(wanted(SOUTH), SOUTH)
    watching.end(made.watch_id, NOW, DAYS, SOUTH)
    logged = Audit(context.database, context.settings.home).page(0, 100, AuditFilter(action=Action.WATCH))
    assert [one.event.detail for one in logged] == [f"until {NOW + WATCHED:%Y-%m-%d}", "ended"]
    assert {(one.event.subject, one.event.agency) for one in logged} == {(str(DIGEST), "south")}
