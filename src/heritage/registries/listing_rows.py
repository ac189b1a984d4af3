"""The rows of a table of listings, alike for CSV files, Excel workbooks and JSON."""

import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from heritage.errors import TableError
from heritage.registries.json_nodes import Node, parse_object, read_objects, text_of
from heritage.registries.listing_columns import KNOWN
from heritage.registries.mapping import TableMapping
from heritage.registries.spreadsheet import Reading, open_table

JSON_SUFFIXES = frozenset({".json", ".jsonl", ".ndjson"})
MAX_LINE_BYTES = 1_000_000
MAX_NAMES = 300
MAX_DEPTH = 20  # of arrays in arrays; what is in deeper ones is no name of a photo
_ADDRESS_KEYS = ("url", "src", "href", "path", "file")


@dataclass(frozen=True, slots=True)
class Row:
    """What one row says: by the place of the column, its texts, of which a cell has one and a list in JSON several."""

    number: int  # as whoever looks into the file counts
    texts_by_place: tuple[tuple[int, tuple[str, ...]], ...] = ()
    error: str = ""


@dataclass(frozen=True, slots=True)
class Rows:
    """``read`` gives the rows anew each time. Raises `TableError` when the file cannot be read on."""

    names: tuple[str, ...]
    read: Callable[[], Iterator[Row]]
    warnings: tuple[str, ...] = ()
    word: str = "row"


def open_rows(path: Path, mapping: TableMapping, sheet: str = "") -> Rows:
    """Raises `TableError`."""
    if path.suffix.lower() in JSON_SUFFIXES:
        return _open_json(path)
    known = KNOWN | mapping.column_by_header.keys()
    told = TableMapping(mapping.name, column_by_header=dict.fromkeys(known, ""))  # by which a separator is told
    table = open_table(path, Reading(told, sheet))
    names = table.header
    return Rows(names, lambda: (_row(number, cells, len(names)) for number, cells in table.lines()), table.warnings)


def _row(number: int, cells: Sequence[str], width: int) -> Row:
    if any(cell.strip() for cell in cells[width:]):
        return Row(number, error="has more cells than the header; a text with the separator in it must be in quotes")
    found = ((place, (cell.strip(),)) for place, cell in enumerate(cells[:width]) if cell.strip())
    return Row(number, tuple(found))


def _open_json(path: Path) -> Rows:
    nodes = _lines if path.suffix.lower() != ".json" else _array
    names: dict[str, int] = {}
    for _, node in nodes(path):
        if isinstance(node, Node):
            for name in node.members:
                names.setdefault(text_of(name), len(names))
        if len(names) > MAX_NAMES:
            raise TableError(f"{path.name} has more than {MAX_NAMES} names of members; give a table of listings")

    def read() -> Iterator[Row]:
        for number, node in nodes(path):
            if isinstance(node, str):
                yield Row(number, error=node)
            else:
                found = ((names[text_of(name)], _texts(value)) for name, value in node.members.items())
                yield Row(number, tuple((place, texts) for place, texts in found if texts))

    return Rows(tuple(names), read, word="line" if nodes is _lines else "object")


def _array(path: Path) -> Iterator[tuple[int, Node | str]]:
    return enumerate(read_objects(path), start=1)


def _lines(path: Path) -> Iterator[tuple[int, Node | str]]:
    """Line by line, its object or what is wrong with it."""
    try:
        with path.open("rb") as file:
            number = 0
            while line := file.readline(MAX_LINE_BYTES + 1):
                number += 1
                if len(line) > MAX_LINE_BYTES:
                    raise TableError(f"{path.name}, line {number}: longer than {MAX_LINE_BYTES:,} bytes")
                if line.strip():
                    yield number, _object(line.removeprefix(b"\xef\xbb\xbf") if number == 1 else line)
    except OSError as error:
        raise TableError(f"{path} cannot be read: {error.strerror}") from error


def _object(line: bytes) -> Node | str:
    try:
        return parse_object(line.decode())
    except UnicodeDecodeError:
        return "it is not UTF-8"
    except TableError as error:
        return str(error)


def _texts(value: object, depth: int = 0) -> tuple[str, ...]:
    if isinstance(value, list) and depth < MAX_DEPTH:
        return tuple(text for one in value for text in _texts(one, depth + 1))
    if isinstance(value, dict):
        addresses = (text_of(value.get(key)) for key in _ADDRESS_KEYS)
        text = next(filter(None, addresses), "") or json.dumps(value, ensure_ascii=False)
    elif isinstance(value, str):
        text = text_of(value)
    else:
        text = "" if value is None else json.dumps(value)
    return (text.strip(),) if text.strip() else ()
