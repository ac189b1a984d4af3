"""Searches, their hits, decisions on them, and which records were compared with each other."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"


def upgrade() -> None:
    _create_search()
    _create_hit()
    _create_decision()
    _create_counterparts()


def _create_search() -> None:
    op.create_table(
        "search",
        sa.Column("id", sa.Integer, nullable=False),
        *_strings(32, "key"),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        *_strings(200, "actor", "agency"),
        *_strings(20, "origin"),
        sa.Column("source_id", sa.Integer),
        *_texts("photos", "criteria", "versions"),
        sa.Column("gallery_count", sa.Integer, nullable=False),
        *_texts("coverage"),
        sa.PrimaryKeyConstraint("id", name="pk_search"),
        sa.UniqueConstraint("key", name="uq_search_key"),
        _foreign("search", "source_id", "record"),
    )
    _index("search", "agency")
    _index("search", "source_id")


def _create_hit() -> None:
    op.create_table(
        "hit",
        sa.Column("id", sa.Integer, nullable=False),
        *_strings(32, "key"),
        *_integers("search_id", "record_id", "record_version"),
        *_strings(20, "state"),
        *_strings(64, "digest"),
        *_integers("image_width", "image_height", "view"),
        *_strings(40, "region"),
        *_integers("quarter_turns"),
        sa.Column("mirrored", sa.Boolean, nullable=False),
        *_floats("similarity", "votes", "score", "false_alarm_rate"),
        *_strings(20, "verdict"),
        *_integers("match_count", "inlier_count", "cell_count", "agreeing_cell_count"),
        *_floats("support"),
        sa.Column("correlation", sa.Float),
        sa.Column("points_mirrored", sa.Boolean, nullable=False),
        *_texts("homographies"),
        sa.PrimaryKeyConstraint("id", name="pk_hit"),
        sa.UniqueConstraint("key", name="uq_hit_key"),
        _foreign("hit", "search_id", "search"),
        _foreign("hit", "record_id", "record"),
    )
    for column in ("search_id", "record_id", "state"):
        _index("hit", column)


def _create_decision() -> None:
    op.create_table(
        "decision",
        sa.Column("id", sa.Integer, nullable=False),
        *_integers("hit_id"),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        *_strings(200, "actor", "agency"),
        *_strings(20, "side", "kind"),
        *_texts("note"),
        sa.PrimaryKeyConstraint("id", name="pk_decision"),
        _foreign("decision", "hit_id", "hit"),
    )
    _index("decision", "hit_id")


def _create_counterparts() -> None:
    op.create_table(
        "counterpart",
        *_integers("first_id", "second_id", "hit_id"),
        sa.PrimaryKeyConstraint("first_id", "second_id", name="pk_counterpart"),
        _foreign("counterpart", "first_id", "record"),
        _foreign("counterpart", "second_id", "record"),
        _foreign("counterpart", "hit_id", "hit"),
    )
    _index("counterpart", "hit_id")
    op.create_table(
        "comparison",
        *_integers("record_id", "sequence"),
        *_strings(20, "compared_with"),
        *_integers("change_count"),
        sa.PrimaryKeyConstraint("record_id", "sequence", name="pk_comparison"),
        _foreign("comparison", "record_id", "record"),
        sa.ForeignKeyConstraint(["sequence"], ["image.sequence"], name="fk_comparison_sequence", onupdate="CASCADE"),
    )
    _index("comparison", "sequence")


def _strings(length: int, *names: str) -> list[sa.Column[str]]:
    return [sa.Column(name, sa.String(length), nullable=False) for name in names]


def _texts(*names: str) -> list[sa.Column[str]]:
    return [sa.Column(name, sa.Text, nullable=False) for name in names]


def _integers(*names: str) -> list[sa.Column[int]]:
    return [sa.Column(name, sa.Integer, nullable=False) for name in names]


def _floats(*names: str) -> list[sa.Column[float]]:
    return [sa.Column(name, sa.Float, nullable=False) for name in names]


def _foreign(table: str, column: str, parent: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint([column], [f"{parent}.id"], name=f"fk_{table}_{column}")


def _index(table: str, column: str) -> None:
    op.create_index(f"ix_{table}_{column}", table, [column])
