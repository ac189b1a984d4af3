"""Scans, their listings, and descriptions of photos that were seen once."""

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"

MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    _scans()
    _listings()
    _photos()
    _seen()


def _scans() -> None:
    counts = ("listing", "listed", "strong", "possible", "nothing", "unreadable", "unreachable")
    op.create_table(
        "scan",
        sa.Column("id", sa.Integer, nullable=False),
        sa.Column("key", sa.String(32), nullable=False),
        sa.Column("agency", sa.String(200), nullable=False),
        sa.Column("viewer", sa.Text, nullable=False),
        sa.Column("source", sa.Text, nullable=False),
        sa.Column("fingerprint", sa.Text, nullable=False),
        sa.Column("criteria", sa.Text, nullable=False),
        sa.Column("state", sa.String(16), nullable=False),
        sa.Column("message", sa.Text, nullable=False),
        *(sa.Column(f"{name}_count", sa.Integer, nullable=False) for name in counts),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("changed_at", MOMENT, nullable=False),
        sa.Column("finished_at", MOMENT),
        sa.PrimaryKeyConstraint("id", name="pk_scan"),
        sa.UniqueConstraint("key", name="uq_scan_key"),
    )
    op.create_index("ix_scan_agency_created_at", "scan", ["agency", "created_at"])
    op.create_index("ix_scan_state_changed_at", "scan", ["state", "changed_at"])


def _listings() -> None:
    texts = ("key", "title", "seller", "address", "columns", "error")
    op.create_table(
        "listing",
        sa.Column("id", sa.Integer, nullable=False),
        sa.Column("scan_id", sa.Integer, nullable=False),
        sa.Column("place", sa.Integer, nullable=False),
        *(sa.Column(name, sa.Text, nullable=False) for name in texts),
        sa.Column("state", sa.String(16), nullable=False),
        sa.Column("why", sa.Text, nullable=False),
        sa.Column("search_id", sa.Integer),
        sa.Column("worker", sa.String(32), nullable=False),
        sa.Column("leased_at", MOMENT),
        sa.PrimaryKeyConstraint("id", name="pk_listing"),
        sa.ForeignKeyConstraint(["scan_id"], ["scan.id"], name="fk_listing_scan_id_scan"),
        sa.ForeignKeyConstraint(["search_id"], ["search.id"], name="fk_listing_search_id_search"),
        sa.UniqueConstraint("scan_id", "place", name="uq_listing_scan_id_place"),
    )
    op.create_index("ix_listing_scan_id_state_place", "listing", ["scan_id", "state", "place"])
    op.create_index("ix_listing_search_id", "listing", ["search_id"])


def _photos() -> None:
    op.create_table(
        "listing_photo",
        sa.Column("listing_id", sa.Integer, nullable=False),
        sa.Column("place", sa.Integer, nullable=False, autoincrement=False),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("address", sa.Text, nullable=False),
        sa.Column("digest", sa.String(64)),
        sa.Column("capture", sa.Text, nullable=False),
        sa.Column("why", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("listing_id", "place", name="pk_listing_photo"),
        sa.ForeignKeyConstraint(["listing_id"], ["listing.id"], name="fk_listing_photo_listing_id_listing"),
    )
    op.create_index("ix_listing_photo_digest", "listing_photo", ["digest"])


def _seen() -> None:
    op.create_table(
        "seen",
        sa.Column("digest", sa.String(64), nullable=False),
        sa.Column("specs", sa.String(32), nullable=False),
        sa.Column("seen_at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("digest", "specs", name="pk_seen"),
    )
    op.create_table(
        "seen_region",
        sa.Column("digest", sa.String(64), nullable=False),
        sa.Column("specs", sa.String(32), nullable=False),
        sa.Column("place", sa.Integer, nullable=False, autoincrement=False),
        sa.Column("region", sa.String(40), nullable=False),
        sa.Column("vectors", sa.LargeBinary, nullable=False),
        sa.Column("keypoints", sa.LargeBinary),
        sa.Column("keypoints_width", sa.Integer, nullable=False),
        sa.Column("keypoints_height", sa.Integer, nullable=False),
        sa.PrimaryKeyConstraint("digest", "specs", "place", name="pk_seen_region"),
        sa.ForeignKeyConstraint(
            ["digest", "specs"], ["seen.digest", "seen.specs"], name="fk_seen_region_digest_seen", ondelete="CASCADE"
        ),
    )
