"""What the verdicts of an answer promise, and what that promise rests on."""

from dataclasses import dataclass

RULE_OF_THREE = 3.0
"""No event in n trials proves, with 95 % confidence, no more than a rate below 3 / n (Hanley & Lippman-Hand, 1983)."""


@dataclass(frozen=True, slots=True)
class Rules:
    """The rates that ``strong`` and ``possible`` stay below, each the share of searches with such a false alarm.

    A false alarm is a hit for an object that is not in the gallery. ``gallery_count`` images were searched: the more
    there are, the more evidence a verdict takes. The rates were calibrated on ``search_count`` searches for objects
    that are in no registry; 0 when they are calculated only.
    """

    strong_rate: float
    possible_rate: float
    gallery_count: int
    search_count: int

    @property
    def proven_rate(self) -> float | None:
        """What not one false alarm in all those searches would prove by itself: a rate below this. None: nothing."""
        return RULE_OF_THREE / self.search_count if self.search_count > RULE_OF_THREE else None
