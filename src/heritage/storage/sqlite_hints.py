"""Lets SQLAlchemy write SQLite's ``INDEXED BY`` for ``with_hint``; it knows hints of other databases only.

https://www.sqlite.org/lang_indexedby.html
"""

from sqlalchemy import Engine
from sqlalchemy.dialects.sqlite.base import SQLiteCompiler


class _HintingCompiler(SQLiteCompiler):
    def get_from_hint_text(self, table: object, text: str) -> str:  # type: ignore[override]
        return text


def use_hints(engine: Engine) -> None:
    """Call once for a new SQLite engine."""
    engine.dialect.statement_compiler = _HintingCompiler
