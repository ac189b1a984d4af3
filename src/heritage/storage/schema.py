"""The database's tables as they are now. How they came to be is in ``migrations/versions``; a test keeps both equal."""

from dataclasses import fields
from datetime import UTC, datetime

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    DateTime,
    Dialect,
    Float,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    Text,
    TypeDecorator,
    UniqueConstraint,
)

from heritage.domain.records import ObjectIdCard

HEAD = "0009"
"""The newest migration. Known here so that opening an up-to-date database need not load Alembic."""

CARD_FIELDS = tuple(card_field.name for card_field in fields(ObjectIdCard))

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    }
)


class UtcDateTime(TypeDecorator[datetime]):
    """An aware datetime, kept and read in UTC: SQLite forgets the zone, PostgreSQL gives the session's."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        return value.astimezone(UTC) if value else None

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        return value.astimezone(UTC) if value.tzinfo else value.replace(tzinfo=UTC)


def ordered(length: int) -> String:
    """Text in the same order everywhere, that of its code points, whatever language a server was set up for."""
    return String(length).with_variant(String(length, collation="C"), "postgresql")


KEY = ordered(200)


meta = Table("meta", metadata, Column("key", String(64), primary_key=True), Column("value", Text, nullable=False))

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

# Another table, ``record_text``, is of a kind that each database has its own of: see `heritage.storage.fulltext`.

image = Table(
    "image",
    metadata,
    # Never changed or reused, even after a deletion: it is the image's id in both lanes of every index ever built.
    Column("sequence", Integer, primary_key=True),
    Column("digest", String(64), nullable=False),
    Column("media_type", String(64), nullable=False),
    Column("byte_count", Integer, nullable=False),
    Column("width", Integer, nullable=False),
    Column("height", Integer, nullable=False),
    Column("stored_at", UtcDateTime, nullable=False),
    UniqueConstraint("digest"),
    sqlite_autoincrement=True,
)

image_hash = Table(
    "image_hash",
    metadata,
    # In the order in which hashes came, which is not that of images: "serials after S" is what a reader up to S lacks.
    Column("serial", Integer, primary_key=True),
    Column("sequence", ForeignKey("image.sequence", onupdate="CASCADE"), nullable=False),
    Column("pdq", LargeBinary, nullable=False),
    Column("quality", Integer, nullable=False),
    UniqueConstraint("sequence"),
    sqlite_autoincrement=True,
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

spec = Table(
    "spec",
    metadata,
    Column("digest", String(16), primary_key=True),
    Column("kind", String(16), nullable=False),
    Column("json", Text, nullable=False),
)

descriptor = Table(
    "descriptor",
    metadata,
    # The spec first: galleries are read spec by spec, in order of sequence.
    Column("spec", ForeignKey("spec.digest"), primary_key=True),
    Column("sequence", ForeignKey("image.sequence", onupdate="CASCADE"), primary_key=True),
    Column("vector", LargeBinary, nullable=False),
    Index(None, "sequence"),
)

keypoint_set = Table(
    "keypoint_set",
    metadata,
    Column("spec", ForeignKey("spec.digest"), primary_key=True),
    Column("sequence", ForeignKey("image.sequence", onupdate="CASCADE"), primary_key=True),
    Column("width", Integer, nullable=False),
    Column("height", Integer, nullable=False),
    Column("keypoint_count", Integer, nullable=False),
    Column("packed", LargeBinary, nullable=False),
    Index(None, "sequence"),
)

described = Table(
    "described",
    metadata,
    # The images of one index, in the order in which it must take them up: "serials after S" is what an index of this
    # pair of specs up to S lacks, whenever other models described the same images.
    Column("descriptor_spec", String(16), primary_key=True),
    Column("keypoint_spec", String(16), primary_key=True),
    Column("serial", Integer, primary_key=True, autoincrement=False),
    Column("sequence", Integer, nullable=False),
    ForeignKeyConstraint(
        ["descriptor_spec", "sequence"], ["descriptor.spec", "descriptor.sequence"], ondelete="CASCADE"
    ),
    ForeignKeyConstraint(
        ["keypoint_spec", "sequence"], ["keypoint_set.spec", "keypoint_set.sequence"], ondelete="CASCADE"
    ),
    UniqueConstraint("descriptor_spec", "keypoint_spec", "sequence"),
    # For the foreign keys: a description that is deleted takes its row here along.
    Index(None, "sequence", "descriptor_spec"),
)

search = Table(
    "search",
    metadata,
    # Kept with its hits, or as the proof that it had none. The photos themselves are not.
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
