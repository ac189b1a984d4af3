"""What pictures have in common: cloth colours, and the easel on which unit coordinates become paint."""

from collections.abc import Sequence

import numpy as np

from heritage.demo.drawing import Points, stroke
from heritage.demo.painting import shade_form
from heritage.demo.seeds import Rng
from heritage.demo.shading import Colour, Field

CLOTHS: dict[str, Colour] = {
    "red": (0.6, 0.12, 0.1), "blue": (0.14, 0.22, 0.46), "green": (0.16, 0.34, 0.22), "black": (0.13, 0.12, 0.13),
    "ochre": (0.7, 0.5, 0.2),
    "white": (0.85, 0.82, 0.76), "violet": (0.36, 0.18, 0.34),
}  # fmt: skip


def pick(rng: Rng, table: dict[str, Colour]) -> tuple[str, Colour]:
    """A named colour of a table."""
    name = str(rng.choice(list(table)))
    return name, table[name]


class Easel:
    """A picture being painted, (H, W, 3) float32, and where unit coordinates (x across, y down) fall on it."""

    def __init__(self, canvas: Field, shift: float = 0.0, zoom: float = 1.0, mirrored: bool = False) -> None:
        self.canvas = canvas
        self.size = np.array([canvas.shape[1], canvas.shape[0]], np.float64)
        self._shift, self._zoom = np.array([shift, 0.0]), np.array([-zoom if mirrored else zoom, zoom])

    def at(self, points: Points) -> Points:
        """Unit coordinates (N, 2) to pixels."""
        return np.asarray(((points - 0.5) * self._zoom + 0.5 + self._shift) * self.size)

    def form(self, part: Points, colour: Colour, depth: float = 0.35, softness: float = 0.0) -> None:
        """Paint a rounded form; `depth` is its roundness, `softness` blurs its edge (pixels)."""
        shade_form(self.canvas, self.at(part), colour, depth, softness)

    def lines(self, lines: Sequence[Points], colour: Colour, width: float, closed: bool = False) -> None:
        """Draw lines, `width` as a share of the picture's height."""
        stroke(self.canvas, [self.at(line) for line in lines], colour, max(width * float(self.size[1]), 1), closed)
