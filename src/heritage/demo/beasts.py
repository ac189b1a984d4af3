"""Animals and things as figures in a unit square, looking right: quadrupeds, birds, fish, ships, trees."""

from collections.abc import Callable

import numpy as np

from heritage.demo.drawing import Figure, Place, Points, box, limb, outline, oval, spline
from heritage.demo.seeds import Rng


def _legs(hips: tuple[float, float], top: float, thick: float, stride: float) -> list[Points]:
    """Four legs: far pair first; `stride` swings them."""
    back, front = hips
    legs = []
    for x, swing in ((back, -stride), (front, -stride), (back, stride), (front, stride)):
        bend = -0.03 if x == back else 0.02
        path = [(x + swing * 0.2, top), (x + swing * 0.6 + bend, (top + 1) / 2), (x + swing, 0.965)]
        legs.append(limb(path, (thick, thick * 0.5, thick * 0.36)))
        legs.append(limb([(x + swing - 0.01, 0.975), (x + swing + 0.035, 0.98)], (thick * 0.42, thick * 0.36)))
    return legs


def horse(rng: Rng) -> Figure:
    stride = rng.uniform(0.04, 0.13)
    body = limb([(0.2, 0.42), (0.3, 0.43), (0.5, 0.46), (0.68, 0.42)], (0.18, 0.23, 0.2, 0.22))
    neck = limb([(0.68, 0.42), (0.76, 0.28), (0.8, 0.14)], (0.22, 0.15, 0.1))
    head = limb([(0.79, 0.13), (0.86, 0.19), (0.94, 0.28)], (0.11, 0.1, 0.06))
    tail = limb([(0.15, 0.38), (0.06, 0.45), (0.04, 0.62), (0.07, 0.78)], (0.05, 0.06, 0.07, 0.02))
    ear = limb([(0.79, 0.1), (0.8, 0.02)], (0.05, 0.01))
    mane = [
        np.array([(0.70 - 0.0 * k + 0.018 * k, 0.28 - 0.04 * k), (0.66 + 0.02 * k, 0.3 - 0.035 * k)]) for k in range(6)
    ]
    lines = (
        oval(0.845, 0.165, 0.02),
        spline([(0.62, 0.32), (0.6, 0.44), (0.66, 0.52)]),
        spline([(0.3, 0.34), (0.34, 0.5)]),
    )
    return Figure((*_legs((0.24, 0.66), 0.48, 0.11, stride), tail, body, neck, ear, head), (*lines, *mane), "horse")


def bull(rng: Rng) -> Figure:
    low = rng.uniform(0.0, 0.14)
    body = limb([(0.16, 0.42), (0.35, 0.45), (0.55, 0.44), (0.72, 0.4)], (0.2, 0.27, 0.28, 0.32))
    head = limb([(0.76, 0.32 + low), (0.86, 0.38 + low), (0.93, 0.47 + low)], (0.2, 0.15, 0.11))
    horn = limb(
        [(0.83, 0.29 + low), (0.9, 0.22 + low), (0.98, 0.24 + low), (0.99, 0.14 + low)], (0.05, 0.045, 0.03, 0.01)
    )
    tail = limb([(0.09, 0.34), (0.02, 0.5), (0.04, 0.72), (0.02, 0.8)], (0.035, 0.025, 0.025, 0.06))
    folds = [spline([(0.7 + 0.025 * k, 0.28), (0.69 + 0.025 * k, 0.42), (0.72 + 0.02 * k, 0.56)]) for k in range(3)]
    lines = (oval(0.87, 0.36 + low, 0.02), spline([(0.28, 0.36), (0.31, 0.5), (0.26, 0.56)]), *folds)
    return Figure((*_legs((0.21, 0.66), 0.5, 0.12, rng.uniform(0.02, 0.09)), tail, body, horn, head), lines, "bull")


