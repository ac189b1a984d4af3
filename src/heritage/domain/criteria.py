"""What a record must be like to be among those asked for, in words rather than by a photo."""

import re
from dataclasses import dataclass, fields

from heritage.domain.digits import western
from heritage.domain.records import PARTIAL_DATE, Status
from heritage.errors import InputError

MAX_WORDS = 16
MAX_TEXT_LENGTH = 500


@dataclass(frozen=True, slots=True)
class Criteria:
    """All that are given must hold; what is empty is not asked.

    ``text``: every word must occur in the card, in any script, as the beginning of a word. ``category``, ``material``
    (materials and techniques) and ``period`` are terms of `heritage.domain.terms`, each standing for its whole subtree.
    ``place``: words of the place of theft or of origin. ``since``, ``until``: ISO 8601 dates as precise as wanted; a
    record whose date is less precise is in when it may be. ``owner`` is an agency.
    """

    text: str = ""
    category: str = ""
    material: str = ""
    period: str = ""
    place: str = ""
    since: str = ""
    until: str = ""
    statuses: frozenset[Status] = frozenset()
    registry: str = ""
    owner: str = ""

    def __post_init__(self) -> None:
        for name in ("since", "until"):
            value = western(getattr(self, name))
            object.__setattr__(self, name, value)
            if value and not PARTIAL_DATE.fullmatch(value):
                raise InputError(f"{name} {value[:40]!r} is not a date like 1998, 1998-05 or 1998-05-21")
        for name in ("text", "category", "material", "period", "place", "registry", "owner"):
            if "\0" in getattr(self, name):  # no database takes one, even to compare with
                raise InputError(f"{name} has a NUL character")
        for name in ("text", "place"):
            value = getattr(self, name)
            if len(value) > MAX_TEXT_LENGTH or len(re.findall(r"\S+", value)) > MAX_WORDS:
                raise InputError(f"{name} is too long; ask for at most {MAX_WORDS} words")

    @property
    def is_empty(self) -> bool:
        return not any(getattr(self, one.name) for one in fields(self))


ANYTHING = Criteria()
