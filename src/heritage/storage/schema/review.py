"""Searches that are kept, their hits, and what people decided."""

from sqlalchemy import (
    Boolean,
    Column,
    ColumnElement,
    Float,
    ForeignKey,
    Index,
    Integer,
    String,
    Table,
    Text,
    UniqueConstraint,
    literal_column,
)

from heritage.storage.schema.base import UtcDateTime, metadata

search = Table(
    "search",
    metadata,
    # Kept with its hits, or as the proof that it had none; for the photos themselves see photos.py.
    Column("id", Integer, primary_key=True),
    Column("key", String(32), nullable=False),  # what the outside calls it: tells nobody how many there are
    Column("at", UtcDateTime, nullable=False),
    Column("actor", String(200), nullable=False),
    Column("agency", String(200), nullable=False),
    Column("origin", String(20), nullable=False),
    Column("source_id", ForeignKey("record.id")),  # the record whose photograph was searched
    Column("photos", Text, nullable=False),  # JSON
    Column("criteria", Text, nullable=False),  # JSON
    Column("versions", Text, nullable=False),  # JSON
    Column("gallery_count", Integer, nullable=False),
    Column("coverage", Text, nullable=False),
    UniqueConstraint("key"),
    Index(None, "agency"),
    Index(None, "source_id"),
)


def not_of_scans() -> ColumnElement[bool]:
    """Whether a row of ``search`` is none of a scan's: in the words of the index below, which finds those alone."""
    return search.c.origin != literal_column("'scan'")


Index("ix_search_own", search.c.agency, search.c.id, sqlite_where=not_of_scans(), postgresql_where=not_of_scans())

hit = Table(
    "hit",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("key", String(32), nullable=False),
    Column("search_id", ForeignKey("search.id"), nullable=False),
    Column("record_id", ForeignKey("record.id"), nullable=False),
    Column("record_version", Integer, nullable=False),
    Column("state", String(20), nullable=False),  # what its decisions come to; written with each of them
    Column("digest", String(64), nullable=False),
    Column("image_width", Integer, nullable=False),
    Column("image_height", Integer, nullable=False),
    Column("view", Integer, nullable=False),
    Column("region", String(40), nullable=False),
    Column("quarter_turns", Integer, nullable=False),
    Column("mirrored", Boolean, nullable=False),
    Column("similarity", Float, nullable=False),
    Column("votes", Float, nullable=False),
    Column("score", Float, nullable=False),
    Column("false_alarm_rate", Float, nullable=False),
    Column("verdict", String(20), nullable=False),
    Column("match_count", Integer, nullable=False),
    Column("inlier_count", Integer, nullable=False),
    Column("cell_count", Integer, nullable=False),
    Column("agreeing_cell_count", Integer, nullable=False),
    Column("support", Float, nullable=False),
    Column("correlation", Float),
    Column("points_mirrored", Boolean, nullable=False),  # whether the points say so, not only the whole picture
    Column("homographies", Text, nullable=False),  # JSON
    Column("lift", Float),  # none without a cohort
    Column("vote_lead", Float),  # none in hits that were kept before both were
    UniqueConstraint("key"),
    Index(None, "search_id"),
    Index(None, "record_id"),
    Index(None, "state"),
)

decision = Table(
    "decision",
    metadata,
    # Only ever added to: what somebody concluded is not changed afterwards, not even by themselves.
    Column("id", Integer, primary_key=True),
    Column("hit_id", ForeignKey("hit.id"), nullable=False),
    Column("at", UtcDateTime, nullable=False),
    Column("actor", String(200), nullable=False),
    Column("agency", String(200), nullable=False),
    Column("side", String(20), nullable=False),
    Column("kind", String(20), nullable=False),
    Column("note", Text, nullable=False),
    Index(None, "hit_id"),
)

counterpart = Table(
    "counterpart",
    metadata,
    # The one hit of a lost and a found record, whichever of them was searched for.
    Column("first_id", ForeignKey("record.id"), primary_key=True),  # the smaller of both keys
    Column("second_id", ForeignKey("record.id"), primary_key=True),
    Column("hit_id", ForeignKey("hit.id"), nullable=False),
    Index(None, "hit_id"),
)

comparison = Table(
    "comparison",
    metadata,
    # That a record's photograph was compared with the lost, or with the found, as they were after so many changes.
    Column("record_id", ForeignKey("record.id"), primary_key=True),
    Column("sequence", ForeignKey("image.sequence", onupdate="CASCADE"), primary_key=True),
    Column("compared_with", String(20), nullable=False),
    Column("change_count", Integer, nullable=False),
    Index(None, "sequence"),
)
