"""Carved reliefs: figures and ornament raised from a stone slab, broken at the edges; the lamp makes the picture."""

from dataclasses import dataclass

import cv2
import numpy as np

from heritage.demo.beasts import BEASTS, THINGS
from heritage.demo.camera import Skin, Solid, slab
from heritage.demo.cards import Card, century, phrases, place_name, workshop_name
from heritage.demo.drawing import Placing, carve, fill
from heritage.demo.ornament import band
from heritage.demo.people import PEOPLE
from heritage.demo.seeds import Rng, Seeds
from heritage.demo.shading import Colour, Field, blurred, cell_edges, depth_inside, grain, noise

_LONG = 560
_STONES: dict[str, Colour] = {
    "limestone": (0.76, 0.7, 0.58), "sandstone": (0.72, 0.54, 0.38), "marble": (0.86, 0.84, 0.8), "grey schist": (0.52,
        0.54, 0.54),
    "basalt": (0.4, 0.4, 0.41), "alabaster": (0.84, 0.76, 0.66), "red tufa": (0.58, 0.38, 0.31),
}  # fmt: skip
_BORDERS = ("rosette", "guilloche", "meander", "tongues", "lotus", "plain")
_SCENES = ("procession", "beast", "confrontation", "two registers")


@dataclass(frozen=True, slots=True)
class ReliefDesign:
    """One relief: stone, border and format of the workshop, figures of the pair, one change and the breaks its own."""

    seeds: Seeds
    stone: str
    scene: str
    figures: tuple[str, ...]
    border: str
    aspect: float
    depth: float
    damage: str

    def card(self) -> Card:
        """What the registry says of the relief."""
        rng = self.seeds.workshop_rng()
        place, maker, when = place_name(rng), workshop_name(rng, "Masons"), century(rng, -9, 4)
        wide = rng.uniform(35, 130) + self.seeds.own_rng("size").uniform(-1, 1)
        named = ", ".join(self.figures)
        return Card(
            "relief", f"{self.stone}, carved in low relief",
            f"{wide:.0f} x {wide / self.aspect:.0f} x {wide * 0.12:.0f} cm",
            f"Relief with {self.figures[0]}", f"{self.scene}: {named}", when, maker,
            phrases(f"{self.scene} of {named}, from left to right", f"{self.border} border"), self.damage, "", place,
        )  # fmt: skip

    def build(self, side: str) -> Solid:
        """The carved face; the "back" is rough stone."""
        alpha = self._shape()
        rng = self.seeds.own_rng(f"stone {side}")
        height = np.zeros(alpha.shape, np.float32)
        if side == "front":
            self._carve(height)
            height = cv2.GaussianBlur(height, (0, 0), 1.3).astype(np.float32)
            self._break_surface(height, alpha, rng)
        else:
            alpha = np.ascontiguousarray(alpha[:, ::-1])
            height += 12 * noise(rng, alpha.shape, 5, 4)
        height += 0.7 * noise(rng, alpha.shape, 40, 3) + 0.25 * grain(rng, alpha.shape)
        return slab(self._skin(height, alpha, rng), 0.11, 0.85)

    def _shape(self) -> Field:
        """Outline (H, W) 0..1 with broken edges; fragments lose a whole corner."""
        rng = self.seeds.own_rng("shape")
        wide, tall = (_LONG, int(_LONG / self.aspect)) if self.aspect > 1 else (int(_LONG * self.aspect), _LONG)
        rows, columns = np.indices((tall, wide), np.float32)
        edge = np.minimum(np.minimum(rows, tall - 1 - rows), np.minimum(columns, wide - 1 - columns))
        inside = edge + 5 * noise(rng, (tall, wide), 6, 4) > 8
        if "fragment" in self.damage or "corner" in self.damage:
            x, y = rng.choice([0, wide]), rng.choice([0, tall])
            away = np.abs(columns - x) * rng.uniform(0.7, 1.3) + np.abs(rows - y) + 34 * noise(rng, (tall, wide), 4, 4)
            inside &= away > (0.5 if "fragment" in self.damage else 0.3) * min(tall, wide)
        solid = cv2.morphologyEx(inside.astype(np.uint8), cv2.MORPH_OPEN, np.ones((9, 9), np.uint8))
        _, labels, stats, _ = cv2.connectedComponentsWithStats(solid)
        return np.asarray(labels == 1 + int(np.asarray(stats)[1:, 4].argmax()), np.float32)

    def _carve(self, height: Field) -> None:
        rng, own = self.seeds.pair_rng(), self.seeds.own_rng("carve")
        tall, wide = height.shape
        margin = self._frame(height)
        top, bottom, left, right = margin, tall - margin, margin, wide - margin
        rows = 2 if self.scene == "two registers" else 1
        per_row = (len(self.figures) + rows - 1) // rows
        for index, name in enumerate(self.figures):
            row, column = divmod(index, per_row)
            area = ((right - left) / per_row, (bottom - top) / rows)
            size = min(area[0] * (1.05 if name in PEOPLE else 0.96) / (0.62 if name in PEOPLE else 1.0), area[1] * 0.9)
            middle = left + (column + 0.5) * area[0] + own.normal(0, 2)
            feet = top + (row + 1) * area[1] - 5
            mirrored = self.scene == "confrontation" and column >= per_row / 2
            place = Placing(middle - size / 2, feet - size * 0.985, size, size, mirrored)
            carve(height, {**BEASTS, **THINGS, **PEOPLE}[name](rng).moved(place), self.depth, 2.2)
        for row in range(rows):
            ground = top + (row + 1) * (bottom - top) / rows - 4
            ledge = np.zeros(height.shape, np.uint8)
            fill(ledge, [np.array([(left, ground), (right, ground), (right, ground + 8), (left, ground + 8)])])
            np.maximum(height, ledge.astype(np.float32) / 255 * self.depth * 0.6, out=height)

    def _frame(self, height: Field) -> int:
        """A raised frame with its ornament; returns its width in pixels."""
        size = 44 if self.border != "plain" else 26
        height[:] = self.depth * 0.75
        height[size:-size, size:-size] = 0
        if self.border == "plain":
            return size
        inner = size - 16
        for turned in (False, True):
            area = height.T if turned else height
            name = "dots" if self.border == "rosette" else self.border
            strip = blurred(band(name, area.shape[1], inner), 1.5) / 255 * self.depth * 0.4
            corner = slice(size, -size) if turned else slice(None)
            area[8 : 8 + inner, corner] += strip[:, corner]
            area[-8 - inner : -8, corner] += strip[::-1][:, corner]
        return size

    def _break_surface(self, height: Field, alpha: Field, rng: Rng) -> None:
        """Chips, abrasion and cracks, in place."""
        shape = height.shape
        inside = depth_inside(alpha)
        limit = 1.15 if "battered" in self.damage else 1.55
        chipped = np.clip((noise(rng, shape, 5, 4) + 0.7 * np.clip(1 - inside / 14, 0, 1) - limit) * 7, 0, 1)
        level = self.depth * 0.1 + 2.5 * noise(rng, shape, 24, 3)
        height += (np.minimum(level, height) - height) * chipped
        if "crack" in self.damage:
            height -= 7 * cv2.dilate(cell_edges(rng, shape, 3), np.ones((3, 3), np.uint8))
        height -= 6 * np.clip(1 - inside / 7, 0, 1)

    def _skin(self, height: Field, alpha: Field, rng: Rng) -> Skin:
        stone = np.array(_STONES[self.stone], np.float32) * (
            1 + self.seeds.own_rng("tone").normal(0, 0.04) * np.array([1.0, 1.05, 1.15])
        )
        shape = alpha.shape
        tone = 1 + 0.07 * noise(rng, shape, 3, 5) + 0.035 * grain(rng, shape)
        if self.stone in ("marble", "alabaster"):
            tone -= 0.16 * np.clip(1 - 7 * np.abs(noise(rng, shape, 2, 4) + 0.25), 0, 1)
        dirt = np.clip((cv2.GaussianBlur(height, (0, 0), 9) - height) / 12, 0, 1) * 0.4
        albedo = stone * (tone * (1 - dirt))[..., None]
        if "painted" in self.damage:
            albedo[..., 1:] *= (1 - 0.28 * (height > self.depth * 0.3) * np.clip(noise(rng, shape, 5, 3) + 0.2, 0, 1))[
                ..., None
            ]
        gloss = np.full(shape, 0.16 if self.stone in ("marble", "alabaster") else 0.05, np.float32)
        return Skin(albedo.astype(np.float32), height.astype(np.float32), alpha, gloss, 14.0, 0.0, True)


