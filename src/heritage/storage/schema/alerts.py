"""Who is told of hits, what was told, and what still has to be."""

from sqlalchemy import Boolean, Column, ForeignKey, Index, Integer, String, Table, Text, UniqueConstraint

from heritage.storage.schema.base import UtcDateTime, metadata

channel = Table(
    "channel",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("key", String(32), nullable=False),
    Column("agency", String(200), nullable=False),
    Column("kind", String(20), nullable=False),
    Column("address", Text, nullable=False),
    # In the clear, since every message is signed with it. It opens nothing here: it only proves that we sent a message.
    Column("secret", String(100), nullable=False),
    Column("least", String(20), nullable=False),
    Column("language", String(10), nullable=False),
    Column("created_by", String(200), nullable=False),
    Column("created_at", UtcDateTime, nullable=False),
    Column("ended_at", UtcDateTime),
    UniqueConstraint("key"),
    Index(None, "agency"),
)

alert = Table(
    "alert",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("key", String(32), nullable=False),
    Column("record_id", ForeignKey("record.id"), nullable=False),
    Column("digest", String(64), nullable=False),  # of the photo, whether or not it is still kept
    Column("agency", String(200), nullable=False),
    Column("side", String(20), nullable=False),
    Column("is_news", Boolean, nullable=False),  # no: they searched for it themselves, and need not be told again
    Column("hit_id", ForeignKey("hit.id"), nullable=False),  # the first that was found of the two
    Column("verdict", String(20), nullable=False),  # of that hit, or of the strong one that came after a possible one
    Column("raised_at", UtcDateTime, nullable=False),
    UniqueConstraint("key"),
    # What makes it once: across restarts, scans and models.
    UniqueConstraint("record_id", "digest", "agency"),
    Index(None, "agency", "id"),
    Index(None, "hit_id"),
)

delivery = Table(
    "delivery",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("key", String(32), nullable=False),
    Column("alert_id", ForeignKey("alert.id"), nullable=False),
    Column("channel_id", ForeignKey("channel.id"), nullable=False),
    Column("state", String(20), nullable=False),
    Column("attempt_count", Integer, nullable=False),
    Column("due_at", UtcDateTime, nullable=False),
    Column("problem", Text, nullable=False),
    UniqueConstraint("key"),
    UniqueConstraint("alert_id", "channel_id"),
    Index(None, "state", "due_at"),
    Index(None, "channel_id"),
)
