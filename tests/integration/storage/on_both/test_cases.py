"""Cases: what their entries come to, who reads them before, during and after a hand-over, and nothing twice."""

from dataclasses import replace
from pathlib import Path

import pytest

from heritage.domain.access import AT_THE_MACHINE, Handling, Role, Viewer
from heritage.domain.audit import AuditFilter
from heritage.domain.cases import (
    Case,
    CaseFacts,
    CaseFault,
    CaseFieldError,
    CaseList,
    CaseQuestion,
    CaseReference,
    CaseStatus,
    EntryContent,
    EntryKind,
    ReferenceKind,
    Standing,
)
from heritage.domain.images import ImageDigest
from heritage.domain.records import Photograph, RecordId, RegistryRecord
from heritage.domain.review import DecisionKind
from heritage.errors import ConflictError, ForbiddenError, NotFoundError
from heritage.storage.audit import Audit
from heritage.storage.cases import Cases
from heritage.storage.hits import Hits
from tests.kept import found, search_by, viewer
from tests.toys import ToyContext, describe, png

NORTH, SOUTH, WEST = viewer("north"), viewer("south"), viewer("west")
CUP = CaseFacts("A cup in a car", "2026-05", "Port of the North")
DIGEST = ImageDigest.of(b"photo")
PHOTO = EntryContent(EntryKind.PHOTO, digest=DIGEST)


@pytest.fixture
def cases(context: ToyContext) -> Cases:
    return Cases(context.database)


def opened(cases: Cases, by: Viewer = NORTH, facts: CaseFacts = CUP, *more: EntryContent) -> str:
    return cases.open([EntryContent(EntryKind.OPENED, facts=facts), *more], by).key


def note(text: str) -> EntryContent:
    return EntryContent(EntryKind.NOTE, text)


def handed_over(cases: Cases, key: str, giver: Viewer = NORTH, taker: Viewer = SOUTH) -> Case:
    cases.add(key, [EntryContent(EntryKind.OFFERED, "yours, I think", agency=taker.agency)], giver)
    return cases.add(key, [EntryContent(EntryKind.HANDED_OVER, agency=taker.agency)], taker)


def notes_of(case: Case) -> list[str]:
    return [one.content.text for one in case.entries if one.kind is EntryKind.NOTE]


def kept_hit(context: ToyContext, by: Viewer = NORTH, handling: Handling = Handling.GREEN) -> str:
    """A hit of a search by ``by`` on a record of west's."""
    image = describe(png(1))
    record = RegistryRecord(RecordId("r", "1"), owner_agency="west", photographs=(Photograph(image.digest),))
    context.records.save(replace(record, handling=handling), [image], context.specs)
    shown = context.records.get(record.record_id, AT_THE_MACHINE)
    [hit_id] = Hits(context.database).add(search_by(by), [found(shown)]).hit_ids
    assert hit_id
    return hit_id


def test_a_case_is_what_its_entries_come_to(cases: Cases) -> None:
    court = CaseReference(ReferenceKind.COURT, "12/2026")
    key = opened(cases, NORTH, CUP, EntryContent(EntryKind.REFERENCE, reference=court), note("in the boot"), PHOTO)
    moved = replace(CUP, place="Port of the East", date="2026-05-21")
    case = cases.add(key, [EntryContent(EntryKind.CHANGED, facts=moved)], NORTH)
    assert (case.facts, case.references, case.photos, case.holder) == (moved, (court,), (DIGEST,), "north")
    assert (case.status, case.standing) == (CaseStatus.OPEN, Standing.HOLDER)
    assert [one.kind.value for one in case.entries] == ["opened", "reference", "note", "photo", "changed"]
    assert case.entries[0].content.facts == CUP  # what was said before stays
    assert {one.actor for one in case.entries} == {NORTH.actor}


def test_a_reference_tells_nothing_of_how_many_cases_there_are(cases: Cases) -> None:
    keys = [opened(cases) for _ in range(3)]
    assert len({key[:7] for key in keys}) == 1
    assert len({key[7:] for key in keys}) == 3
    assert not set("".join(key[7:] for key in keys)) & set("01ILOU")


