"""Agencies and people. Who may do what with them is decided in `heritage.service.accounts`."""

from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Row, Select, delete, func, insert, select, update

from heritage.domain.access import AT_THE_MACHINE, Role, Viewer
from heritage.domain.accounts import Agency, Person, PersonOnFile, name_key
from heritage.domain.audit import Action, event, read_time
from heritage.errors import ConflictError, NotFoundError
from heritage.storage.audit import append_events
from heritage.storage.database import Database
from heritage.storage.photo_rows import shorten_keepings
from heritage.storage.schema import agency, audit_event, person, web_session

_SUSPENDED = {True: "suspended", False: "let in again"}
AGENCY_COLUMNS = (
    agency.c.name.label("agency_name"),
    agency.c.is_operator,
    agency.c.created_at.label("agency_created_at"),
    agency.c.suspended_at.label("agency_suspended_at"),
    agency.c.photo_days,
)


class Accounts:
    """Each call is one transaction, and nothing is remembered between two: a suspension holds from the next call on."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def exist(self) -> bool:
        """Whether there is any agency: without one there is nobody who could sign in."""
        with self._database.read() as connection:
            return _exist(connection)

    def found(self, operator: Agency, admin: Person, password_hash: str) -> None:
        """Make the first agency and its admin. Raises `ConflictError` when there is one."""
        with self._database.begin() as connection:
            if _exist(connection):
                raise ConflictError("this heritage has its first admin already; they make further accounts")
            _add_agency(connection, operator, AT_THE_MACHINE)
            _add_person(connection, admin, password_hash, AT_THE_MACHINE)

    def add_agency(self, added: Agency, admin: Person, password_hash: str, by: Viewer) -> None:
        """Raises `ConflictError` when the name or the login is taken; then neither is made."""
        with self._database.begin() as connection:
            _add_agency(connection, added, by)
            _add_person(connection, admin, password_hash, by)

    def agencies(self) -> tuple[Agency, ...]:
        """In order of their names."""
        statement: Select[Any] = select(*AGENCY_COLUMNS).order_by(agency.c.name_key)
        with self._database.read() as connection:
            return tuple(map(agency_of, connection.execute(statement).all()))

    def agency(self, name: str) -> Agency:
        """The agency of exactly this name. Raises `NotFoundError`."""
        with self._database.read() as connection:
            return agency_of(agency_row(connection, name))

    def set_agency_suspended(self, name: str, at: datetime | None, by: Viewer) -> Agency:
        """Suspend it from ``at`` on, and end its sessions, or with None take that back. Raises `NotFoundError`."""
        with self._database.begin() as connection:
            row = agency_row(connection, name)
            connection.execute(update(agency).where(agency.c.id == row.id).values(suspended_at=at))
            note(connection, by, name, f"agency {_SUSPENDED[at is not None]}")
            if at:
                people = select(person.c.id).where(person.c.agency_id == row.id)
                connection.execute(delete(web_session).where(web_session.c.person_id.in_(people)))
            return agency_of(agency_row(connection, name))

    def set_photo_days(self, name: str, days: int, by: Viewer) -> Agency:
        """Keep the photos of its searches so many days; those that are kept already no longer than so many from now.

        Raises `NotFoundError`.
        """
        with self._database.begin() as connection:
            row = agency_row(connection, name)
            connection.execute(update(agency).where(agency.c.id == row.id).values(photo_days=days))
            shorten_keepings(connection, name, datetime.now(UTC) + timedelta(days=days))
            note(connection, by, name, f"photos are kept for {days} days")
            return agency_of(agency_row(connection, name))

    def add_person(self, added: Person, password_hash: str, by: Viewer) -> None:
        """Raises `ConflictError` when the login is taken, by whomever, and `NotFoundError` without the agency."""
        with self._database.begin() as connection:
            _add_person(connection, added, password_hash, by)

    def people(self, of_agency: str = "") -> tuple[Person, ...]:
        """In order of their logins; with ``of_agency`` only its own."""
        statement = _people().order_by(agency.c.name_key, person.c.login_key)
        if of_agency:
            statement = statement.where(agency.c.name == of_agency)
        with self._database.read() as connection:
            return tuple(map(person_of, connection.execute(statement).all()))

    def person(self, login: str) -> PersonOnFile | None:
        if not login.isprintable():
            return None  # nobody's, and not every database takes it
        with self._database.read() as connection:
            row = connection.execute(_people().where(person.c.login_key == name_key(login))).first()
        return PersonOnFile(person_of(row), agency_of(row), row.password_hash, row.totp_secret) if row else None

    def set_person_suspended(self, login: str, at: datetime | None, by: Viewer) -> None:
        """Suspend from ``at`` on, and end the sessions, or with None take that back.

        Raises `ConflictError` when the agency would be left without an admin, unless it is done at the machine.
        """
        with self._database.begin() as connection:
            if at and not by.is_unrestricted:
                _check_admin_left(connection, login)
            _change(connection, login, suspended_at=at)
            if at:
                _end_sessions(connection, login)
            note(connection, by, login, f"person {_SUSPENDED[at is not None]}")

    def set_role(self, login: str, role: Role, by: Viewer) -> None:
        """Holds from the next request on. Raises `ConflictError` when the agency would be left without an admin."""
        with self._database.begin() as connection:
            row = connection.execute(_people().where(person.c.login_key == name_key(login))).one()
            if row.role == role.value:
                return
            _check_admin_left(connection, login)
            _change(connection, login, role=role.value)
            note(connection, by, row.login, f"role changed: {row.role} to {role}")

    def last_sign_ins(self, of_agency: str) -> dict[str, datetime]:
        """When each of the agency's people last signed in, by login, as the audit log has it; never: left out."""
        at = func.max(audit_event.c.at)
        signed_in = (audit_event.c.action == Action.SIGN_IN.value, audit_event.c.agency == of_agency)
        statement = select(audit_event.c.actor, at.label("at")).where(*signed_in).group_by(audit_event.c.actor)
        with self._database.read() as connection:
            return {row.actor: read_time(row.at) for row in connection.execute(statement)}

    def choose_password(self, login: str, password_hash: str, by: Viewer) -> None:
        """Every session ends: whoever knew the old password may have opened one."""
        with self._database.begin() as connection:
            _change(connection, login, password_hash=password_hash, must_choose_password=False)
            _end_sessions(connection, login)
            note(connection, by, login, "password chosen")

    def reset(self, login: str, password_hash: str, by: Viewer) -> None:
        """A first password; no codes are asked for, and every session ends."""
        with self._database.begin() as connection:
            _change(connection, login, password_hash=password_hash, must_choose_password=True, totp_secret="")
            _end_sessions(connection, login)
            note(connection, by, login, "person reset")

    def set_totp(self, login: str, secret: str, step: int, by: Viewer) -> None:
        """Codes of ``secret`` are asked for from now on, those after time-step ``step``."""
        with self._database.begin() as connection:
            _change(connection, login, totp_secret=secret, totp_step=step)
            note(connection, by, login, "one-time codes set up")

    def use_totp_step(self, login: str, step: int) -> bool:
        """Whether no code of this time-step or a later one was used before; from now on one was."""
        fresh = update(person).where(person.c.login_key == name_key(login), person.c.totp_step < step)
        with self._database.begin() as connection:
            return connection.execute(fresh.values(totp_step=step).returning(person.c.id)).first() is not None


