"""Alerts: each hit is raised once to whom it concerns, and told once by each channel, whatever happens meanwhile."""

from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import cast

import pytest
from sqlalchemy import Connection

from heritage.domain.access import AT_THE_MACHINE, Handling
from heritage.domain.alerts import MAX_CHANNELS, Channel, ChannelKind, Delivery, DeliveryState
from heritage.domain.hits import Verdict
from heritage.domain.records import Photograph, RecordId, RegistryRecord, Status
from heritage.domain.review import Comparable, Origin, Side
from heritage.errors import ConflictError, NotFoundError
from heritage.storage.alerts import LEASE, Alerts
from heritage.storage.counterparts import Counterparts
from heritage.storage.database import Database
from heritage.storage.hits import Hits
from tests.kept import found, search_by, viewer
from tests.toys import ToyContext, describe, png

IMAGES = [describe(png(seed)) for seed in range(3)]
NORTH, SOUTH, WEST = viewer("north"), viewer("south"), viewer("west")
NOW = datetime(2026, 5, 4, 12, tzinfo=UTC)


@pytest.fixture
def alerts(context: ToyContext) -> Alerts:
    return Alerts(context.database)


@pytest.fixture
def hits(context: ToyContext) -> Hits:
    return Hits(context.database)


def save(context: ToyContext, number: str, owner: str, **more: object) -> RegistryRecord:
    record = RegistryRecord(
        RecordId("r", number), Status.STOLEN, owner, photographs=(Photograph(IMAGES[int(number)].digest),)
    )
    context.records.save(replace(record, **more), [IMAGES[int(number)]], context.specs)  # type: ignore[arg-type]
    return context.records.get(record.record_id, AT_THE_MACHINE)


def channel(alerts: Alerts, agency: str, address: str = "desk@north.example", **more: object) -> Channel:
    wanted = Channel("", agency, ChannelKind.MAIL, address, created_by="ann", created_at=NOW)
    return alerts.add_channel(replace(wanted, **more), "", AT_THE_MACHINE)  # type: ignore[arg-type]


def claimed(alerts: Alerts, now: datetime | None = None) -> list[Delivery]:
    """All that are due, each claimed once."""
    taken = []
    while one := alerts.claim(now or datetime.now(UTC)):
        taken.append(one)
    return taken


def test_a_hit_that_another_agency_finds_is_raised_to_the_owner_alone(
    context: ToyContext, alerts: Alerts, hits: Hits
) -> None:
    record = save(context, "1", "north")
    kept = hits.add(search_by(SOUTH), [found(record)])
    [raised] = alerts.newest(NORTH)
    assert (raised.hit_id, raised.record_id, raised.side) == (kept.hit_ids[0], record.record_id, Side.OWNER)
    assert raised.verdict is Verdict.STRONG
    assert alerts.newest(SOUTH) == alerts.newest(WEST) == ()


def test_what_an_agency_finds_in_its_own_records_is_no_news_to_it(
    context: ToyContext, alerts: Alerts, hits: Hits
) -> None:
    hits.add(search_by(NORTH), [found(save(context, "1", "north"))])
    assert alerts.newest(NORTH) == ()


def test_a_record_that_matches_an_earlier_photo_is_raised_to_both_sides(
    context: ToyContext, alerts: Alerts, hits: Hits
) -> None:
    hits.add(search_by(SOUTH, origin=Origin.WATCH), [found(save(context, "1", "north"))])
    assert [one.side for one in alerts.newest(NORTH)] == [Side.OWNER]
    assert [one.side for one in alerts.newest(SOUTH)] == [Side.SEARCHER]


def test_the_same_record_and_photo_are_raised_once_however_often_they_are_compared(
    context: ToyContext, alerts: Alerts, hits: Hits
) -> None:
    record, _ = save(context, "1", "north"), channel(alerts, "north")
    for _ in range(3):
        hits.add(search_by(SOUTH), [found(record)])
    assert len(alerts.newest(NORTH)) == len(claimed(alerts)) == 1


def test_a_possible_hit_that_becomes_strong_is_told_to_those_who_want_strong_ones_only(
    context: ToyContext, alerts: Alerts, hits: Hits
) -> None:
    record = save(context, "1", "north")
    every = channel(alerts, "north", "all@north.example", least=Verdict.POSSIBLE)
    strong = channel(alerts, "north", "strong@north.example")
    hits.add(search_by(SOUTH), [found(record, Verdict.POSSIBLE)])
    assert [one.channel for one in claimed(alerts)] == [every]
    for _ in range(2):
        hits.add(search_by(SOUTH), [found(record)])
        hits.add(search_by(SOUTH), [found(record, Verdict.POSSIBLE)])
    assert [one.channel for one in claimed(alerts)] == [strong]
    assert [one.verdict for one in alerts.newest(NORTH)] == [Verdict.STRONG]


def test_the_owner_is_not_told_of_a_counterpart_that_it_must_not_know_of(context: ToyContext, alerts: Alerts) -> None:
    hidden = save(context, "1", "south", status=Status.SEIZED, handling=Handling.RED)
    lost = save(context, "2", "north")
    kept = search_by(SOUTH, origin=Origin.COUNTERPART, source=hidden.record_id)
    counterparts = Counterparts(context.database)
    counterparts.add(kept, [found(lost)], Comparable(hidden.record_id, hidden.images[0]), 0)
    assert alerts.newest(NORTH) == ()


