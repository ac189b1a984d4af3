"""Kept searches: each agency reads its own, with what they found."""

from dataclasses import replace

import pytest

from heritage.domain.access import AT_THE_MACHINE
from heritage.domain.hits import Verdict
from heritage.domain.records import Photograph, RecordId, RegistryRecord, Status
from heritage.domain.review import Origin, Outcome
from heritage.errors import NotFoundError
from heritage.storage.hits import Hits
from heritage.storage.searches import Searches
from tests.kept import found, search_by, viewer
from tests.toys import ToyContext, describe, png

NORTH, SOUTH = viewer("north"), viewer("south")


def test_an_agency_reads_its_own_searches_and_no_others(context: ToyContext) -> None:
    hits, searches = Hits(context.database), Searches(context.database)
    image = describe(png(1))
    wanted = RegistryRecord(RecordId("r", "1"), Status.STOLEN, "north", photographs=(Photograph(image.digest),))
    context.records.save(wanted, [image], context.specs)
    record = context.records.get(wanted.record_id, AT_THE_MACHINE)
    weak = replace(found(record), verdict=Verdict.POSSIBLE)
    empty = hits.add(search_by(SOUTH), []).search_id
    full = hits.add(search_by(SOUTH), [found(record), weak]).search_id
    listed = searches.find(SOUTH)
    assert [one.search_id for one in listed] == [full, empty]
    assert hits.outcomes([full, empty]) == (Outcome(2, Verdict.STRONG), Outcome())
    assert [one.search_id for one in searches.find(SOUTH, after=full)] == [empty]
    kept, found_hits, photos = searches.get(full, SOUTH)
    assert (kept.actor, [one.verdict for one in found_hits]) == (SOUTH.actor, [Verdict.STRONG, Verdict.POSSIBLE])
    assert photos == frozenset()
    assert searches.find(NORTH) == searches.find(viewer("")) == ()
    for one in (NORTH, viewer("")):
        with pytest.raises(NotFoundError):
            searches.get(full, one)


def test_searches_of_scans_are_listed_only_when_they_are_asked_for(context: ToyContext) -> None:
    hits, searches = Hits(context.database), Searches(context.database)
    own = [hits.add(search_by(SOUTH), []).search_id for _ in range(3)]
    of_scans = [hits.add(search_by(SOUTH, origin=Origin.SCAN), []).search_id for _ in range(5)]
    own.append(hits.add(search_by(SOUTH, origin=Origin.WATCH), []).search_id)
    own.reverse()
    assert [one.search_id for one in searches.find(SOUTH)] == own
    first = searches.find(SOUTH, limit=2)
    assert [one.search_id for one in (*first, *searches.find(SOUTH, after=first[-1].search_id, limit=2))] == own
    assert [one.search_id for one in searches.find(SOUTH, origin=Origin.SCAN)] == of_scans[::-1]
    assert searches.get(of_scans[0], SOUTH)[0].origin is Origin.SCAN
    assert searches.find(NORTH, origin=Origin.SCAN) == ()
