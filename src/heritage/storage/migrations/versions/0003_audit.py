"""The audit log: events, the hashes of their Merkle tree, signed checkpoints."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    op.create_table(
        "audit_event",
        _key("sequence"),
        sa.Column("at", sa.String(27), nullable=False),
        sa.Column("actor", sa.String(200), nullable=False),
        sa.Column("agency", sa.String(200), nullable=False),
        sa.Column("action", sa.String(20), nullable=False),
        sa.Column("subject", sa.String(500), nullable=False),
        sa.Column("detail", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("sequence", name="pk_audit_event"),
    )
    for column in ("actor", "agency", "action", "subject"):
        op.create_index(f"ix_audit_event_{column}_sequence", "audit_event", [column, "sequence"])
    op.create_table(
        "audit_node",
        _key("number"),
        sa.Column("hash", sa.LargeBinary(32), nullable=False),
        sa.PrimaryKeyConstraint("number", name="pk_audit_node"),
    )
    op.create_table(
        "audit_checkpoint",
        _key("size"),
        sa.Column("line", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("size", name="pk_audit_checkpoint"),
    )


def _key(name: str) -> sa.Column[int]:
    long = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
    return sa.Column(name, long, nullable=False, autoincrement=False)