@pytest.mark.parametrize("asker", [SOUTH, WEST, viewer("")], ids=lambda one: one.agency or "none")
def test_a_case_is_its_holders_alone(cases: Cases, asker: Viewer) -> None:
    key = opened(cases)
    for ask in (
        lambda: cases.get(key, asker),
        lambda: cases.add(key, [note("x")], asker),
        lambda: cases.shows(key, DIGEST, asker),
        lambda: cases.get("H-2026-22222", asker),
    ):
        with pytest.raises(NotFoundError, match="there is no such case, or it is not your agency's"):
            ask()
    assert all(not cases.find(CaseQuestion(listed), asker) for listed in CaseList)


def test_an_offer_shows_its_summary_and_nothing_else(cases: Cases) -> None:
    key = opened(cases, NORTH, CUP, note("in the boot"), PHOTO)
    cases.add(key, [EntryContent(EntryKind.OFFERED, "yours, I think", agency="south")], NORTH)
    offered = cases.get(key, SOUTH)
    assert offered == Case(
        key, Standing.OFFERED, "north", CaseFacts(CUP.title), offered_to="south", offer_note="yours, I think"
    )
    assert not cases.shows(key, DIGEST, SOUTH)
    [summary] = cases.find(CaseQuestion(CaseList.OFFERED), SOUTH)
    assert (summary.key, summary.title, summary.holder, summary.standing) == (key, CUP.title, "north", Standing.OFFERED)
    assert cases.count_offered(SOUTH) == 1
    assert not cases.find(CaseQuestion(), SOUTH)
    for kind in (EntryKind.NOTE, EntryKind.CLOSED, EntryKind.TAKEN_BACK):
        with pytest.raises(ForbiddenError):
            cases.add(key, [EntryContent(kind, "x")], SOUTH)
    with pytest.raises(NotFoundError):
        cases.get(key, WEST)


def test_after_a_hand_over_the_old_holder_reads_what_there_was_and_nothing_later(cases: Cases) -> None:
    key = opened(cases, NORTH, CUP, note("before"), PHOTO)
    taken = handed_over(cases, key)
    assert (taken.holder, taken.standing, notes_of(taken)) == ("south", Standing.HOLDER, ["before"])
    assert {one.actor for one in taken.entries if one.agency == "north"} == {""}
    later = EntryContent(EntryKind.PHOTO, digest=ImageDigest.of(b"later"))
    renamed = EntryContent(EntryKind.CHANGED, facts=CaseFacts("Another name"))
    cases.add(key, [note("after"), later, renamed, EntryContent(EntryKind.CLOSED, "done")], SOUTH)
    old = cases.get(key, NORTH)
    assert (old.standing, old.holder, notes_of(old), old.facts) == (Standing.FORMER, "south", ["before"], CUP)
    assert (old.status, old.entries[-1].kind) == (CaseStatus.OPEN, EntryKind.HANDED_OVER)
    assert (old.entries[0].actor, old.entries[-1].actor) == (NORTH.actor, "")
    assert cases.shows(key, DIGEST, NORTH)
    assert cases.shows(key, ImageDigest.of(b"later"), SOUTH)
    assert not cases.shows(key, ImageDigest.of(b"later"), NORTH)
    [summary] = cases.find(CaseQuestion(CaseList.FORMER), NORTH)
    assert (summary.title, summary.holder, summary.status) == (CUP.title, "south", CaseStatus.OPEN)
    assert not cases.find(CaseQuestion(), NORTH)
    assert not cases.find(CaseQuestion(CaseList.FORMER, "another"), NORTH)
    with pytest.raises(ForbiddenError):
        cases.add(key, [note("x")], NORTH)


def test_a_third_holder_is_nothing_to_the_first(cases: Cases) -> None:
    key = opened(cases)
    handed_over(cases, key)
    handed_over(cases, key, SOUTH, WEST)
    assert [cases.get(key, one).holder for one in (NORTH, SOUTH, WEST)] == ["south", "west", "west"]
    assert [cases.find(CaseQuestion(CaseList.FORMER), one)[0].holder for one in (NORTH, SOUTH)] == ["south", "west"]


