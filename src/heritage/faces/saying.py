"""What went wrong, in the reader's language: errors are raised in English, far below the pages, and told by pattern.

The catalogs have each sentence of the error tree as a pattern, ``{count} photos are too many``, under the context
`CONTEXT`. What no pattern fits, or several that mean different things, stays as it was raised.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

from heritage.faces.languages import SOURCE, language, read_catalog

CONTEXT = "error"
OTHERS = (  # what the libraries say that read our forms
    "Field required",
    "Input should be a valid integer, unable to parse string as an integer",
    "Input should be a valid boolean, unable to interpret input",
    "Input should be a valid string",
    "Input should be greater than or equal to {least}",
    "Input should be less than or equal to {most}",
    "Input should be {expected}",
    "String should have at most {count} characters",
    "String should have at least {count} characters",
    "Value error, {error}",
    "Bad Request",
    "Forbidden",
    "Method Not Allowed",
    "Not Found",
)
# Values that are words of ours themselves.
_NESTED = {"detail", "error", "hint", "meant", "side", "suggestion", "told", "wanted", "what"}
_MAX_DEPTH = 3
_MAX_LENGTH = 4000  # of a message that is looked at: what is longer was made of what somebody sent
_PLACE = re.compile(r"\{(\w+)\}")
_ISOLATE, _ISOLATED = "\u2068", "\u2069"  # a value is read in its own direction


@dataclass(frozen=True, slots=True)
class Pattern:
    """A sentence with places for values: ``literals`` stand around and between the ``names``."""

    text: str
    literals: tuple[str, ...]
    names: tuple[str, ...]

    @classmethod
    def parse(cls, text: str) -> "Pattern":
        parts = _PLACE.split(text)
        return cls(text, tuple(parts[::2]), tuple(parts[1::2]))

    @property
    def weight(self) -> int:
        """How many characters it prescribes."""
        return sum(map(len, self.literals))

    def values(self, message: str) -> dict[str, str] | None:
        """What stands at its places in ``message``; none if that is not this sentence.

        In time linear in the message for each place, whatever it holds: values are other people's text, and a regular
        expression with as many gaps could be made to try them all.
        """
        first, *rest = self.literals
        if not rest:
            return {} if message == first else None
        if not message.startswith(first) or not message.endswith(rest[-1]):
            return None
        start, end, found = len(first), len(message) - len(rest[-1]), []
        for literal in rest[:-1]:
            at = message.find(literal, start, end)
            if at < 0:
                return None
            found.append(message[start:at])
            start = at + len(literal)
        return dict(zip(self.names, (*found, message[start:end]), strict=True)) if start <= end else None


def said(message: str) -> str:
    """A message of the error tree in the language that is spoken."""
    if language().code == SOURCE or not message or len(message) > _MAX_LENGTH:
        return message
    return _said(message, 0)


def _said(message: str, depth: int) -> str:
    pattern = pattern_of(language().code, message)
    if pattern is not None:
        values = pattern.values(message) or {}
        return _filled(_sentences(language().code)[pattern], values, depth)
    place, colon, rest = message.partition(": ")  # where it happened: a file, a row, a field
    return f"{place}{colon}{_said(rest, depth + 1)}" if colon and depth < _MAX_DEPTH else message


def _filled(translated: str, values: Mapping[str, str], depth: int) -> str:
    isolate, isolated = (_ISOLATE, _ISOLATED) if language().direction == "rtl" else ("", "")

    def value(place: re.Match[str]) -> str:
        name = place.group(1)
        is_ours = name in _NESTED and depth < _MAX_DEPTH
        text = _said(values[name], depth + 1) if is_ours else values[name]
        return f"{isolate}{text}{isolated}" if text else ""

    return _PLACE.sub(value, translated)


def pattern_of(code: str, message: str) -> Pattern | None:
    """The most particular that fits, if every other that fits is but a more general one, or fits a sentence within.

    Otherwise somebody may have written one sentence of ours into a value of another.
    """
    fitting = [one for one in _sentences(code) if one.values(message) is not None]
    by_weight = sorted(fitting, key=lambda one: -one.weight)
    return next((one for one in by_weight if all(_explains(one, other, message) for other in fitting)), None)


def _explains(pattern: Pattern, other: Pattern, message: str) -> bool:
    within = [value for name, value in (pattern.values(message) or {}).items() if name in _NESTED]
    return any(other.values(text) is not None for text in (pattern.text, *within))


@cache
def _sentences(code: str) -> dict[Pattern, str]:
    return {
        Pattern.parse(str(message.id)): str(message.string)
        for message in read_catalog(code)
        if message.context == CONTEXT and message.string
    }
