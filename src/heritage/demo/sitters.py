"""Faces, hats, collars and what a sitter holds: shared by portraits and icons.

Everything is in unit coordinates of the picture; the face lies about (0.5, 0.36).
"""

import numpy as np

from heritage.demo.drawing import Points, limb, outline, oval, spline
from heritage.demo.easel import Easel
from heritage.demo.seeds import Rng
from heritage.demo.shading import Colour, tinted

HAIRS: dict[str, Colour] = {
    "dark": (0.16, 0.1, 0.07),
    "brown": (0.36, 0.22, 0.12),
    "fair": (0.68, 0.5, 0.28),
    "grey": (0.6, 0.58, 0.55),
    "red": (0.5, 0.24, 0.12),
}
SKINS: tuple[Colour, ...] = ((0.95, 0.77, 0.63), (0.9, 0.69, 0.53), (0.74, 0.53, 0.4), (0.97, 0.82, 0.71))
LONG_HAIR = outline(
    (0.5, 0.13), (0.33, 0.2), (0.3, 0.4), (0.27, 0.62), (0.5, 0.66), (0.73, 0.62), (0.7, 0.4), (0.67, 0.2)
)
FRINGE = outline((0.35, 0.36), (0.33, 0.25), (0.4, 0.16), (0.5, 0.135), (0.6, 0.16), (0.67, 0.25), (0.65, 0.36), (0.62,
    0.27),
                 (0.5, 0.235), (0.38, 0.27))  # fmt: skip
BEARD = outline(
    (0.37, 0.44), (0.42, 0.49), (0.5, 0.515), (0.58, 0.49), (0.63, 0.44), (0.6, 0.56), (0.5, 0.64), (0.4, 0.56)
)
_BERET = outline((0.28, 0.2), (0.36, 0.08), (0.56, 0.05), (0.74, 0.12), (0.72, 0.22), (0.5, 0.2))
_CROWN = outline((0.36, 0.18), (0.38, 0.04), (0.5, 0.02), (0.62, 0.04), (0.64, 0.18))
_LACE = outline((0.38, 0.6), (0.5, 0.66), (0.62, 0.6), (0.76, 0.69), (0.6, 0.76), (0.5, 0.7), (0.4, 0.76), (0.24, 0.69))
_CUP = outline((0.3, 0.8), (0.46, 0.8), (0.44, 0.9), (0.39, 0.93), (0.37, 0.93), (0.32, 0.9))


def _skull(wide: float, chin: float) -> Points:
    half = [(0.0, 0.2), (0.36, 0.24), (0.5, 0.33), (0.43, 0.44), (0.2, chin - 0.02)]
    right = [(0.5 + wide * x, y) for x, y in half]
    left = [(0.5 - wide * x, y) for x, y in half[:0:-1]]
    return outline(*right, (0.5, chin), *left)


def face(easel: Easel, tone: Colour, rng: Rng) -> None:
    """A face seen from the front, the eyes turned a little aside."""
    turn, wide, chin = rng.uniform(-0.03, 0.03), rng.uniform(0.27, 0.31), rng.uniform(0.53, 0.56)
    easel.form(limb([(0.5, 0.44), (0.5, 0.62)], (0.15, 0.2)), tinted(tone, 0.85))
    easel.form(_skull(wide, chin), tone, 0.26)
    gap = rng.uniform(0.06, 0.07)
    for side in (-1, 1):
        cheek: Colour = (tone[0] * 0.92, tone[1] * 0.78, tone[2] * 0.74)
        easel.form(oval(0.5 + side * 0.07 + turn, 0.425, 0.05, 0.035), cheek, 0, float(easel.size[1]) / 70)
        _eye(easel, 0.5 + side * gap + turn, turn, tinted(tone, 0.3))
    _nose(easel, turn, tone)
    _mouth(easel, turn, tone)


def _eye(easel: Easel, x: float, turn: float, dark: Colour) -> None:
    easel.form(oval(x, 0.352, 0.062, 0.022), (0.9, 0.87, 0.82), 0.1)
    easel.form(oval(x + turn * 0.3, 0.352, 0.024, 0.024), (0.17, 0.12, 0.09), 0)
    lid = spline([(x - 0.035, 0.355), (x, 0.338), (x + 0.035, 0.355)])
    brow = spline([(x - 0.045, 0.325), (x, 0.31), (x + 0.04, 0.32)])
    easel.lines([lid, brow], dark, 1 / 270)


