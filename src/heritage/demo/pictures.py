"""Painted things and places: still lifes, landscapes and seascapes.

Each takes the picture's (height, width) and three generators - of the workshop (manner, palette), of the pair
(composition) and of the single work (the variations of a replica) - and returns the picture (H, W, 3) float32 and its
subject in words.
"""

import numpy as np

from heritage.demo.beasts import amphora, horse, ship
from heritage.demo.drawing import Placing, box, limb, outline, oval, spline
from heritage.demo.easel import CLOTHS, Easel, pick
from heritage.demo.painting import gradient, ridge, shade_figure, shade_form
from heritage.demo.seeds import Rng
from heritage.demo.shading import Colour, Field, mix, noise, rgb_of, tinted

_FRUITS: dict[str, tuple[Colour, float]] = {
    "apples": ((0.7, 0.16, 0.12), 1.0), "lemons": ((0.88, 0.74, 0.2), 0.75), "plums": ((0.28, 0.14, 0.34), 0.75),
    "oranges": ((0.88, 0.5, 0.14), 0.95),
    "pears": ((0.66, 0.66, 0.28), 1.0), "peaches": ((0.88, 0.56, 0.38), 1.0),
}  # fmt: skip
_BOTTLE = outline((-0.02, -0.42), (0.02, -0.42), (0.024, -0.24), (0.075, -0.16), (0.075, 0.05), (-0.075, 0.05),
                  (-0.075, -0.16), (-0.024, -0.24))  # fmt: skip


def still_life(shape: tuple[int, int], shop: Rng, pair: Rng, own: Rng) -> tuple[Field, str]:
    """A table before a dark wall: a jug or flowers, a bowl, fruit, a knife."""
    cloth_name, cloth = pick(shop, CLOTHS)  # before the noise, whose draws depend on the size: cards must agree
    wall: Colour = rgb_of(shop.uniform(0.1, 0.32, 3))
    canvas = gradient(shape, tinted(wall, 0.7), tinted(wall, 1.4))
    easel = Easel(canvas * (1 + 0.1 * noise(shop, shape, 3, 3))[..., None].astype(np.float32))
    edge = float(pair.uniform(0.66, 0.74))
    easel.form(box(-0.1, edge, 1.2, 0.5), cloth, 0.05)
    folds = [spline([(x, edge + 0.1), (x + 0.02, 0.9), (x - 0.02, 1.0)]) for x in pair.uniform(0, 1, 5)]
    easel.lines(folds, tinted(cloth, 0.7), 1 / 60)
    tall = _tall_thing(easel, (float(pair.uniform(0.2, 0.36)), edge), pair)
    if pair.random() < 0.5:
        tall += " and " + _tall_thing(easel, (float(pair.uniform(0.72, 0.86)), edge + 0.02), pair)
    first, second = (str(x) for x in own.choice(list(_FRUITS), 2, replace=False))
    _bowl(easel, (0.56, edge + 0.06), first, pair)
    for k in range(int(own.integers(3, 6))):
        _fruit(easel, (0.14 + 0.17 * k + own.uniform(-0.03, 0.03), edge + 0.16 + own.uniform(-0.02, 0.03)), second)
    if own.random() < 0.4:
        easel.form(limb([(0.5, 0.97), (0.68, 0.9)], (0.012, 0.014)), (0.75, 0.75, 0.74), 0.4)
        easel.form(limb([(0.68, 0.9), (0.8, 0.855)], (0.024, 0.026)), (0.25, 0.16, 0.1), 0.5)
    return easel.canvas, f"still life with {tall}, a bowl of {first} and {second} on a {cloth_name} cloth"


def _fruit(easel: Easel, place: tuple[float, float], name: str) -> None:
    colour, size = _FRUITS[name]
    ratio = easel.size[0] / easel.size[1]
    x, y, wide = *place, 0.11 * size
    easel.form(oval(x + 0.015, y + wide * ratio * 0.46, wide * 1.2, 0.025), (0.06, 0.05, 0.05), 0, 4)
    if name == "pears":
        easel.form(
            limb(
                [(x, y - wide * ratio * 0.9), (x, y - wide * ratio * 0.3), (x, y + wide * ratio * 0.1)],
                (wide * 0.4, wide * 0.6, wide),
            ),
            colour,
            0.5,
        )
    easel.form(oval(x, y, wide, wide * ratio), colour, 0.5)
    easel.form(
        oval(x - wide * 0.2, y - wide * ratio * 0.22, wide * 0.18, wide * ratio * 0.14),
        (0.97, 0.95, 0.88),
        0,
        2,
    )
    easel.lines([spline([(x, y - wide * ratio * 0.4), (x + 0.008, y - wide * ratio * 0.62)])], (0.2, 0.13, 0.07), 0.004)