def test_an_alert_names_no_record_that_the_reader_may_not_see(context: ToyContext, alerts: Alerts, hits: Hits) -> None:
    record = save(context, "1", "north", handling=Handling.RED)
    hits.add(search_by(SOUTH, origin=Origin.WATCH), [found(record)])
    assert [one.record_id for one in alerts.newest(SOUTH)] == [None]
    assert [one.record_id for one in alerts.newest(NORTH)] == [record.record_id]


def test_who_claimed_a_delivery_and_died_lets_others_attempt_it(
    context: ToyContext, alerts: Alerts, hits: Hits
) -> None:
    channel(alerts, "north")
    hits.add(search_by(SOUTH), [found(save(context, "1", "north"))])
    now = datetime.now(UTC)
    [first] = claimed(alerts, now)
    assert claimed(alerts, now + LEASE / 2) == []
    [second] = claimed(alerts, now + LEASE)
    assert (second.delivery_id, second.attempt_count) == (first.delivery_id, 2)
    alerts.settle(first, DeliveryState.DEAD, now, "too late to say")
    assert alerts.deliveries(NORTH, DeliveryState.DEAD) == ()
    alerts.settle(second, DeliveryState.DONE, now)
    assert [one.delivery_id for one in alerts.deliveries(NORTH, DeliveryState.DONE)] == [first.delivery_id]
    assert claimed(alerts, now + timedelta(days=9)) == []


def test_what_was_given_up_can_be_attempted_again_by_its_own_agency(
    context: ToyContext, alerts: Alerts, hits: Hits
) -> None:
    channel(alerts, "north")
    hits.add(search_by(SOUTH), [found(save(context, "1", "north"))])
    now = datetime.now(UTC)
    [one] = claimed(alerts, now)
    with pytest.raises(ConflictError, match="given up"):
        alerts.try_again(one.delivery_id, now, NORTH)
    alerts.settle(one, DeliveryState.DEAD, now, "desk.example answers 502")
    with pytest.raises(NotFoundError):
        alerts.try_again(one.delivery_id, now, SOUTH)
    again = alerts.try_again(one.delivery_id, now, NORTH)
    assert (again.state, again.attempt_count, again.problem) == (DeliveryState.WAITING, 0, "")
    assert len(claimed(alerts, now)) == 1


def test_an_ended_channel_is_told_nothing_more(context: ToyContext, alerts: Alerts, hits: Hits) -> None:
    ended = channel(alerts, "north")
    hits.add(search_by(SOUTH), [found(save(context, "1", "north"))])
    with pytest.raises(NotFoundError):
        alerts.end_channel(ended.channel_id, NOW, SOUTH)
    alerts.end_channel(ended.channel_id, NOW, NORTH)
    assert claimed(alerts) == [] and alerts.channels("north") == ()
    [dead] = alerts.deliveries(NORTH, DeliveryState.DEAD)
    with pytest.raises(ConflictError):
        alerts.try_again(dead.delivery_id, NOW, NORTH)
    hits.add(search_by(SOUTH), [found(save(context, "2", "north"))])
    assert claimed(alerts) == []


def test_an_agency_has_each_channel_once_and_not_too_many(alerts: Alerts) -> None:
    for number in range(MAX_CHANNELS):
        channel(alerts, "north", f"{number}@north.example")
    channel(alerts, "south", "0@north.example")
    with pytest.raises(ConflictError, match="told already"):
        channel(alerts, "south", "0@north.example")
    with pytest.raises(ConflictError, match="end one first"):
        channel(alerts, "north", "another@north.example")


@dataclass
class Overtaken:
    """The database, between whose reading and writing somebody else claims a delivery."""

    database: Database
    at: datetime
    is_overtaken: bool = False

    @contextmanager
    def read(self) -> Iterator[Connection]:
        with self.database.read() as connection:
            yield connection
        if not self.is_overtaken:
            self.is_overtaken = True
            assert Alerts(self.database).claim(self.at)

    def begin(self) -> AbstractContextManager[Connection]:
        return self.database.begin()


def test_who_was_overtaken_claims_the_next_one_without_waiting_for_itself(
    context: ToyContext, alerts: Alerts, hits: Hits
) -> None:
    for address in ("one@north.example", "two@north.example"):
        channel(alerts, "north", address)
    hits.add(search_by(SOUTH), [found(save(context, "1", "north"))])
    now = datetime.now(UTC)
    slower = Alerts(cast(Database, Overtaken(context.database, now)))
    assert slower.claim(now)
    assert slower.claim(now) is None


def test_what_an_agency_found_possible_itself_is_news_once_it_is_strong(
    context: ToyContext, alerts: Alerts, hits: Hits
) -> None:
    record, told = save(context, "1", "north"), channel(alerts, "south", "desk@south.example")
    hits.add(search_by(SOUTH, days_ago=3), [found(record, Verdict.POSSIBLE)])
    assert alerts.newest(SOUTH) == ()
    kept = search_by(SOUTH, origin=Origin.WATCH)
    hits.add(kept, [found(record)])
    [raised] = alerts.newest(SOUTH)
    assert (raised.verdict, raised.raised_at) == (Verdict.STRONG, kept.at)
    assert [one.channel for one in claimed(alerts)] == [told]


def test_a_channel_that_rests_is_passed_over(context: ToyContext, alerts: Alerts, hits: Hits) -> None:
    resting, other = channel(alerts, "north"), channel(alerts, "north", "two@north.example")
    hits.add(search_by(SOUTH), [found(save(context, "1", "north"))])
    now = datetime.now(UTC)
    first = alerts.claim(now, [resting.channel_id])
    assert first and first.channel == other
    assert alerts.claim(now, [resting.channel_id]) is None
