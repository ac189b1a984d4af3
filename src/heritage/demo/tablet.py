"""Incised tablets: pillow-shaped clay with rows of wedge or linear signs, chipped at the edges."""

from dataclasses import dataclass

import cv2
import numpy as np

from heritage.demo.beasts import BEASTS
from heritage.demo.camera import Skin, Solid, slab
from heritage.demo.cards import Card, century, phrases, place_name
from heritage.demo.drawing import Placing, Points, carve, fill, limb, outline, oval, stroke
from heritage.demo.seeds import Rng, Seeds
from heritage.demo.shading import Colour, Field, Mask, cell_edges, depth_inside, grain, noise

_LONG = 540
_CLAYS: dict[str, Colour] = {
    "buff clay": (0.74, 0.62, 0.46), "grey clay": (0.5, 0.48, 0.44), "red-brown clay": (0.58, 0.38, 0.27),
    "dark baked clay": (0.36, 0.29, 0.24), "pale clay": (0.82, 0.76, 0.64),
}  # fmt: skip
_TOPICS = ("receipt of barley", "list of sheep and goats", "letter to a governor", "sale of a field", "hymn",
    "list of workers", "ration of oil",
           "loan of silver", "record of a festival", "school exercise")  # fmt: skip
_SIGN_COUNT = 26