def test_a_case_that_comes_back_is_read_in_whole(cases: Cases) -> None:
    key = opened(cases, NORTH, CUP, note("first"))
    handed_over(cases, key)
    cases.add(key, [note("second")], SOUTH)
    cases.add(key, [EntryContent(EntryKind.OFFERED, agency="north")], SOUTH)
    waiting = cases.get(key, NORTH)
    assert (waiting.standing, notes_of(waiting)) == (Standing.OFFERED, ["first"])
    taken = cases.add(key, [EntryContent(EntryKind.HANDED_OVER, agency="north")], NORTH)
    assert (taken.standing, notes_of(taken)) == (Standing.HOLDER, ["first", "second"])
    assert len(cases.find(CaseQuestion(), NORTH)) == 1
    assert not cases.find(CaseQuestion(CaseList.FORMER), NORTH)


@pytest.mark.parametrize("answer", [EntryKind.DECLINED, EntryKind.TAKEN_BACK])
def test_an_offer_that_ended_shows_nothing_any_more(cases: Cases, answer: EntryKind) -> None:
    key = opened(cases)
    cases.add(key, [EntryContent(EntryKind.OFFERED, agency="south")], NORTH)
    for _ in range(2):  # sent twice
        if answer is EntryKind.DECLINED:
            cases.decline(key, "not ours", SOUTH, "form")
        else:
            cases.add(key, [EntryContent(answer, "not ours")], NORTH, "form")
    for ask in (lambda: cases.get(key, SOUTH), lambda: cases.shows(key, DIGEST, SOUTH)):
        with pytest.raises(NotFoundError):
            ask()
    assert cases.get(key, NORTH).entries[-1].content.text == "not ours"
    assert cases.get(key, NORTH).offered_to == ""


@pytest.mark.parametrize(
    ("before", "kind"),
    [
        ([], EntryKind.REOPENED),
        ([], EntryKind.TAKEN_BACK),
        ([], EntryKind.HANDED_OVER),
        ([EntryKind.CLOSED], EntryKind.NOTE),
        ([EntryKind.CLOSED], EntryKind.OFFERED),
        ([EntryKind.OFFERED], EntryKind.OFFERED),
        ([EntryKind.OFFERED], EntryKind.CLOSED),
    ],
)
def test_what_cannot_follow_is_refused(cases: Cases, before: list[EntryKind], kind: EntryKind) -> None:
    key = opened(cases)
    for one in before:
        cases.add(key, [EntryContent(one, "x", agency="south")], NORTH)
    with pytest.raises(ConflictError):
        cases.add(key, [EntryContent(kind, "x", agency="south")], NORTH)


def test_a_closed_case_is_opened_again(cases: Cases) -> None:
    key = opened(cases)
    assert cases.add(key, [EntryContent(EntryKind.CLOSED, "returned")], NORTH).status is CaseStatus.CLOSED
    assert [one.key for one in cases.find(CaseQuestion(CaseList.CLOSED), NORTH)] == [key]
    assert cases.add(key, [EntryContent(EntryKind.REOPENED, "new find")], NORTH).status is CaseStatus.OPEN
    assert [one.key for one in cases.find(CaseQuestion(), NORTH)] == [key]


def test_what_is_sent_twice_acts_once(cases: Cases) -> None:
    contents = [EntryContent(EntryKind.OPENED, facts=CUP)]
    first, again = (cases.open(contents, NORTH, "form-1") for _ in range(2))
    assert first == again
    for _ in range(2):
        cases.add(first.key, [note("once")], NORTH, "form-2")
        cases.add(first.key, [PHOTO], NORTH)
    assert [one.kind.value for one in cases.get(first.key, NORTH).entries] == ["opened", "note", "photo"]


def test_cases_are_found_by_the_beginnings_of_words_page_by_page(cases: Cases) -> None:
    keys = [opened(cases, NORTH, CaseFacts(title)) for title in ("Amphore à figures", "Coin", "Coins of gold")]
    cases.add(
        keys[1], [EntryContent(EntryKind.REFERENCE, reference=CaseReference(ReferenceKind.NOTICE, "N-77/x"))], NORTH
    )

    def asked(text: str, **more: object) -> list[str]:
        return [one.key for one in cases.find(CaseQuestion(text=text), NORTH, **more)]  # type: ignore[arg-type]

    assert asked("") == keys[::-1]
    assert asked("coin") == [keys[2], keys[1]]
    assert asked("figur amphore a") == [keys[0]]
    assert asked("77") == [keys[1]]
    assert asked(keys[0]) == [keys[0]]
    assert asked("%") == keys[::-1]  # no word
    assert asked("", after=keys[2], limit=1) == [keys[1]]


