"""Who is it? Keys, passwords, codes and sessions, turned into a `Viewer` anew for every request.

Threats: guessing (waits that grow, per login and per address; a slow hash; codes good for one use), telling logins
apart by the answer or its time (one answer for all), a stolen database (digests only), a session that outlives a
suspension (nothing is remembered between two requests).
"""

import secrets
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from heritage.domain.access import SCOPES_BY_ROLE, Viewer
from heritage.domain.accounts import KEY_MARK, Agency, KeyOnFile, Person, PersonOnFile, check_password
from heritage.errors import ConflictError, ForbiddenError, InputError, SignInError
from heritage.service.credentials import digest_of, hash_password, is_password, is_totp_secret, make_token, totp_step
from heritage.service.keys import prefix_of
from heritage.storage.accounts import Accounts
from heritage.storage.database import Database
from heritage.storage.keys import Keys
from heritage.storage.sign_ins import SignIns, Subject

NOTED_EVERY = timedelta(minutes=1)  # a write for each request would make readers queue
_WRONG = "login, password or code is not right"
_NO_KEY = "the key is not valid, or not any more"


@dataclass(frozen=True, slots=True)
class Credentials:
    """What somebody typed, and the address that it came from; ``code`` only of those who set one up."""

    login: str
    password: str = field(repr=False)
    code: str = field(default="", repr=False)
    address: str = ""


@dataclass(frozen=True, slots=True)
class SignedIn:
    """``token`` is for the browser alone."""

    person: Person
    token: str = field(repr=False)


def viewer_of_key(database: Database, text: str, now: datetime) -> Viewer:
    """Whom the key acts for. Raises `SignInError`, which never says what is wrong with it."""
    prefix = prefix_of(text)
    known = Keys(database).find(prefix) if prefix else None
    if known is None or not secrets.compare_digest(known.digest, digest_of(text)):
        raise SignInError(_NO_KEY)
    key = known.key
    if _has_ended(known, now):
        raise SignInError(_NO_KEY)
    if key.last_used_at is None or now - key.last_used_at >= NOTED_EVERY:
        Keys(database).note_use(key.prefix, now)
    scopes = key.scopes & SCOPES_BY_ROLE[key.role]
    return Viewer(KEY_MARK + key.prefix, key.agency, key.role, scopes, known.agency.is_operator)


def check_still_allowed(database: Database, viewer: Viewer) -> None:
    """Raises `ForbiddenError` when whoever asked for something that takes long may do less by now.

    Suspended, revoked, run out, or given a role with fewer rights: what they asked for was judged by the old one.
    """
    if viewer.is_unrestricted or not Accounts(database).exist():
        return
    if viewer.actor.startswith(KEY_MARK):
        key = Keys(database).find(viewer.actor.removeprefix(KEY_MARK))
        is_allowed = key is not None and not _has_ended(key, datetime.now(UTC))
    else:
        known = Accounts(database).person(viewer.actor)
        is_allowed = known is not None and not _is_suspended(known.person, known.agency)
        is_allowed &= known is not None and SCOPES_BY_ROLE[viewer.role] <= SCOPES_BY_ROLE[known.person.role]
    if not is_allowed:
        raise ForbiddenError("whoever asked for this may do so no more")


def session_of(database: Database, token: str, now: datetime) -> tuple[Viewer, Person]:
    """Who is signed in. Raises `SignInError`."""
    known = SignIns(database).find(digest_of(token), now)
    if known is None or known.person.suspended_at or known.agency.suspended_at:
        raise SignInError("sign in, please: nobody is signed in any more")
    if now - known.last_seen_at >= NOTED_EVERY:
        SignIns(database).note_use(digest_of(token), now)
    return _viewer(known.person, known.agency), known.person


def sign_in(database: Database, given: Credentials, now: datetime) -> SignedIn:
    """Open a session. Raises `SignInError`, the same whatever is wrong, and `TooOftenError`."""
    return _opened(database, _recognised(database, given, now), now)


def sign_in_by_provider(database: Database, login: str, now: datetime) -> SignedIn:
    """Open a session for whom the OpenID provider vouches: an admin must have made exactly this login before.

    Raises `SignInError`.
    """
    known = Accounts(database).person(login)
    if known is None or known.person.login != login or _is_suspended(known.person, known.agency):
        SignIns(database).note_refusal(known.person.login if known else "")
        raise SignInError("the provider knows you, but you have no account here; ask an admin of your agency")
    return _opened(database, known, now)


def sign_out(database: Database, person: Person) -> None:
    """End all sessions of the person, wherever they are open."""
    SignIns(database).end_all(person.login)


def end_session(database: Database, token: str) -> None:
    SignIns(database).end(digest_of(token))


def change_password(database: Database, given: Credentials, new: str, now: datetime) -> SignedIn:
    """All sessions end, and one begins. Raises what `sign_in` does, and `InputError` for the new password."""
    check_password(new, given.login)
    if new == given.password:
        raise InputError("the new password is the old one; choose another")
    known = _recognised(database, given, now)
    by = _viewer(known.person, known.agency)
    Accounts(database).choose_password(by.actor, hash_password(new), by)
    return _opened(database, known, now)


def set_up_totp(database: Database, given: Credentials, secret: str, now: datetime) -> None:
    """Ask for codes from now on; ``given.code`` shows that the device has the secret.

    Raises what `sign_in` does, `InputError` for a wrong code, `ConflictError` when codes are asked for already.
    """
    known = Accounts(database).person(given.login)
    if known and known.totp_secret:
        raise ConflictError("codes are set up already; an admin can reset them")
    step = totp_step(secret, given.code, now) if is_totp_secret(secret) else None
    if step is None:
        raise InputError("this is not the code that the device shows now; check its clock, and begin again")
    recognised = _recognised(database, given, now)
    by = _viewer(recognised.person, recognised.agency)
    Accounts(database).set_totp(by.actor, secret, step, by)


def _recognised(database: Database, given: Credentials, now: datetime) -> PersonOnFile:
    login, address = Subject.login(given.login), Subject.address(given.address)
    SignIns(database).count_attempt((login, address), now)
    known = Accounts(database).person(given.login)
    is_right = is_password(given.password, known.password_hash if known else "")
    if known and is_right and not _is_suspended(known.person, known.agency) and _has_code(database, known, given, now):
        SignIns(database).forgive(login, address)
        return known
    SignIns(database).note_refusal(known.person.login if known else "")
    raise SignInError(_WRONG)


def _has_code(database: Database, known: PersonOnFile, given: Credentials, now: datetime) -> bool:
    """Whether no code is asked for, or the right one was given; it is used then."""
    if not known.totp_secret:
        return True
    step = totp_step(known.totp_secret, given.code, now)
    return step is not None and Accounts(database).use_totp_step(known.person.login, step)


def _opened(database: Database, known: PersonOnFile, now: datetime) -> SignedIn:
    token = make_token()
    SignIns(database).begin(digest_of(token), _viewer(known.person, known.agency), now)
    return SignedIn(known.person, token)


def _viewer(person: Person, agency: Agency) -> Viewer:
    return Viewer(person.login, person.agency, person.role, SCOPES_BY_ROLE[person.role], agency.is_operator)


def _has_ended(known: KeyOnFile, now: datetime) -> bool:
    key = known.key
    return bool(key.revoked_at or known.agency.suspended_at or (key.expires_at and key.expires_at <= now))


def _is_suspended(person: Person, agency: Agency) -> bool:
    return bool(person.suspended_at or agency.suspended_at)
