"""Who may make, suspend and see agencies and people.

An agency's admins manage their own people. The operator's admins manage agencies too, but not the people of others:
they make an agency together with its first admin. At the machine everything may be done.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime

from heritage.domain.access import SCOPES_BY_ROLE, Role, Scope, Viewer
from heritage.domain.accounts import (
    Agency,
    Person,
    PersonOnFile,
    check_agency_name,
    check_login,
    check_may_give,
    check_password,
    name_key,
)
from heritage.domain.photos import check_photo_days
from heritage.errors import ConflictError, ForbiddenError, InputError, NotFoundError
from heritage.service.credentials import hash_password, make_password
from heritage.storage.accounts import Accounts
from heritage.storage.database import Database
from heritage.storage.sign_ins import SignIns, Subject


@dataclass(frozen=True, slots=True)
class Invitation:
    """A person, and the password that opens the page once, where they choose their own; empty: they have none."""

    person: Person
    password: str = field(repr=False)


def found(database: Database, agency: str, login: str, password: str) -> Person:
    """Make the operator agency and its first admin. Raises `InputError`, and `ConflictError` when that was done."""
    operator = Agency(check_agency_name(agency), is_operator=True)
    admin = Person(check_login(login), operator.name, Role.ADMIN)
    Accounts(database).found(operator, admin, hash_password(check_password(password, login)))
    return _person(database, login).person


def agencies(database: Database, by: Viewer) -> tuple[Agency, ...]:
    """Everybody who signs in may know them: records are shared with agencies by name."""
    by.require(Scope.READ)
    return Accounts(database).agencies()


def own_agency(database: Database, by: Viewer) -> Agency:
    """That of ``by``. Raises `ForbiddenError`, `NotFoundError` for who has none."""
    by.require(Scope.ACCOUNTS)
    return Accounts(database).agency(by.agency)


def add_agency(database: Database, by: Viewer, name: str, admin: str) -> tuple[Agency, Invitation]:
    """An agency and its first admin. Raises `ForbiddenError`, `InputError`, `ConflictError` when a name is taken."""
    _check_operates(by)
    check_may_give(by, Role.ADMIN, SCOPES_BY_ROLE[Role.ADMIN])
    agency = Agency(check_agency_name(name))
    invited = Invitation(
        Person(check_login(admin), agency.name, Role.ADMIN, must_choose_password=True), make_password()
    )
    Accounts(database).add_agency(agency, invited.person, hash_password(invited.password), by)
    return Accounts(database).agency(agency.name), Invitation(_person(database, admin).person, invited.password)


def set_agency_suspended(database: Database, by: Viewer, name: str, suspended: bool) -> Agency:
    """From the next request on nobody of the agency gets in, or they do again. Its records stay as they are.

    Raises `ForbiddenError`, `NotFoundError`, and `ConflictError` for the operator, without which nobody could undo it.
    """
    _check_operates(by)
    if suspended and Accounts(database).agency(name).is_operator:
        raise ConflictError(f"{name} runs this heritage and cannot be suspended; suspend its people or keys")
    return Accounts(database).set_agency_suspended(name, datetime.now(UTC) if suspended else None, by)


def set_photo_days(database: Database, by: Viewer, name: str, days: int) -> Agency:
    """For how many days the photos of the agency's searches are kept, 0: not at all; by its own admins.

    Raises `ForbiddenError`, `InputError`, `NotFoundError`.
    """
    by.require(Scope.ACCOUNTS)
    return Accounts(database).set_photo_days(agency_for(database, by, name), check_photo_days(days), by)


def people(database: Database, by: Viewer, agency: str = "") -> tuple[Person, ...]:
    """The agency's people; at the machine, without ``agency``, everybody. Raises `ForbiddenError`."""
    by.require(Scope.ACCOUNTS)
    return Accounts(database).people(agency_for(database, by, agency) if agency else by.agency)