@dataclass(frozen=True, slots=True)
class TabletDesign:
    """One tablet: clay, script and layout of the archive; the text and the breaks are its own."""

    seeds: Seeds
    clay: str
    script: str  # wedge, linear
    aspect: float
    lines: int
    columns: int
    topic: str
    seal: str
    damage: str

    def card(self) -> Card:
        """What the registry says of the tablet."""
        rng = self.seeds.workshop_rng()
        place, when = place_name(rng), century(rng, -21, -6)
        long = rng.uniform(6, 16) + self.seeds.own_rng("size").uniform(-0.3, 0.3)
        layout = f"{self.lines} lines" + (" in two columns" if self.columns == 2 else "")
        seal = f"on the reverse a seal impression with {self.seal}" if self.seal else ""
        return Card(
            "tablet", f"{self.clay}, {'impressed with a stylus' if self.script == 'wedge' else 'incised'}",
            f"{long:.1f} x {long * self.aspect:.1f} cm", f"Tablet: {self.topic}", self.topic, when,
            f"Archive of {place}",
            phrases(f"{self.script}-script tablet, obverse with {layout}", seal), self.damage,
            f"{layout} of {self.script} script", place,
        )  # fmt: skip

    def build(self, side: str) -> Solid:
        """Obverse ("front") or reverse ("back"), with its own text."""
        alpha = self._shape()
        alpha = alpha if side == "front" else np.ascontiguousarray(alpha[:, ::-1])
        rng = self.seeds.own_rng(f"face {side}")
        inside = depth_inside(alpha)
        edge = 0.16 * min(alpha.shape)
        swell = np.sqrt(np.clip(1 - (1 - np.clip(inside / edge, 0, 1)) ** 2, 0, 1)) * edge * 0.5
        height = swell + 2.2 * noise(rng, alpha.shape, 4, 3)
        signs = self._text(side, inside)
        height -= signs
        self._break_surface(height, inside, rng)
        return slab(self._skin(height, alpha, rng), 0.1, 0.75)

    def _shape(self) -> Field:
        """Outline (H, W) 0..1: a rounded rectangle, a little uneven, with broken corners."""
        rng = self.seeds.own_rng("shape")
        tall, wide = _LONG, int(_LONG * self.aspect)
        angle = np.linspace(0, 2 * np.pi, 240, endpoint=False)
        power = rng.uniform(0.16, 0.3)
        x = np.sign(np.cos(angle)) * np.abs(np.cos(angle)) ** power
        y = np.sign(np.sin(angle)) * np.abs(np.sin(angle)) ** power
        ripple = 0.465 * (1 + sum(rng.normal(0, 0.008) * np.cos(k * angle + rng.uniform(0, 6)) for k in range(1, 6)))
        ring = np.stack([wide / 2 + x * wide * ripple, tall / 2 + y * tall * ripple], 1)
        mask = np.zeros((tall, wide), np.uint8)
        fill(mask, [ring])
        breaks = 2 if "corner" in self.damage else 1
        for _ in range(breaks):
            corner = np.array([rng.choice([0.02, 0.98]) * wide, rng.choice([0.02, 0.98]) * tall])
            size = rng.uniform(0.09, 0.2) * wide * (1.4 if "corner" in self.damage else 0.7)
            fill(mask, [_ragged(corner, size, rng)], 0)
        return np.asarray(mask, np.float32) / 255

    def _text(self, side: str, inside: Field) -> Field:
        """Depth of the signs in pixels (H, W)."""
        signs = np.zeros(inside.shape, np.uint8)
        rng = self.seeds.own_rng(f"text {side}")
        tall, wide = inside.shape
        margin, count = 0.08 * wide, self.lines if side == "front" else max(self.lines - 3, 2)
        seal = self.seal if side == "back" else ""
        step = (tall * (0.84 if not seal else 0.5)) / count
        stock = _stock(self.script, self.seeds.workshop_rng())
        for line in range(count):
            y, x = tall * 0.08 + line * step, margin * rng.uniform(0.9, 1.15)
            end = (wide - margin) * (1.0 if line < count - 1 else rng.uniform(0.4, 0.95))
            while x < end - step * 0.5:
                size = step * 0.8
                if self.columns == 2 and abs(x + size / 2 - wide / 2) < size * 0.7:
                    x += size * 0.8
                    continue
                sign = stock[int(rng.integers(0, len(stock)))]
                fill(
                    signs,
                    [
                        part * (size * rng.uniform(0.92, 1.1), size) + (x, y + step * 0.12 + rng.normal(0, 0.8))
                        for part in sign
                    ],
                )
                x += size * rng.uniform(0.9, 1.12)
        rules = [np.array([(margin * 0.6, tall * 0.08 + k * step), (wide - margin * 0.6,
            tall * 0.08 + k * step + rng.normal(0, 1.5))])
                 for k in range(count + 1)]  # fmt: skip
        if self.columns == 2:
            rules.append(np.array([(wide / 2, tall * 0.07), (wide / 2, tall * 0.08 + count * step)]))
        depth = cv2.GaussianBlur(signs.astype(np.float32) / 255, (0, 0), 1.3) * 6.5 + _lines(inside.shape, rules) * 2.0
        if seal:
            depth -= self._seal_impression(inside.shape, rng)
        return np.asarray(depth * (inside > 6), np.float32)

    def _seal_impression(self, shape: tuple[int, int], rng: Rng) -> Field:
        """A rolled seal: a sunk frame with a raised beast, (H, W) in pixels."""
        raised = np.zeros(shape, np.float32)
        tall, wide = shape
        size = wide * 0.34
        for index in range(2):
            carve(
                raised,
                BEASTS[self.seal](rng).moved(
                    Placing(wide * (0.14 + 0.38 * index), tall * 0.66, size, size, index == 1)
                ),
                7.0,
                1.5,
            )
        return raised

    def _break_surface(self, height: Field, inside: Field, rng: Rng) -> None:
        """Flaked places lose the signs; cracks run through, in place."""
        shape = height.shape
        limit = 1.0 if "flaked" in self.damage else 1.5
        rough = noise(rng, shape, 4, 4) + 0.5 * np.clip(1 - inside / 30, 0, 1)
        flaked = np.clip((rough - limit) * 8, 0, 1)
        level = cv2.GaussianBlur(height, (0, 0), 10) - 5 + 2.0 * noise(rng, shape, 30, 3)
        height += (level - height) * flaked
        if "crack" in self.damage or "joined" in self.damage:
            height -= 5 * cv2.dilate(
                cell_edges(rng, shape, 4 if "joined" in self.damage else 3), np.ones((3, 3), np.uint8)
            )
        height += 0.22 * grain(rng, shape)

    def _skin(self, height: Field, alpha: Field, rng: Rng) -> Skin:
        clay = np.array(_CLAYS[self.clay], np.float32) * (
            1 + self.seeds.own_rng("tone").normal(0, 0.05) * np.array([1.0, 1.05, 1.15])
        )
        tone = 1 + 0.08 * noise(rng, alpha.shape, 4, 4) + 0.02 * grain(rng, alpha.shape)
        if "burnt" in self.damage:
            tone *= 1 - 0.5 * np.clip(noise(rng, alpha.shape, 2, 2), 0, 1)
        hollow = np.clip(cv2.GaussianBlur(height, (0, 0), 6) - height, 0, 5) / 5
        albedo = clay * (tone * (1 - 0.3 * hollow))[..., None]
        gloss = np.full(alpha.shape, 0.06, np.float32)
        return Skin(albedo.astype(np.float32), height.astype(np.float32), alpha, gloss, 12.0, 0.0, True)


