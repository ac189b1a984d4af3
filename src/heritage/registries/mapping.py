"""A mapping file: how somebody's own table becomes our columns. TOML; ``heritage mapping TABLE`` proposes one.

registry = "polizia"            # of rows that name none
date_format = "DD/MM/YYYY"      # of dates of theft
ignore = ["Proprietario"]       # columns that are not taken in

[columns]                       # their column = ours; several may feed one
"Numero scheda" = "number"
"Altezza" = "measurements"
"Larghezza" = "measurements"

[values.status]                 # in one of our columns: their word = ours
"rubato" = "stolen"

[defaults]                      # of our columns, where a cell is empty
owner_agency = "Polizia"
"""

import difflib
import tomllib
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from heritage.domain.records import PhotoView, Status
from heritage.domain.words import fold
from heritage.errors import RecordError, TableError
from heritage.registries.columns import COLUMNS, plain, read_handling
from heritage.registries.dates import DateReader, date_parts, date_reader, read_iso_date

MAX_BYTES = 1_000_000
WORD_COLUMNS = ("status", "handling", "category", "terms", "views", "owner_agency", "shared_with", "registry")
"""Where words can be exchanged for others; the rest is free text."""
_KEYS = ("registry", "date_format", "ignore", "columns", "values", "defaults")


@dataclass(frozen=True, slots=True)
class TableMapping:
    """What a mapping file says. Their columns are named as `plain` makes them, their words as `fold`."""

    name: str = "the mapping"
    registry: str = ""
    read_date: DateReader = read_iso_date
    ignored: frozenset[str] = frozenset()
    column_by_header: Mapping[str, str] = field(default_factory=dict)
    value_by_word: Mapping[tuple[str, str], str] = field(default_factory=dict)  # by column and word
    default_by_column: Mapping[str, str] = field(default_factory=dict)


NO_MAPPING = TableMapping()


def read_mapping(path: Path, columns: Sequence[str] = COLUMNS, keys: Sequence[str] = _KEYS) -> TableMapping:
    """``columns`` are ours, ``keys`` what may be said. Raises `TableError`, which names the line or the key, and says
    what to do.
    """
    try:
        with path.open("rb") as file:
            data = file.read(MAX_BYTES + 1)
        if len(data) > MAX_BYTES:
            raise TableError(f"{path.name} is larger than {MAX_BYTES:,} bytes: is it the mapping?")
        given = tomllib.loads(data.decode("utf-8-sig"))
    except OSError as error:
        raise TableError(f"{path} cannot be read: {error.strerror}") from error
    except UnicodeDecodeError as error:
        raise TableError(f"{path.name} is not UTF-8; save it as UTF-8 text") from error
    except tomllib.TOMLDecodeError as error:
        raise TableError(f"{path.name}: {error}; names with spaces or accents must be in quotes") from error
    return _Reader(path.name, given, columns, keys).mapping()


@dataclass(frozen=True, slots=True)
class _Reader:
    name: str
    given: dict[str, Any]
    columns: Sequence[str]
    keys: Sequence[str]

    def mapping(self) -> TableMapping:
        self._check_keys("", self.given, self.keys)
        ignored = self.given.get("ignore", [])
        if not isinstance(ignored, list) or not all(isinstance(one, str) for one in ignored):
            raise self._wrong("ignore", 'must be a list of column names, such as ["Owner"]')
        return TableMapping(
            name=self.name,
            registry=self._text("registry"),
            read_date=date_reader(self._date_format()),
            ignored=frozenset(plain(one) for one in ignored),
            column_by_header=self._columns(),
            value_by_word=self._values(),
            default_by_column=self._defaults(),
        )

    def _date_format(self) -> str:
        layout = self._text("date_format")
        if layout and not date_parts(layout):
            raise self._wrong("date_format", f"{layout!r} must be like DD/MM/YYYY, with a year of four digits")
        return layout

    def _columns(self) -> dict[str, str]:
        found: dict[str, str] = {}
        for theirs, ours in self._table("columns").items():
            self._check_column(f"columns.{theirs}", ours)
            if plain(theirs) in found:
                raise self._wrong(f"columns.{theirs}", "is there twice; keep one")
            found[plain(theirs)] = ours
        return found

    def _values(self) -> dict[tuple[str, str], str]:
        tables = self.given.get("values", {})
        if not isinstance(tables, dict):
            raise self._wrong("values", "must be tables, such as [values.status]")
        self._check_keys("values.", tables, WORD_COLUMNS)
        found: dict[tuple[str, str], str] = {}
        for column in tables:
            for theirs, ours in self._table(column, tables, "values.").items():
                self._check_value(f"values.{column}.{theirs}", column, ours)
                found[column, fold(theirs.strip())] = ours
        return found

    def _defaults(self) -> dict[str, str]:
        found = self._table("defaults")
        for column, value in found.items():
            self._check_column("defaults", column)
            self._check_value(f"defaults.{column}", column, value)
        return found

    def _check_column(self, key: str, ours: str) -> None:
        if ours not in self.columns:
            raise self._wrong(key, f"{ours!r} is not a column; {_suggestion(ours, self.columns)}")

    def _check_value(self, key: str, column: str, ours: str) -> None:
        check = _CHECKS.get(column)
        try:
            if check and ours:
                check(ours)
        except (ValueError, RecordError):
            words = ", ".join(filter(None, _WORDS[column]))
            raise self._wrong(key, f"{ours!r} is not one of {words}") from None

    def _check_keys(self, place: str, table: dict[str, Any], known: Iterable[str]) -> None:
        for key in table:
            if key not in known:
                raise self._wrong(f"{place}{key}", f"means nothing here; {_suggestion(key, known)}")

    def _table(self, key: str, within: dict[str, Any] | None = None, place: str = "") -> dict[str, str]:
        found = (self.given if within is None else within).get(key, {})
        if not isinstance(found, dict) or not all(isinstance(one, str) for one in found.values()):
            raise self._wrong(f"{place}{key}", 'must be lines such as "their name" = "ours", both in quotes')
        return found

    def _text(self, key: str) -> str:
        found = self.given.get(key, "")
        if not isinstance(found, str):
            raise self._wrong(key, "must be a text in quotes")
        return found.strip()

    def _wrong(self, key: str, what: str) -> TableError:
        return TableError(f"{self.name}, {key[:120]}: {what}")


_CHECKS: dict[str, Callable[[str], object]] = {"status": Status, "views": PhotoView, "handling": read_handling}
_WORDS: dict[str, Iterable[str]] = {
    "status": Status, "views": PhotoView, "handling": ("CLEAR", "GREEN", "AMBER", "AMBER+STRICT", "RED")
}  # fmt: skip


def _suggestion(name: str, known: Iterable[str]) -> str:
    near = difflib.get_close_matches(name.lower(), list(known), 1)
    return f"did you mean {near[0]!r}?" if near else f"understood are {', '.join(known)}"
