"""Photos of searches, for whom each is kept and until when, and the searches that they were sent for."""

from sqlalchemy import Column, ForeignKey, Index, Integer, String, Table, UniqueConstraint

from heritage.storage.schema.base import UtcDateTime, metadata

photo = Table(
    "photo",
    metadata,
    # Never reused, even after a removal: it may be the photo's id in an index.
    Column("id", Integer, primary_key=True),
    Column("digest", String(64), nullable=False),
    Column("media_type", String(64), nullable=False),
    Column("byte_count", Integer, nullable=False),
    Column("width", Integer, nullable=False),
    Column("height", Integer, nullable=False),
    Column("kept_at", UtcDateTime, nullable=False),
    UniqueConstraint("digest"),
    sqlite_autoincrement=True,
)

photo_keeping = Table(
    "photo_keeping",
    metadata,
    Column("photo_id", ForeignKey("photo.id", ondelete="CASCADE"), primary_key=True),
    Column("agency", String(200), primary_key=True),
    Column("since", UtcDateTime, nullable=False),
    Column("until", UtcDateTime, nullable=False),
    Index(None, "agency"),
    Index(None, "since"),
    Index(None, "until"),
)

search_photo = Table(
    "search_photo",
    metadata,
    # As long as the agency that searched keeps the photo. What was searched stands in the search itself.
    Column("photo_id", ForeignKey("photo.id", ondelete="CASCADE"), primary_key=True),
    Column("search_id", ForeignKey("search.id"), primary_key=True),
    Index(None, "search_id"),
)
