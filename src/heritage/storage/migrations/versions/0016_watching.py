"""Looking back at photos seen before, and watches."""

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"


def upgrade() -> None:
    moment = sa.DateTime(timezone=True)
    op.create_table(
        "looked_back",
        sa.Column("record_id", sa.Integer, nullable=False),
        sa.Column("sequence", sa.Integer, nullable=False),
        sa.Column("status", sa.String(20), nullable=False),
        sa.Column("handling", sa.String(20), nullable=False),
        sa.Column("pass_count", sa.Integer, nullable=False),
        sa.Column("at", moment, nullable=False),
        sa.PrimaryKeyConstraint("record_id", "sequence", name="pk_looked_back"),
        sa.ForeignKeyConstraint(["record_id"], ["record.id"], name="fk_looked_back_record_id"),
        sa.ForeignKeyConstraint(["sequence"], ["image.sequence"], name="fk_looked_back_sequence", onupdate="CASCADE"),
    )
    op.create_index("ix_looked_back_sequence", "looked_back", ["sequence"])
    op.create_table(
        "watch",
        sa.Column("id", sa.Integer, nullable=False),
        sa.Column("key", sa.String(32), nullable=False),
        sa.Column("digest", sa.String(64), nullable=False),
        sa.Column("agency", sa.String(200), nullable=False),
        sa.Column("actor", sa.String(200), nullable=False),
        sa.Column("created_at", moment, nullable=False),
        sa.Column("until", moment, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_watch"),
        sa.UniqueConstraint("key", name="uq_watch_key"),
    )
    op.create_index("ix_watch_agency_until", "watch", ["agency", "until"])
    op.create_index("ix_watch_digest", "watch", ["digest"])
    op.create_index("ix_photo_keeping_since", "photo_keeping", ["since"])
