"""What a calibration measures of a hit beside what was kept already. Hits that were kept before have neither."""

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"


def upgrade() -> None:
    op.add_column("hit", sa.Column("lift", sa.Float))
    op.add_column("hit", sa.Column("vote_lead", sa.Float))
