"""Kept hits: for whom they are, what of them is told, and pairs of lost and found records."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from sqlalchemy import update

from heritage.domain.access import AT_THE_MACHINE, Handling, Role, Viewer
from heritage.domain.criteria import Criteria
from heritage.domain.hits import Hit, Verdict
from heritage.domain.records import Photograph, RecordId, RegistryRecord, Status
from heritage.domain.review import Comparable, DecisionKind, HitQuestion, HitState, Origin, Side, is_asked
from heritage.errors import NotFoundError
from heritage.storage.alerts import Alerts
from heritage.storage.counterparts import Counterparts
from heritage.storage.hits import Hits
from heritage.storage.schema import hit as hit_table
from tests.kept import found, search_by, viewer
from tests.toys import ToyContext, describe, png

IMAGES = [describe(png(seed)) for seed in range(4)]


NORTH, SOUTH, WEST = viewer("north"), viewer("south"), viewer("west")


@pytest.fixture
def hits(context: ToyContext) -> Hits:
    return Hits(context.database)


def save(
    context: ToyContext, number: str, owner: str, status: Status = Status.STOLEN, **more: object
) -> RegistryRecord:
    """A record that shows the image of its number."""
    image = IMAGES[int(number)]
    record = RegistryRecord(RecordId("r", number), status, owner, photographs=(Photograph(image.digest),))
    context.records.save(replace(record, **more), [image], context.specs)  # type: ignore[arg-type]
    return context.records.get(record.record_id, AT_THE_MACHINE)


def keep(hits: Hits, who: Viewer, *found: Hit, **more: object) -> list[str]:
    return [one for one in hits.add(search_by(who, **more), found).hit_ids if one]  # type: ignore[arg-type]


def test_a_hit_is_kept_with_all_that_is_needed_to_compute_it_again(context: ToyContext, hits: Hits) -> None:
    record = save(context, "1", "north")
    hit, search = found(record), search_by(SOUTH)
    kept = hits.add(search, [hit, replace(hit, verdict=Verdict.NONE)])
    assert kept.hit_ids[1] is None
    shown = hits.get(kept.hit_ids[0] or "", SOUTH)
    assert shown.search == replace(search, search_id=kept.search_id)
    assert (shown.record, shown.record_version, shown.digest) == (record, record.version, record.images[0])
    measured = ("similarity", "lift", "votes", "vote_lead", "score", "false_alarm_rate")
    names = ("view", "region", "turn", "verdict", *measured)
    assert [getattr(shown, name) for name in names] == [getattr(hit, name) for name in names]
    counts = ("match_count", "inlier_count", "cell_count", "agreeing_cell_count", "support", "correlation", "mirrored")
    for name in (*counts, "homographies"):
        assert getattr(shown.verification, name) == getattr(hit.verification, name)


def test_what_was_not_measured_stays_unknown(context: ToyContext, hits: Hits) -> None:
    [hit_id] = keep(hits, SOUTH, replace(found(save(context, "1", "north")), lift=None, vote_lead=0.0))
    shown = hits.get(hit_id, SOUTH)
    assert shown.lift is None and shown.vote_lead == 0.0
    with context.database.begin() as connection:  # as the migration leaves what was kept before it
        connection.execute(update(hit_table).values(lift=None, vote_lead=None))
    assert hits.get(hit_id, SOUTH).vote_lead is None


@pytest.mark.parametrize(
    ("handling", "seen_by"),
    [
        (Handling.GREEN, "searcher owner officer"),
        (Handling.AMBER_STRICT, "searcher owner officer"),
        (Handling.RED, "searcher owner"),
    ],
)
def test_a_hit_is_for_the_searcher_and_for_whoever_of_the_owner_sees_the_record(
    context: ToyContext, hits: Hits, handling: Handling, seen_by: str
) -> None:
    record = save(context, "1", "north", handling=handling)
    [hit_id] = keep(hits, SOUTH, found(record))
    asking = {
        "searcher": SOUTH,
        "owner": NORTH,
        "officer": viewer("north", Role.OFFICER),
        "other": WEST,
        "": viewer(""),
    }
    assert [name for name, one in asking.items() if hits.find(HitQuestion(), one)] == seen_by.split()
    for name, one in asking.items():
        if name not in seen_by.split():
            with pytest.raises(NotFoundError):
                hits.decide(hit_id, DecisionKind.CONFIRMED, "", one)


def test_the_searcher_sees_of_the_record_what_is_shown_to_them_now(context: ToyContext, hits: Hits) -> None:
    record = save(context, "1", "north")
    [hit_id] = keep(hits, SOUTH, found(record))
    assert hits.get(hit_id, SOUTH).record
    assert len(hits.find(HitQuestion(record=record.record_id), SOUTH)) == 1
    save(context, "1", "north", handling=Handling.RED)
    assert hits.get(hit_id, SOUTH).record is None
    with pytest.raises(NotFoundError):
        hits.find(HitQuestion(record=record.record_id), SOUTH)
    assert hits.decide(hit_id, DecisionKind.ASK_OWNER, "", SOUTH).decisions[0].side is Side.SEARCHER


def test_decisions_are_added_and_both_sides_read_them(context: ToyContext, hits: Hits) -> None:
    [hit_id] = keep(hits, SOUTH, found(save(context, "1", "north")))
    hits.decide(hit_id, DecisionKind.CONFIRMED, "the same dent", SOUTH)
    assert hits.find(HitQuestion(state=HitState.CONFIRMED), NORTH)
    hits.decide(hit_id, DecisionKind.REJECTED, "ours has none", NORTH)
    hits.decide(hit_id, DecisionKind.CONFIRMED, "it has", SOUTH)
    for one in (NORTH, SOUTH, AT_THE_MACHINE):
        told = hits.get(hit_id, one)
        assert told.state is HitState.REJECTED
        assert [(made.side, made.note) for made in told.decisions] == [
            (Side.SEARCHER, "the same dent"),
            (Side.OWNER, "ours has none"),
            (Side.SEARCHER, "it has"),
        ]
    assert [made.actor for made in hits.get(hit_id, NORTH).decisions] == ["", NORTH.actor, ""]
    assert not hits.find(HitQuestion(state=HitState.OPEN), NORTH)
    assert hits.find(HitQuestion(state=HitState.REJECTED), NORTH)


def test_hits_are_found_by_record_day_and_origin_the_newest_first(context: ToyContext, hits: Hits) -> None:
    first, second = save(context, "1", "north"), save(context, "2", "south")
    old = keep(hits, SOUTH, found(first), days_ago=40)
    new = keep(hits, NORTH, found(first), found(second), days_ago=2)
    everything = [one.hit_id for one in hits.find(HitQuestion(), AT_THE_MACHINE)]
    assert everything == [*reversed(new), *old]
    assert [one.hit_id for one in hits.find(HitQuestion(record=second.record_id), AT_THE_MACHINE)] == new[1:]
    day = date.today() - timedelta(days=10)
    assert len(hits.find(HitQuestion(since=day), AT_THE_MACHINE)) == 2
    assert not hits.find(HitQuestion(origin=Origin.COUNTERPART), AT_THE_MACHINE)
    assert [one.hit_id for one in hits.find(HitQuestion(), AT_THE_MACHINE, after=new[1], limit=1)] == new[:1]
    assert not hits.find(HitQuestion(), AT_THE_MACHINE, after="unknown")


@pytest.fixture
def counterparts(context: ToyContext) -> Counterparts:
    return Counterparts(context.database)


def compare(counterparts: Counterparts, source: RegistryRecord, *found: Hit, changes: int = 1000) -> int:
    kept = search_by(
        viewer(source.owner_agency),
        origin=Origin.COUNTERPART,
        source=source.record_id,
        criteria=Criteria(statuses=source.status.counterparts),
    )
    return counterparts.add(kept, found, Comparable(source.record_id, source.images[0]), changes)


def pending(counterparts: Counterparts, again: bool = False) -> list[str]:
    page = counterparts.page((0, 0), 100, again)
    assert len(page) == counterparts.count(again)
    return [one.record_id.number for one in page]


def test_two_records_have_one_hit_whichever_was_compared(
    context: ToyContext, hits: Hits, counterparts: Counterparts
) -> None:
    lost, light = save(context, "1", "north"), save(context, "2", "south", Status.FOUND)
    assert compare(counterparts, lost, found(light)) == 1
    assert compare(counterparts, light, found(lost)) == 0
    assert compare(counterparts, lost, found(light), found(lost, Verdict.NONE)) == 0
    [hit] = hits.find(HitQuestion(origin=Origin.COUNTERPART, record=lost.record_id), SOUTH)
    assert hits.find(HitQuestion(record=light.record_id), NORTH)[0].hit_id == hit.hit_id
    assert (hit.search.source, hit.record and hit.record.record_id) == (lost.record_id, light.record_id)


def test_a_stronger_hit_takes_the_place_of_a_weaker_one_until_somebody_decides(
    context: ToyContext, hits: Hits, counterparts: Counterparts
) -> None:
    lost, light = save(context, "1", "north"), save(context, "2", "south", Status.FOUND)
    other = save(context, "3", "south", Status.SEIZED)
    compare(counterparts, lost, found(light, Verdict.POSSIBLE), found(other, Verdict.POSSIBLE))
    before = {one.record and one.record.record_id: one.hit_id for one in hits.find(HitQuestion(), NORTH)}
    hits.decide(before[other.record_id], DecisionKind.ASK_EXPERT, "", SOUTH)
    assert compare(counterparts, lost, found(light), found(other)) == 1
    assert compare(counterparts, light, found(lost, Verdict.POSSIBLE)) == 0
    assert hits.get(before[light.record_id], NORTH).verdict is Verdict.STRONG
    assert hits.get(before[other.record_id], NORTH).verdict is Verdict.POSSIBLE


def test_nobody_learns_of_a_hidden_counterpart(context: ToyContext, hits: Hits, counterparts: Counterparts) -> None:
    lost, light = save(context, "1", "north"), save(context, "2", "south", Status.FOUND, handling=Handling.AMBER)
    compare(counterparts, light, found(lost))
    assert len(hits.find(HitQuestion(), SOUTH)) == 1
    assert not hits.find(HitQuestion(), NORTH)
    save(context, "2", "south", Status.FOUND, handling=Handling.AMBER, shared_with=("north",))
    assert hits.find(HitQuestion(), NORTH)[0].search.source == light.record_id


def test_a_photograph_is_compared_once_and_again_when_its_record_is_found(
    context: ToyContext, counterparts: Counterparts
) -> None:
    lost = save(context, "1", "north")
    save(context, "2", "south", Status.FOUND)
    save(context, "3", "south", Status.RECOVERED)
    assert pending(counterparts) == ["1", "2"]
    compare(counterparts, lost)
    assert (pending(counterparts), pending(counterparts, again=True)) == (["2"], ["1", "2"])
    assert [
        one.record_id.number for one in counterparts.page(counterparts.page((0, 0), 1, True)[0].place, 1, True)
    ] == ["2"]
    save(context, "1", "north", Status.MISSING)
    assert pending(counterparts) == ["2"]
    save(context, "1", "north", Status.SEIZED)
    assert pending(counterparts) == ["1", "2"]


def test_restricted_records_are_compared_again_after_any_change(
    context: ToyContext, counterparts: Counterparts
) -> None:
    """Whoever registers a found object does not see them, so its comparison cannot find them."""
    lost = save(context, "1", "north", handling=Handling.RED)
    compare(counterparts, lost, changes=counterparts.change_count())
    assert pending(counterparts) == []
    save(context, "2", "south", Status.FOUND)
    assert pending(counterparts) == ["1", "2"]


def test_hits_of_own_searches_and_hits_that_others_found_are_asked_for_apart(context: ToyContext, hits: Hits) -> None:
    record = save(context, "1", "north")
    [theirs], [own] = keep(hits, SOUTH, found(record)), keep(hits, NORTH, found(record))
    ids = {side: [one.hit_id for one in hits.find(HitQuestion(side=side), NORTH)] for side in Side}
    assert ids == {Side.OWNER: [theirs], Side.SEARCHER: [own]}
    assert [one.hit_id for one in hits.find(HitQuestion(side=Side.SEARCHER), SOUTH)] == [theirs]
    assert hits.count(HitQuestion(side=Side.OWNER), NORTH, 9) == 1
    assert hits.count(HitQuestion(side=Side.OWNER), WEST, 9) == 0


def test_a_question_waits_until_the_owner_says_something(context: ToyContext, hits: Hits) -> None:
    record = save(context, "1", "north")
    asked, other = keep(hits, SOUTH, found(record), found(record))
    hits.decide(asked, DecisionKind.ASK_OWNER, "", SOUTH)
    hits.decide(other, DecisionKind.ASK_EXPERT, "", SOUTH)
    waiting, rest = HitQuestion(is_waiting=True), HitQuestion(is_waiting=False)
    assert [one.hit_id for one in hits.find(waiting, NORTH)] == [asked]
    assert [one.hit_id for one in hits.find(rest, NORTH)] == [other]
    hits.decide(asked, DecisionKind.CONFIRMED, "", NORTH)
    assert hits.find(waiting, NORTH) == ()
    assert hits.count(rest, NORTH, 9) == 2
    assert hits.count(rest, NORTH, 1) == 1


@pytest.mark.parametrize("said", [DecisionKind.CONFIRMED, DecisionKind.REJECTED])
def test_a_question_waits_whatever_the_searcher_says_besides(
    context: ToyContext, hits: Hits, said: DecisionKind
) -> None:
    [hit_id] = keep(hits, SOUTH, found(save(context, "1", "north")))
    waiting, unsettled = HitQuestion(is_waiting=True), HitQuestion(side=Side.OWNER, is_unsettled=True)
    for kind in (said, DecisionKind.ASK_OWNER, said):
        hits.decide(hit_id, kind, "", SOUTH)
    assert [one.hit_id for one in hits.find(waiting, NORTH)] == [hit_id]
    assert hits.count(unsettled, NORTH, 9) == 1
    hits.decide(hit_id, DecisionKind.REJECTED, "another one", NORTH)
    assert hits.find(waiting, NORTH) == ()
    assert hits.count(unsettled, NORTH, 9) == 0
    hits.decide(hit_id, DecisionKind.ASK_OWNER, "look at the back", SOUTH)
    assert [one.hit_id for one in hits.find(waiting, NORTH)] == [hit_id]
    assert hits.count(unsettled, NORTH, 9) == 1
    assert is_asked(hits.get(hit_id, NORTH).decisions)


def test_who_may_not_know_of_a_record_is_told_of_no_hit_that_its_photograph_brought(
    context: ToyContext, hits: Hits, counterparts: Counterparts
) -> None:
    lost = save(context, "1", "north")
    compare(counterparts, save(context, "2", "south", Status.FOUND, handling=Handling.RED), found(lost))
    officer = viewer("south", Role.OFFICER)
    assert len(hits.find(HitQuestion(), SOUTH)) == 1
    assert not hits.find(HitQuestion(), officer)
    assert Alerts(context.database).newest(SOUTH)
    assert not Alerts(context.database).newest(officer)
