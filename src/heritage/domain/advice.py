"""What would make a photo easier to search with. Advice, never a condition: a poor photo is searched all the same."""

from dataclasses import dataclass
from enum import StrEnum

from heritage.domain.images import Region


class AdviceKind(StrEnum):
    """What is wrong with a photo."""

    BLURRED = "blurred"
    GLARE = "glare"
    DARK = "dark"
    TOO_SMALL = "too-small"
    FAR_AWAY = "far-away"


@dataclass(frozen=True, slots=True)
class Advice:
    """One thing wrong with a photo: the ``measure`` that says so, and the ``threshold`` that it lies on the wrong side
    of, both in the unit that `heritage.vision.advice` gives for the kind.
    """

    kind: AdviceKind
    measure: float
    threshold: float


@dataclass(frozen=True, slots=True)
class Inspection:
    """What can be told of a photo before any search: upright size in px, boxes around objects, likeliest first, and
    what to do better. No boxes: it shows one object, filling it, or nothing that stands out.
    """

    width: int
    height: int
    regions: tuple[Region, ...]
    advice: tuple[Advice, ...]
