"""Agencies, the people and the programs that act for them."""

from sqlalchemy import Boolean, Column, ForeignKey, Index, Integer, String, Table, Text, UniqueConstraint

from heritage.storage.schema.base import UtcDateTime, metadata

agency = Table(
    "agency",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("name", String(100), nullable=False),
    Column("name_key", String(400), nullable=False),
    Column("is_operator", Boolean, nullable=False),
    Column("created_at", UtcDateTime, nullable=False),
    Column("suspended_at", UtcDateTime),
    Column("photo_days", Integer, nullable=False, server_default="365"),
    UniqueConstraint("name_key"),
)

person = Table(
    "person",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("agency_id", ForeignKey("agency.id"), nullable=False),
    Column("login", String(100), nullable=False),
    Column("login_key", String(400), nullable=False),
    Column("role", String(20), nullable=False),
    Column("password_hash", Text, nullable=False),  # empty: signs in through the OpenID provider only
    Column("must_choose_password", Boolean, nullable=False),
    Column("totp_secret", String(64), nullable=False),
    Column("totp_step", Integer, nullable=False),  # the last that was used: no code is good for two
    Column("created_at", UtcDateTime, nullable=False),
    Column("suspended_at", UtcDateTime),
    UniqueConstraint("login_key"),
    Index(None, "agency_id"),
)

api_key = Table(
    "api_key",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("agency_id", ForeignKey("agency.id"), nullable=False),
    Column("prefix", String(8), nullable=False),
    Column("digest", String(64), nullable=False),
    Column("role", String(20), nullable=False),
    Column("scopes", Text, nullable=False),  # separated by spaces
    Column("label", String(100), nullable=False),
    Column("expires_at", UtcDateTime),
    Column("created_by", String(200), nullable=False),
    Column("created_at", UtcDateTime, nullable=False),
    Column("last_used_at", UtcDateTime),
    Column("revoked_at", UtcDateTime),
    UniqueConstraint("prefix"),
    Index(None, "agency_id"),
)

web_session = Table(
    "web_session",
    metadata,
    Column("digest", String(64), primary_key=True),  # of the token, which only the browser has
    Column("person_id", ForeignKey("person.id", ondelete="CASCADE"), nullable=False),
    Column("began_at", UtcDateTime, nullable=False),
    Column("last_seen_at", UtcDateTime, nullable=False),
    Index(None, "person_id"),
)

sign_in_attempt = Table(
    "sign_in_attempt",
    metadata,
    # The digest of a login or of an address: a password typed in the wrong field must not be kept.
    Column("subject", String(64), primary_key=True),
    Column("failure_count", Integer, nullable=False),
    Column("last_at", UtcDateTime, nullable=False),
    Index(None, "last_at"),
)