def _bowl(easel: Easel, place: tuple[float, float], fruit: str, rng: Rng) -> None:
    x, y = place
    colour: Colour = rgb_of(rng.uniform(0.4, 0.85, 3))
    easel.form(oval(x + 0.02, y + 0.075, 0.42, 0.05), (0.06, 0.05, 0.05), 0, 6)
    easel.form(oval(x, y - 0.06, 0.38, 0.08), tinted(colour, 0.4), 0)
    for dx, dy in ((-0.1, -0.07), (0.1, -0.07), (0.0, -0.08), (-0.05, -0.14), (0.06, -0.14)):
        _fruit(easel, (x + dx, y + dy), fruit)
    easel.form(
        outline(
            (x - 0.19, y - 0.06),
            (x, y - 0.025),
            (x + 0.19, y - 0.06),
            (x + 0.12, y + 0.05),
            (x + 0.06, y + 0.08),
            (x - 0.06, y + 0.08),
            (x - 0.12, y + 0.05),
        ),
        colour,
        0.5,
    )
    easel.lines([spline([(x - 0.165, y - 0.01), (x, y + 0.025), (x + 0.165, y - 0.01)])], (0.2, 0.28, 0.5), 0.006)


def _tall_thing(easel: Easel, place: tuple[float, float], rng: Rng) -> str:
    x, base = place
    kind = str(rng.choice(["a jug", "a vase of flowers", "a bottle", "a candlestick"]))
    tone: Colour = rgb_of(rng.uniform(0.25, 0.75, 3))
    if kind == "a candlestick":
        _candlestick(easel, x, base)
    elif kind == "a bottle":
        easel.form(_BOTTLE + np.array([x, base]), (0.13, 0.24, 0.16), 0.5)
        easel.form(limb([(x - 0.045, base - 0.12), (x - 0.045, base)], (0.012, 0.012)), (0.8, 0.88, 0.82), 0, 1)
    else:
        size = 0.5 if kind == "a jug" else 0.36
        wide, tall = easel.size
        put = Placing(x * wide - size * tall / 2, (base + 0.08 - size) * tall, size * tall, size * tall)
        shade_figure(easel.canvas, amphora(rng), (tone,), put)
        if kind == "a vase of flowers":
            _flowers(easel, (x, base - 0.24), rng)
    return kind


def _candlestick(easel: Easel, x: float, base: float) -> None:
    brass: Colour = (0.78, 0.62, 0.28)
    easel.form(oval(x, base + 0.06, 0.16, 0.045), brass, 0.5)
    easel.form(limb([(x, base + 0.05), (x, base - 0.1), (x, base - 0.14)], (0.04, 0.03, 0.06)), brass, 0.5)
    easel.form(limb([(x, base - 0.15), (x, base - 0.4)], (0.035, 0.033)), (0.92, 0.88, 0.76), 0.5)
    easel.form(limb([(x, base - 0.41), (x, base - 0.48)], (0.03, 0.005)), (1.0, 0.8, 0.35), 0, 2)


def _flowers(easel: Easel, place: tuple[float, float], rng: Rng) -> None:
    x, y = place
    ratio = easel.size[0] / easel.size[1]
    for _ in range(9):
        dx, dy = rng.uniform(-0.15, 0.15), rng.uniform(-0.26, -0.02)
        easel.lines(
            [spline([(x, y + 0.05), (x + dx * 0.5, y + dy * 0.5), (x + dx, y + dy)])], (0.18, 0.32, 0.16), 0.004
        )
        easel.form(
            limb([(x + dx * 0.4, y + dy * 0.4), (x + dx * 0.9 + 0.05, y + dy * 0.4)], (0.03, 0.008)),
            (0.2, 0.36, 0.18),
            0.4,
        )
        colour: Colour = rgb_of(np.array((0.86, 0.6, 0.5)) * rng.uniform(0.5, 1.1, 3))
        for angle in np.linspace(0, 2 * np.pi, 7)[:-1]:
            easel.form(
                oval(x + dx + 0.026 * np.cos(angle), y + dy + 0.026 * ratio * np.sin(angle), 0.036, 0.036 * ratio),
                colour,
                0.4,
            )
        easel.form(oval(x + dx, y + dy, 0.022, 0.022 * ratio), (0.86, 0.7, 0.24), 0.5)


