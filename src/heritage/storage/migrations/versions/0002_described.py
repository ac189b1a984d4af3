"""When each image was described under a pair of specs: a serial number per pair, in place of the image's sequence.

Images that are there keep their sequence as their serial, so every index that was built stays right.
"""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    op.create_table(
        "described",
        sa.Column("descriptor_spec", sa.String(16), nullable=False),
        sa.Column("keypoint_spec", sa.String(16), nullable=False),
        sa.Column("serial", sa.Integer, nullable=False),
        sa.Column("sequence", sa.Integer, nullable=False),
        sa.PrimaryKeyConstraint("descriptor_spec", "keypoint_spec", "serial", name="pk_described"),
        sa.UniqueConstraint(
            "descriptor_spec", "keypoint_spec", "sequence", name="uq_described_descriptor_spec_keypoint_spec_sequence"
        ),
        _description_key("descriptor_spec", "descriptor"),
        _description_key("keypoint_spec", "keypoint_set"),
    )
    op.create_index("ix_described_sequence_descriptor_spec", "described", ["sequence", "descriptor_spec"])
    op.execute(
        "INSERT INTO described (descriptor_spec, keypoint_spec, serial, sequence) "
        "SELECT descriptor.spec, keypoint_set.spec, descriptor.sequence, descriptor.sequence "
        "FROM descriptor JOIN keypoint_set ON keypoint_set.sequence = descriptor.sequence"
    )


def _description_key(column: str, table: str) -> sa.ForeignKeyConstraint:
    name = f"fk_described_{column}_sequence"
    return sa.ForeignKeyConstraint(
        [column, "sequence"], [f"{table}.spec", f"{table}.sequence"], name=name, ondelete="CASCADE"
    )
