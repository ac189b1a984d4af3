"""Gold-ground icons.

Takes the picture's (height, width) and three generators - of the workshop (manner, palette), of the pair (composition)
and of the single work (the variations of a replica) - and returns the picture (H, W,
    3) float32 and its subject in words.
"""

import numpy as np

from heritage.demo.drawing import Points, box, fill, outline, oval, spline
from heritage.demo.easel import CLOTHS, Easel, pick
from heritage.demo.painting import gradient
from heritage.demo.seeds import Rng
from heritage.demo.shading import Field, noise, tinted
from heritage.demo.sitters import BEARD, FRINGE, HAIRS, LONG_HAIR, attribute, face

_ROBE = outline((0.12, 1.1), (0.16, 0.78), (0.32, 0.64), (0.5, 0.6), (0.68, 0.64), (0.84, 0.78), (0.88, 1.1))
_CLOAK = outline((0.1, 1.1), (0.14, 0.76), (0.3, 0.62), (0.42, 0.66), (0.48, 0.86), (0.4, 1.1))
_RED = (0.5, 0.14, 0.09)


def icon(shape: tuple[int, int], shop: Rng, pair: Rng, own: Rng) -> tuple[Field, str]:
    """A saint with a halo on gold ground, robe with highlighted folds, letters beside the head, a painted border."""
    gold = gradient(shape, (0.8, 0.62, 0.26), (0.72, 0.52, 0.2)) * (1 + 0.06 * noise(shop, shape, 5, 3))[..., None]
    easel = Easel(np.asarray(gold, np.float32), 0.0, pair.uniform(0.86, 1.06), bool(pair.random() < 0.5))
    (robe_name, robe), (cloak_name, cloak), (hair_name, hair) = (
        pick(pair, CLOTHS),
        pick(pair, CLOTHS),
        pick(pair, HAIRS),
    )
    _halo(easel, int(own.integers(18, 34)))
    easel.form(_ROBE, robe, 0.15)
    easel.form(_CLOAK, cloak, 0.2)
    easel.lines([_fold(0.18 + 0.05 * k, 0.02) for k in range(4)], tinted(cloak, 1.6, 0.12), 1 / 150)
    easel.lines([_fold(0.56 + 0.065 * k, 0.01) for k in range(4)], tinted(robe, 1.5, 0.1), 1 / 150)
    veiled = bool(pair.random() < 0.4)
    easel.form(LONG_HAIR, cloak if veiled else hair, 0.3)
    face(easel, (0.84, 0.62, 0.42), pair)
    if not veiled and pair.random() < 0.7:
        easel.form(BEARD, hair, 0.3)
    easel.form(FRINGE, cloak if veiled else hair, 0.4)
    held = attribute(easel, own)
    _border(Easel(easel.canvas), shop, own)
    who = "veiled saint" if veiled else f"saint with {hair_name} hair"
    words = [f"icon of a {who} in {robe_name} robe and {cloak_name} cloak", held]
    return easel.canvas, ", ".join(filter(None, words))


def _fold(x: float, lean: float) -> Points:
    return spline([(x, 0.75), (x + lean, 0.86), (x + lean, 1.0)])


def _halo(easel: Easel, count: int) -> None:
    ratio = float(easel.size[0] / easel.size[1])
    ring = oval(0.5, 0.34, 0.56, 0.56 * ratio)
    easel.form(ring, (0.88, 0.7, 0.3), 0.06)
    easel.lines([ring], _RED, 1 / 130, closed=True)
    for angle in np.linspace(0, 2 * np.pi, count, endpoint=False):
        dot = oval(0.5 + 0.25 * np.cos(angle), 0.34 + 0.25 * ratio * np.sin(angle), 0.018, 0.018 * ratio)
        fill(easel.canvas, [easel.at(dot)], _RED)


def _border(easel: Easel, shop: Rng, own: Rng) -> None:
    """A painted edge, a gold line, and two letters on each side of the head."""
    _, colour = pick(shop, CLOTHS)
    easel.lines([box(0, 0, 1, 1)], colour, 0.075, closed=True)
    easel.lines([box(0.055, 0.045, 0.89, 0.91)], (0.9, 0.76, 0.4), 0.004, closed=True)
    for x in (0.1, 0.15, 0.78, 0.83):
        strokes = [own.uniform((x, 0.1), (x + 0.04, 0.17), (4, 2)) for _ in range(2)]
        easel.lines(strokes, _RED, 1 / 160)
