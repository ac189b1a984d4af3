"""A theft reported in May of what was photographed in March: one alert to each side, once, by each channel."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np
import pytest

from heritage.domain.access import AT_THE_MACHINE, Handling, Role, Viewer
from heritage.domain.alerts import ChannelKind
from heritage.domain.hits import Query, Verdict, View
from heritage.domain.images import ImageDigest, Photo
from heritage.domain.records import PhotoView, RecordId, RegistryRecord, Status
from heritage.domain.review import HitQuestion, Origin, Side
from heritage.errors import NotFoundError
from heritage.faces.mails import alert_mail
from heritage.service import watching
from heritage.service.accounts import add_agency, found
from heritage.service.alerting import ChannelWish, add_channel, deliver_due, newest_alerts
from heritage.service.context import Context, open_context
from heritage.service.photos import sweep_photos
from heritage.service.registering import add_photograph, add_record, change_record
from heritage.service.review import search_and_keep
from heritage.service.watching import LookBack, end_watch, look_back, watch_photo, watches_of
from heritage.settings import Settings
from tests.kept import viewer
from tests.pictures import encoded, homography, photograph, picture
from tests.receivers import Mailbox, Webhook, mail_server, webhook
from tests.toys import ToyEmbedder

NORTH, EAST, WEST = viewer("north"), viewer("east"), viewer("west")
LOOTED = picture(71)
SEIZED = encoded(photograph(LOOTED, homography(20, 0.9, 0.0002)), "JPEG")


@pytest.fixture
def open_home(tmp_path: Path) -> Callable[..., AbstractContextManager[Context]]:
    def opened(**more: object) -> AbstractContextManager[Context]:
        settings = Settings(home=tmp_path, decode_processes=0, threads=2, **more)  # type: ignore[arg-type]
        return open_context(settings, ToyEmbedder())

    return opened


@pytest.fixture
def context(open_home: Callable[..., AbstractContextManager[Context]]) -> Iterator[Context]:
    with open_home() as opened:
        yield opened


def seize(context: Context, who: Viewer, data: bytes = SEIZED) -> ImageDigest:
    """Search with a photo; nothing is registered that it shows."""
    photo = context.decode(data)
    result, _ = search_and_keep(context, Query((View(photo),), viewer=who), [data])
    assert result.verdict is Verdict.NONE
    return photo.digest


def report(context: Context, number: str = "1", pixels: np.ndarray = LOOTED, **more: object) -> RegistryRecord:
    """Register what was stolen from the North."""
    record = RegistryRecord(RecordId("thefts", number), Status.STOLEN, "north")
    add_record(context, replace(record, **more), NORTH)  # type: ignore[arg-type]
    return add_photograph(context, record.record_id, encoded(pixels), PhotoView.FRONT, NORTH).record


def look(context: Context, after: timedelta = timedelta(0)) -> LookBack:
    done = LookBack()
    for one in look_back(context, lambda: datetime.now(UTC) + after):
        done = done.plus(one)
    return done


LATER = timedelta(minutes=11)


def test_a_record_finds_the_photo_that_was_searched_before_it_came(context: Context) -> None:
    digest = seize(context, EAST)
    assert look(context) == LookBack(described_count=1)
    record = report(context)
    assert look(context) == LookBack(compared_count=1, hit_count=1)
    [hit] = context.hits.find(HitQuestion(), EAST)
    assert hit.record and hit.record.record_id == record.record_id
    assert (hit.search.origin, hit.search.agency, hit.verdict) == (Origin.WATCH, "east", Verdict.STRONG)
    assert hit.search.photos[0].digest == digest
    assert [one.hit_id for one in context.hits.find(HitQuestion(), NORTH)] == [hit.hit_id]
    assert context.photos.get(digest, NORTH).digest == digest  # the owner may compare
    with pytest.raises(NotFoundError):
        context.photos.get(digest, WEST)


def test_each_side_is_alerted_once_however_often_it_is_compared_and_restarted(
    open_home: Callable[..., AbstractContextManager[Context]],
) -> None:
    with open_home() as context:
        seize(context, EAST)
        report(context)
    for after in (timedelta(0), LATER, 2 * LATER):
        with open_home() as context:
            look(context, after)
    with open_home() as context:
        assert look(context, 3 * LATER) == LookBack()
        assert [one.side for one in newest_alerts(context.database, EAST)] == [Side.SEARCHER]
        assert [one.side for one in newest_alerts(context.database, NORTH)] == [Side.OWNER]
        assert newest_alerts(context.database, WEST) == ()
        assert len(context.hits.find(HitQuestion(), AT_THE_MACHINE)) == 1


def test_another_model_raises_nothing_again(context: Context) -> None:
    seize(context, EAST)
    report(context)
    look(context, LATER)
    other = ToyEmbedder(version="2")
    changed = replace(context, embedder=other)
    assert look(changed, 2 * LATER).described_count == 1
    assert len(newest_alerts(context.database, EAST)) == 1


def test_what_the_searcher_found_then_is_no_news_when_the_record_changes(context: Context) -> None:
    record = report(context)
    photo = context.decode(SEIZED)
    result, _ = search_and_keep(context, Query((View(photo),), viewer=EAST), [SEIZED])
    assert result.verdict is Verdict.STRONG
    changed = replace(record, theft_place="the old church")
    change_record(context, changed, record.version, NORTH)
    look(context)
    look(context, LATER)
    assert len(context.hits.find(HitQuestion(), EAST)) == 1
    assert newest_alerts(context.database, EAST) == ()


def test_a_record_that_is_lost_again_is_compared_again(context: Context) -> None:
    record = report(context, status=Status.RECOVERED)
    assert look(context) == LookBack()
    known = context.records.get(record.record_id, NORTH)
    change_record(context, replace(known, status=Status.STOLEN), known.version, NORTH)
    assert look(context).compared_count == 1


def test_nobody_learns_of_a_record_that_is_hidden_from_the_searcher(context: Context) -> None:
    seize(context, EAST)
    report(context, handling=Handling.RED)
    look(context)
    assert newest_alerts(context.database, EAST) == newest_alerts(context.database, NORTH) == ()


def test_another_object_raises_no_strong_match(context: Context) -> None:
    for seed in range(72, 76):
        seize(context, EAST, encoded(picture(seed), "JPEG"))
    report(context)
    done = look(context)
    assert (done.described_count, done.compared_count) == (4, 1)
    assert [one for one in newest_alerts(context.database, NORTH) if one.verdict is Verdict.STRONG] == []


def test_a_record_that_was_there_long_before_the_photo_is_not_compared_with_it(context: Context) -> None:
    report(context)
    with context.database.begin() as connection:
        connection.exec_driver_sql("UPDATE record SET updated_at = '2020-01-01 00:00:00'")
    search_and_keep(context, Query((View(context.decode(SEIZED)),), viewer=EAST), [SEIZED])
    decoded: list[bytes] = []

    def decode(data: bytes) -> Photo:
        decoded.append(data)
        return context.decode(data)

    changed = replace(context, decode=decode)
    assert look(changed) == LookBack(described_count=1, compared_count=1)
    assert len(decoded) == 1  # the photo, to describe it


def test_a_record_that_others_may_see_later_is_told_them_then(context: Context) -> None:
    seize(context, EAST)
    record = report(context, handling=Handling.RED)
    look(context)
    assert newest_alerts(context.database, EAST) == ()
    change_record(context, replace(record, handling=Handling.GREEN), record.version, NORTH)
    look(context)
    assert len(newest_alerts(context.database, EAST)) == 1


def test_a_record_that_is_shared_later_is_told_to_whom_it_is_shared_with(context: Context) -> None:
    seize(context, EAST)
    record = report(context, handling=Handling.AMBER)
    look(context)
    look(context, LATER)
    assert newest_alerts(context.database, EAST) == ()
    change_record(context, replace(record, shared_with=("east",)), record.version, NORTH)
    look(context, LATER)
    assert len(newest_alerts(context.database, EAST)) == 1


def test_whoever_holds_the_machine_learns_of_every_record(context: Context) -> None:
    """Without accounts, or at the command line, photos are of no agency: a search there sees all records, too."""
    seize(context, AT_THE_MACHINE)
    report(context, handling=Handling.AMBER)
    assert look(context).hit_count == 1
    [hit] = context.hits.find(HitQuestion(), AT_THE_MACHINE)
    assert (hit.search.agency, hit.search.actor, hit.search.origin) == ("", "watch", Origin.WATCH)


def test_a_disk_that_is_away_for_an_hour_makes_nothing_pass_for_compared(context: Context) -> None:
    seize(context, EAST)
    record = report(context)
    path = context.images.path(record.images[0])
    data = path.read_bytes()
    path.unlink()
    path.mkdir()  # what cannot be read, whoever runs this
    look(context)
    look(context, LATER)
    path.rmdir()
    path.write_bytes(data)
    assert look(context, 2 * LATER).hit_count == 1


def test_photos_that_nobody_keeps_take_no_place_of_those_that_somebody_does(
    context: Context, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(watching, "CANDIDATES", 1)
    crowd = [encoded(photograph(LOOTED, homography(20, 0.9, 0.0002 + seed / 1e6)), "JPEG") for seed in range(6)]
    for data in crowd:
        search_and_keep(context, Query((View(context.decode(data)),), viewer=WEST), [data])
    seize(context, EAST)
    look(context)
    with context.database.begin() as connection:
        connection.exec_driver_sql("UPDATE photo_keeping SET until = '2020-01-01 00:00:00' WHERE agency = 'west'")
    report(context)
    assert look(context).hit_count == 1


def test_a_photo_that_is_not_kept_any_more_finds_nothing(context: Context) -> None:
    digest = seize(context, EAST)
    look(context)
    with context.database.begin() as connection:
        connection.exec_driver_sql("UPDATE photo_keeping SET until = '2020-01-01 00:00:00'")
    assert [one.is_removed for one in sweep_photos(context.photos)] == [True]
    assert context.seen.find([digest], context.specs) == {}
    report(context)
    assert look(context) == LookBack(compared_count=1)


def test_a_watch_keeps_the_photo_for_a_year_and_can_be_ended(context: Context) -> None:
    found(context.database, "east", "ann", "seven pale lanterns")
    digest = seize(context, EAST)
    with pytest.raises(NotFoundError):
        watch_photo(context, digest, NORTH)
    watched = watch_photo(context, digest, EAST)
    assert timedelta(days=364) < watched.until - datetime.now(UTC) < timedelta(days=366)
    assert watches_of(context, NORTH) == ()
    assert [one.watch_id for one in watches_of(context, EAST)] == [watched.watch_id]
    with pytest.raises(NotFoundError):
        end_watch(context, watched.watch_id, NORTH)
    end_watch(context, watched.watch_id, EAST)
    assert watches_of(context, EAST) == ()


@dataclass
class Told:
    hook: Webhook
    box: Mailbox


@pytest.fixture
def told() -> Iterator[Told]:
    with webhook() as hook, mail_server() as box:
        yield Told(hook, box)


def test_one_alert_arrives_once_through_each_channel(
    open_home: Callable[..., AbstractContextManager[Context]], told: Told
) -> None:
    settings = {
        "smtp_url": told.box.address,
        "mail_from": "alerts@heritage.example",
        "webhook_networks": "127.0.0.1/32",
    }
    with open_home(**settings) as context:
        found(context.database, "centre", "ann", "seven pale lanterns")
        for agency in ("north", "east"):
            add_agency(context.database, AT_THE_MACHINE, agency, f"{agency}-admin")
        for kind, address in ((ChannelKind.WEBHOOK, told.hook.address), (ChannelKind.MAIL, "desk@east.example")):
            add_channel(context.database, ChannelWish(kind, address, agency="east"), AT_THE_MACHINE)
        seize(context, EAST)
        report(context)
    for after in (timedelta(0), LATER, 2 * LATER):
        with open_home(**settings) as context:
            look(context, after)
            deliver_due(context, alert_mail, lambda: datetime.now(UTC) + timedelta(hours=1))
            [alert] = newest_alerts(context.database, EAST)
    assert alert.verdict is Verdict.STRONG
    assert len(told.hook.received) == len(told.box.received) == 1


def test_what_was_searched_names_no_record_to_who_may_not_know_of_it(context: Context) -> None:
    """Everybody of the agency reads its searches; a record that is red is for those who keep it."""
    seize(context, NORTH)
    report(context, handling=Handling.RED)
    look(context)
    officer = viewer("north", Role.OFFICER)
    [hit] = context.hits.find(HitQuestion(origin=Origin.WATCH), officer)
    assert hit.record is None
    [kept, _] = context.searches.find(officer)
    assert kept.origin is Origin.WATCH
    for told in (hit.search.coverage, kept.coverage):
        assert "Compared with one record" in told
        assert "thefts" not in told