def _nose(easel: Easel, turn: float, tone: Colour) -> None:
    bridge = [(0.505 + turn, 0.34), (0.505 + turn * 1.5, 0.4), (0.51 + turn * 1.6, 0.432)]
    easel.form(limb(bridge, (0.02, 0.03, 0.055)), tinted(tone, 0.86), 0.5, 1.5)
    middle = 0.51 + turn * 1.5
    easel.lines(
        [spline([(middle - 0.025, 0.442), (middle, 0.45), (middle + 0.025, 0.442)])], tinted(tone, 0.5), 1 / 270
    )


def _mouth(easel: Easel, turn: float, tone: Colour) -> None:
    lip: Colour = (tone[0] * 0.8, tone[1] * 0.5, tone[2] * 0.5)
    aside = np.array([turn, 0.0])
    lips = outline((0.455, 0.487), (0.49, 0.478), (0.53, 0.478), (0.56, 0.487), (0.51, 0.503))
    easel.form(lips + aside, lip, 0.3)
    easel.lines([spline([(0.452, 0.487), (0.51, 0.489), (0.562, 0.486)]) + aside], tinted(lip, 0.4), 1 / 270)


def headwear(easel: Easel, hat: tuple[str, Colour], rng: Rng) -> str:
    """A beret, hat, turban or nothing; returns it in words."""
    kind = str(rng.choice(["", "beret", "hat", "turban"]))
    name, colour = hat
    if kind == "beret":
        easel.form(_BERET, colour)
    elif kind == "hat":
        easel.form(_CROWN, colour)
        easel.form(oval(0.5, 0.19, 0.54, 0.07), colour, 0.5)
    elif kind == "turban":
        for k in range(4):
            roll = [(0.32, 0.24 - 0.045 * k), (0.5, 0.16 - 0.045 * k), (0.68, 0.24 - 0.045 * k)]
            easel.form(limb(roll, (0.04, 0.08, 0.04)), colour, 0.6)
    return f"wearing a {name} {kind}" if kind else ""


def collar(easel: Easel, rng: Rng) -> str:
    """A ruff, lace, a gold chain or nothing; returns it in words."""
    kind = str(rng.choice(["", "ruff", "lace collar", "chain"]))
    if kind == "ruff":
        for x in np.linspace(0.3, 0.7, 15):
            easel.form(oval(x, 0.62 - 0.25 * (x - 0.5) ** 2, 0.055, 0.09, 60 * (x - 0.5)), (0.88, 0.87, 0.84), 0.6)
    elif kind == "lace collar":
        easel.form(_LACE, (0.9, 0.88, 0.84), 0.2)
    elif kind == "chain":
        for t in np.linspace(-1, 1, 15):
            easel.form(oval(0.5 + 0.2 * t, 0.86 - 0.17 * t * t, 0.026, 0.02), (0.85, 0.66, 0.24), 0.7)
    return f"with a {kind}" if kind else ""


def attribute(easel: Easel, rng: Rng) -> str:
    """What a hand holds before the breast, or nothing; returns it in words."""
    kind = str(rng.choice(["", "book", "flower", "letter", "cup"]))
    if not kind:
        return ""
    if kind == "book":
        easel.form(np.array([(0.24, 0.86), (0.5, 0.83), (0.52, 0.99), (0.26, 1.02)]), (0.42, 0.14, 0.1), 0.1)
    elif kind == "letter":
        easel.form(np.array([(0.3, 0.8), (0.48, 0.83), (0.44, 0.98), (0.26, 0.94)]), (0.9, 0.86, 0.74), 0.05)
    elif kind == "cup":
        easel.form(_CUP, (0.8, 0.65, 0.3), 0.5)
    else:
        easel.lines([spline([(0.4, 0.95), (0.38, 0.86), (0.35, 0.78)])], (0.2, 0.38, 0.18), 1 / 110)
        for angle in np.linspace(0, 6.28, 7)[:-1]:
            petal = oval(0.35 + 0.035 * np.cos(angle), 0.77 + 0.03 * np.sin(angle), 0.05, 0.042)
            easel.form(petal, (0.82, 0.28, 0.3), 0.5)
    for k in range(4):
        finger = [(0.5 - 0.012 * k, 0.9 + 0.025 * k), (0.42, 0.9 + 0.025 * k), (0.37, 0.905 + 0.024 * k)]
        easel.form(limb(finger, (0.035, 0.034, 0.02)), (0.82, 0.62, 0.5), 0.5)
    return f"holding a {kind}"
