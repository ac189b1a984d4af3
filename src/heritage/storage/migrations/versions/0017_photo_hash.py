"""Perceptual hashes of the photos of listings."""

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0016"


def upgrade() -> None:
    op.create_table(
        "photo_hash",
        sa.Column("digest", sa.String(64), nullable=False),
        sa.Column("pdq", sa.LargeBinary, nullable=False),
        sa.Column("quality", sa.Integer, nullable=False),
        sa.PrimaryKeyConstraint("digest", name="pk_photo_hash"),
    )
