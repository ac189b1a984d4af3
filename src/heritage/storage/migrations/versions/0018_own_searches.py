"""Searches of people are found beside the thousands of a scan."""

import sqlalchemy as sa
from alembic import op

revision = "0018"
down_revision = "0017"


def upgrade() -> None:
    is_own = sa.text("origin != 'scan'")
    op.create_index("ix_search_own", "search", ["agency", "id"], sqlite_where=is_own, postgresql_where=is_own)
