"""Saving many records in one transaction: whole or not at all, each on its own."""

from dataclasses import replace

import pytest

from heritage.domain.access import AT_THE_MACHINE, SCOPES_BY_ROLE, Handling, Role, Viewer
from heritage.domain.criteria import ANYTHING, Criteria
from heritage.domain.records import ObjectIdCard, Photograph, PhotoView, RecordId, RegistryRecord, Status
from heritage.domain.terms import Facet, category_tree
from heritage.errors import ConflictError, ForbiddenError, RecordError, StorageError
from heritage.storage.records import Change
from tests.toys import ToyContext, describe, png

NORTH = Viewer("reg@north", "north", Role.REGISTRAR, SCOPES_BY_ROLE[Role.REGISTRAR])


def a_record(number: int, **facts: object) -> RegistryRecord:
    card = ObjectIdCard(title=f"Title {number}", place_of_origin=f"Town {number}")
    return replace(RegistryRecord(RecordId("r", str(number)), owner_agency="north", card=card), **facts)  # type: ignore[arg-type]


def found(context: ToyContext, criteria: Criteria = ANYTHING) -> list[RegistryRecord]:
    return list(context.records.find(criteria, AT_THE_MACHINE, limit=5_000))


def test_thousands_keep_their_own_parts(context: ToyContext) -> None:
    """One statement writes many rows: no term, share, text or status may end up with another record."""
    terms = [term.id for term in category_tree().by_facet(Facet.MATERIAL)]
    records = [
        a_record(
            number,
            terms=(terms[number % len(terms)],),
            shared_with=(f"agency-{number}", "all"),
            handling=Handling.AMBER,
        )
        for number in range(1_500)
    ]
    assert context.records.save_each([(one, []) for one in records], context.specs) == [Change.ADDED] * 1_500
    assert sorted(found(context), key=lambda one: one.record_id) == sorted(records, key=lambda one: one.record_id)
    for number in (0, 749, 1_499):
        for criteria in (
            Criteria(text=f"title {number}"),
            Criteria(place=f"town {number}"),
            Criteria(material=terms[number % len(terms)]),
        ):
            assert records[number] in found(context, criteria)
        assert len(context.records.history(RecordId("r", str(number)), AT_THE_MACHINE)) == 1


def test_old_and_new_ones_in_one_batch(context: ToyContext) -> None:
    one, two = (describe(png(seed)) for seed in (1, 2))
    first = [a_record(1, photographs=(Photograph(one.digest),)), a_record(2), a_record(3, shared_with=("b", "a"))]
    context.records.save_each([(first[0], [one]), (first[1], []), (first[2], [])], context.specs)
    second = [
        a_record(4, photographs=(Photograph(two.digest),)),
        a_record(2, status=Status.RECOVERED, card=ObjectIdCard(title="New")),
        first[2],
        replace(first[0], photographs=(Photograph(two.digest, PhotoView.BACK), Photograph(one.digest))),
        a_record(5),
    ]
    outcomes = context.records.save_each([(one, [two]) for one in second], context.specs)
    assert outcomes == [Change.ADDED, Change.UPDATED, Change.UNCHANGED, Change.UPDATED, Change.ADDED]
    assert [context.records.get(one.record_id, AT_THE_MACHINE) for one in (second[0], second[1], second[3])] == [
        second[0], second[1], second[3],
    ]  # fmt: skip
    assert found(context, Criteria(text="title 2")) == []
    assert found(context, Criteria(text="new")) == [second[1]]
    statuses = [step.status for step in context.records.history(RecordId("r", "2"), AT_THE_MACHINE)]
    assert statuses == [Status.STOLEN, Status.RECOVERED]
    assert [context.records.get(one.record_id, AT_THE_MACHINE).version for one in second] == [1, 2, 1, 2, 1]


def test_a_refused_record_keeps_back_no_other(context: ToyContext) -> None:
    context.records.save_each([(a_record(1, owner_agency="south", handling=Handling.RED), [])], context.specs)
    context.records.save_each([(a_record(2, owner_agency="south"), [])], context.specs)
    mail = ObjectIdCard(description="write to a.b@example.org")
    picture = describe(png(1))
    batch = [
        (a_record(1), []),
        (a_record(2), []),
        (a_record(3, card=mail, photographs=(Photograph(picture.digest),)), [picture]),
        (a_record(4, owner_agency="south"), []),
        (a_record(5), []),
    ]
    outcomes = context.records.save_each(batch, context.specs, NORTH)
    assert [type(one) for one in outcomes] == [ConflictError, ForbiddenError, RecordError, ForbiddenError, Change]
    assert [one.record_id.number for one in found(context)] == ["1", "2", "5"]
    assert found(context)[1].owner_agency == "south"
    assert context.descriptors.count(0, 99, context.specs) == 0, "no picture of a refused record is kept"
    with pytest.raises(ConflictError):
        context.records.save_all([(a_record(6), []), (a_record(1), [])], context.specs, NORTH)
    assert len(found(context)) == 3


@pytest.mark.parametrize("facts", [{"owner_agency": "x" * 201}, {"shared_with": ("a", "x" * 201)}])
def test_an_agency_has_a_short_name(context: ToyContext, facts: dict[str, object]) -> None:
    with pytest.raises(RecordError, match="more than 200 characters"):
        context.records.save(a_record(1, **facts), [], context.specs)


def test_a_failure_undoes_the_whole_batch(context: ToyContext) -> None:
    unknown = a_record(2, photographs=(Photograph(describe(png(1)).digest),))
    with pytest.raises(StorageError, match="not described"):
        context.records.save_each([(a_record(1), []), (unknown, [])], context.specs)
    assert found(context) == []


def test_one_record_twice_in_a_batch_is_saved_twice(context: ToyContext) -> None:
    later = a_record(1, status=Status.FOUND)
    outcomes = context.records.save_each(
        [(a_record(1), []), (a_record(2), []), (later, []), (later, [])], context.specs
    )
    assert outcomes == [Change.ADDED, Change.ADDED, Change.UPDATED, Change.UNCHANGED]
    assert found(context)[0] == later
    assert len(context.records.history(later.record_id, AT_THE_MACHINE)) == 2


def test_the_order_of_agencies_changes_nothing(context: ToyContext) -> None:
    shared = a_record(1, shared_with=("b", "a", "b"))
    context.records.save(shared, [], context.specs)
    assert context.records.save(shared, [], context.specs) is Change.UNCHANGED


def test_only_a_change_moves_what_coverage_rests_on(context: ToyContext) -> None:
    context.records.save_each([(a_record(1), [])], context.specs)
    before = context.records.coverage(context.specs, AT_THE_MACHINE)
    context.records.save_each([(a_record(1), [])], context.specs)
    assert context.records.coverage(context.specs, AT_THE_MACHINE) is before
    context.records.save_each([(a_record(2), [])], context.specs)
    assert context.records.coverage(context.specs, AT_THE_MACHINE) is not before
