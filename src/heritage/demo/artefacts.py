"""Artefacts: the kinds there are, one object from its seeds, and its picture from a viewpoint in a light."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from typing import Protocol

from heritage.demo import coin, panel, relief, tablet, textile, vessel
from heritage.demo.camera import Shot, Solid, View, photograph
from heritage.demo.cards import Card
from heritage.demo.seeds import Seeds
from heritage.demo.shading import Light


class Design(Protocol):
    """What every kind decides about an object before it is rendered."""

    def card(self) -> Card:
        """The Object ID card."""

    def build(self, side: str) -> Solid:
        """Geometry and surface as seen from the "front" or the "back"."""


_DESIGNS: dict[str, Callable[[Seeds], Design]] = {
    "panel": panel.design,
    "coin": coin.design,
    "vessel": vessel.design,
    "tablet": tablet.design,
    "textile": textile.design,
    "relief": relief.design,
}
KINDS: tuple[str, ...] = tuple(_DESIGNS)
TWO_SIDED = ("coin", "vessel", "tablet")
"""Kinds of which a registry keeps a photograph of the other side too."""


@dataclass(frozen=True, slots=True)
class Artefact:
    """One procedural object: its seeds, its design and its card."""

    seeds: Seeds
    design: Design
    card: Card

    @property
    def kind(self) -> str:
        """One of `KINDS`."""
        return self.seeds.kind


def make_artefact(seeds: Seeds) -> Artefact:
    """Decide everything about an object; nothing is drawn yet."""
    design = _DESIGNS[seeds.kind](seeds)
    return Artefact(seeds, design, design.card())


def render(artefact: Artefact, view: View, light: Light | None = None) -> Shot:
    """The object alone: rgb (H, W, 3) and alpha (H, W), uint8, cropped to it; a vessel's back is half a turn away."""
    solid = _built(artefact.seeds, view.side)
    if view.framed and artefact.kind == "panel":
        solid = panel.framed(solid, artefact.seeds.own_rng("frame"))
    return photograph(solid, view, light or Light())


@lru_cache(maxsize=4)
def _built(seeds: Seeds, side: str) -> Solid:
    return _DESIGNS[seeds.kind](seeds).build(side)
