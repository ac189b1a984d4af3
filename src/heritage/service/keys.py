"""API keys: ``hk_<prefix>_<secret>_<crc>``, how they are made, handed over and ended.

The prefix names the key and is public; the secret has 256 random bits; the check sum (CRC-32) covers all before it, so
that a scanner for leaked secrets knows a key by itself, and a typing error needs no look into the database.
"""

import base64
import re
import secrets
import zlib
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta

from heritage.domain.access import SCOPES_BY_ROLE, Role, Scope, Viewer
from heritage.domain.accounts import KEY_MARK, ApiKey, check_label, check_may_give
from heritage.errors import ConflictError, InputError, NotFoundError
from heritage.service.accounts import agency_for, check_reaches
from heritage.service.credentials import digest_of
from heritage.storage.database import Database
from heritage.storage.keys import Keys

OVERLAP = timedelta(hours=24)
LONGEST_OVERLAP = timedelta(days=7)
_DIGITS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
_SECRET_BYTES, _SECRET_LENGTH, _CRC_LENGTH = 32, 43, 6
_KEY = re.compile(rf"{KEY_MARK}([a-z2-7]{{8}})_[0-9A-Za-z]{{{_SECRET_LENGTH}}}_[0-9A-Za-z]{{{_CRC_LENGTH}}}", re.ASCII)


@dataclass(frozen=True, slots=True)
class KeyWish:
    """What a key is wanted for. No ``scopes``: all of the role's; no ``agency``: the one that asks."""

    role: Role
    scopes: frozenset[Scope] = frozenset()
    agency: str = ""
    label: str = ""
    expires_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class NewKey:
    """The only moment that the key itself is known."""

    key: ApiKey
    text: str = field(repr=False)


def create_key(database: Database, by: Viewer, wish: KeyWish) -> NewKey:
    """Raises `ForbiddenError`, `InputError`, and `NotFoundError` for an agency that is not ``by``'s to speak for."""
    by.require(Scope.ACCOUNTS)
    scopes = wish.scopes or SCOPES_BY_ROLE[wish.role]
    check_may_give(by, wish.role, scopes)
    if wish.expires_at and wish.expires_at <= datetime.now(UTC):
        raise InputError("the key would have expired already; choose a later moment, or none")
    wanted = ApiKey(
        prefix="",
        agency=agency_for(database, by, wish.agency),
        role=wish.role,
        scopes=scopes,
        label=check_label(wish.label),
        expires_at=wish.expires_at,
        created_by=by.actor,
    )
    return _made(lambda key, digest: Keys(database).add(key, digest, by), wanted)


def rotate_key(database: Database, by: Viewer, prefix: str, overlap: timedelta = OVERLAP) -> NewKey:
    """A successor with the same rights, for as long; the old one lives on for ``overlap``, and no longer than it would.

    Raises `ConflictError` when it has ended, and what `create_key` does.
    """
    if not timedelta(0) <= overlap <= LONGEST_OVERLAP:
        raise InputError(f"the overlap may be 0 to {LONGEST_OVERLAP // timedelta(hours=1)} hours")
    old, now = _own(database, by, prefix), datetime.now(UTC)
    check_may_give(by, old.role, old.scopes)
    if old.revoked_at or (old.expires_at and old.expires_at <= now):
        raise ConflictError(f"the key {prefix} has ended; create a new one")
    ends = min(now + overlap, old.expires_at) if old.expires_at else now + overlap
    lifetime = old.expires_at - old.created_at if old.expires_at and old.created_at else None
    wanted = replace(old, expires_at=now + lifetime if lifetime else None, created_by=by.actor)
    return _made(lambda key, digest: Keys(database).add(key, digest, by, (prefix, ends)), wanted)


def revoke_key(database: Database, by: Viewer, prefix: str) -> ApiKey:
    """End the key at once, for good. Raises `ForbiddenError`, `NotFoundError`."""
    known = _own(database, by, prefix)
    if not known.revoked_at:
        Keys(database).revoke(prefix, datetime.now(UTC), by)
    return _own(database, by, prefix)


def keys_of(database: Database, by: Viewer, agency: str = "") -> tuple[ApiKey, ...]:
    """Oldest first, those that ended too. At the machine, without ``agency``, everybody's."""
    by.require(Scope.ACCOUNTS)
    return Keys(database).all_of(agency_for(database, by, agency) if agency else by.agency)


def key_on_file(database: Database, by: Viewer, prefix: str) -> ApiKey:
    """One of the keys that are for ``by`` to manage. Raises `ForbiddenError`, `NotFoundError`."""
    return _own(database, by, prefix)


def prefix_of(text: str) -> str | None:
    """The prefix of what has the form and the check sum of a key."""
    found = _KEY.fullmatch(text)
    if found is None or not secrets.compare_digest(text[-_CRC_LENGTH:], _crc(text[: -_CRC_LENGTH - 1])):
        return None
    return found[1]


def _own(database: Database, by: Viewer, prefix: str) -> ApiKey:
    by.require(Scope.ACCOUNTS)
    known = Keys(database).find(prefix)
    if known is None or not check_reaches(by, known.key.agency):
        raise NotFoundError(f"there is no key {prefix!r}")
    return known.key


def _made(add: Callable[[ApiKey, str], ApiKey], wanted: ApiKey) -> NewKey:
    prefix = base64.b32encode(secrets.token_bytes(5)).decode("ascii").lower()
    secret = _base62(int.from_bytes(secrets.token_bytes(_SECRET_BYTES)), _SECRET_LENGTH)
    covered = f"{KEY_MARK}{prefix}_{secret}"
    text = f"{covered}_{_crc(covered)}"
    return NewKey(add(replace(wanted, prefix=prefix), digest_of(text)), text)


def _crc(covered: str) -> str:
    return _base62(zlib.crc32(covered.encode("ascii")), _CRC_LENGTH)


def _base62(number: int, length: int) -> str:
    digits = []
    for _ in range(length):
        number, digit = divmod(number, len(_DIGITS))
        digits.append(_DIGITS[digit])
    return "".join(reversed(digits))
