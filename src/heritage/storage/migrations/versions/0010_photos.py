"""The photos of searches, which agency keeps each and until when. Searches that were made before have none."""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"


def upgrade() -> None:
    op.add_column("agency", sa.Column("photo_days", sa.Integer, nullable=False, server_default="365"))
    op.create_table(
        "photo",
        sa.Column("id", sa.Integer, nullable=False),
        sa.Column("digest", sa.String(64), nullable=False),
        sa.Column("media_type", sa.String(64), nullable=False),
        sa.Column("byte_count", sa.Integer, nullable=False),
        sa.Column("width", sa.Integer, nullable=False),
        sa.Column("height", sa.Integer, nullable=False),
        sa.Column("kept_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_photo"),
        sa.UniqueConstraint("digest", name="uq_photo_digest"),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "photo_keeping",
        sa.Column("photo_id", sa.Integer, nullable=False),
        sa.Column("agency", sa.String(200), nullable=False),
        sa.Column("since", sa.DateTime(timezone=True), nullable=False),
        sa.Column("until", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("photo_id", "agency", name="pk_photo_keeping"),
        sa.ForeignKeyConstraint(["photo_id"], ["photo.id"], name="fk_photo_keeping_photo_id", ondelete="CASCADE"),
    )
    op.create_index("ix_photo_keeping_agency", "photo_keeping", ["agency"])
    op.create_index("ix_photo_keeping_until", "photo_keeping", ["until"])
    op.create_table(
        "search_photo",
        sa.Column("photo_id", sa.Integer, nullable=False),
        sa.Column("search_id", sa.Integer, nullable=False),
        sa.PrimaryKeyConstraint("photo_id", "search_id", name="pk_search_photo"),
        sa.ForeignKeyConstraint(["photo_id"], ["photo.id"], name="fk_search_photo_photo_id", ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["search_id"], ["search.id"], name="fk_search_photo_search_id"),
    )
    op.create_index("ix_search_photo_search_id", "search_photo", ["search_id"])
