"""Cases, their entries, and which agencies may read them."""

from sqlalchemy import Column, ForeignKey, Index, Integer, String, Table, Text, UniqueConstraint

from heritage.storage.schema.base import UtcDateTime, metadata

case_file = Table(
    "case_file",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("key", String(20), nullable=False),  # our reference: tells nobody how many there are
    Column("holder", String(200), nullable=False),
    Column("offered_to", String(200), nullable=False),  # empty: nobody
    Column("offered_at", UtcDateTime),
    UniqueConstraint("key"),
    Index(None, "offered_to"),
)

case_entry = Table(
    "case_entry",
    metadata,
    # Only ever added to: a wrong note is followed by another one.
    Column("id", Integer, primary_key=True),
    Column("case_id", ForeignKey("case_file.id"), nullable=False),
    Column("at", UtcDateTime, nullable=False),
    Column("actor", String(200), nullable=False),
    Column("agency", String(200), nullable=False),
    Column("kind", String(20), nullable=False),
    Column("content", Text, nullable=False),  # JSON
    Column("digest", String(64)),  # of a photo
    Column("hit_id", ForeignKey("hit.id")),
    Column("once", String(64)),  # of the form that was sent: sent again it adds nothing
    UniqueConstraint("once"),
    Index(None, "case_id"),
    Index(None, "hit_id"),
)

case_holding = Table(
    "case_holding",
    metadata,
    # The case as a list shows it to an agency that holds it or did; what is written here last stays after a hand-over.
    Column("case_id", ForeignKey("case_file.id"), primary_key=True),
    Column("agency", String(200), primary_key=True),
    Column("last_entry", Integer),  # the last one that the agency reads; none: it holds the case
    Column("handed_to", String(200), nullable=False),  # empty as long as it holds the case
    Column("title", Text, nullable=False),
    Column("status", String(20), nullable=False),
    Column("words", Text, nullable=False),  # folded, each after a space
    Column("changed_at", UtcDateTime, nullable=False),
    Index(None, "agency"),
)
