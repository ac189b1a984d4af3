"""Where the object in somebody's hands differs from what a record says of the one that is registered.

Pictures tell twins apart badly: a cast, a print, a copy in another size look alike. Size, material and kind do not.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from heritage.domain.records import ObjectIdCard, check_text
from heritage.domain.terms import Facet, category_tree

TOLERANCE, SLACK_MM = 0.1, 5.0  # people measure with and without the frame's edge, the base, the handle
MAX_LENGTH = 300  # characters of each field

_MM_BY_UNIT = {
    **dict.fromkeys(("mm", "مم", "ملم"), 1.0),
    **dict.fromkeys(("cm", "سم"), 10.0),
    **dict.fromkeys(("m", "م", "metres", "mètres", "metros"), 1000.0),
    **dict.fromkeys(("in", "inch", "inches", '"', "″", "po", "pulgadas"), 25.4),
    **dict.fromkeys(("ft", "feet", "'", "′"), 304.8),
}
_OTHER_UNITS = ("kg", "g", "kilo", "kilos", "lb", "lbs", "oz", "%", "كغ", "غ", "كجم", "جم")
_UNITS = "|".join(re.escape(unit) for unit in sorted((*_MM_BY_UNIT, *_OTHER_UNITS), key=len, reverse=True))
_FIGURE = re.compile(rf"(\d+(?:[.,]\d+)?)(?:\s+(\d)/(\d+))?\s*({_UNITS})?(?!\w)", re.IGNORECASE)
_BETWEEN = re.compile(r"\s*[x×*]\s*(?:\w{1,2}[.:]?\s*)?", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Seen:
    """What somebody says of the object before them, beside its photos; empty is not said.

    ``measurements``: lengths, in centimetres where no unit is given. Raises `InputError` for a text too long.
    """

    object_type: str = ""
    materials: str = ""
    measurements: str = ""

    def __post_init__(self) -> None:
        for name in ("object_type", "materials", "measurements"):
            check_text(name.replace("_", " "), getattr(self, name), MAX_LENGTH)


NOT_SAID = Seen()


class Agreement(StrEnum):
    """What a comparison of one field comes to."""

    AGREES = "agrees"
    DIFFERS = "differs"


@dataclass(frozen=True, slots=True)
class Comparison:
    """Of one field of the card, by its name in `ObjectIdCard`; ``seen`` as it was said."""

    field: str
    agreement: Agreement
    seen: str


def compare(seen: Seen, card: ObjectIdCard) -> tuple[Comparison, ...]:
    """Field by field, only what both say in a way that can be compared: no word here is a guess."""
    found = (
        ("object_type", _compare_terms(seen.object_type, card.object_type, Facet.OBJECT)),
        ("materials", _compare_terms(seen.materials, card.materials, Facet.MATERIAL)),
        ("measurements", _compare_lengths(seen.measurements, card.measurements)),
    )
    return tuple(
        Comparison(field, Agreement.AGREES if agrees else Agreement.DIFFERS, getattr(seen, field))
        for field, agrees in found
        if agrees is not None
    )


def lengths_mm(text: str, default_unit: str = "") -> tuple[float, ...]:
    """The lengths in free text, in mm; numbers whose unit is not told are left out, unless by ``default_unit``.

    A unit holds for all the figures that a multiplication sign joins to it: ``32 x 20 cm``.
    """
    found: list[float] = []
    waiting: list[float] = []  # figures of which the unit has yet to come
    last_end = -1
    for match in _FIGURE.finditer(text):
        if not (last_end >= 0 and _BETWEEN.fullmatch(text, last_end, match.start())):
            found += _in_mm(waiting, default_unit)
            waiting = []
        whole, above, below, unit = match.groups()
        waiting.append(_number(whole, unit) + (int(above) / int(below) if below and int(below) else 0.0))
        if unit:
            found += _in_mm(waiting, unit.lower())
            waiting = []
        last_end = match.end()
    return (*found, *_in_mm(waiting, default_unit))


def _in_mm(figures: Sequence[float], unit: str) -> list[float]:
    scale = _MM_BY_UNIT.get(unit)
    return [figure * scale for figure in figures if figure > 0] if scale else []


def _number(text: str, unit: str | None) -> float:
    """A comma before three digits groups thousands where the unit is millimetres, else it is a decimal one."""
    is_grouped = (unit or "").lower() == "mm" and re.fullmatch(r"\d+,\d{3}", text)
    return float(text.replace(",", "" if is_grouped else "."))


def _compare_lengths(seen: str, registered: str) -> bool | None:
    """Whether the list with fewer lengths finds each of its own in the other one; None where one has none."""
    lists = (lengths_mm(seen, "cm"), lengths_mm(registered))
    fewer, more = sorted(map(sorted, lists), key=len)
    if not fewer:
        return None
    free = list(more)
    for length in reversed(fewer):
        nearest = min(free, key=lambda other: abs(other - length))
        if abs(nearest - length) > TOLERANCE * max(nearest, length) + SLACK_MM:
            return False
        free.remove(nearest)
    return True


def _compare_terms(seen: str, registered: str, facet: Facet) -> bool | None:
    """Whether any term that one names is, or lies above or below, one that the other names; None: one names none."""
    tree = category_tree()
    ours, theirs = (tree.recognise(text, facet) for text in (seen, registered))
    if not (ours and theirs):
        return None
    return any(one in tree.subtree(other) or other in tree.subtree(one) for one in ours for other in theirs)
