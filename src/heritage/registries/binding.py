"""Which cells of a table feed which of our columns: its header, and the mapping if there is one, brought together."""

from collections.abc import Sequence
from dataclasses import dataclass

from heritage.domain.personal import personal_fields
from heritage.domain.words import fold
from heritage.errors import TableError
from heritage.registries.columns import (
    ALIASES,
    CARD_COLUMNS,
    COLUMNS,
    COMPLETENESS,
    LIST_COLUMNS,
    REPORT_COLUMNS,
    Values,
    plain,
)
from heritage.registries.mapping import TableMapping

_LABELLED = "measurements"  # 30 and 20 say nothing without "height" and "width"


@dataclass(frozen=True, slots=True)
class Binding:
    """How a line of cells becomes a line of our columns. ``unknown`` are columns that feed none."""

    header: tuple[str, ...]  # the table's own, without what a report added
    sources: tuple[tuple[int, ...], ...]  # for each of COLUMNS, the cells that feed it
    mapping: TableMapping
    unknown: tuple[str, ...]
    is_report: bool

    def own(self, cells: Sequence[str]) -> tuple[str, ...]:
        """A line's cells without what a report added."""
        width = len(self.header)
        return (*cells[:width], *cells[width + len(REPORT_COLUMNS) :]) if self.is_report else tuple(cells)

    def values(self, own: Sequence[str]) -> Values:
        return tuple(self._value(name, places, own) for name, places in zip(COLUMNS, self.sources, strict=True))

    def surplus(self, own: Sequence[str]) -> int:
        """How many cells to the right of the last column say something."""
        return sum(1 for cell in own[len(self.header) :] if cell.strip())

    def _value(self, name: str, places: tuple[int, ...], own: Sequence[str]) -> str:
        found = [(place, own[place].strip()) for place in places if place < len(own) and own[place].strip()]
        if not found:
            return self.mapping.default_by_column.get(name, "")
        if len(places) == 1:
            value = found[0][1]
        elif name == _LABELLED:
            value = "; ".join(f"{self.header[place].strip()}: {cell}" for place, cell in found)
        else:
            separator = ";" if name in LIST_COLUMNS else "; " if name in CARD_COLUMNS else " "
            value = separator.join(cell for _, cell in found)
        return self._translated(name, value) if self.mapping.value_by_word else value

    def _translated(self, name: str, value: str) -> str:
        words = [word.strip() for word in value.split(";")] if name in LIST_COLUMNS else [value]
        return ";".join(self.mapping.value_by_word.get((name, fold(word)), word) for word in words)


def bind(table: str, header: Sequence[str], mapping: TableMapping) -> Binding:
    """``table`` is what to call the table. Raises `TableError` when it cannot be taken in as it is."""
    is_report = tuple(plain(name) for name in header[-len(REPORT_COLUMNS) :]) == REPORT_COLUMNS
    own = tuple(header[: -len(REPORT_COLUMNS)] if is_report else header)
    names = [plain(name) for name in own]
    _check_mapping(table, names, mapping)
    _check_personal(table, [name for name in own if plain(name) not in mapping.ignored], mapping)
    fed = [_column(name, mapping) for name in names]
    _check_columns(table, fed, names, mapping)
    left_out = {"", COMPLETENESS, *mapping.ignored}
    return Binding(
        header=own,
        sources=tuple(tuple(place for place, one in enumerate(fed) if one == column) for column in COLUMNS),
        mapping=mapping,
        unknown=tuple(name for name, column in zip(names, fed, strict=True) if not column and name not in left_out),
        is_report=is_report,
    )


def _column(name: str, mapping: TableMapping) -> str:
    """Which of our columns the column of theirs feeds, or ""."""
    if name in mapping.ignored:
        return ""
    ours = mapping.column_by_header.get(name) or ALIASES.get(name, name)
    return ours if ours in COLUMNS else ""


def _check_mapping(table: str, names: list[str], mapping: TableMapping) -> None:
    missing = [name for name in mapping.column_by_header if name not in names]
    if missing:
        raise TableError(
            f"{mapping.name}, columns.{missing[0]}: {table} has no such column; it has {', '.join(filter(None, names))}"
        )


def _check_personal(table: str, names: list[str], mapping: TableMapping) -> None:
    found = personal_fields(names)
    if found:
        listed = ", ".join(f'"{name.strip()}"' for name in found)
        raise TableError(
            f"{table} has columns with personal data, which is not kept here: {listed}; take them out of the table, "
            f"or give a mapping with the line: ignore = [{listed}]"
        )


def _check_columns(table: str, fed: list[str], names: list[str], mapping: TableMapping) -> None:
    for needed, other in (("number", "record_id"), ("images", "image")):
        if needed not in fed and needed not in mapping.default_by_column:
            hint = " It may be empty: such objects are found by words only." if needed == "images" else ""
            raise TableError(
                f"{table} has no column {needed!r} (or {other!r}); its first line must name the columns.{hint} "
                f"Understood are: {', '.join(COLUMNS)}. Columns with other names need a mapping: heritage mapping FILE"
            )
    twice = [
        column
        for column in COLUMNS
        if fed.count(column) > 1
        and sum(1 for name, one in zip(names, fed, strict=True) if one == column and name in mapping.column_by_header)
        < fed.count(column)
    ]
    if twice:
        raise TableError(f"{table} has more than one column {twice[0]!r}; keep one, or join them by a mapping")
