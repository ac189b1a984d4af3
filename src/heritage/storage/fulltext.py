"""Full text over the cards: SQLite's FTS5, PostgreSQL's tsvector, both fed with the words of `heritage.domain.words`.

The words come ready, so neither database's own notion of a word matters and both find the same records: every word
asked for must begin some word of the text.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement, Connection, and_, false, text

from heritage.domain.words import words
from heritage.storage.schema import CARD_FIELDS

MAX_WORD_LENGTH = 60
PLACES = ("theft_place", "place_of_origin")
TEXTS = ("registry", "number", "theft_place", "icg_reference", *CARD_FIELDS)

_CLEAR = {
    "sqlite": text("DELETE FROM record_text WHERE rowid = :record_id"),
    "postgresql": text("DELETE FROM record_text WHERE record_id = :record_id"),
}
_WRITE = {
    "sqlite": text("INSERT INTO record_text (rowid, words, places) VALUES (:record_id, :words, :places)"),
    "postgresql": text(
        "INSERT INTO record_text (record_id, words, places) VALUES (:record_id, "
        "array_to_tsvector(string_to_array(:words, ' ')), array_to_tsvector(string_to_array(:places, ' ')))"
    ),
}
_ASK = {
    "sqlite": "record.id IN (SELECT rowid FROM record_text WHERE record_text MATCH :{name})",
    "postgresql": "record.id IN (SELECT record_id FROM record_text WHERE {column} @@ CAST(:{name} AS tsquery))",
}


@dataclass(frozen=True, slots=True)
class Searchable:
    """What the record in this row is to be found by: its texts, and its places."""

    row_id: int
    texts: Sequence[str]
    places: Sequence[str]


def write_texts(connection: Connection, items: Sequence[Searchable]) -> None:
    """Make records found that are not yet; see `clear_texts`."""
    rows = [{"record_id": item.row_id, "words": _joined(item.texts), "places": _joined(item.places)} for item in items]
    if rows:
        connection.execute(_WRITE[connection.dialect.name], rows)


def clear_texts(connection: Connection, row_ids: Sequence[int]) -> None:
    """Make the records in these rows no longer found."""
    if row_ids:
        connection.execute(_CLEAR[connection.dialect.name], [{"record_id": row_id} for row_id in row_ids])


def has_words(connection: Connection, asked: str, column: str = "words") -> ColumnElement[bool]:
    """Whether a record has every word of ``asked``, in ``words`` or in ``places``; none has, when it is no word."""
    found = _cut(words(asked))
    if not found:
        return false()
    dialect, name = connection.dialect.name, f"asked_{column}"
    if dialect == "sqlite":
        query = f"{column} : (" + " AND ".join(f'"{word}" *' for word in found) + ")"
    else:
        query = " & ".join(f"'{word}':*" for word in found)  # words are letters and digits: nothing to escape
    return and_(text(_ASK[dialect].format(column=column, name=name)).bindparams(**{name: query}))


def _joined(texts: Sequence[str]) -> str:
    return " ".join(dict.fromkeys(_cut([word for one in texts for word in words(one)])))


def _cut(found: list[str]) -> list[str]:
    return [word[:MAX_WORD_LENGTH] for word in found]
