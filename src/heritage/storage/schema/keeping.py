"""What heritage keeps for itself."""

from sqlalchemy import Column, Index, Integer, LargeBinary, String, Table, Text

from heritage.storage.schema.base import UtcDateTime, metadata

meta = Table("meta", metadata, Column("key", String(64), primary_key=True), Column("value", Text, nullable=False))

reply = Table(
    "reply",
    metadata,
    # Answers by idempotency key; rows live a day.
    Column("caller", String(300), primary_key=True),
    Column("key", String(255), primary_key=True),
    Column("request_digest", String(64), nullable=False),
    Column("status", Integer, nullable=False),  # 0: not answered yet
    Column("headers", Text, nullable=False),
    Column("body", LargeBinary, nullable=False),
    Column("created_at", UtcDateTime, nullable=False),
    Index(None, "created_at"),
)
