"""The first schema: records, images, the links between them, and what describes the images."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None

_KEY = sa.String(200).with_variant(sa.String(200, collation="C"), "postgresql")
_DATE = sa.String(10).with_variant(sa.String(10, collation="C"), "postgresql")


def upgrade() -> None:
    _create_meta()
    _create_record()
    _create_image()
    _create_descriptions()


def _create_meta() -> None:
    op.create_table(
        "meta",
        sa.Column("key", sa.String(64), nullable=False),
        sa.Column("value", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("key", name="pk_meta"),
    )


def _create_record() -> None:
    op.create_table(
        "record",
        sa.Column("id", sa.Integer, nullable=False),
        sa.Column("registry", _KEY, nullable=False),
        sa.Column("number", _KEY, nullable=False),
        sa.Column("status", sa.String(20), nullable=False),
        sa.Column("owner_agency", sa.Text, nullable=False),
        sa.Column("theft_date", _DATE, nullable=False),
        sa.Column("theft_place", sa.Text, nullable=False),
        sa.Column("object_type", sa.Text, nullable=False),
        sa.Column("materials", sa.Text, nullable=False),
        sa.Column("measurements", sa.Text, nullable=False),
        sa.Column("inscriptions", sa.Text, nullable=False),
        sa.Column("distinguishing_features", sa.Text, nullable=False),
        sa.Column("title", sa.Text, nullable=False),
        sa.Column("subject", sa.Text, nullable=False),
        sa.Column("period", sa.Text, nullable=False),
        sa.Column("maker", sa.Text, nullable=False),
        sa.Column("description", sa.Text, nullable=False),
        sa.Column("inventory_number", sa.Text, nullable=False),
        sa.Column("related_material", sa.Text, nullable=False),
        sa.Column("place_of_origin", sa.Text, nullable=False),
        sa.Column("cross_references", sa.Text, nullable=False),
        sa.Column("date_documented", sa.Text, nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_record"),
        sa.UniqueConstraint("registry", "number", name="uq_record_registry_number"),
    )
    op.create_index("ix_record_registry_status_updated_at", "record", ["registry", "status", "updated_at"])


def _create_image() -> None:
    op.create_table(
        "image",
        sa.Column("sequence", sa.Integer, nullable=False),
        sa.Column("digest", sa.String(64), nullable=False),
        sa.Column("media_type", sa.String(64), nullable=False),
        sa.Column("byte_count", sa.Integer, nullable=False),
        sa.Column("width", sa.Integer, nullable=False),
        sa.Column("height", sa.Integer, nullable=False),
        sa.Column("stored_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("sequence", name="pk_image"),
        sa.UniqueConstraint("digest", name="uq_image_digest"),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "record_image",
        sa.Column("record_id", sa.Integer, nullable=False),
        sa.Column("sequence", sa.Integer, nullable=False),
        sa.Column("position", sa.Integer, nullable=False),
        sa.PrimaryKeyConstraint("record_id", "sequence", name="pk_record_image"),
        sa.ForeignKeyConstraint(["record_id"], ["record.id"], name="fk_record_image_record_id"),
        _image_key("record_image"),
    )
    op.create_index("ix_record_image_sequence", "record_image", ["sequence"])


def _create_descriptions() -> None:
    op.create_table(
        "spec",
        sa.Column("digest", sa.String(16), nullable=False),
        sa.Column("kind", sa.String(16), nullable=False),
        sa.Column("json", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("digest", name="pk_spec"),
    )
    op.create_table(
        "descriptor",
        sa.Column("spec", sa.String(16), nullable=False),
        sa.Column("sequence", sa.Integer, nullable=False),
        sa.Column("vector", sa.LargeBinary, nullable=False),
        sa.PrimaryKeyConstraint("spec", "sequence", name="pk_descriptor"),
        sa.ForeignKeyConstraint(["spec"], ["spec.digest"], name="fk_descriptor_spec"),
        _image_key("descriptor"),
    )
    op.create_index("ix_descriptor_sequence", "descriptor", ["sequence"])
    op.create_table(
        "keypoint_set",
        sa.Column("spec", sa.String(16), nullable=False),
        sa.Column("sequence", sa.Integer, nullable=False),
        sa.Column("width", sa.Integer, nullable=False),
        sa.Column("height", sa.Integer, nullable=False),
        sa.Column("keypoint_count", sa.Integer, nullable=False),
        sa.Column("packed", sa.LargeBinary, nullable=False),
        sa.PrimaryKeyConstraint("spec", "sequence", name="pk_keypoint_set"),
        sa.ForeignKeyConstraint(["spec"], ["spec.digest"], name="fk_keypoint_set_spec"),
        _image_key("keypoint_set"),
    )
    op.create_index("ix_keypoint_set_sequence", "keypoint_set", ["sequence"])


def _image_key(table: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(["sequence"], ["image.sequence"], name=f"fk_{table}_sequence", onupdate="CASCADE")
