"""The Object ID card of an invented object, and the invented world it comes from: workshops, places, agencies."""

from dataclasses import dataclass

from heritage.demo.seeds import Rng


@dataclass(frozen=True, slots=True)
class Card:
    """ICOM Object ID categories in words, consistent with what the render shows."""

    object_type: str
    materials: str
    measurements: str
    title: str
    subject: str
    period: str
    maker: str
    description: str
    distinguishing_features: str
    inscriptions: str = ""
    place_of_origin: str = ""


_FIRST = ("Three", "Red", "Silver", "Blind", "Standing", "Two", "White", "Sleeping", "Broken", "Golden")
_SECOND = (
    "Herons",
    "Gate",
    "Bridge",
    "Lanterns",
    "Stag",
    "Anchor",
    "Willows",
    "Well",
    "Tower",
    "Oxen",
    "Moon",
    "Quarry",
)
PLACES = ("Ardavan", "Bel Marin", "Castrello", "Dorvik", "Elmsund", "Fara", "Gorazd", "Halmyra", "Isk", "Jorun",
    "Kesteven",
          "Lamora", "Merisht", "Norvane", "Ostrava Vale", "Pelagos", "Qasr Tuwal", "Rhenholm", "Sarmin",
          "Tolvast")  # fmt: skip
KINGS = ("VARO", "MELIK", "OSTAN", "DAROS", "TELMAR", "AKSUM", "BELOS", "KORIN", "SAVAS", "PHILO", "NERAX", "ARDYS")


def workshop_name(rng: Rng, craft: str = "Workshop") -> str:
    """An invented maker, such as "Workshop of the Three Herons"."""
    return f"{craft} of the {rng.choice(_FIRST)} {rng.choice(_SECOND)}"


def place_name(rng: Rng) -> str:
    """An invented place."""
    return str(rng.choice(PLACES))


def century(rng: Rng, early: int, late: int) -> str:
    """A century between two (negative = BC), as cards write it."""
    number = int(rng.integers(early, late + 1)) or 1
    tail = {1: "st", 2: "nd", 3: "rd"}.get(abs(number) % 10 if abs(number) not in (11, 12, 13) else 0, "th")
    return f"{abs(number)}{tail} century {'BC' if number < 0 else 'AD'}"


def phrases(*parts: str) -> str:
    """Join the non-empty phrases of a description into sentences."""
    return " ".join(part[0].upper() + part[1:].rstrip(".") + "." for part in parts if part)
