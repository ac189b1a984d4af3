"""Portraits to the chest.

Takes the picture's (height, width) and three generators - of the workshop (manner, palette), of the pair (composition)
and of the single work (the variations of a replica) - and returns the picture (H, W,
    3) float32 and its subject in words.
"""

import numpy as np

from heritage.demo.drawing import Points, box, fill, outline, spline
from heritage.demo.easel import CLOTHS, Easel, pick
from heritage.demo.painting import gradient
from heritage.demo.seeds import Rng
from heritage.demo.shading import Colour, Field, mix, noise, rgb_of, tinted
from heritage.demo.sitters import FRINGE, HAIRS, LONG_HAIR, SKINS, attribute, collar, face, headwear

_WINDOW = box(0.06, 0.08, 0.22, 0.3)
_DRESS = outline((0.0, 1.06), (0.08, 0.8), (0.3, 0.66), (0.5, 0.63), (0.7, 0.66), (0.92, 0.8), (1.0, 1.06), (0.5, 1.1))


def portrait(shape: tuple[int, int], shop: Rng, pair: Rng, own: Rng) -> tuple[Field, str]:
    """A sitter to the chest: hair, hat, dress, collar, perhaps a window, a book or a flower."""
    easel = Easel(_ground(shape, shop), pair.uniform(-0.06, 0.06), pair.uniform(0.84, 1.12), bool(pair.random() < 0.5))
    tone = SKINS[int(pair.integers(0, len(SKINS)))]
    (hair_name, hair), (cloth_name, cloth) = pick(pair, HAIRS), pick(pair, CLOTHS)
    window = bool(pair.random() < 0.4)
    if window:
        _window(easel)
    if pair.random() < 0.6:
        easel.form(LONG_HAIR, hair, 0.3)
    easel.form(_DRESS, cloth, 0.22)
    easel.lines([_fold(side, k) for side in (-1, 1) for k in range(3)], tinted(cloth, 0.55), 1 / 130)
    face(easel, tone, pair)
    easel.form(FRINGE, hair, 0.4)
    words = [f"portrait of a sitter with {hair_name} hair in {cloth_name}", headwear(easel, pick(own, CLOTHS), pair)]
    words += [collar(easel, pair), attribute(easel, own), "before a window" if window else ""]
    return easel.canvas, ", ".join(filter(None, words))


def _ground(shape: tuple[int, int], rng: Rng) -> Field:
    dark: Colour = rgb_of(rng.uniform(0.08, 0.3, 3))
    canvas = gradient(shape, dark, tinted(dark, 1.6))
    return np.asarray(canvas * (1 + 0.1 * noise(rng, shape, 2, 3))[..., None], np.float32)


def _window(easel: Easel) -> None:
    shape = easel.canvas.shape[0], easel.canvas.shape[1]
    pane = np.zeros(shape, np.uint8)
    fill(pane, [easel.at(_WINDOW)])
    view = gradient(shape, (0.55, 0.66, 0.76), (0.5, 0.55, 0.38))
    easel.canvas = mix(easel.canvas, view, pane / np.float32(255))
    easel.lines([_WINDOW], (0.25, 0.18, 0.1), 1 / 80, closed=True)


def _fold(side: int, index: int) -> Points:
    start, step = 0.12 + 0.1 * index, 0.04 * side
    x = 0.5 + side * start
    return spline([(x, 0.7 + 0.03 * index), (x + step, 0.85), (x + 2 * step, 1.0)])
