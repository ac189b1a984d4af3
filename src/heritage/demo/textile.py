"""Woven textiles: motifs on a thread grid, borders, fringe, folds, wear."""

from dataclasses import dataclass

import cv2
import numpy as np
import numpy.typing as npt

from heritage.demo.beasts import BEASTS, THINGS
from heritage.demo.camera import Skin, Solid, slab
from heritage.demo.cards import Card, century, phrases, place_name, workshop_name
from heritage.demo.drawing import Placing, limb, silhouette, stroke
from heritage.demo.ornament import band
from heritage.demo.seeds import Rng, Seeds
from heritage.demo.shading import Colour, Field, grain, mix, noise

_LONG = 540
_KNOT = 3  # pixels a knot
_PALETTES: dict[str, tuple[Colour, ...]] = {
    "madder red and indigo": (
        (0.55, 0.13, 0.12),
        (0.12, 0.17, 0.34),
        (0.88, 0.8, 0.62),
        (0.78, 0.55, 0.22),
        (0.2, 0.33, 0.27),
    ),
    "indigo and ivory": (
        (0.14, 0.2, 0.38),
        (0.86, 0.81, 0.68),
        (0.58, 0.17, 0.15),
        (0.46, 0.55, 0.6),
        (0.75, 0.58, 0.28),
    ),
    "saffron and brown": (
        (0.78, 0.56, 0.2),
        (0.3, 0.18, 0.12),
        (0.9, 0.84, 0.68),
        (0.56, 0.18, 0.14),
        (0.27, 0.34, 0.3),
    ),
    "green and rose": ((0.22, 0.36, 0.29), (0.7, 0.34, 0.36), (0.9, 0.84, 0.7), (0.2, 0.2, 0.3), (0.8, 0.62, 0.3)),
    "camel and black": (
        (0.7, 0.55, 0.38),
        (0.13, 0.11, 0.11),
        (0.89, 0.83, 0.7),
        (0.52, 0.16, 0.13),
        (0.34, 0.4, 0.44),
    ),
}
_FIELDS = ("stepped diamonds", "rows of beasts", "central star", "stripes", "lattice of rosettes", "tree of life")
Knots = npt.NDArray[np.uint8]
"""(rows, columns) uint8: which colour of the palette each knot has."""


