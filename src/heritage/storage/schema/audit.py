"""The audit log."""

from sqlalchemy import BigInteger, Column, Index, Integer, LargeBinary, String, Table, Text

from heritage.storage.schema.base import metadata

_LONG = BigInteger().with_variant(Integer, "sqlite")  # SQLite: an alias of the row number, the cheapest key there is

audit_event = Table(
    "audit_event",
    metadata,
    # 1 for the first, and no number is ever left out.
    Column("sequence", _LONG, primary_key=True, autoincrement=False),
    # Text as it is hashed: what a database makes of a time would have two forms, one shown and one hashed.
    Column("at", String(27), nullable=False),
    Column("actor", String(200), nullable=False),
    Column("agency", String(200), nullable=False),
    Column("action", String(20), nullable=False),
    Column("subject", String(500), nullable=False),
    Column("detail", Text, nullable=False),
    Index(None, "actor", "sequence"),
    Index(None, "agency", "sequence"),
    Index(None, "action", "sequence"),
    Index(None, "subject", "sequence"),
)

audit_node = Table(
    "audit_node",
    metadata,
    # The complete subtrees of the events' Merkle tree, by their node number; see domain/merkle.py.
    Column("number", _LONG, primary_key=True, autoincrement=False),
    Column("hash", LargeBinary(32), nullable=False),
)

audit_checkpoint = Table(
    "audit_checkpoint",
    metadata,
    Column("size", _LONG, primary_key=True, autoincrement=False),
    # All of it, the size too: one form, the one that is signed.
    Column("line", Text, nullable=False),
)
