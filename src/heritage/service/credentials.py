"""Passwords, one-time codes and session tokens: made and recognised. None of them is ever logged or repeated.

Passwords: argon2id with the parameters of RFC 9106, section 4 (second choice). One-time codes: TOTP (RFC 6238), six
digits, 30 s.
"""

import hashlib
import re
import secrets
import unicodedata
from datetime import datetime
from functools import lru_cache

import pyotp
from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from heritage.domain.digits import western

_HASHER = PasswordHasher()
_ALPHABET = "abcdefghjkmnpqrstuvwxyz23456789"  # none that look alike: it may be read out or copied by hand
_GROUPS, _GROUP_LENGTH = 4, 5  # 20 characters, 98 bits
_STEPS_LATE = 1  # a clock may be so many steps of 30 s off, either way


def make_password() -> str:
    groups = ("".join(secrets.choice(_ALPHABET) for _ in range(_GROUP_LENGTH)) for _ in range(_GROUPS))
    return "-".join(groups)


def hash_password(password: str) -> str:
    return _HASHER.hash(_normal(password))


def is_password(password: str, password_hash: str) -> bool:
    """Takes as long without a hash as with one, so that the time does not tell which logins there are."""
    nobodys = _nobodys_hash()  # made with the first question, whichever that is
    try:
        return _HASHER.verify(password_hash or nobodys, _normal(password)) and bool(password_hash)
    except (VerificationError, InvalidHashError):
        return False


def make_token() -> str:
    """256 random bits for a session; never kept, see `digest_of`."""
    return secrets.token_urlsafe(32)


def digest_of(token: str) -> str:
    """SHA-256 as hex digits. Enough for what is random: only passwords, which people choose, need a slow hash."""
    return hashlib.sha256(token.encode("utf-8", "surrogatepass")).hexdigest()


def make_totp_secret() -> str:
    """160 random bits in base32."""
    return pyotp.random_base32()


def is_totp_secret(text: str) -> bool:
    """Whether it could have come from `make_totp_secret`."""
    return re.fullmatch("[A-Z2-7]{32}", text) is not None


def totp_address(secret: str, login: str) -> str:
    """The ``otpauth:`` address that authenticator programs read."""
    return pyotp.TOTP(secret).provisioning_uri(name=login, issuer_name="heritage")


def totp_step(secret: str, code: str, now: datetime) -> int | None:
    """The time-step that ``code`` belongs to, if it is one of the few that are accepted now."""
    totp = pyotp.TOTP(secret)
    digits = western(code.replace(" ", ""))
    current = int(now.timestamp()) // totp.interval
    steps = range(current - _STEPS_LATE, current + _STEPS_LATE + 1)
    found = [step for step in steps if secrets.compare_digest(totp.generate_otp(step).encode(), _bytes(digits))]
    return found[0] if found else None


@lru_cache(maxsize=1)
def _nobodys_hash() -> str:
    return hash_password(make_token())


def _normal(password: str) -> bytes:
    """The same bytes whichever keyboard typed it."""
    return _bytes(unicodedata.normalize("NFKC", password))


def _bytes(text: str) -> bytes:
    return text.encode("utf-8", "surrogatepass")