def lion(rng: Rng) -> Figure:
    body = limb([(0.18, 0.5), (0.35, 0.5), (0.55, 0.5), (0.7, 0.46)], (0.17, 0.18, 0.19, 0.25))
    mane = outline(
        (0.62, 0.36), (0.66, 0.2), (0.78, 0.14), (0.88, 0.2), (0.87, 0.4), (0.8, 0.56), (0.7, 0.6), (0.63, 0.5)
    )
    face = limb([(0.8, 0.27), (0.88, 0.3), (0.94, 0.33)], (0.17, 0.14, 0.1))
    curl = rng.uniform(-0.06, 0.06)
    tail = limb([(0.12, 0.48), (0.03, 0.4), (0.06 + curl, 0.24), (0.14 + curl, 0.18)], (0.05, 0.035, 0.03, 0.07))
    locks = [
        spline([(0.68 + 0.035 * k, 0.22 + 0.02 * (k % 2)), (0.665 + 0.03 * k, 0.34), (0.7 + 0.02 * k, 0.46)])
        for k in range(4)
    ]
    mouth = spline([(0.95, 0.35), (0.9, 0.37), (0.87, 0.36)])
    lines = (oval(0.865, 0.26, 0.022), mouth, spline([(0.26, 0.44), (0.3, 0.55), (0.26, 0.62)]), *locks)
    return Figure((*_legs((0.22, 0.66), 0.55, 0.12, rng.uniform(0.05, 0.13)), tail, body, mane, face), lines, "lion")


def goat(rng: Rng) -> Figure:
    sweep = rng.uniform(0.2, 0.32)
    body = limb([(0.2, 0.5), (0.4, 0.5), (0.62, 0.47)], (0.17, 0.19, 0.2))
    neck = limb([(0.65, 0.46), (0.73, 0.36), (0.77, 0.27)], (0.16, 0.11, 0.09))
    head = limb([(0.76, 0.26), (0.83, 0.3), (0.9, 0.36)], (0.1, 0.09, 0.05))
    horn = limb(
        [(0.77, 0.23), (0.7, 0.1), (0.56, 0.03), (0.6 - sweep, 0.14), (0.58 - sweep, 0.24)],
        (0.07, 0.06, 0.05, 0.03, 0.01),
    )
    beard = limb([(0.85, 0.36), (0.85, 0.46)], (0.05, 0.01))
    tail = limb([(0.13, 0.45), (0.07, 0.4)], (0.06, 0.02))
    rings = [np.array([(0.74 - 0.035 * k, 0.1 - 0.012 * k), (0.75 - 0.035 * k, 0.16 - 0.014 * k)]) for k in range(4)]
    lines = (oval(0.82, 0.285, 0.02), spline([(0.56, 0.42), (0.55, 0.55)]), *rings)
    return Figure(
        (*_legs((0.24, 0.6), 0.53, 0.09, rng.uniform(0.02, 0.1)), tail, body, neck, horn, beard, head), lines, "ibex"
    )


def stag(rng: Rng) -> Figure:
    base = goat(rng)
    body = (*base.parts[:10], base.parts[10], base.parts[13])
    beam = limb([(0.77, 0.23), (0.73, 0.12), (0.62, 0.02)], (0.04, 0.03, 0.015))
    tines = [
        limb([(0.76 - 0.04 * k, 0.17 - 0.05 * k), (0.82 - 0.06 * k, 0.1 - 0.05 * k)], (0.03, 0.01)) for k in range(3)
    ]
    return Figure((*body, beam, *tines), base.lines[:2], "stag")


def boar(rng: Rng) -> Figure:
    body = limb([(0.14, 0.52), (0.35, 0.5), (0.6, 0.46), (0.72, 0.5)], (0.2, 0.3, 0.36, 0.28))
    head = limb([(0.72, 0.5), (0.85, 0.58), (0.96, 0.64)], (0.26, 0.16, 0.09))
    tusk = limb([(0.9, 0.64), (0.93, 0.57)], (0.03, 0.005))
    bristles = [
        limb([(0.3 + 0.05 * k, 0.38 - 0.01 * k), (0.28 + 0.05 * k, 0.27 - 0.012 * k)], (0.03, 0.005)) for k in range(9)
    ]
    tail = limb([(0.06, 0.46), (0.02, 0.4), (0.05, 0.35)], (0.03, 0.02, 0.02))
    lines = (oval(0.82, 0.52, 0.02), spline([(0.66, 0.36), (0.64, 0.5), (0.7, 0.64)]))
    return Figure(
        (*_legs((0.2, 0.64), 0.62, 0.1, rng.uniform(0.01, 0.07)), tail, *bristles, body, head, tusk), lines, "boar"
    )


