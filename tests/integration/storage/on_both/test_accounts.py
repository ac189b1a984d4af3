"""Accounts, keys, sessions and failures as they are kept, and that every change of them is in the audit log."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from heritage.domain.access import AT_THE_MACHINE, Role, Scope, Viewer
from heritage.domain.accounts import Agency, ApiKey, Person
from heritage.domain.audit import Action
from heritage.errors import ConflictError, NotFoundError, TooOftenError
from heritage.storage.accounts import Accounts
from heritage.storage.audit import Audit
from heritage.storage.database import Database
from heritage.storage.keys import Keys
from heritage.storage.sign_ins import SignIns, Subject

NOW = datetime(2026, 11, 25, 12, 0, tzinfo=UTC)
ANN = Viewer("ann", "Bureau", Role.ADMIN)
KEY = ApiKey("abcdefgh", "Bureau", Role.OFFICER, frozenset({Scope.MATCH, Scope.READ}), "gate 4", NOW, "ann")


@pytest.fixture
def database(tmp_path: Path, address: str) -> Iterator[Database]:
    database = Database.open(tmp_path, address)
    Accounts(database).found(Agency("Bureau", is_operator=True), Person("ann", "Bureau", Role.ADMIN), "hash")
    yield database
    database.close()


def test_what_is_kept_comes_back(database: Database) -> None:
    accounts = Accounts(database)
    assert accounts.exist()
    accounts.add_agency(Agency("Служба"), Person("Zoë", "Служба", Role.ADMIN, must_choose_password=True), "z", ANN)
    assert [(one.name, one.is_operator) for one in accounts.agencies()] == [("Bureau", True), ("Служба", False)]
    [zoe] = accounts.people("Служба")
    assert (zoe.login, zoe.role, zoe.must_choose_password, zoe.has_totp) == ("Zoë", Role.ADMIN, True, False)
    assert zoe.created_at
    assert timedelta(0) <= datetime.now(UTC) - zoe.created_at < timedelta(minutes=1)
    known = accounts.person("ZOE\u0308")
    assert known
    assert (known.person, known.agency.name, known.password_hash, known.totp_secret) == (zoe, "Служба", "z", "")
    assert [one.login for one in accounts.people()] == ["ann", "Zoë"]


def test_a_taken_name_leaves_everything_as_it_was(database: Database) -> None:
    accounts = Accounts(database)
    with pytest.raises(ConflictError, match="there is an agency"):
        accounts.add_agency(Agency("BUREAU"), Person("bo", "BUREAU", Role.ADMIN), "b", ANN)
    with pytest.raises(ConflictError, match="is taken"):
        accounts.add_agency(Agency("East"), Person("Ann", "East", Role.ADMIN), "b", ANN)
    with pytest.raises(NotFoundError):
        accounts.add_person(Person("bo", "bureau", Role.OFFICER), "b", ANN)
    assert len(accounts.agencies()) == len(accounts.people()) == 1


@pytest.mark.parametrize("text", ["nul\0", "\ud800", "x" * 5000])
def test_what_no_name_can_be_is_simply_not_there(database: Database, text: str) -> None:
    assert Accounts(database).person(text) is None
    with pytest.raises(NotFoundError):
        Accounts(database).agency(text)


def test_a_time_step_is_used_once(database: Database) -> None:
    accounts = Accounts(database)
    accounts.set_totp("ann", "S" * 32, 100, ANN)
    assert [accounts.use_totp_step("ANN", step) for step in (100, 99, 101, 101, 100, 103)] == [
        *(False, False, True, False, False, True)
    ]


def test_a_key_comes_back_without_itself(database: Database) -> None:
    added = Keys(database).add(KEY, "d" * 64, ANN)
    known = Keys(database).find("abcdefgh")
    assert known
    assert (known.key, known.digest, known.agency.name) == (added, "d" * 64, "Bureau")
    assert (added.scopes, added.label, added.expires_at, added.created_by) == (KEY.scopes, "gate 4", NOW, "ann")
    Keys(database).note_use("abcdefgh", NOW)
    Keys(database).revoke("abcdefgh", NOW, ANN)
    assert [(one.last_used_at, one.revoked_at) for one in Keys(database).all_of("Bureau")] == [(NOW, NOW)]
    assert Keys(database).find("hgfedcba") is None


def test_sessions_that_ended_are_forgotten(database: Database) -> None:
    sign_ins = SignIns(database)
    sign_ins.begin("a" * 64, ANN, NOW)
    found = sign_ins.find("a" * 64, NOW + timedelta(minutes=30))
    assert found
    assert (found.person.login, found.agency.name, found.last_seen_at) == ("ann", "Bureau", NOW)
    assert sign_ins.find("a" * 64, NOW + timedelta(minutes=31)) is None
    sign_ins.begin("b" * 64, ANN, NOW + timedelta(minutes=31))
    assert sign_ins.find("a" * 64, NOW) is None


def test_failures_are_forgotten_after_an_hour(database: Database) -> None:
    sign_ins, subject = SignIns(database), Subject("login ann", 2)
    for _ in range(2):
        sign_ins.count_attempt([subject], NOW)
    with pytest.raises(TooOftenError):
        sign_ins.count_attempt([subject], NOW)
    sign_ins.count_attempt([subject], NOW + timedelta(hours=1, seconds=1))
    sign_ins.count_attempt([subject], NOW + timedelta(hours=1, seconds=1))


def test_what_must_wait_counts_for_nothing_else(database: Database) -> None:
    sign_ins, waiting, other = SignIns(database), Subject("login ann", 1), Subject("address 192.0.2.1", 2)
    sign_ins.count_attempt([waiting], NOW)
    for _ in range(5):
        with pytest.raises(TooOftenError):
            sign_ins.count_attempt([other, waiting], NOW)
    sign_ins.count_attempt([other], NOW)


def test_every_change_and_every_sign_in_is_in_the_audit_log(database: Database, tmp_path: Path) -> None:
    accounts = Accounts(database)
    accounts.add_agency(Agency("East"), Person("eva", "East", Role.ADMIN), "e", ANN)
    accounts.set_agency_suspended("East", NOW, ANN)
    accounts.set_agency_suspended("East", None, ANN)
    accounts.add_person(Person("bo", "Bureau", Role.OFFICER), "b", ANN)
    accounts.set_person_suspended("bo", NOW, ANN)
    accounts.reset("bo", "r", ANN)
    accounts.set_role("BO", Role.REGISTRAR, ANN)
    accounts.set_role("bo", Role.REGISTRAR, ANN)
    accounts.choose_password("bo", "c", Viewer("bo", "Bureau", Role.OFFICER))
    accounts.set_totp("ann", "S" * 32, 1, ANN)
    Keys(database).add(KEY, "d" * 64, ANN)
    Keys(database).revoke("abcdefgh", NOW, ANN)
    SignIns(database).begin("a" * 64, ANN, NOW)
    SignIns(database).note_refusal("bo")
    logged = [one.event for one in Audit(database, tmp_path).page()]
    assert [(one.actor, one.subject, one.detail) for one in logged if one.action is Action.ACCOUNT] == [
        (AT_THE_MACHINE.actor, "Bureau", "agency added"),
        (AT_THE_MACHINE.actor, "ann", "person added: admin of Bureau"),
        ("ann", "East", "agency added"),
        ("ann", "eva", "person added: admin of East"),
        ("ann", "East", "agency suspended"),
        ("ann", "East", "agency let in again"),
        ("ann", "bo", "person added: officer of Bureau"),
        ("ann", "bo", "person suspended"),
        ("ann", "bo", "person reset"),
        ("ann", "bo", "role changed: officer to registrar"),
        ("bo", "bo", "password chosen"),
        ("ann", "ann", "one-time codes set up"),
        ("ann", "hk_abcdefgh", "key added: officer of Bureau"),
        ("ann", "hk_abcdefgh", "key revoked"),
    ]
    assert [(one.action, one.actor, one.subject) for one in logged[-2:]] == [
        (Action.SIGN_IN, "ann", ""),
        (Action.REFUSE, "", "bo"),
    ]
    assert accounts.last_sign_ins("Bureau").keys() == {"ann"}
    assert accounts.last_sign_ins("East") == {}