def add_person(database: Database, by: Viewer, wanted: Person, has_password: bool = True) -> Invitation:
    """``wanted`` gives login, role and agency (none: that of ``by``). Without a password they sign in by provider only.

    Raises `ForbiddenError`, `InputError`, `ConflictError` when the login is taken.
    """
    by.require(Scope.ACCOUNTS)
    check_may_give(by, wanted.role, SCOPES_BY_ROLE[wanted.role])
    agency = agency_for(database, by, wanted.agency)
    person = Person(check_login(wanted.login), agency, wanted.role, must_choose_password=has_password)
    password = make_password() if has_password else ""
    Accounts(database).add_person(person, hash_password(password) if password else "", by)
    return Invitation(_person(database, person.login).person, password)


def set_person_suspended(database: Database, by: Viewer, login: str, suspended: bool) -> Person:
    """Raises `ForbiddenError`, `NotFoundError`, `ConflictError` for oneself and for the last admin."""
    known = _reached(database, by, login)
    if suspended and name_key(known.login) == name_key(by.actor):
        raise ConflictError("nobody can suspend themselves; ask another admin")
    Accounts(database).set_person_suspended(known.login, datetime.now(UTC) if suspended else None, by)
    return _person(database, login).person


def reset_person(database: Database, by: Viewer, login: str) -> Invitation:
    """For somebody who lost password or device: a new first password, no codes, no sessions, no waiting.

    Raises `ForbiddenError`, `NotFoundError`.
    """
    known = _reached(database, by, login)
    check_may_give(by, known.role, SCOPES_BY_ROLE[known.role])
    password = make_password()
    Accounts(database).reset(known.login, hash_password(password), by)
    SignIns(database).forgive(Subject.login(login))
    return Invitation(_person(database, login).person, password)


def change_role(database: Database, by: Viewer, login: str, role: Role) -> Person:
    """From the next request on. Raises what `set_person_suspended` does, and `ConflictError` for the last admin."""
    known = _reached(database, by, login)
    if name_key(known.login) == name_key(by.actor):
        raise ConflictError("nobody can change their own role; ask another admin")
    check_may_give(by, role, SCOPES_BY_ROLE[role])
    Accounts(database).set_role(known.login, role, by)
    return _person(database, login).person


def person_on_file(database: Database, by: Viewer, login: str) -> Person:
    """One of the people that are for ``by`` to manage. Raises `ForbiddenError`, `NotFoundError`."""
    return _reached(database, by, login)


def last_sign_in_by_login(database: Database, by: Viewer) -> Mapping[str, datetime]:
    """Of the people of the agency of ``by`` who ever signed in. Raises `ForbiddenError`."""
    by.require(Scope.ACCOUNTS)
    return Accounts(database).last_sign_ins(by.agency)


def agency_for(database: Database, by: Viewer, wanted: str) -> str:
    """The agency that something is made for. Raises `NotFoundError` unless ``by`` speaks for it."""
    chosen = wanted or by.agency
    if not chosen:
        raise InputError("say which agency it is for")
    if not check_reaches(by, chosen):
        raise NotFoundError(f"there is no agency {chosen!r} that {by.actor} speaks for")
    return Accounts(database).agency(chosen).name


def check_reaches(by: Viewer, agency: str) -> bool:
    """Whether the people and keys of ``agency`` are for ``by`` to manage."""
    return by.is_unrestricted or by.agency == agency


def _check_operates(by: Viewer) -> None:
    by.require(Scope.ACCOUNTS)
    if not by.is_operator:
        raise ForbiddenError("only an admin of the agency that runs this heritage may do this")


def _reached(database: Database, by: Viewer, login: str) -> Person:
    by.require(Scope.ACCOUNTS)
    known = Accounts(database).person(login)
    if known is None or not check_reaches(by, known.person.agency):
        raise NotFoundError(f"there is no person {login!r}")
    return known.person


def _person(database: Database, login: str) -> PersonOnFile:
    known = Accounts(database).person(login)
    if known is None:
        raise NotFoundError(f"there is no person {login!r}")
    return known
