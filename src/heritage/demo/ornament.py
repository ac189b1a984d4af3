"""Running ornaments: bands of meanders, tongues, waves and their like, as masks to be painted, carved or woven."""

from collections.abc import Callable

import numpy as np

from heritage.demo.drawing import Points, box, fill, limb, oval, spline, stroke
from heritage.demo.shading import Mask

_Cell = tuple[list[Points], list[Points]]  # closed shapes and open lines of one unit cell


def _meander() -> _Cell:
    path = [(0, 0.85), (0, 0.1), (0.8, 0.1), (0.8, 0.65), (0.35, 0.65), (0.35, 0.4), (0.55, 0.4)]
    return [], [np.array(path), np.array([(0.0, 0.88), (1.0, 0.88)])]


def _tongues() -> _Cell:
    return [limb([(0.5, 0.08), (0.5, 0.5), (0.5, 0.82)], (0.62, 0.6, 0.4))], []


def _rays() -> _Cell:
    return [np.array([(0.12, 1.0), (0.5, 0.02), (0.88, 1.0)])], []


def _waves() -> _Cell:
    curl = spline([(0.0, 0.9), (0.2, 0.5), (0.5, 0.18), (0.8, 0.3), (0.75, 0.6), (0.5, 0.58)])
    return [], [curl, np.array([(0.0, 0.92), (1.0, 0.92)])]


def _zigzag() -> _Cell:
    return [], [np.array([(0.0, 0.85), (0.5, 0.15), (1.0, 0.85)])]


def _dots() -> _Cell:
    return [oval(0.5, 0.5, 0.5, 0.5)], []


def _guilloche() -> _Cell:
    return [oval(0.0, 0.5, 0.2, 0.2)], [
        spline([(0, 0.15), (0.5, 0.85), (1, 0.15)]),
        spline([(0, 0.85), (0.5, 0.15), (1, 0.85)]),
    ]


def _lotus() -> _Cell:
    petals = [limb([(0.5, 0.95), (0.5, 0.5), (0.5, 0.08)], (0.1, 0.2, 0.03))]
    for side in (-1, 1):
        petals.append(limb([(0.5, 0.95), (0.5 + side * 0.2, 0.6), (0.5 + side * 0.34, 0.2)], (0.08, 0.15, 0.02)))
        petals.append(limb([(0.5, 0.98), (0.5 + side * 0.34, 0.82), (0.5 + side * 0.5, 0.5)], (0.06, 0.1, 0.02)))
    return petals, []


def _checks() -> _Cell:
    return [box(0, 0, 0.5, 0.5), box(0.5, 0.5, 0.5, 0.5)], []


def _diamonds() -> _Cell:
    return [np.array([(0.5, 0.1), (0.95, 0.5), (0.5, 0.9), (0.05, 0.5)])], []


_CELLS: dict[str, Callable[[], _Cell]] = {
    "meander": _meander, "tongues": _tongues, "rays": _rays, "waves": _waves, "zigzag": _zigzag, "dots": _dots,
    "guilloche": _guilloche, "lotus": _lotus, "checks": _checks, "diamonds": _diamonds,
}  # fmt: skip
ORNAMENTS = tuple(_CELLS)


def band(name: str, width: int, height: int, cell_aspect: float = 1.0) -> Mask:
    """A band of repeated cells that closes on itself, (height, width) uint8; `cell_aspect` = cell width / height."""
    count = max(round(width / (height * cell_aspect)), 2)
    shapes, lines = _CELLS[name]()
    canvas = np.zeros((height, width), np.uint8)
    step = width / count
    for index in range(-1, count + 1):
        size, offset = (step, height), (index * step, 0)
        fill(canvas, [shape * size + offset for shape in shapes])
        stroke(canvas, [line * size + offset for line in lines], 255, max(height * 0.11, 1))
    return canvas
