"""Counting records by facet, on behalf of somebody."""

from collections import Counter
from dataclasses import replace
from itertools import product

import pytest

from heritage.domain.access import AT_THE_MACHINE, SCOPES_BY_ROLE, Handling, Role, Viewer
from heritage.domain.classification import subtree, terms_of
from heritage.domain.criteria import ANYTHING, Criteria
from heritage.domain.facets import FacetName, Facets
from heritage.domain.records import ObjectIdCard, RecordId, RegistryRecord, Status
from heritage.storage.facets import count_facets
from tests.toys import ToyContext

CATEGORIES = ("coin", "icon", "painting", "")
VIEWERS = [
    AT_THE_MACHINE,
    *(
        Viewer(f"{role}@{agency}", agency, role, SCOPES_BY_ROLE[role])
        for agency, role in product(("north", "west"), (Role.OFFICER, Role.ADMIN))
    ),
]
RECORDS = [
    RegistryRecord(
        RecordId(registry, f"{label}-{number}"),
        status=(Status.STOLEN, Status.SEIZED, Status.LOOTED)[number % 3],
        owner_agency=("north", "south")[number % 2],
        category=CATEGORIES[number % 4],
        terms=(("gold", "silver"), ("bronze",), ())[number % 3] + (("roman",) if number % 2 else ()),
        handling=label,
        shared_with=("west",) if number % 3 else (),
    )
    for registry, (label, number) in product(("a", "b"), product(Handling, range(6)))
]


@pytest.fixture
def context(context: ToyContext) -> ToyContext:
    context.records.save_all([(record, []) for record in RECORDS], context.specs)
    return context


def counted(facets: Facets, name: FacetName) -> dict[str, int]:
    [found] = [one for one in facets.breakdowns if one.name is name]
    return {one.value: one.record_count for one in found.counts}


@pytest.mark.parametrize("viewer", VIEWERS, ids=lambda viewer: viewer.actor)
def test_only_what_somebody_may_see_is_counted(context: ToyContext, viewer: Viewer) -> None:
    seen = [record for record in RECORDS if viewer.sees(record)]
    facets = context.records.facets(ANYTHING, viewer)
    assert facets.record_count == len(seen)
    assert not facets.is_partial
    assert counted(facets, FacetName.STATUS) == Counter(record.status for record in seen)
    assert counted(facets, FacetName.REGISTRY) == Counter(record.record_id.registry for record in seen)
    assert counted(facets, FacetName.OWNER) == Counter(record.owner_agency for record in seen)
    assert counted(facets, FacetName.PERIOD) == {"roman": sum("roman" in record.terms for record in seen)}
    for top in ("coin", "painting"):
        below = subtree(top)
        expected = sum(bool(below & terms_of(record)) for record in seen)
        assert counted(facets, FacetName.CATEGORY)[top] == expected


def test_a_record_of_several_terms_below_one_counts_once(context: ToyContext) -> None:
    facets = context.records.facets(ANYTHING, AT_THE_MACHINE)
    metal = counted(facets, FacetName.MATERIAL)["metal"]
    assert metal == sum(bool(record.terms and set(record.terms) - {"roman"}) for record in RECORDS)
    below = counted(context.records.facets(Criteria(material="metal"), AT_THE_MACHINE), FacetName.MATERIAL)
    assert below["gold"] == below["silver"]
    assert sum(below.values()) > metal


def test_a_breakdown_respects_every_criterion_but_its_own(context: ToyContext) -> None:
    asked = Criteria(statuses=frozenset({Status.SEIZED}), registry="a")
    facets = context.records.facets(asked, AT_THE_MACHINE)
    in_a = [record for record in RECORDS if record.record_id.registry == "a"]
    seized = [record for record in RECORDS if record.status is Status.SEIZED]
    assert counted(facets, FacetName.STATUS) == Counter(record.status for record in in_a)
    assert counted(facets, FacetName.REGISTRY) == Counter(record.record_id.registry for record in seized)
    assert counted(facets, FacetName.OWNER) == Counter(record.owner_agency for record in seized if record in in_a)
    assert facets.record_count == len([record for record in seized if record in in_a])


def test_below_a_chosen_category_stand_its_parts(context: ToyContext) -> None:
    below = counted(context.records.facets(Criteria(category="painting"), AT_THE_MACHINE), FacetName.CATEGORY)
    assert below == {"icon": sum(record.category == "icon" for record in RECORDS)}


def test_a_count_follows_a_change(context: ToyContext) -> None:
    before = context.records.facets(ANYTHING, AT_THE_MACHINE)
    context.records.save(replace(RECORDS[0], status=Status.RECOVERED), [], context.specs)
    after = context.records.facets(ANYTHING, AT_THE_MACHINE)
    assert Status.RECOVERED not in counted(before, FacetName.STATUS)
    assert counted(after, FacetName.STATUS)[Status.RECOVERED] == 1


def test_one_who_may_see_less_is_not_told_what_was_counted_for_another(context: ToyContext) -> None:
    context.records.facets(ANYTHING, AT_THE_MACHINE)
    stranger = VIEWERS[3]
    assert context.records.facets(ANYTHING, stranger).record_count == sum(map(stranger.sees, RECORDS))


def test_work_is_bounded_and_said_to_be(context: ToyContext) -> None:
    with context.database.read() as connection:
        facets = count_facets(connection, ANYTHING, AT_THE_MACHINE, limit=10)
    assert (facets.record_count, facets.is_partial) == (10, True)
    assert all(one.is_partial for one in facets.breakdowns)
    assert sum(counted(facets, FacetName.STATUS).values()) <= 11


def test_words_are_criteria_too(context: ToyContext) -> None:
    named = replace(RECORDS[0], record_id=RecordId("a", "named"), card=ObjectIdCard(title="Lion of basalt"))
    context.records.save(named, [], context.specs)
    assert context.records.facets(Criteria(text="basalt"), AT_THE_MACHINE).record_count == 1
