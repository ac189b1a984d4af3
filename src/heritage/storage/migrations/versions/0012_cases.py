"""Cases, their entries, and which agencies may read them."""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"


def upgrade() -> None:
    op.create_table(
        "case_file",
        sa.Column("id", sa.Integer, nullable=False),
        sa.Column("key", sa.String(20), nullable=False),
        sa.Column("holder", sa.String(200), nullable=False),
        sa.Column("offered_to", sa.String(200), nullable=False),
        sa.Column("offered_at", sa.DateTime(timezone=True)),
        sa.PrimaryKeyConstraint("id", name="pk_case_file"),
        sa.UniqueConstraint("key", name="uq_case_file_key"),
    )
    op.create_index("ix_case_file_offered_to", "case_file", ["offered_to"])
    op.create_table(
        "case_entry",
        sa.Column("id", sa.Integer, nullable=False),
        sa.Column("case_id", sa.Integer, nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("actor", sa.String(200), nullable=False),
        sa.Column("agency", sa.String(200), nullable=False),
        sa.Column("kind", sa.String(20), nullable=False),
        sa.Column("content", sa.Text, nullable=False),
        sa.Column("digest", sa.String(64)),
        sa.Column("hit_id", sa.Integer),
        sa.Column("once", sa.String(64)),
        sa.PrimaryKeyConstraint("id", name="pk_case_entry"),
        sa.UniqueConstraint("once", name="uq_case_entry_once"),
        sa.ForeignKeyConstraint(["case_id"], ["case_file.id"], name="fk_case_entry_case_id"),
        sa.ForeignKeyConstraint(["hit_id"], ["hit.id"], name="fk_case_entry_hit_id"),
    )
    op.create_index("ix_case_entry_case_id", "case_entry", ["case_id"])
    op.create_index("ix_case_entry_hit_id", "case_entry", ["hit_id"])
    op.create_table(
        "case_holding",
        sa.Column("case_id", sa.Integer, nullable=False),
        sa.Column("agency", sa.String(200), nullable=False),
        sa.Column("last_entry", sa.Integer),
        sa.Column("handed_to", sa.String(200), nullable=False),
        sa.Column("title", sa.Text, nullable=False),
        sa.Column("status", sa.String(20), nullable=False),
        sa.Column("words", sa.Text, nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("case_id", "agency", name="pk_case_holding"),
        sa.ForeignKeyConstraint(["case_id"], ["case_file.id"], name="fk_case_holding_case_id"),
    )
    op.create_index("ix_case_holding_agency", "case_holding", ["agency"])
