"""Proposes a mapping for a table, from the names of its columns and what is in them."""

import json
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

from heritage.domain.personal import personal_fields
from heritage.domain.records import PARTIAL_DATE, Status
from heritage.registries.columns import ALIASES, COLUMNS, plain
from heritage.registries.header_words import guess_column, guess_status
from heritage.registries.spreadsheet import Reading, open_table

MAX_LINES = 5_000  # looked at
MAX_WORDS = 100  # statuses proposed
_JOINED = frozenset({"measurements", "materials", "description", "images", "theft_place", "place_of_origin", "terms"})
"""Columns that are proposed for several of theirs; of others only the first is."""


@dataclass(frozen=True, slots=True)
class _Guess:
    header: str
    column: str  # "" when it could be anything
    is_personal: bool
    cells: tuple[str, ...]  # different ones


def propose(path: Path, sheet: str = "") -> str:
    """A mapping file for the table at ``path``, with comments where a person must decide. Raises `TableError`."""
    table = open_table(path, Reading(sheet=sheet))
    lines = [cells for _, cells in islice(table.lines(), MAX_LINES)]
    guesses = list(_guesses(table.header, lines))
    parts = (_head(path, guesses), _columns(guesses), _statuses(guesses), _DEFAULTS)
    return "\n".join(line for part in parts for line in part)


def _guesses(header: Sequence[str], lines: Sequence[Sequence[str]]) -> Iterator[_Guess]:
    taken: set[str] = set()
    for place, name in enumerate(header):
        if not name.strip():
            continue
        cells = tuple(dict.fromkeys(line[place].strip() for line in lines if len(line) > place and line[place].strip()))
        ours = ALIASES.get(plain(name), plain(name))
        is_personal = bool(personal_fields([name]))
        column = "" if is_personal else ours if ours in COLUMNS else guess_column(name)
        if column in taken - _JOINED:
            column = ""
        taken.add(column)
        yield _Guess(name.strip(), column, is_personal, cells)


def _head(path: Path, guesses: Sequence[_Guess]) -> Iterator[str]:
    yield f"# A mapping for {_printable(path.name)}. Look it through, then: heritage ingest FILE --mapping THIS_FILE"
    yield '# registry = "..."   # of rows that name none; else the folder\'s name'
    dates = [cell for guess in guesses if guess.column == "theft_date" for cell in guess.cells]
    if any(not PARTIAL_DATE.fullmatch(date) for date in dates):
        yield from _date_format(dates)
    personal = [guess.header for guess in guesses if guess.is_personal]
    if personal:
        yield "# Personal data is not kept: these columns are left out."
    yield f"ignore = [{', '.join(map(_quoted, personal))}]"


def _date_format(dates: Iterable[str]) -> Iterator[str]:
    numbers = [re.split(r"\D+", date) for date in dates if not PARTIAL_DATE.fullmatch(date)]
    days = [numbers for numbers in numbers if len(numbers) == 3 and all(numbers) and len(numbers[2]) == 4]
    if any(int(first) > 12 for first, _, _ in days):
        yield 'date_format = "DD/MM/YYYY"'
    elif any(int(second) > 12 for _, second, _ in days):
        yield 'date_format = "MM/DD/YYYY"'
    else:
        yield 'date_format = "DD/MM/YYYY"   # decide: it could be MM/DD/YYYY as well'


def _columns(guesses: Sequence[_Guess]) -> Iterator[str]:
    yield "\n[columns]   # theirs = ours; several of theirs may feed one of ours"
    for guess in guesses:
        if guess.column:
            yield f"{_quoted(guess.header)} = {_quoted(guess.column)}"
        elif not guess.is_personal:
            sample = f", such as {_printable(guess.cells[0][:40])!r}" if guess.cells else ""
            yield f'# {_quoted(guess.header)} = ""   # decide{sample}; left out as it is'
    yield f"# ours are: {', '.join(COLUMNS)}"


def _statuses(guesses: Sequence[_Guess]) -> Iterator[str]:
    found = [cell for guess in guesses if guess.column == "status" for cell in guess.cells]
    foreign = [cell for cell in found if cell.lower() not in set(Status)]
    if foreign:
        yield f"\n[values.status]   # theirs = ours, one of {', '.join(Status)}"
    for cell in foreign[:MAX_WORDS]:
        status = guess_status(cell)
        yield f"{_quoted(cell)} = {_quoted(status)}" if status else f'# {_quoted(cell)} = ""   # decide'


_DEFAULTS = (
    "\n[defaults]   # of our columns, where a cell is empty",
    '# owner_agency = "..."',
    '# handling = "GREEN"',
    '# images = ""   # when the table has no column with photographs',
    "",
)


def _quoted(text: str) -> str:
    """As a TOML string; JSON's escapes are all among TOML's."""
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")


def _printable(text: str) -> str:
    """For a comment, which nothing in a table may end."""
    return "".join(sign if sign.isprintable() else " " for sign in text)
