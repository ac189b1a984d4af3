"""Agencies, the people and keys that act for them, and the rules of their names."""

import re
import unicodedata
from dataclasses import dataclass, field
from datetime import datetime

from heritage.domain.access import AT_THE_MACHINE, SCOPES_BY_ROLE, Role, Scope, Viewer
from heritage.domain.photos import PHOTO_DAYS
from heritage.errors import ForbiddenError, InputError

NAME_LENGTH = 100
KEY_LENGTH = 400  # a character may stand for several: U+FDFA for 18
KEY_MARK = "hk_"  # what every key begins with
MIN_PASSWORD_LENGTH = 12
MAX_PASSWORD_LENGTH = 200


@dataclass(frozen=True, slots=True)
class Agency:
    """Its name is its key: a record whose ``owner_agency`` is that name is its own."""

    name: str
    is_operator: bool = False
    created_at: datetime | None = None
    suspended_at: datetime | None = None
    photo_days: int = PHOTO_DAYS  # for how many days the photos of its searches are kept; 0: not at all


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody who signs in at the page. Nothing personal is kept but the login; secrets are not part of it."""

    login: str
    agency: str
    role: Role
    has_totp: bool = False
    must_choose_password: bool = False
    created_at: datetime | None = None
    suspended_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class ApiKey:
    """What is known of a key beside itself: only its digest is kept. ``prefix`` is public and names it."""

    prefix: str
    agency: str
    role: Role
    scopes: frozenset[Scope]
    label: str = ""
    expires_at: datetime | None = None
    created_by: str = ""
    created_at: datetime | None = None
    last_used_at: datetime | None = None
    revoked_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class PersonOnFile:
    """A person, and what the database keeps to recognise them; ``totp_secret`` in base32, empty: none."""

    person: Person
    agency: Agency
    password_hash: str = field(repr=False)
    totp_secret: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class KeyOnFile:
    """A key, the SHA-256 of its text as hex digits, and whom it acts for."""

    key: ApiKey
    agency: Agency
    digest: str


def name_key(text: str) -> str:
    """What two names must differ in: neither case nor the way that a character was typed sets them apart."""
    return unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", text).casefold())


def check_agency_name(name: str) -> str:
    """The name without surrounding space. Raises `InputError`."""
    return _checked(name.strip(), "an agency's name")


def check_label(label: str) -> str:
    """What a key is for, in a few words or none. Raises `InputError`."""
    return _checked(label.strip(), "a label") if label.strip() else ""


def check_login(login: str) -> str:
    """Raises `InputError`."""
    if re.search(r"[\s/]", login):
        raise InputError("a login has no spaces and no slashes; choose another one")
    # The log would otherwise take somebody for the machine, or for a key.
    if name_key(login) == AT_THE_MACHINE.actor or name_key(login).startswith(KEY_MARK):
        raise InputError(f"the login {login[:40]!r} has a meaning of its own; choose another one")
    return _checked(login, "a login")


def check_password(password: str, login: str) -> str:
    """Length is what makes a password strong (NIST SP 800-63B); no kinds of characters are asked for.

    Raises `InputError`, which never repeats the password.
    """
    if not MIN_PASSWORD_LENGTH <= len(password) <= MAX_PASSWORD_LENGTH:
        raise InputError(f"a password has {MIN_PASSWORD_LENGTH} to {MAX_PASSWORD_LENGTH} characters; choose another")
    if len(set(password.casefold().replace(login.casefold(), ""))) < MIN_PASSWORD_LENGTH // 2:
        raise InputError("this password is easy to guess: it repeats itself or the login; choose another")
    return password


def check_may_give(giver: Viewer, role: Role, scopes: frozenset[Scope]) -> None:
    """Nobody hands on more than they have: a key with few rights would otherwise make itself one with all.

    Raises `InputError` for rights that the role does not have, `ForbiddenError` for those that the giver has not.
    """
    beyond = scopes - SCOPES_BY_ROLE[role]
    if beyond or not scopes:
        allowed = ", ".join(sorted(SCOPES_BY_ROLE[role]))
        raise InputError(f"the role {role} has these rights: {allowed}; choose one or more of them")
    if not all(giver.may(scope) for scope in scopes):
        raise ForbiddenError(f"{giver.actor} cannot give rights that it does not have itself")


def _checked(text: str, what: str) -> str:
    # A name stands in addresses, where . and .. mean other places; unprintable characters make two names look alike.
    is_short = 0 < len(text) <= NAME_LENGTH and len(name_key(text)) <= KEY_LENGTH
    if not is_short or not text.isprintable() or text in (".", ".."):
        raise InputError(f"{what} has 1 to {NAME_LENGTH} printable characters, not {len(text)} like {text[:40]!r}")
    return text
