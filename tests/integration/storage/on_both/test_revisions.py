"""What was changed about a record is kept with it, for those who keep it."""

from dataclasses import replace
from itertools import product

import pytest

from heritage.domain.access import SCOPES_BY_ROLE, Handling, Role, Viewer
from heritage.domain.records import ObjectIdCard, RecordId, RegistryRecord, Status
from heritage.domain.revisions import FieldChange
from heritage.errors import NotFoundError
from tests.toys import ToyContext

KEPT = RegistryRecord(
    RecordId("r", "1"), owner_agency="north", handling=Handling.GREEN, card=ObjectIdCard(title="Head")
)


def viewer(agency: str, role: Role) -> Viewer:
    return Viewer(f"{role}@{agency}", agency, role, SCOPES_BY_ROLE[role])


REGISTRAR = viewer("north", Role.REGISTRAR)


@pytest.fixture
def context(context: ToyContext) -> ToyContext:
    context.records.add(KEPT, context.specs, REGISTRAR)
    return context


def change(context: ToyContext, changed: RegistryRecord, version: int) -> None:
    context.records.change(changed, version, context.specs, REGISTRAR)


def test_each_change_says_who_what_and_when(context: ToyContext) -> None:
    titled = replace(KEPT, card=ObjectIdCard(title="Head of a king"), shared_with=("west", "east"))
    change(context, titled, 1)
    change(context, replace(titled, status=Status.RECOVERED), 2)
    first, second = context.records.revisions(KEPT.record_id, REGISTRAR)
    assert (first.version, first.actor, first.agency) == (2, "registrar@north", "north")
    assert first.changes == (
        FieldChange("shared_with", "", "east\nwest"),
        FieldChange("title", "Head", "Head of a king"),
    )
    assert (second.version, second.changes) == (3, (FieldChange("status", "stolen", "recovered"),))
    assert first.at <= second.at
    assert context.records.revisions(KEPT.record_id, REGISTRAR, since=2) == (second,)


def test_what_changes_nothing_is_no_change(context: ToyContext) -> None:
    change(context, KEPT, 1)
    assert context.records.revisions(KEPT.record_id, REGISTRAR) == ()


def test_a_withdrawal_says_why(context: ToyContext) -> None:
    context.records.withdraw(KEPT.record_id, REGISTRAR, 1, "registered twice")
    [found] = context.records.revisions(KEPT.record_id, REGISTRAR)
    assert (found.note, found.changes) == ("registered twice", (FieldChange("status", "stolen", "withdrawn"),))


@pytest.mark.parametrize(("agency", "role"), list(product(("north", "west"), Role)))
def test_what_was_said_before_is_for_those_who_keep_the_record(context: ToyContext, agency: str, role: Role) -> None:
    """It was closely held then, and is open now: its past is not."""
    secret = replace(KEPT, handling=Handling.RED, card=ObjectIdCard(title="Head, seen at the house of a suspect"))
    change(context, secret, 1)
    one = viewer(agency, role)
    is_keeper = agency == "north" and role in (Role.REGISTRAR, Role.ADMIN)
    if not is_keeper:
        with pytest.raises(NotFoundError):
            context.records.revisions(KEPT.record_id, one)
    change(context, KEPT, 2)
    assert len(context.records.revisions(KEPT.record_id, one)) == (2 if is_keeper else 0)
