"""What decisions come to, and what another agency is told of a search."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from heritage.domain.access import AT_THE_MACHINE, WITHOUT_ACCOUNTS, Role, Viewer
from heritage.domain.criteria import ANYTHING, Criteria
from heritage.domain.hits import Versions
from heritage.domain.records import RecordId, RegistryRecord
from heritage.domain.review import (
    Decision,
    DecisionKind,
    HitState,
    KeptSearch,
    Origin,
    Side,
    check_reason,
    side_for,
    state_of,
)
from heritage.errors import FieldError, InputError

AT = datetime(2026, 5, 4, tzinfo=UTC)
SHORT = {
    "c": DecisionKind.CONFIRMED,
    "r": DecisionKind.REJECTED,
    "?": DecisionKind.ASK_OWNER,
    "x": DecisionKind.ASK_EXPERT,
}


@pytest.mark.parametrize(
    ("told", "state"),
    [
        ("", HitState.OPEN),
        ("s? sx o?", HitState.OPEN),
        ("sc", HitState.CONFIRMED),
        ("sc sr", HitState.REJECTED),
        ("sc s?", HitState.CONFIRMED),
        ("or sc", HitState.REJECTED),
        ("sc or", HitState.REJECTED),
        ("or oc sr", HitState.CONFIRMED),
        ("sc ox", HitState.CONFIRMED),
    ],
)
def test_the_owners_last_word_outranks_the_searchers(told: str, state: HitState) -> None:
    sides = {"o": Side.OWNER, "s": Side.SEARCHER}
    decisions = [Decision(SHORT[word[1]], sides[word[0]], AT, "a", "b") for word in told.split()]
    assert state_of(decisions) == state


@pytest.mark.parametrize("note", ["x" * 2_001, "a\0", "\ud800"])
def test_a_note_that_cannot_be_kept_is_refused(note: str) -> None:
    with pytest.raises(InputError):
        Decision(DecisionKind.CONFIRMED, Side.OWNER, AT, "a", "b", note)


@pytest.mark.parametrize("note", ["", " \n"])
def test_nothing_is_rejected_without_a_word(note: str) -> None:
    with pytest.raises(FieldError, match="say why") as refused:
        check_reason(DecisionKind.REJECTED, note)
    assert refused.value.field == "note"
    check_reason(DecisionKind.REJECTED, "Ours is taller.")
    for kind in set(DecisionKind) - {DecisionKind.REJECTED}:
        check_reason(kind, note)


@pytest.mark.parametrize("who", [AT_THE_MACHINE, WITHOUT_ACCOUNTS], ids=lambda who: str(who.role))
def test_without_accounts_nobody_speaks_for_an_owner_that_could_be_asked(who: Viewer) -> None:
    record = RegistryRecord(RecordId("r", "1"), owner_agency="north")
    assert side_for(record, who) is Side.SEARCHER
    assert side_for(replace(record, owner_agency=""), who) is Side.OWNER
    assert side_for(None, who) is Side.SEARCHER
    assert side_for(record, Viewer("x", "north", Role.OFFICER)) is Side.OWNER
    assert side_for(record, Viewer("x", "", Role.OFFICER)) is Side.SEARCHER


def test_another_agency_is_not_told_who_searched_nor_among_what() -> None:
    criteria, versions = Criteria(text="cup"), Versions("1", "d", "k", "i", "r")
    search = KeptSearch(AT, "officer", "north", Origin.QUERY, (), criteria, versions, 340, "Searched 312.")
    own, other = Viewer("registrar", "north", Role.REGISTRAR), Viewer("registrar", "south", Role.REGISTRAR)
    assert search.shown_to(own) == search.shown_to(AT_THE_MACHINE) == search
    shown = search.shown_to(other)
    assert (shown.actor, shown.criteria, shown.gallery_count, shown.coverage) == ("", ANYTHING, 0, "")
    assert (shown.agency, shown.versions) == ("north", versions)
    nobody = KeptSearch(AT, "local", "", Origin.QUERY, (), criteria, versions, 340, "Searched 312.")
    assert nobody.shown_to(Viewer("x", "", Role.ADMIN)).actor == ""