def test_no_list_tells_whether_there_is_a_case_of_that_reference(cases: Cases) -> None:
    opened(cases, NORTH)
    theirs = opened(cases, SOUTH)
    for listed in CaseList:
        for after in (theirs, "H-2026-7K3M9"):
            assert cases.find(CaseQuestion(listed), NORTH, after) == ()
    key = opened(cases, NORTH)
    handed_over(cases, key)
    assert len(cases.find(CaseQuestion(), NORTH, after=key)) == 1


@pytest.mark.parametrize(
    ("handling", "is_shown"), [(Handling.GREEN, True), (Handling.AMBER_STRICT, False), (Handling.RED, False)]
)
def test_a_hit_comes_with_the_case_as_far_as_its_record_may_be_seen(
    context: ToyContext, cases: Cases, handling: Handling, is_shown: bool
) -> None:
    hit_id = kept_hit(context, NORTH, handling)
    Hits(context.database).decide(hit_id, DecisionKind.ASK_OWNER, "for west", NORTH)
    key = opened(cases, NORTH, CUP, EntryContent(EntryKind.HIT, hit_id=hit_id))
    handed_over(cases, key)
    [entry] = [one for one in cases.get(key, SOUTH).entries if one.kind is EntryKind.HIT]
    assert (entry.hit is not None) == is_shown
    if entry.hit:
        assert (entry.hit.search.actor, entry.hit.search.coverage) == ("", "")
        assert [(one.actor, one.note) for one in entry.hit.decisions] == [("", "")]
    [own] = [one for one in cases.get(key, NORTH).entries if one.kind is EntryKind.HIT]
    assert own.hit
    assert own.hit.decisions[0].note == "for west"
    with pytest.raises(NotFoundError):  # a case opens nothing elsewhere
        Hits(context.database).get(hit_id, SOUTH)


def test_only_a_hit_that_one_sees_can_be_filed(context: ToyContext, cases: Cases) -> None:
    hit_id = kept_hit(context, SOUTH)
    for one in (hit_id, "0" * 24):
        with pytest.raises(CaseFieldError) as error:
            opened(cases, NORTH, CUP, EntryContent(EntryKind.HIT, hit_id=one))
        assert (error.value.field, error.value.fault) == ("hit", CaseFault.NO_HIT)
    assert not cases.find(CaseQuestion(), NORTH)  # nothing of it was kept


def test_every_change_is_in_the_audit_log_and_no_words_of_the_case(
    context: ToyContext, cases: Cases, tmp_path: Path
) -> None:
    key = opened(cases, viewer("north", Role.OFFICER), CUP, note("secret words"))
    handed_over(cases, key)
    logged = [one.event for one in Audit(context.database, tmp_path).page(wanted=AuditFilter(subject=key))]
    assert [(one.agency, one.action.value, one.detail) for one in logged] == [
        ("north", "create", "opened"),
        ("north", "create", "note"),
        ("north", "change", "offered south"),
        ("south", "change", "handed_over south"),
    ]


def test_the_cases_of_a_hit_are_those_in_which_one_reads_that_it_was_filed(context: ToyContext, cases: Cases) -> None:
    hit_id = kept_hit(context)
    before, after = opened(cases, NORTH, CUP, EntryContent(EntryKind.HIT, hit_id=hit_id)), opened(cases)
    for key in (before, after):
        cases.add(key, [EntryContent(EntryKind.OFFERED, agency="west")], NORTH)
        cases.add(key, [EntryContent(EntryKind.HANDED_OVER, agency="west")], WEST)
    cases.add(after, [EntryContent(EntryKind.HIT, hit_id=hit_id)], WEST)
    assert [one.key for one in cases.find_with_hit(hit_id, WEST)] == [after, before]
    assert [(one.key, one.standing) for one in cases.find_with_hit(hit_id, NORTH)] == [(before, Standing.FORMER)]
    assert cases.find_with_hit(hit_id, SOUTH) == ()
