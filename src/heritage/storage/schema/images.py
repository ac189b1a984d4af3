"""Images and what describes them."""

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
