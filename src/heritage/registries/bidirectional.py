"""Lines of text in two directions, as runs in the order in which they are seen.

Levels by the Unicode Bidirectional Algorithm (UAX #9), as fpdf2 resolves them; lines are broken first and each is
reordered for itself (rules L1 and L2). fpdf2's own lines put a number between two Hebrew words on the wrong side.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import groupby
from unicodedata import bidirectional

from fpdf.bidi import BidiParagraph
from fpdf.enums import TextDirection

_PIECE = 12  # characters that a word without an end is cut into
RIGHT_TO_LEFT = frozenset({"R", "AL", "AN"})


@dataclass(frozen=True, slots=True)
class Run:
    """Text of one direction, in the order in which it is read."""

    text: str
    is_right_to_left: bool


@dataclass(frozen=True, slots=True)
class Line:
    """Runs from the left to the right; a right-to-left line is set against the right margin."""

    runs: tuple[Run, ...]
    is_right_to_left: bool


def is_bidirectional(text: str) -> bool:
    return not text.isascii() and any(bidirectional(sign) in RIGHT_TO_LEFT for sign in text)


def lines_of(text: str, width: float, width_of: Callable[[str], float]) -> Iterator[Line]:
    """The lines of one paragraph, each at most ``width`` wide by ``width_of``. Its first letter gives its direction."""
    direction = next((kind for kind in map(bidirectional, text) if kind in ("L", "R", "AL")), "L")
    is_right_to_left = direction != "L"
    base = TextDirection.RTL if is_right_to_left else TextDirection.LTR
    characters = BidiParagraph(text, base, preserve_bn_chars=True).get_characters_with_embedding_level()
    levels = [character.embedding_level for character in characters]
    for start, end in _broken(text, width, width_of):
        kept = text[start:end].rstrip()
        runs = _in_visual_order(kept, levels[start : start + len(kept)])
        yield Line(tuple(runs), is_right_to_left)


def _broken(text: str, width: float, width_of: Callable[[str], float]) -> Iterator[tuple[int, int]]:
    """Where lines begin and end, in the order in which they are read."""
    start = end = 0
    used = 0.0
    for word in _words(text, width, width_of):
        needed = width_of(word.rstrip())
        if end > start and used + needed > width:
            yield start, end
            start, used = end, 0.0
        end += len(word)
        used += width_of(word)
    yield start, end


def _words(text: str, width: float, width_of: Callable[[str], float]) -> Iterator[str]:
    """Words with the spaces after them; cut into pieces where a word is wider than the line."""
    for _, word in groupby(_numbered(text), key=lambda one: one[0]):
        whole = "".join(sign for _, sign in word)
        step = _PIECE if width_of(whole) > width else len(whole)
        yield from (whole[place : place + step] for place in range(0, len(whole), step))


def _numbered(text: str) -> Iterator[tuple[int, str]]:
    number, was_space = 0, False
    for sign in text:
        if was_space and sign != " ":
            number += 1
        was_space = sign == " "
        yield number, sign


def _in_visual_order(text: str, levels: list[int]) -> list[Run]:
    """Rule L2: from the highest level down, each stretch at that level or above is turned round."""
    runs: list[tuple[int, str]] = []
    place = 0
    for level, group in groupby(levels):
        length = len(list(group))
        runs.append((level, text[place : place + length]))
        place += length
    for least in range(max(levels, default=0), 0, -1):
        turned: list[tuple[int, str]] = []
        for is_high, stretch in groupby(runs, key=lambda run: run[0] >= least):
            turned += list(stretch)[:: -1 if is_high else 1]
        runs = turned
    return [Run(piece, level % 2 == 1) for level, piece in runs]