@dataclass(frozen=True, slots=True)
class TextileDesign:
    """One textile: palette, size and border of the workshop, field of the pair, beasts and damage of its own."""

    seeds: Seeds
    palette: str
    field: str
    beast: str
    border: str
    guard: str
    rows: int
    columns: int
    fringed: bool
    sprinkled: bool
    damage: str

    def card(self) -> Card:
        """What the registry says of the textile."""
        rng = self.seeds.workshop_rng()
        place, maker, when = place_name(rng), workshop_name(rng, "Weavers"), century(rng, 15, 19)
        length = rng.uniform(110, 320) + self.seeds.own_rng("size").uniform(-4, 4)
        shown = (
            f"{self.field} with {self.beast}"
            if self.field in ("rows of beasts", "tree of life", "stripes")
            else self.field
        )
        return Card(
            "textile", f"wool, {'knotted pile' if self.fringed else 'tapestry weave'}, dyed in {self.palette}",
            f"{length:.0f} x {length * self.columns / self.rows:.0f} cm", f"Rug with {shown}", shown, when, maker,
            phrases(f"field of {shown}", f"main border of {self.border}, guard stripes of {self.guard}",
                    "small crosses and diamonds strewn over the ground" if self.sprinkled else "",
                    "fringe at both ends" if self.fringed else ""),
            self.damage, "", place,
        )  # fmt: skip

    def build(self, side: str) -> Solid:
        """The laid-out textile; front and back are woven alike, mirrored."""
        woven = self._colours()
        if side == "back":
            woven = woven[:, ::-1]
        rng = self.seeds.own_rng("cloth")
        skin = self._skin(woven, rng)
        return slab(skin, 0.012, 0.5)

    def _colours(self) -> Knots:
        knots = np.zeros((self.rows, self.columns), np.uint8)
        rng, own = self.seeds.pair_rng(), self.seeds.own_rng("field")
        inset = 17
        field = knots[inset:-inset, inset:-inset]
        _WEAVES[self.field](field, self, (rng, own))
        if self.sprinkled:
            _sprinkle(field, own)
        _frame(knots, 15, self.border, (1, 2))
        _frame(knots, 3, self.guard, (2, 0))
        knots[:1], knots[-1:], knots[:, :1], knots[:, -1:] = 1, 1, 1, 1
        return knots

    def _skin(self, woven: Knots, rng: Rng) -> Skin:
        dyes = np.array(_PALETTES[self.palette], np.float32)
        picture = dyes[woven].repeat(_KNOT, 0).repeat(_KNOT, 1)
        shape = (self.rows * _KNOT, self.columns * _KNOT)
        rows, columns = np.indices(shape, np.float32)
        x, y = (np.asarray(axis + 2.5 * noise(rng, shape, 2, 2), np.float32) for axis in (columns, rows))
        picture = np.asarray(cv2.remap(picture, x, y, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE), np.float32)
        abrash = 1 + 0.09 * noise(rng, (shape[0], 4), 3, 2)[:, :1, None]  # dye lots change from row to row
        thread = 0.86 + 0.14 * np.sin(columns * np.pi / 2 + (rows // 2 % 2) * np.pi / 2) * np.cos(rows * np.pi / 2)
        picture = picture * abrash * thread[..., None] * (1 + 0.05 * grain(rng, shape)[..., None])
        alpha = np.ones(shape, np.float32)
        picture = self._wear(picture.astype(np.float32), alpha, rng)
        picture, alpha = self._fringe(picture, alpha, rng)
        shape = (len(alpha), shape[1])
        waves = 2.0 * np.sin(np.linspace(0, 6 * np.pi, shape[0]) + rng.uniform(0, 6))[:, None]
        folds = 5.0 * noise(rng, shape, 2.0, 2) + waves + 0.35 * grain(rng, shape)
        return Skin(picture, np.asarray(folds, np.float32), alpha, np.full(shape, 0.02, np.float32), 8.0)

    def _wear(self, picture: Field, alpha: Field, rng: Rng) -> Field:
        shape = alpha.shape
        picture = mix(picture, (0.62, 0.55, 0.44), np.clip(0.1 + 0.22 * noise(rng, shape, 2, 3), 0, 0.5))
        if "stain" in self.damage:
            spot = np.clip(noise(rng, shape, 2, 3) * 3 - 3.2, 0, 0.55)
            picture = mix(picture, (0.25, 0.18, 0.12), spot)
        if "hole" in self.damage:
            y, x = (rng.uniform(0.2, 0.8, 2) * shape).astype(int)
            distance = np.hypot(*(np.indices(shape, np.float32) - np.array([y, x], np.float32)[:, None, None]))
            alpha[distance + 9 * noise(rng, shape, 14, 2) < rng.uniform(16, 30)] = 0
        if "corner" in self.damage:
            reach = np.add(*np.indices(shape, np.float32)) + 16 * noise(rng, shape, 10, 2)
            alpha[reach < rng.uniform(70, 130)] = 0
        if "faded" in self.damage:
            band_light = np.clip(1.2 * np.linspace(-0.3, 1, shape[1]), 0, 0.5)
            picture = mix(picture, (0.78, 0.72, 0.6), np.tile(band_light.astype(np.float32), (shape[0], 1)))
        return picture

    def _fringe(self, picture: Field, alpha: Field, rng: Rng) -> tuple[Field, Field]:
        if not self.fringed:
            return picture, alpha
        deep, wide = 30, picture.shape[1]
        ends = []
        for _ in range(2):
            strands = np.zeros((deep, wide), np.uint8)
            for x in range(2, wide - 2, 5):
                tip = (x + rng.normal(0, 2.5), rng.uniform(0.6, 1.0) * deep)
                stroke(strands, [limb([(x, 0), tip], (2.6, 1.0))], 255, 1, closed=True)
            ends.append(strands.astype(np.float32) / 255)
        wool = np.full((deep, wide, 3), (0.82, 0.76, 0.62), np.float32) * (
            1 + 0.1 * grain(rng, (deep, wide))[..., None]
        )
        wool = wool.astype(np.float32)
        ends[0][:3] = ends[1][:3] = 1
        ends[0] *= np.where(alpha[0] > 0, 1, 0)
        return np.concatenate([wool, picture, wool]), np.concatenate([ends[0][::-1], alpha, ends[1]])


def _frame(knots: Knots, width: int, name: str, colours: tuple[int, int]) -> None:
    """A border of `width` knots around the edge, in place."""
    rows, columns = knots.shape
    ground, figure = colours
    for turned in (False, True):
        area = knots.T if turned else knots
        length = columns if not turned else rows
        woven = band(name, length, max(width - 2, 3)) > 110
        strip = np.full((width, length), figure, np.uint8)
        strip[1:-1] = np.where(woven, figure, ground)[: width - 2]
        area[:width] = strip
        area[-width:] = strip[::-1]
    inner = slice(width - 1, -width + 1)
    frame = np.zeros_like(knots)
    frame[inner, inner] = 1
    edge = frame - cv2.erode(frame, np.ones((3, 3), np.uint8))
    knots[edge > 0] = 3


def _stepped(knots: Knots, middle: tuple[int, int], reach: int, colours: tuple[int, ...]) -> None:
    """A stepped diamond in rings of colour, in place."""
    rows, columns = np.indices(knots.shape)
    distance = (np.abs(rows - middle[0]) // 2 + np.abs(columns - middle[1]) // 2) * 2
    for ring, colour in enumerate(colours):
        knots[distance < reach - ring * max(reach // len(colours), 2)] = colour


def _weave_beast(knots: Knots, name: str, place: tuple[int, int, int], mirrored: bool, colour: int) -> None:
    """Weave a figure of `size` knots at (top, left, size) in one colour, in place; what hangs over is cut off."""
    top, left, size = place
    figure = {**BEASTS, **THINGS}[name](np.random.default_rng(3)).moved(Placing(0, 0, size * 6, size * 6, mirrored))
    woven = cv2.resize(silhouette((size * 6, size * 6), figure), (size, size), interpolation=cv2.INTER_AREA) > 105
    rows, columns = np.nonzero(woven)
    rows, columns = rows + top, columns + left
    inside = (rows >= 0) & (rows < knots.shape[0]) & (columns >= 0) & (columns < knots.shape[1])
    knots[rows[inside], columns[inside]] = colour


def _diamonds(field: Knots, design: TextileDesign, rngs: tuple[Rng, Rng]) -> None:
    pair, own = rngs
    count = int(pair.integers(2, 4))
    colours = tuple(int(c) for c in pair.permutation([1, 2, 3, 4]))
    odd = int(own.integers(0, count))
    for index in range(count):
        row = int((index + 0.5) * field.shape[0] / count)
        reach = int(min(field.shape[1] * 0.92, field.shape[0] / count) // 2 * 1.02)
        ring = colours if index != odd else colours[::-1]
        _stepped(field, (row, field.shape[1] // 2), reach, ring)
        _weave_beast(
            field, design.beast, (row - reach // 4, field.shape[1] // 2 - reach // 4, reach // 2), bool(index % 2), 0
        )
        for side in (0.1, 0.9):
            _stepped(
                field,
                (int(row + (0.5 if index else -0.5) * field.shape[0] / count), int(side * field.shape[1])),
                11,
                (3, 2, 1),
            )


def _sprinkle(field: Knots, rng: Rng) -> None:
    """Small crosses and diamonds strewn over the empty ground, in place."""
    for row in range(6, field.shape[0] - 6, 13):
        for column in range(6 + (row // 13 % 2) * 6, field.shape[1] - 6, 13):
            around = field[row - 5 : row + 6, column - 5 : column + 6]
            if (around == around[0, 0]).all() and rng.random() < 0.75:
                ground = int(around[0, 0])
                shape = cv2.MORPH_CROSS if rng.random() < 0.5 else cv2.MORPH_ELLIPSE
                dot = np.asarray(cv2.getStructuringElement(shape, (5, 5))) > 0
                field[row - 2 : row + 3, column - 2 : column + 3][dot] = (ground + int(rng.integers(1, 5))) % 5


def _beasts(field: Knots, design: TextileDesign, rngs: tuple[Rng, Rng]) -> None:
    pair, own = rngs
    size = int(pair.integers(18, 26))
    step = size + 5
    flip = own.random((12, 12)) < 0.5
    margin = (field.shape[1] % (size + 2)) // 2
    for row, top in enumerate(range(2, field.shape[0] - size + 1, step)):
        for column, left in enumerate(range(margin, field.shape[1] - size + 1, size + 2)):
            colour = 1 + (row + column + int(flip[0, 0])) % 4
            _weave_beast(field, design.beast, (top, left, size), bool(flip[row, column]), colour)
        field[top + size + 1 : top + size + 2] = 2


def _star(field: Knots, design: TextileDesign, rngs: tuple[Rng, Rng]) -> None:
    pair, own = rngs
    rows, columns = np.indices(field.shape) - np.array(field.shape)[:, None, None] // 2
    angle, distance = np.arctan2(rows, columns), np.hypot(rows, columns)
    points = int(pair.choice([8, 12, 16]))
    limit = min(field.shape) * 0.5
    for ring, colour in enumerate(pair.permutation([1, 2, 3, 4])):
        reach = limit * (1 - 0.23 * ring)
        field[distance < reach * (0.78 + 0.22 * np.cos(points * angle / (1 + ring % 2)))] = colour
    size = int(min(field.shape) * 0.24)
    for x in (0, field.shape[1] - size):
        for y in (1, field.shape[0] - size - 1):
            _weave_beast(field, design.beast, (y, x, size), x > 0, int(own.integers(1, 5)))


def _stripes(field: Knots, design: TextileDesign, rngs: tuple[Rng, Rng]) -> None:
    pair, own = rngs
    row = 0
    wide_at = int(own.integers(1, 4))
    index = 0
    while row < field.shape[0]:
        size = 24 if index % 4 == wide_at else int(pair.integers(6, 13))
        part = field[row : row + size]
        part[:] = int(pair.integers(0, 5))
        if size == 24 and len(part) == 24:
            for k, left in enumerate(range(2, field.shape[1] - 22, 24)):
                _weave_beast(part, design.beast, (1, left, 22), k % 2 == 0, int((part[0, 0] + 2) % 5))
        elif len(part) > 4:
            name = str(pair.choice(["zigzag", "diamonds", "checks", "waves"]))
            part[band(name, part.shape[1], len(part)) > 110] = int((part[0, 0] + 1 + pair.integers(0, 3)) % 5)
        row += size
        index += 1


def _lattice(field: Knots, design: TextileDesign, rngs: tuple[Rng, Rng]) -> None:
    pair, own = rngs
    size = int(pair.integers(18, 25))
    rows, columns = np.indices(field.shape)
    field[(np.abs((rows + columns) % size - size // 2) < 1.5) | (np.abs((rows - columns) % size - size // 2) < 1.5)] = 2
    colours = own.integers(1, 5, (16, 16))
    for i, row in enumerate(range(0, field.shape[0] + size, size // 2)):
        for j, column in enumerate(range((i % 2) * (size // 2), field.shape[1] + size, size)):
            place = (row - size // 4, column - size // 4, size // 2 + 2)
            _weave_beast(
                field, "rosette" if own.random() < 0.85 else "star", place, False, int(colours[i % 16, j % 16])
            )


def _tree_of_life(field: Knots, design: TextileDesign, rngs: tuple[Rng, Rng]) -> None:
    pair, own = rngs
    size = field.shape[1] - 4
    _weave_beast(
        field,
        str(pair.choice(["tree", "palm"])),
        (int(field.shape[0] * 0.12), 2, size),
        False,
        int(pair.integers(1, 5)),
    )
    small = int(size * 0.42)
    base = int(field.shape[0] * 0.12) + size - small
    for side, left in enumerate((0, field.shape[1] - small)):
        _weave_beast(field, design.beast, (base, left, small), side == 1, int(own.integers(1, 5)))
    for k in range(5):
        _stepped(
            field, (int(field.shape[0] * 0.07), int((k + 0.5) * field.shape[1] / 5)), 8, (int(own.integers(1, 5)), 2)
        )
    field[base + small + 1 : base + small + 3] = 2
    below = field[base + small + 4 :]
    name = str(pair.choice(["waves", "zigzag", "diamonds", "checks"]))
    for index, row in enumerate(range(0, len(below) - 9, 10)):
        colour = 1 + (index + int(pair.integers(0, 4))) % 4
        below[row : row + 8][band(name, below.shape[1], 8, 1.2) > 110] = colour
        below[row + 8 : row + 9] = 2


_WEAVES = {"stepped diamonds": _diamonds, "rows of beasts": _beasts, "central star": _star, "stripes": _stripes,
           "lattice of rosettes": _lattice, "tree of life": _tree_of_life}  # fmt: skip


def design(seeds: Seeds) -> TextileDesign:
    """A textile: pairs share field and border; beasts, small motifs and damage are each one's own."""
    shop, pair, own = seeds.workshop_rng(), seeds.pair_rng(), seeds.own_rng()
    damage = str(
        own.choice(("hole in the field", "one corner lost", "dark stain", "faded along one side", "evenly worn"))
    )
    rows = int(shop.integers(148, 162))
    columns = int(rows * shop.uniform(0.55, 0.8))
    border, guard = (
        str(x) for x in shop.choice(["meander", "zigzag", "waves", "diamonds", "checks", "rays"], 2, replace=False)
    )
    field = str(pair.choice(_FIELDS))
    sprinkled = field in ("central star", "stepped diamonds") and bool(shop.random() < 0.7)
    beast = str(own.choice(["stag", "ibex", "heron", "lion", "horse", "griffin", "eagle"]))
    return TextileDesign(
        seeds,
        str(shop.choice(list(_PALETTES))),
        field,
        beast,
        border,
        guard,
        rows,
        columns,
        bool(shop.random() < 0.7),
        sprinkled,
        damage,
    )
