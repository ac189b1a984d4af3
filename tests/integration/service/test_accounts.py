"""Who may make, suspend, reset and see agencies and people."""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from heritage.domain.access import AT_THE_MACHINE, SCOPES_BY_ROLE, Role, Scope, Viewer
from heritage.domain.accounts import Person
from heritage.errors import ConflictError, ForbiddenError, InputError, NotFoundError, SignInError
from heritage.service.accounts import (
    add_agency,
    add_person,
    agencies,
    change_role,
    found,
    last_sign_in_by_login,
    people,
    reset_person,
    set_agency_suspended,
    set_person_suspended,
)
from heritage.service.signing_in import Credentials, sign_in
from heritage.storage.database import Database

CENTRE, NORTH = "Bureau of the Centre", "Bureau of the North"
PASSWORD = "seven pale lanterns"


@pytest.fixture
def database(cheap_hashes: None, tmp_path: Path) -> Iterator[Database]:
    database = Database.open(tmp_path)
    found(database, CENTRE, "ann", PASSWORD)
    yield database
    database.close()


def admin(agency: str, login: str = "someone", is_operator: bool = False) -> Viewer:
    return Viewer(login, agency, Role.ADMIN, SCOPES_BY_ROLE[Role.ADMIN], is_operator)


OPERATOR = admin(CENTRE, "ann", is_operator=True)


def enter(database: Database, login: str, password: str) -> Person:
    return sign_in(database, Credentials(login, password), datetime.now(UTC)).person


def test_the_first_admin_is_made_once(database: Database) -> None:
    assert enter(database, "ann", PASSWORD) == people(database, AT_THE_MACHINE)[0]
    [agency] = agencies(database, OPERATOR)
    assert (agency.name, agency.is_operator) == (CENTRE, True)
    with pytest.raises(ConflictError, match="has its first admin already"):
        found(database, "Another", "eve", PASSWORD)
    assert [one.login for one in people(database, AT_THE_MACHINE)] == ["ann"]


def test_the_first_admin_needs_a_password_worth_the_name(tmp_path: Path) -> None:
    database = Database.open(tmp_path)
    with pytest.raises(InputError, match="12 to 200 characters"):
        found(database, CENTRE, "ann", "short")
    assert agencies(database, AT_THE_MACHINE) == ()
    database.close()


def test_an_agency_comes_with_its_first_admin_or_not_at_all(database: Database) -> None:
    agency, invited = add_agency(database, OPERATOR, NORTH, "bo")
    assert not agency.is_operator
    assert (invited.person.agency, invited.person.role) == (NORTH, Role.ADMIN)
    assert enter(database, "bo", invited.password).must_choose_password
    for name, login in (("Somewhere", "ANN"), ("bureau of the NORTH", "cy")):
        with pytest.raises(ConflictError):
            add_agency(database, OPERATOR, name, login)
    assert [one.name for one in agencies(database, OPERATOR)] == [CENTRE, NORTH]
    assert [one.login for one in people(database, AT_THE_MACHINE)] == ["ann", "bo"]


def test_the_operators_admins_manage_agencies_and_not_the_people_of_others(database: Database) -> None:
    add_agency(database, OPERATOR, NORTH, "bo")
    assert [one.login for one in people(database, OPERATOR)] == ["ann"]
    for call in (
        lambda: add_person(database, OPERATOR, Person("eve", NORTH, Role.ADMIN)),
        lambda: people(database, OPERATOR, NORTH),
        lambda: set_person_suspended(database, OPERATOR, "bo", suspended=True),
        lambda: reset_person(database, OPERATOR, "bo"),
    ):
        with pytest.raises(NotFoundError):
            call()


def test_other_agencies_admins_manage_no_agencies(database: Database) -> None:
    add_agency(database, OPERATOR, NORTH, "bo")
    for call in (
        lambda: add_agency(database, admin(NORTH), "Third", "cy"),
        lambda: set_agency_suspended(database, admin(NORTH), CENTRE, suspended=True),
    ):
        with pytest.raises(ForbiddenError, match="only an admin of the agency that runs this heritage"):
            call()


def test_the_operator_cannot_be_suspended_nor_can_oneself(database: Database) -> None:
    with pytest.raises(ConflictError, match="cannot be suspended"):
        set_agency_suspended(database, AT_THE_MACHINE, CENTRE, suspended=True)
    with pytest.raises(ConflictError, match="ask another admin"):
        set_person_suspended(database, OPERATOR, "ANN", suspended=True)
    assert enter(database, "ann", PASSWORD)


@pytest.mark.parametrize("name", ["nowhere", "nul\0", "bureau of the centre"])
def test_an_agency_that_is_not_there_is_not_found(database: Database, name: str) -> None:
    with pytest.raises(NotFoundError, match="there is no agency"):
        set_agency_suspended(database, OPERATOR, name, suspended=True)
    with pytest.raises(NotFoundError):
        add_person(database, AT_THE_MACHINE, Person("cy", name, Role.OFFICER))


