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

operation = Table(
    "operation",
    metadata,
    Column("id", String(32), primary_key=True),
    Column("state", String(16), nullable=False),
    Column("agency", String(200), nullable=False),
    Column("viewer", Text, nullable=False),  # JSON: on whose behalf
    Column("task", Text, nullable=False),  # JSON
    Column("done", Integer, nullable=False),
    Column("total", Integer, nullable=False),
    Column("message", Text, nullable=False),
    Column("worker", String(32), nullable=False),  # who runs it, as long as `changed_at` is recent
    Column("attempt_count", Integer, nullable=False),  # how often a worker began it
    Column("created_at", UtcDateTime, nullable=False),
    Column("changed_at", UtcDateTime, nullable=False),
    Index(None, "state", "created_at"),
    Index(None, "agency", "created_at"),
)
