"""Sessions of people at the page, and how often sign-ins failed."""

import hashlib
import ipaddress
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Self

from sqlalchemy import Select, delete, insert, or_, select, update

from heritage.domain.access import Role, Viewer
from heritage.domain.accounts import Agency, Person, name_key
from heritage.domain.audit import Action, event
from heritage.errors import TooOftenError
from heritage.storage.accounts import AGENCY_COLUMNS, agency_of, person_of
from heritage.storage.audit import append_events
from heritage.storage.database import Database
from heritage.storage.schema import agency, person, sign_in_attempt, web_session

IDLE = timedelta(minutes=30)
LONGEST = timedelta(hours=12)
REMEMBERED = timedelta(hours=1)  # an hour without a failure, and the count begins anew
FIRST_WAIT = timedelta(seconds=30)
NOBODY = Viewer("", "", Role.OFFICER)
LONGEST_WAIT = timedelta(minutes=15)
LOGIN_ATTEMPTS, ADDRESS_ATTEMPTS = 5, 30  # in a row, before anybody must wait


@dataclass(frozen=True, slots=True)
class WebSession:
    """Somebody who is signed in."""

    person: Person
    agency: Agency
    last_seen_at: datetime


@dataclass(frozen=True, slots=True)
class Subject:
    """What fails: a login, or an address. After ``free_count`` failures in a row each further one must wait longer."""

    name: str
    free_count: int

    @classmethod
    def login(cls, login: str) -> Self:
        return cls(f"login {name_key(login)}", LOGIN_ATTEMPTS)

    @classmethod
    def address(cls, address: str) -> Self:
        """What one subscriber has: an IPv4 address, or 64 bits of an IPv6 address."""
        try:
            parsed = ipaddress.ip_address(address)
        except ValueError:
            return cls(f"address {address}", ADDRESS_ATTEMPTS)
        network = ipaddress.ip_network((parsed, 64 if parsed.version == 6 else 32), strict=False)
        return cls(f"address {network}", ADDRESS_ATTEMPTS)

    @property
    def digest(self) -> str:
        """Kept in place of the name: somebody may have typed a password into the wrong field."""
        return hashlib.sha256(self.name.encode("utf-8", "surrogatepass")).hexdigest()


class SignIns:
    """Each call is one transaction."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def begin(self, digest: str, by: Viewer, now: datetime) -> None:
        """Open a session for the token of this digest; sessions that ended by themselves are forgotten."""
        ended = or_(web_session.c.last_seen_at < now - IDLE, web_session.c.began_at < now - LONGEST)
        with self._database.begin() as connection:
            connection.execute(delete(web_session).where(ended))
            key = connection.execute(select(person.c.id).where(person.c.login_key == name_key(by.actor))).scalar_one()
            opened = insert(web_session).values(digest=digest, person_id=key, began_at=now, last_seen_at=now)
            connection.execute(opened)
            append_events(connection, event(by, Action.SIGN_IN))

    def note_refusal(self, login: str) -> None:
        """Log that a sign-in was refused. ``login`` only if there is such: what was typed may be a password."""
        with self._database.begin() as connection:
            append_events(connection, event(NOBODY, Action.REFUSE, login, "sign-in"))

    def find(self, digest: str, now: datetime) -> WebSession | None:
        """The session, unless it ended."""
        joined = web_session.join(person).join(agency)
        statement: Select[Any] = select(*person.c, *AGENCY_COLUMNS, web_session.c.last_seen_at).select_from(joined)
        lasting = (web_session.c.last_seen_at >= now - IDLE, web_session.c.began_at >= now - LONGEST)
        with self._database.read() as connection:
            row = connection.execute(statement.where(web_session.c.digest == digest, *lasting)).first()
        return WebSession(person_of(row), agency_of(row), row.last_seen_at) if row else None

    def note_use(self, digest: str, now: datetime) -> None:
        with self._database.begin() as connection:
            seen = update(web_session).where(web_session.c.digest == digest)
            connection.execute(seen.values(last_seen_at=now))

    def end(self, digest: str) -> None:
        with self._database.begin() as connection:
            connection.execute(delete(web_session).where(web_session.c.digest == digest))

    def end_all(self, login: str) -> None:
        them = select(person.c.id).where(person.c.login_key == name_key(login))
        with self._database.begin() as connection:
            connection.execute(delete(web_session).where(web_session.c.person_id.in_(them)))

    def count_attempt(self, subjects: Iterable[Subject], now: datetime) -> None:
        """Count an attempt as failed, before it is looked at: many at the same moment then gain nothing.

        Raises `TooOftenError`, and counts nothing, while one of the subjects must wait.
        """
        with self._database.begin() as connection:
            connection.execute(delete(sign_in_attempt).where(sign_in_attempt.c.last_at < now - REMEMBERED))
            for subject in subjects:
                is_it = sign_in_attempt.c.subject == subject.digest
                known = connection.execute(select(sign_in_attempt).where(is_it)).first()
                if known is None:
                    first = {"subject": subject.digest, "failure_count": 1, "last_at": now}
                    connection.execute(insert(sign_in_attempt).values(first))
                    continue
                wait = known.last_at + _wait(known.failure_count, subject.free_count) - now
                if wait > timedelta(0):
                    raise TooOftenError("too many attempts to sign in", wait.total_seconds())
                counted = update(sign_in_attempt).where(is_it)
                connection.execute(counted.values(failure_count=known.failure_count + 1, last_at=now))

    def forgive(self, login: Subject, address: Subject | None = None) -> None:
        """The login is known to be its owner's; of the address only this attempt is forgiven.

        Else one good account would let its owner try the passwords of all others.
        """
        with self._database.begin() as connection:
            connection.execute(delete(sign_in_attempt).where(sign_in_attempt.c.subject == login.digest))
            if address:
                is_it = sign_in_attempt.c.subject == address.digest
                less = {"failure_count": sign_in_attempt.c.failure_count - 1}
                connection.execute(update(sign_in_attempt).where(is_it).values(less))


def _wait(failure_count: int, free_count: int) -> timedelta:
    """Twice as long after each further failure."""
    if failure_count < free_count:
        return timedelta(0)
    doublings = min(failure_count - free_count, 10)
    return min(LONGEST_WAIT, FIRST_WAIT * (1 << doublings))