def design(seeds: Seeds) -> ReliefDesign:
    """A relief: pairs share scene and figures but for one; the breaks are each one's own."""
    shop, pair, own = seeds.workshop_rng(), seeds.pair_rng(), seeds.own_rng()
    scene = str(shop.choice(_SCENES))
    count = {"procession": 4, "beast": 1, "confrontation": 2, "two registers": 6}[scene]
    pool = [*BEASTS] if scene == "beast" else [*PEOPLE, "lion", "bull", "ibex", "palm", "tree", "horse"]
    figures = [str(pair.choice(pool)) for _ in range(count)]
    if count > 1:
        figures[int(own.integers(0, count))] = str(own.choice([p for p in pool if p not in figures]))
    aspect = {"procession": 1.45, "beast": 1.15, "confrontation": 1.0, "two registers": 0.9}[scene] * float(
        shop.uniform(0.9, 1.1)
    )
    damage = str(
        own.choice(
            (
                "fragment, one corner lost",
                "long crack",
                "battered surface",
                "corner chipped",
                "traces of red, once painted",
            )
        )
    )
    return ReliefDesign(
        seeds,
        str(shop.choice(list(_STONES))),
        scene,
        tuple(figures),
        str(shop.choice(_BORDERS)),
        aspect,
        float(shop.uniform(15, 22)),
        damage,
    )
