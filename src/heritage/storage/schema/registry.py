"""Registry records, and the photographs that they show.

Another table, ``record_text``, is of a kind that each database has its own of: see `heritage.storage.fulltext`.
"""

from dataclasses import fields

from sqlalchemy import Column, ForeignKey, Index, Integer, String, Table, Text, UniqueConstraint

from heritage.domain.records import ObjectIdCard
from heritage.storage.schema.base import KEY, UtcDateTime, metadata, ordered

CARD_FIELDS = tuple(card_field.name for card_field in fields(ObjectIdCard))

record = Table(
    "record",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("registry", KEY, nullable=False),
    Column("number", KEY, nullable=False),
    Column("status", String(20), nullable=False),
    Column("owner_agency", Text, nullable=False),
    Column("theft_date", ordered(10), nullable=False),
    Column("theft_place", Text, nullable=False),
    Column("category", String(64), nullable=False),
    Column("terms", Text, nullable=False),  # separated by spaces
    Column("handling", String(20), nullable=False),
    Column("icg_reference", Text, nullable=False),
    *(Column(name, Text, nullable=False) for name in CARD_FIELDS),
    Column("created_at", UtcDateTime, nullable=False),
    Column("updated_at", UtcDateTime, nullable=False),
    Column("version", Integer, nullable=False),  # counts the record's states: the ETag of the API
    UniqueConstraint("registry", "number"),
    # Answers the coverage statement without reading the wide rows.
    Index(None, "registry", "status", "updated_at"),
    # Finds the restricted ones, which are few, without reading the others.
    Index(None, "handling", "owner_agency"),
    Index(None, "theft_date"),
    # All that criteria ask of a record beside words and terms, in the order in which records are listed: they are found
    # without reading the wide rows or sorting. An agency's name is short, as an index of PostgreSQL's needs it to be.
    Index("ix_record_found", "registry", "number", "status", "handling", "owner_agency", "theft_date"),
)

record_share = Table(
    "record_share",
    metadata,
    # Agencies beside the owner that see the record when it is TLP:AMBER.
    Column("record_id", ForeignKey("record.id", ondelete="CASCADE"), primary_key=True),
    Column("agency", String(200), primary_key=True),
)

record_term = Table(
    "record_term",
    metadata,
    # The terms that a record is found by: those it gives, and those its card names in words.
    Column("term", String(64), primary_key=True),
    Column("record_id", ForeignKey("record.id", ondelete="CASCADE"), primary_key=True),
    Index(None, "record_id"),
)

record_status = Table(
    "record_status",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("record_id", ForeignKey("record.id", ondelete="CASCADE"), nullable=False),
    Column("status", String(20), nullable=False),
    Column("at", UtcDateTime, nullable=False),
    Column("actor", String(200), nullable=False),
    Column("agency", String(200), nullable=False),
    Index(None, "record_id", "id"),
)

record_revision = Table(
    "record_revision",
    metadata,
    # The change that led to this version of the record; the first one has none.
    Column("record_id", ForeignKey("record.id", ondelete="CASCADE"), primary_key=True),
    Column("version", Integer, primary_key=True, autoincrement=False),
    Column("at", UtcDateTime, nullable=False),
    Column("actor", String(200), nullable=False),
    Column("agency", String(200), nullable=False),
    Column("changes", Text, nullable=False),  # JSON: [field, before, after] of each field
    Column("note", Text, nullable=False),
)

record_image = Table(
    "record_image",
    metadata,
    Column("record_id", ForeignKey("record.id"), primary_key=True),
    Column("sequence", ForeignKey("image.sequence", onupdate="CASCADE"), primary_key=True),
    Column("position", Integer, nullable=False),
    Column("view", String(20), nullable=False),
    Index(None, "sequence"),
)
