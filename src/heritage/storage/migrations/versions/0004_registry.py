"""The full record: category, terms, handling, sharing, views, versions, history of its status, and its text to search.

Records that are there were shown to everybody who could search: they become TLP:GREEN. Their history begins with their
status as it is.
"""

import sqlalchemy as sa
from alembic import op

from heritage.storage.fulltext import Searchable, write_texts

revision = "0004"
down_revision = "0003"

_TEXTS = (
    *("registry", "number", "theft_place", "icg_reference", "object_type", "materials", "measurements", "inscriptions"),
    *("distinguishing_features", "title", "subject", "period", "maker", "description", "inventory_number"),
    *("related_material", "place_of_origin", "cross_references", "date_documented"),
)
_PLACES = ("theft_place", "place_of_origin")
_PART = 1_000  # rows in memory at once
_FULL_TEXT = {
    # The ascii tokeniser takes everything but ASCII punctuation for letters: it only splits at our own spaces.
    "sqlite": ("CREATE VIRTUAL TABLE record_text USING fts5(words, places, tokenize = 'ascii', prefix = '2 3')",),
    "postgresql": (
        "CREATE TABLE record_text (record_id integer PRIMARY KEY REFERENCES record (id) ON DELETE CASCADE, "
        "words tsvector NOT NULL, places tsvector NOT NULL)",
        "CREATE INDEX ix_record_text_words ON record_text USING gin (words)",
        "CREATE INDEX ix_record_text_places ON record_text USING gin (places)",
    ),
}


def upgrade() -> None:
    op.add_column("record", sa.Column("category", sa.String(64), nullable=False, server_default=""))
    op.add_column("record", sa.Column("terms", sa.Text, nullable=False, server_default=""))
    op.add_column("record", sa.Column("handling", sa.String(20), nullable=False, server_default="TLP:GREEN"))
    op.add_column("record", sa.Column("icg_reference", sa.Text, nullable=False, server_default=""))
    op.add_column("record", sa.Column("version", sa.Integer, nullable=False, server_default="1"))
    op.add_column("record_image", sa.Column("view", sa.String(20), nullable=False, server_default=""))
    op.create_index("ix_record_handling_owner_agency", "record", ["handling", "owner_agency"])
    op.create_index("ix_record_theft_date", "record", ["theft_date"])
    found_by = ["registry", "number", "status", "handling", "owner_agency", "theft_date"]
    op.create_index("ix_record_found", "record", found_by)
    _create_parts()
    for statement in _FULL_TEXT[op.get_context().dialect.name]:
        op.execute(statement)
    _fill()


def _create_parts() -> None:
    op.create_table(
        "record_share",
        sa.Column("record_id", sa.Integer, nullable=False),
        sa.Column("agency", sa.String(200), nullable=False),
        sa.PrimaryKeyConstraint("record_id", "agency", name="pk_record_share"),
        _record_key("record_share"),
    )
    op.create_table(
        "record_term",
        sa.Column("term", sa.String(64), nullable=False),
        sa.Column("record_id", sa.Integer, nullable=False),
        sa.PrimaryKeyConstraint("term", "record_id", name="pk_record_term"),
        _record_key("record_term"),
    )
    op.create_index("ix_record_term_record_id", "record_term", ["record_id"])
    op.create_table(
        "record_status",
        sa.Column("id", sa.Integer, nullable=False),
        sa.Column("record_id", sa.Integer, nullable=False),
        sa.Column("status", sa.String(20), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("actor", sa.String(200), nullable=False),
        sa.Column("agency", sa.String(200), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_record_status"),
        _record_key("record_status"),
    )
    op.create_index("ix_record_status_record_id_id", "record_status", ["record_id", "id"])


def _fill() -> None:
    connection = op.get_bind()
    op.execute(
        "INSERT INTO record_status (record_id, status, at, actor, agency) "
        "SELECT id, status, created_at, 'local', '' FROM record ORDER BY id"
    )
    # The words must be those that this program asks by, so its own code writes them rather than a copy kept here.
    rows = connection.execute(sa.text("SELECT * FROM record ORDER BY id")).mappings()
    for part in rows.partitions(_PART):
        items = [Searchable(row["id"], [row[name] for name in _TEXTS], [row[name] for name in _PLACES]) for row in part]
        write_texts(connection, items)


def _record_key(table: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(["record_id"], ["record.id"], name=f"fk_{table}_record_id", ondelete="CASCADE")