def note(connection: Connection, by: Viewer, subject: str, detail: str) -> None:
    """Log a change of accounts, in the transaction that makes it."""
    append_events(connection, event(by, Action.ACCOUNT, subject, detail))


def agency_row(connection: Connection, name: str) -> Row[Any]:
    """Raises `NotFoundError`."""
    statement: Select[Any] = select(agency.c.id, *AGENCY_COLUMNS)
    row = connection.execute(statement.where(agency.c.name == name)).first() if name.isprintable() else None
    if row is None:
        raise NotFoundError(f"there is no agency {name!r}")
    return row


def agency_of(row: Row[Any]) -> Agency:
    return Agency(row.agency_name, row.is_operator, row.agency_created_at, row.agency_suspended_at, row.photo_days)


def person_of(row: Row[Any]) -> Person:
    return Person(
        login=row.login,
        agency=row.agency_name,
        role=Role(row.role),
        has_totp=bool(row.totp_secret),
        must_choose_password=row.must_choose_password,
        created_at=row.created_at,
        suspended_at=row.suspended_at,
    )


def _people() -> Select[Any]:
    return select(*person.c, *AGENCY_COLUMNS).join_from(person, agency)


def _exist(connection: Connection) -> bool:
    return connection.execute(select(agency.c.id).limit(1)).first() is not None


def _check_admin_left(connection: Connection, login: str) -> None:
    """Raises `ConflictError` when nobody else is an admin of the person's agency, and they are one."""
    row = connection.execute(_people().where(person.c.login_key == name_key(login))).one()
    if row.role == Role.ADMIN.value and not row.suspended_at and not _other_admins(connection, row):
        raise ConflictError(f"{row.login} is the last admin of {row.agency_name}; make somebody else one first")


def _other_admins(connection: Connection, row: Row[Any]) -> bool:
    """Whether the agency of ``row``, one of its people, has another admin, whom nobody suspended."""
    them = select(person.c.id).where(person.c.agency_id == row.agency_id, person.c.role == Role.ADMIN.value)
    others = them.where(person.c.id != row.id, person.c.suspended_at.is_(None))
    return connection.execute(others.limit(1)).first() is not None


def _change(connection: Connection, login: str, **values: Any) -> None:
    connection.execute(update(person).where(person.c.login_key == name_key(login)).values(**values))


def _end_sessions(connection: Connection, login: str) -> None:
    them = select(person.c.id).where(person.c.login_key == name_key(login))
    connection.execute(delete(web_session).where(web_session.c.person_id.in_(them)))


def _add_agency(connection: Connection, added: Agency, by: Viewer) -> None:
    key = name_key(added.name)
    if connection.execute(select(agency.c.id).where(agency.c.name_key == key)).first():
        raise ConflictError(f"there is an agency {added.name!r} already, or one whose name differs in case only")
    values = {"name": added.name, "name_key": key, "is_operator": added.is_operator, "photo_days": added.photo_days}
    connection.execute(insert(agency).values(**values, created_at=datetime.now(UTC)))
    note(connection, by, added.name, "agency added")


def _add_person(connection: Connection, added: Person, password_hash: str, by: Viewer) -> None:
    key = name_key(added.login)
    if connection.execute(select(person.c.id).where(person.c.login_key == key)).first():
        raise ConflictError(f"the login {added.login!r} is taken; choose another one")
    values = {
        "agency_id": agency_row(connection, added.agency).id,
        "login": added.login,
        "login_key": key,
        "role": added.role.value,
        "password_hash": password_hash,
        "must_choose_password": added.must_choose_password,
        "totp_secret": "",
        "totp_step": 0,
    }
    connection.execute(insert(person).values(**values, created_at=datetime.now(UTC)))
    note(connection, by, added.login, f"person added: {added.role} of {added.agency}")