def griffin(rng: Rng) -> Figure:
    base = lion(rng)
    wing = outline((0.58, 0.46), (0.5, 0.3), (0.36, 0.12), (0.2, 0.02), (0.3, 0.2), (0.34, 0.34), (0.46, 0.5))
    beak = limb([(0.88, 0.28), (0.97, 0.3), (0.98, 0.38)], (0.1, 0.06, 0.01))
    feathers = [spline([(0.5 - 0.03 * k, 0.42), (0.4 - 0.05 * k, 0.26), (0.3 - 0.03 * k, 0.14)]) for k in range(3)]
    return Figure((*base.parts, beak, wing), (*base.lines[:1], *feathers), "griffin")


def heron(rng: Rng) -> Figure:
    dip = rng.uniform(0, 0.16)
    body = outline((0.2, 0.56), (0.36, 0.4), (0.56, 0.38), (0.62, 0.48), (0.5, 0.6), (0.3, 0.62))
    neck = limb([(0.58, 0.44), (0.68, 0.36), (0.6, 0.22 + dip), (0.68, 0.12 + dip)], (0.12, 0.06, 0.05, 0.06))
    head = limb([(0.68, 0.12 + dip), (0.78, 0.13 + dip), (0.96, 0.17 + dip)], (0.08, 0.05, 0.01))
    crest = limb([(0.66, 0.1 + dip), (0.52, 0.09 + dip)], (0.03, 0.005))
    legs = [
        limb([(x, 0.58), (x + 0.03, 0.78), (x + 0.01, 0.97), (x + 0.08, 0.98)], (0.04, 0.022, 0.022, 0.02))
        for x in (0.4, 0.48)
    ]
    feathers = [
        spline([(0.26 + 0.02 * k, 0.56 - 0.03 * k), (0.4, 0.5 - 0.03 * k), (0.54, 0.46 - 0.02 * k)]) for k in range(3)
    ]
    return Figure((*legs, body, neck, crest, head), (oval(0.7, 0.115 + dip, 0.016), *feathers), "heron")


def eagle(rng: Rng) -> Figure:
    spread = rng.uniform(-0.06, 0.06)
    body = outline((0.5, 0.2), (0.6, 0.36), (0.58, 0.6), (0.5, 0.72), (0.42, 0.6), (0.4, 0.36))
    feathers, lines = [], []
    for side in (-1, 1):
        for k in range(5):
            tip = (0.5 + side * (0.46 - 0.055 * k), 0.34 + spread + 0.09 * k)
            feathers.append(
                limb([(0.5 + side * 0.06, 0.3 + 0.03 * k), (0.5 + side * 0.26, 0.16 + 0.08 * k), tip], (0.1, 0.1, 0.02))
            )
        lines.append(spline([(0.5 + side * 0.08, 0.32), (0.5 + side * 0.2, 0.24), (0.5 + side * 0.28, 0.28)]))
    tail = outline((0.46, 0.66), (0.38, 0.94), (0.5, 0.98), (0.62, 0.94), (0.54, 0.66))
    legs = [limb([(0.45, 0.66), (0.36, 0.82)], (0.06, 0.03)), limb([(0.55, 0.66), (0.64, 0.82)], (0.06, 0.03))]
    head = limb([(0.5, 0.2), (0.5, 0.1), (0.58, 0.07), (0.64, 0.12)], (0.11, 0.11, 0.09, 0.01))
    lines += [
        oval(0.54, 0.075, 0.02),
        spline([(0.5, 0.75), (0.5, 0.95)]),
        spline([(0.45, 0.4), (0.5, 0.44), (0.55, 0.4)]),
    ]
    return Figure((*feathers, tail, *legs, body, head), tuple(lines), "eagle")


