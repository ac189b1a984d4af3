"""Which photographs of records were compared with the photos seen before, and which photos somebody watches."""

from sqlalchemy import Column, ForeignKey, Index, Integer, String, Table, UniqueConstraint

from heritage.storage.schema.base import UtcDateTime, metadata

looked_back = Table(
    "looked_back",
    metadata,
    # That a record's photograph was compared with all photos that had been seen by then. Twice, some minutes apart:
    # a photo that was just being searched when the record came may have been neither here nor there.
    Column("record_id", ForeignKey("record.id"), primary_key=True),
    Column("sequence", ForeignKey("image.sequence", onupdate="CASCADE"), primary_key=True),
    # Of the record then: what is lost again, or shown to others, is compared again.
    Column("status", String(20), nullable=False),
    Column("handling", String(20), nullable=False),
    Column("pass_count", Integer, nullable=False),
    Column("at", UtcDateTime, nullable=False),
    Index(None, "sequence"),
)

watch = Table(
    "watch",
    metadata,
    # Its photo is kept until then, whatever the agency keeps otherwise.
    Column("id", Integer, primary_key=True),
    Column("key", String(32), nullable=False),
    Column("digest", String(64), nullable=False),
    Column("agency", String(200), nullable=False),
    Column("actor", String(200), nullable=False),
    Column("created_at", UtcDateTime, nullable=False),
    Column("until", UtcDateTime, nullable=False),
    UniqueConstraint("key"),
    Index(None, "agency", "until"),
    Index(None, "digest"),
)
