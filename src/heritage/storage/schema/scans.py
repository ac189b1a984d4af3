"""Scans, the listings in them, and what was once described of a photo."""

from sqlalchemy import (
    Column,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    Integer,
    LargeBinary,
    String,
    Table,
    Text,
    UniqueConstraint,
)

from heritage.storage.schema.base import UtcDateTime, metadata

scan = Table(
    "scan",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("key", String(32), nullable=False),  # what the outside calls it
    Column("agency", String(200), nullable=False),
    Column("viewer", Text, nullable=False),  # JSON: on whose behalf
    Column("source", Text, nullable=False),  # JSON: what to open again
    Column("fingerprint", Text, nullable=False),  # of the source: another one must not be scanned on
    Column("criteria", Text, nullable=False),  # JSON
    Column("state", String(16), nullable=False),
    Column("message", Text, nullable=False),
    # Of its listings; always changed in the transaction that changes theirs.
    Column("listing_count", Integer, nullable=False),
    Column("listed_count", Integer, nullable=False),  # of those, in `listing`
    Column("strong_count", Integer, nullable=False),
    Column("possible_count", Integer, nullable=False),
    Column("nothing_count", Integer, nullable=False),
    Column("unreadable_count", Integer, nullable=False),
    Column("unreachable_count", Integer, nullable=False),
    Column("created_at", UtcDateTime, nullable=False),
    Column("changed_at", UtcDateTime, nullable=False),
    Column("finished_at", UtcDateTime),
    UniqueConstraint("key"),
    Index(None, "agency", "created_at"),
    Index(None, "state", "changed_at"),
)

listing = Table(
    "listing",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("scan_id", ForeignKey("scan.id"), nullable=False),
    Column("place", Integer, nullable=False),  # in the source, from 0
    Column("key", Text, nullable=False),
    Column("title", Text, nullable=False),
    Column("seller", Text, nullable=False),
    Column("address", Text, nullable=False),
    Column("columns", Text, nullable=False),  # JSON: the others of the source
    Column("error", Text, nullable=False),  # that the source has with it
    Column("state", String(16), nullable=False),
    Column("why", Text, nullable=False),
    Column("search_id", ForeignKey("search.id")),
    Column("worker", String(32), nullable=False),  # who is at it, as long as `leased_at` is recent
    Column("leased_at", UtcDateTime),
    UniqueConstraint("scan_id", "place"),
    Index(None, "scan_id", "state", "place"),
    Index(None, "search_id"),
)

listing_photo = Table(
    "listing_photo",
    metadata,
    Column("listing_id", ForeignKey("listing.id"), primary_key=True),
    Column("place", Integer, primary_key=True, autoincrement=False),
    Column("name", Text, nullable=False),
    Column("address", Text, nullable=False),
    Column("digest", String(64)),  # of what was read; none: not read
    Column("capture", Text, nullable=False),  # JSON: when and from where it came; empty: not read
    Column("why", Text, nullable=False),  # it could not be searched
    Index(None, "digest"),
)

seen = Table(
    "seen",
    metadata,
    # A photo once described under some specs, so that it need not be again. The photo itself is not kept.
    Column("digest", String(64), primary_key=True),
    Column("specs", String(32), primary_key=True),
    Column("seen_at", UtcDateTime, nullable=False),
)

seen_region = Table(
    "seen_region",
    metadata,
    # The whole photo is at place 0.
    Column("digest", String(64), primary_key=True),
    Column("specs", String(32), primary_key=True),
    Column("place", Integer, primary_key=True, autoincrement=False),
    Column("region", String(40), nullable=False),
    Column("vectors", LargeBinary, nullable=False),  # one for each turn, the first as it was taken
    Column("keypoints", LargeBinary),  # none of its own: the whole photo's will do
    Column("keypoints_width", Integer, nullable=False),
    Column("keypoints_height", Integer, nullable=False),
    ForeignKeyConstraint(["digest", "specs"], ["seen.digest", "seen.specs"], ondelete="CASCADE"),
)