def _lines(shape: tuple[int, int], rules: list[Points]) -> Field:
    drawn: Mask = np.zeros(shape, np.uint8)
    stroke(drawn, rules, 255, 2)
    return cv2.GaussianBlur(drawn.astype(np.float32) / 255, (0, 0), 0.9).astype(np.float32)


def _ragged(middle: Points, size: float, rng: Rng) -> Points:
    angle = np.linspace(0, 2 * np.pi, 11, endpoint=False)
    reach = size * rng.uniform(0.7, 1.25, 11)
    return outline(
        *(
            (float(middle[0] + r * np.cos(a)), float(middle[1] + r * np.sin(a)))
            for a, r in zip(angle, reach, strict=True)
        )
    )


def _wedge(x: float, y: float, length: float, angle: float) -> Points:
    """A stylus mark: a triangular head that runs out into a tail."""
    turn = np.radians(angle)
    shape = np.array([(0, -0.1), (0.1, -0.02), (length, 0), (0.1, 0.02), (0, 0.1)])
    return np.asarray(shape @ np.array([[np.cos(turn), np.sin(turn)], [-np.sin(turn), np.cos(turn)]]) + (x, y))


def _stock(script: str, rng: Rng) -> list[list[Points]]:
    """The signs of an archive, each a list of outlines in a unit square."""
    return [_wedge_sign(rng) if script == "wedge" else _linear_sign(rng) for _ in range(_SIGN_COUNT)]


def _wedge_sign(rng: Rng) -> list[Points]:
    wedges = []
    for k in range(int(rng.integers(1, 4))):
        wedges.append(_wedge(0.05, 0.2 + 0.28 * k, rng.uniform(0.6, 0.85), 0))
    for k in range(int(rng.integers(0, 4))):
        wedges.append(_wedge(0.25 + 0.24 * k, 0.08, rng.uniform(0.55, 0.85), 90))
    if rng.random() < 0.5:
        wedges.append(_wedge(rng.uniform(0.5, 0.8), rng.uniform(0.1, 0.3), 0.5, 135))
    if rng.random() < 0.35:
        wedges.append(_wedge(0.3, 0.3, 0.5, 45))
    return wedges


def _linear_sign(rng: Rng) -> list[Points]:
    nodes = [(0.2, 0.1), (0.8, 0.1), (0.5, 0.5), (0.2, 0.9), (0.8, 0.9), (0.5, 0.1), (0.5, 0.9), (0.2, 0.5), (0.8, 0.5)]
    strokes = []
    for _ in range(int(rng.integers(2, 5))):
        a, b = rng.choice(len(nodes), 2, replace=False)
        strokes.append(limb([nodes[a], nodes[b]], (0.09, 0.06)))
    if rng.random() < 0.4:
        ring = oval(0.5, rng.uniform(0.3, 0.7), 0.4)
        strokes.append(limb([(float(x), float(y)) for x, y in [*ring[::3], ring[0]]], (0.07,) * 9))
    return strokes


def design(seeds: Seeds) -> TabletDesign:
    """A tablet: archive-mates share clay, script and lay-out; pairs also share their topic, never their text."""
    shop, pair, own = seeds.workshop_rng(), seeds.pair_rng(), seeds.own_rng()
    damage = str(
        own.choice(
            (
                "two corners broken off",
                "flaked on the face",
                "joined from three pieces",
                "long crack",
                "burnt on one side",
            )
        )
    )
    return TabletDesign(
        seeds, str(shop.choice(list(_CLAYS))), str(shop.choice(["wedge", "wedge", "linear"])), float(shop.uniform(0.6,
            0.95)),
        int(shop.integers(8, 15)) + int(pair.integers(0, 2)), int(shop.integers(1, 3)), str(pair.choice(_TOPICS)),
        str(pair.choice(["", "", "lion", "ibex", "bull", "griffin"])), damage,
    )  # fmt: skip
