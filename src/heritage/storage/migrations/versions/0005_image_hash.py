"""A perceptual hash per image, numbered in the order in which they come. Images that are there have none yet."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    op.create_table(
        "image_hash",
        sa.Column("serial", sa.Integer, nullable=False),
        sa.Column("sequence", sa.Integer, nullable=False),
        sa.Column("pdq", sa.LargeBinary, nullable=False),
        sa.Column("quality", sa.Integer, nullable=False),
        sa.PrimaryKeyConstraint("serial", name="pk_image_hash"),
        sa.UniqueConstraint("sequence", name="uq_image_hash_sequence"),
        sa.ForeignKeyConstraint(["sequence"], ["image.sequence"], name="fk_image_hash_sequence", onupdate="CASCADE"),
        sqlite_autoincrement=True,
    )