def test_a_suspended_person_gets_in_no_more_until_they_may(database: Database) -> None:
    invited = add_person(database, OPERATOR, Person("cy", "", Role.OFFICER))
    assert set_person_suspended(database, OPERATOR, "cy", suspended=True).suspended_at
    with pytest.raises(SignInError):
        enter(database, "cy", invited.password)
    assert set_person_suspended(database, OPERATOR, "cy", suspended=False).suspended_at is None
    assert enter(database, "cy", invited.password)


def test_the_people_of_a_suspended_agency_get_in_no_more_until_it_may(database: Database) -> None:
    _, invited = add_agency(database, OPERATOR, NORTH, "bo")
    set_agency_suspended(database, OPERATOR, NORTH, suspended=True)
    with pytest.raises(SignInError):
        enter(database, "bo", invited.password)
    set_agency_suspended(database, OPERATOR, NORTH, suspended=False)
    assert enter(database, "bo", invited.password)


def test_a_reset_gives_a_new_first_password_and_ends_the_waiting(database: Database) -> None:
    invited = add_person(database, OPERATOR, Person("cy", "", Role.OFFICER))
    for _ in range(5):
        with pytest.raises(SignInError):
            enter(database, "cy", "wrong")
    again = reset_person(database, OPERATOR, "cy")
    assert again.password != invited.password
    assert enter(database, "cy", again.password).must_choose_password
    with pytest.raises(SignInError):
        enter(database, "cy", invited.password)
    assert again.password not in repr(again)


def test_whoever_has_no_password_cannot_sign_in_with_one(database: Database) -> None:
    invited = add_person(database, OPERATOR, Person("cy", "", Role.OFFICER), has_password=False)
    assert (invited.password, invited.person.must_choose_password) == ("", False)
    with pytest.raises(SignInError):
        enter(database, "cy", "")


def test_a_narrow_key_cannot_make_or_take_over_somebody_with_more_rights(database: Database) -> None:
    narrow = Viewer("hk_aaaaaaaa", CENTRE, Role.ADMIN, frozenset({Scope.ACCOUNTS}), is_operator=True)
    for call in (
        lambda: add_person(database, narrow, Person("eve", "", Role.OFFICER)),
        lambda: add_agency(database, narrow, NORTH, "eve"),
        lambda: reset_person(database, narrow, "ann"),
    ):
        with pytest.raises(ForbiddenError, match="cannot give rights"):
            call()
    assert enter(database, "ann", PASSWORD)


def test_a_role_is_changed_by_another_admin_only(database: Database) -> None:
    add_person(database, OPERATOR, Person("cy", "", Role.OFFICER))
    assert change_role(database, OPERATOR, "CY", Role.REGISTRAR).role is Role.REGISTRAR
    with pytest.raises(ConflictError, match="nobody can change their own role"):
        change_role(database, OPERATOR, "ANN", Role.OFFICER)
    with pytest.raises(NotFoundError):
        change_role(database, admin(NORTH), "cy", Role.OFFICER)
    narrow = Viewer("hk_aaaaaaaa", CENTRE, Role.ADMIN, frozenset({Scope.ACCOUNTS}), is_operator=True)
    with pytest.raises(ForbiddenError, match="cannot give rights"):
        change_role(database, narrow, "cy", Role.ADMIN)
    assert [one.role for one in people(database, OPERATOR)] == [Role.ADMIN, Role.REGISTRAR]


def test_the_last_admin_stays_one(database: Database) -> None:
    """A suspended one, and those of other agencies, do not count."""
    key = admin(CENTRE, "hk_aaaaaaaa")
    add_agency(database, OPERATOR, NORTH, "bo")
    add_person(database, OPERATOR, Person("cy", "", Role.ADMIN))
    set_person_suspended(database, OPERATOR, "cy", suspended=True)
    with pytest.raises(ConflictError, match="ann is the last admin of Bureau of the Centre"):
        change_role(database, key, "ann", Role.OFFICER)
    set_person_suspended(database, OPERATOR, "cy", suspended=False)
    assert change_role(database, key, "ann", Role.OFFICER).role is Role.OFFICER
    with pytest.raises(ConflictError, match="last admin"):
        change_role(database, AT_THE_MACHINE, "cy", Role.OFFICER)


def test_when_people_signed_in_last_is_told_to_their_own_admins(database: Database) -> None:
    assert last_sign_in_by_login(database, OPERATOR) == {}
    enter(database, "ann", PASSWORD)
    enter(database, "ann", PASSWORD)
    found_at = last_sign_in_by_login(database, OPERATOR)
    assert list(found_at) == ["ann"]
    assert (datetime.now(UTC) - found_at["ann"]).total_seconds() < 60
    assert last_sign_in_by_login(database, admin(NORTH)) == {}


def test_no_agency_loses_its_last_admin_but_at_the_machine(database: Database) -> None:
    """Its own key could lock it out for good: nobody else manages its people."""
    key = admin(CENTRE, "hk_aaaaaaaa")
    add_person(database, OPERATOR, Person("bo", "", Role.ADMIN))
    set_person_suspended(database, key, "ann", suspended=True)
    with pytest.raises(ConflictError, match="last admin"):
        set_person_suspended(database, key, "bo", suspended=True)
    set_person_suspended(database, key, "ann", suspended=False)
    set_person_suspended(database, key, "bo", suspended=True)
    set_person_suspended(database, AT_THE_MACHINE, "ann", suspended=True)