_SKIES: tuple[tuple[Colour, Colour], ...] = (
    ((0.3, 0.46, 0.66), (0.82, 0.84, 0.8)), ((0.4, 0.44, 0.52), (0.9, 0.74, 0.52)), ((0.36, 0.4, 0.44), (0.7, 0.7,
        0.66)), ((0.24, 0.28, 0.44), (0.88, 0.6, 0.42)),
)  # fmt: skip


def _sky(shape: tuple[int, int], rng: Rng) -> Field:
    top, low = _SKIES[int(rng.integers(0, len(_SKIES)))]
    canvas = gradient(shape, top, low)
    clouds = np.clip(noise(rng, (shape[0] // 2 + 1, shape[1]), 4, 4) - 0.15, 0, 0.8)
    white = np.zeros(shape, np.float32)
    white[: clouds.shape[0]] = clouds[: shape[0]]
    return mix(canvas, (0.94, 0.92, 0.88), white)


def landscape(shape: tuple[int, int], shop: Rng, pair: Rng, own: Rng) -> tuple[Field, str]:
    """Hills behind hills, a river, trees, a house or tower, an animal in front."""
    easel = Easel(_sky(shape, shop))
    green = np.array(shop.uniform((0.2, 0.28, 0.1), (0.42, 0.44, 0.24)))
    level = float(pair.uniform(0.42, 0.5))
    for k in range(4):
        far = 1 - k / 3
        colour: Colour = rgb_of(green * (1 - 0.55 * far) + np.array((0.5, 0.58, 0.66)) * 0.62 * far)
        shade_form(easel.canvas, ridge(shape, level + 0.12 * k, 0.05 / (1 + 0.5 * k), pair), colour, 0.06)
    bend = pair.uniform(-0.1, 0.1, 3)
    river = limb(
        [(0.55 + bend[0], level + 0.2), (0.45 + bend[1], level + 0.3), (0.6 + bend[2], 0.85), (0.5, 1.05)],
        (0.02, 0.06, 0.16, 0.34),
    )
    if pair.random() < 0.65:
        easel.form(river, (0.5, 0.6, 0.66), 0.04)
    words = [_building(easel, (float(pair.uniform(0.12, 0.8)), level + 0.24), own)]
    count = int(own.integers(2, 6))
    for x in np.sort(pair.uniform(0.02, 0.92, 6))[:count]:
        _leafy(easel, (float(x), level + float(pair.uniform(0.24, 0.42))), float(pair.uniform(0.16, 0.34)), pair)
    if own.random() < 0.6:
        size = 0.2 * shape[0]
        shade_figure(
            easel.canvas,
            horse(own),
            ((0.3, 0.18, 0.1),),
            Placing(own.uniform(0.2, 0.7) * shape[1], 0.76 * shape[0], size, size, bool(own.random() < 0.5)),
        )
        words.append("a horse in front")
    return easel.canvas, f"hilly landscape with {count} trees, " + ", ".join(words)


def _leafy(easel: Easel, foot: tuple[float, float], size: float, rng: Rng) -> None:
    ratio = easel.size[1] / easel.size[0]
    x, y = foot
    easel.form(limb([(x, y), (x + 0.01, y - size * 0.5)], (0.022, 0.012)), (0.24, 0.16, 0.1), 0.5)
    tone = np.array((0.16, 0.28, 0.1)) * rng.uniform(0.8, 1.5)
    for _ in range(9):
        dx, dy = rng.normal(0, 0.2) * size * ratio, -size * rng.uniform(0.4, 1.0)
        blob = size * rng.uniform(0.28, 0.44)
        easel.form(
            oval(x + dx, y + dy, blob * ratio, blob * 0.85),
            rgb_of(tone * rng.uniform(0.85, 1.25)),
            0.5,
            1.5,
        )


def _building(easel: Easel, foot: tuple[float, float], rng: Rng) -> str:
    kind = str(rng.choice(["a cottage", "a tower", "a mill", "a church"]))
    x, y = foot
    wall: Colour = (0.8, 0.74, 0.62)
    if kind == "a tower":
        easel.form(box(x, y - 0.24, 0.07, 0.24), (0.6, 0.56, 0.5), 0.2)
        for k in range(3):
            easel.form(box(x - 0.008 + 0.032 * k, y - 0.265, 0.02, 0.03), (0.6, 0.56, 0.5), 0)
    else:
        easel.form(box(x, y - 0.1, 0.14, 0.1), wall, 0.1)
        roof = [(x - 0.015, y - 0.1), (x + 0.03, y - 0.18), (x + 0.11, y - 0.18), (x + 0.155, y - 0.1)]
        easel.form(np.array(roof), (0.5, 0.24, 0.16), 0.1)
    if kind == "a church":
        easel.form(box(x - 0.05, y - 0.2, 0.055, 0.2), wall, 0.2)
        spire = [(x - 0.055, y - 0.2), (x - 0.023, y - 0.33), (x + 0.01, y - 0.2)]
        easel.form(np.array(spire), (0.34, 0.34, 0.38), 0.1)
    for angle in np.radians([30, 120, 210, 300]) if kind == "a mill" else ():
        tip = (x + 0.07 + 0.1 * np.cos(angle), y - 0.16 + 0.14 * np.sin(angle))
        easel.form(limb([(x + 0.07, y - 0.16), tip], (0.008, 0.03)), (0.84, 0.8, 0.7), 0)
    across, up = (0.0, 0.08) if kind == "a tower" else (0.06, 0.0)
    for k in range(2):
        easel.form(box(x + 0.025 + across * k, y - 0.07 - up * k, 0.02, 0.035), (0.12, 0.1, 0.1), 0)
    return kind


def seascape(shape: tuple[int, int], shop: Rng, pair: Rng, own: Rng) -> tuple[Field, str]:
    """Ships on waves under a wide sky, a coast behind."""
    easel = Easel(_sky(shape, shop))
    level = float(pair.uniform(0.52, 0.6))
    if pair.random() < 0.7:
        shade_form(easel.canvas, ridge(shape, level - 0.05, 0.03, pair), (0.46, 0.5, 0.54), 0.05)
    sea: Colour = rgb_of(shop.uniform((0.14, 0.28, 0.32), (0.26, 0.42, 0.5)))
    easel.form(box(-0.1, level, 1.2, 1.0), sea, 0.03)
    count = int(own.integers(2, 5))
    sails = [(0.9, 0.87, 0.78), (0.62, 0.25, 0.18), (0.78, 0.66, 0.42)]
    for k in range(count):
        size = (0.2 + 0.17 * k) * shape[0] * pair.uniform(0.85, 1.1)
        x, y = pair.uniform(0.02, 0.9) * shape[1] - size * 0.3, level * shape[0] - size * (0.74 - 0.06 * k)
        colours = [(0.28, 0.18, 0.12)] * 12 + [sails[int(own.integers(0, 3))]]
        vessel = ship(own)
        hull_and_sail = [colours[0]] * (len(vessel.parts) - 1) + [colours[-1]]
        shade_figure(easel.canvas, vessel, hull_and_sail, Placing(x, y, size, size, bool(pair.random() < 0.5)))
    for k in range(26):
        y = level + 0.02 + (1 - level) * (k / 26) ** 1.3
        x, wide = pair.uniform(0, 1), 0.05 + 0.16 * (k / 26)
        foam = (0.78, 0.83, 0.84) if k % 3 else (0.5, 0.6, 0.64)
        easel.form(
            limb([(x, y), (x + wide * 0.5, y - 0.008), (x + wide, y + 0.004)], (0.003, 0.006 + 0.008 * k / 26, 0.003)),
            foam,
            0,
            1.2,
        )
    return easel.canvas, f"seascape with {count} ships"