def owl(rng: Rng) -> Figure:
    body = outline(
        (0.3, 0.3),
        (0.34, 0.1),
        (0.5, 0.06),
        (0.66, 0.1),
        (0.7, 0.3),
        (0.74, 0.55),
        (0.62, 0.86),
        (0.38, 0.86),
        (0.26, 0.55),
    )
    legs = [limb([(x, 0.84), (x, 0.98)], (0.08, 0.05)) for x in (0.43, 0.57)]
    eyes = [oval(x, 0.25, 0.15) for x in (0.41, 0.59)] + [oval(x, 0.25, 0.06) for x in (0.41, 0.59)]
    beak = limb([(0.5, 0.26), (0.5, 0.38)], (0.06, 0.01))
    rows = [oval(0.36 + 0.07 * (k % 5), 0.48 + 0.09 * (k // 5), 0.035) for k in range(int(rng.integers(12, 20)))]
    wing = spline([(0.3, 0.42), (0.26, 0.6), (0.36, 0.82)])
    return Figure((*legs, body, beak), (*eyes, *rows, wing, 1 - wing * (1, -1) + (0, -1)), "owl")


def dolphin(rng: Rng) -> Figure:
    bend = rng.uniform(0.0, 0.1)
    body = limb(
        [(0.06, 0.62), (0.25, 0.4 - bend), (0.55, 0.36 - bend), (0.8, 0.5), (0.95, 0.62)],
        (0.03, 0.14, 0.24, 0.18, 0.03),
    )
    fins = [
        outline((0.45, 0.3 - bend), (0.42, 0.14 - bend), (0.6, 0.28 - bend)),
        outline((0.6, 0.5), (0.5, 0.68), (0.68, 0.54)),
    ]
    tail = outline((0.1, 0.58), (0.0, 0.52), (0.02, 0.68), (0.06, 0.82), (0.13, 0.64))
    lines = (oval(0.83, 0.49, 0.025), spline([(0.3, 0.46), (0.55, 0.46), (0.74, 0.56)]))
    return Figure((tail, *fins, body), lines, "dolphin")


def ship(rng: Rng) -> Figure:
    hull = outline(
        (0.03, 0.56),
        (0.08, 0.72),
        (0.3, 0.8),
        (0.7, 0.8),
        (0.93, 0.7),
        (0.99, 0.5),
        (0.9, 0.64),
        (0.5, 0.7),
        (0.12, 0.66),
    )
    stern = limb([(0.05, 0.62), (0.02, 0.46), (0.1, 0.4)], (0.06, 0.04, 0.02))
    mast = box(0.49, 0.1, 0.025, 0.6)
    belly = rng.uniform(0.02, 0.12)
    sail = outline(
        (0.24, 0.16),
        (0.5, 0.14),
        (0.78, 0.16),
        (0.8 + belly, 0.36),
        (0.76, 0.54),
        (0.5, 0.56),
        (0.26, 0.54),
        (0.3, 0.34),
    )
    oars = [
        limb([(0.2 + 0.08 * k, 0.74), (0.14 + 0.08 * k, 0.94)], (0.015, 0.025)) for k in range(int(rng.integers(6, 9)))
    ]
    seams = [spline([(0.32 + 0.14 * k, 0.16), (0.37 + 0.14 * k, 0.36), (0.33 + 0.14 * k, 0.54)]) for k in range(4)]
    ropes = [np.array([(0.5, 0.1), (0.12, 0.64)]), np.array([(0.5, 0.1), (0.92, 0.62)])]
    return Figure(
        (*oars, stern, hull, mast, sail), (*seams, *ropes, spline([(0.1, 0.7), (0.5, 0.745), (0.9, 0.69)])), "ship"
    )


def tree(rng: Rng) -> Figure:
    trunk = limb([(0.5, 1.0), (0.48, 0.7), (0.5, 0.4)], (0.12, 0.08, 0.06))
    leaves = []
    for k in range(11):
        angle = np.pi * (0.08 + 0.84 * k / 10)
        x, y = 0.5 + np.cos(angle) * 0.36, 0.45 - np.sin(angle) * 0.34
        leaves.append(limb([(0.5, 0.45), ((0.5 + x) / 2, (0.45 + y) / 2), (x, y)], (0.02, 0.03, 0.02)))
        leaves.append(oval(x, y, rng.uniform(0.1, 0.15), 0.1, -np.degrees(angle)))
    return Figure((trunk, *leaves), (), "tree")


def palm(rng: Rng) -> Figure:
    trunk = limb([(0.5, 1.0), (0.49, 0.7), (0.5, 0.34)], (0.1, 0.07, 0.06))
    fronds = []
    for k in range(7):
        angle = np.pi * (-0.08 + 1.16 * k / 6)
        tip = (0.5 + np.cos(angle) * 0.44, 0.36 - np.sin(angle) * 0.26 + 0.1)
        mid = (0.5 + np.cos(angle) * 0.26, 0.3 - np.sin(angle) * 0.26)
        fronds.append(limb([(0.5, 0.34), mid, tip], (0.05, 0.1, 0.01)))
    rings = [np.array([(0.46, 0.95 - 0.07 * k), (0.54, 0.93 - 0.07 * k)]) for k in range(8)]
    dates = [oval(0.45 + 0.1 * (k % 2), 0.42, 0.06) for k in range(int(rng.integers(1, 3)))]
    return Figure((trunk, *fronds, *dates), tuple(rings), "palm")


def rosette(rng: Rng, petals: int | None = None) -> Figure:
    count = petals or int(rng.integers(6, 13))
    parts = [
        oval(0.5 + 0.3 * np.cos(a), 0.5 + 0.3 * np.sin(a), 0.36, 1.5 / count, float(-np.degrees(a)))
        for a in np.linspace(0, 2 * np.pi, count, endpoint=False)
    ]
    return Figure((*parts, oval(0.5, 0.5, 0.22)), (oval(0.5, 0.5, 0.12),), "rosette")


def star(rng: Rng) -> Figure:
    points = int(rng.integers(5, 9))
    angle = np.linspace(0, 2 * np.pi, 2 * points, endpoint=False) - np.pi / 2
    radius = np.where(np.arange(2 * points) % 2, 0.2, 0.48)
    return Figure((np.stack([0.5 + radius * np.cos(angle), 0.5 + radius * np.sin(angle)], 1),), (), "star")


def temple(rng: Rng) -> Figure:
    columns = int(rng.integers(4, 7))
    xs = np.linspace(0.14, 0.8, columns)
    parts = [box(0.06, 0.9, 0.88, 0.07), box(0.1, 0.84, 0.8, 0.06), *(box(x, 0.4, 0.07, 0.44) for x in xs)]
    roof = np.array([(0.04, 0.34), (0.5, 0.08), (0.96, 0.34)])
    flutes = [np.array([(x + 0.035, 0.42), (x + 0.035, 0.82)]) for x in xs]
    return Figure((*parts, box(0.07, 0.34, 0.86, 0.07), roof), (*flutes, oval(0.5, 0.25, 0.08)), "temple")


def amphora(rng: Rng) -> Figure:
    swell = rng.uniform(-0.04, 0.06)
    body = outline(
        (0.42, 0.2),
        (0.34, 0.36),
        (0.24 - swell, 0.5),
        (0.36, 0.78),
        (0.46, 0.94),
        (0.54, 0.94),
        (0.64, 0.78),
        (0.76 + swell, 0.5),
        (0.66, 0.36),
        (0.58, 0.2),
    )
    grips: list[list[Place]] = [[(0.4, 0.14), (0.22, 0.18), (0.28, 0.38)], [(0.6, 0.14), (0.78, 0.18), (0.72, 0.38)]]
    return Figure(
        (*(limb(g, (0.05, 0.045, 0.05)) for g in grips), body, box(0.38, 0.06, 0.24, 0.06), box(0.42, 0.1, 0.16, 0.14)),
        (spline([(0.28, 0.42), (0.5, 0.45), (0.72, 0.42)]), spline([(0.3, 0.6), (0.5, 0.63), (0.7, 0.6)])),
        "amphora",
    )


BEASTS: dict[str, Callable[[Rng], Figure]] = {
    "horse": horse, "bull": bull, "lion": lion, "ibex": goat, "stag": stag, "boar": boar, "griffin": griffin,
    "heron": heron, "eagle": eagle, "owl": owl, "dolphin": dolphin,
}  # fmt: skip
QUADRUPEDS = ("horse", "bull", "lion", "ibex", "stag", "boar", "griffin")
THINGS: dict[str, Callable[[Rng], Figure]] = {
    "ship": ship, "tree": tree, "palm": palm, "rosette": rosette, "star": star, "temple": temple, "amphora": amphora,
}  # fmt: skip
