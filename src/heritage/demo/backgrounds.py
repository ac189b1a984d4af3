"""Where an officer lays an object down, and what lies about: table, cloth, car boot, concrete; clutter and covers.

Pictures are (H, W, 3) float32, 0..1; everything is drawn in place unless a new picture is returned.
"""

from collections.abc import Callable

import cv2
import numpy as np

from heritage.demo.drawing import Points, box, fill, lettering, limb, outline, oval, spline, stroke
from heritage.demo.painting import shade_form
from heritage.demo.seeds import Rng
from heritage.demo.shading import Colour, Field, cell_edges, grain, noise, rgb_of, slopes, tinted

Shape = tuple[int, int]


def _flat(shape: Shape, colour: Colour) -> Field:
    return np.full((*shape, 3), colour, np.float32)


def _lit(albedo: Field, height: Field, amount: float) -> Field:
    right, up = slopes(height)
    return (albedo * np.clip(1 - amount * (up - right), 0.3, 1.6)[..., None]).astype(np.float32)


def table(shape: Shape, rng: Rng) -> Field:
    """Wooden boards with grain and gaps."""
    tone = (np.array((0.62, 0.42, 0.26)) * rng.uniform(0.5, 1.1) + rng.uniform(0, 0.1)).astype(np.float32)
    fibres = cv2.resize(
        noise(rng, (shape[0], max(shape[1] // 14, 8)), 50, 3), shape[::-1], interpolation=cv2.INTER_CUBIC
    )
    albedo = tone * (1 + 0.16 * fibres + 0.06 * noise(rng, shape, 3, 2))[..., None]
    gap = int(shape[0] / rng.uniform(3, 6))
    for index, row in enumerate(range(gap // 2, shape[0], gap)):
        albedo[row : row + 3] *= 0.4
        albedo[row + 3 : row + gap] *= 1 + 0.12 * np.sin(index * 2.4)
    return albedo.astype(np.float32)


def cloth(shape: Shape, rng: Rng) -> Field:
    """A blanket or sheet with folds, sometimes checked."""
    tone = (rng.uniform(0.2, 0.7, 3) * 0.45 + rng.uniform(0.1, 0.42)).astype(
        np.float32
    )  # household colours, seldom bright
    albedo = _flat(shape, (1, 1, 1)) * tone
    if rng.random() < 0.5:
        rows, columns = np.indices(shape)
        size = int(rng.integers(24, 70))
        albedo *= (1 - 0.22 * ((rows // size) % 2) - 0.22 * ((columns // size) % 2))[..., None]
    folds = noise(rng, shape, 2.5, 3) * 60 + 1.2 * grain(rng, shape)
    return _lit(albedo, folds.astype(np.float32), 0.45)


def car_boot(shape: Shape, rng: Rng) -> Field:
    """Dark felt between plastic side walls, a bright sill in front."""
    albedo = (
        _flat(shape, (0.17, 0.17, 0.18)) * (1 + 0.16 * grain(rng, shape) + 0.1 * noise(rng, shape, 4, 3))[..., None]
    )
    albedo = albedo.astype(np.float32)
    wide, tall = shape[1], shape[0]
    shade_form(
        albedo,
        np.array([(0, 0), (wide * 0.12, 0), (wide * 0.07, tall), (0, tall)], np.float64),
        (0.26, 0.26, 0.27),
        0.4,
    )
    shade_form(
        albedo,
        np.array([(wide, 0), (wide * 0.88, 0), (wide * 0.93, tall), (wide, tall)], np.float64),
        (0.26, 0.26, 0.27),
        0.4,
    )
    sill = tall * rng.uniform(0.9, 0.95)
    shade_form(albedo, box(0, sill, wide, tall), (0.34, 0.34, 0.36), 0.3)
    shade_form(albedo, box(0, sill - tall * 0.02, wide, tall * 0.022), rgb_of(rng.uniform(0.3, 0.8, 3)), 0.4)
    stroke(albedo, [box(wide * 0.3, tall * 0.03, wide * 0.4, tall * 0.05)], (0.08, 0.08, 0.08), 4, closed=True)
    return albedo


def concrete(shape: Shape, rng: Rng) -> Field:
    """Grey floor with stains, pores and a crack."""
    tone = rng.uniform(0.42, 0.62)
    albedo = (
        _flat(shape, (tone, tone * 0.98, tone * 0.95))
        * (1 + 0.12 * noise(rng, shape, 3, 5) + 0.05 * grain(rng, shape))[..., None]
    )
    pores = noise(rng, shape, 90, 1) > 1.05
    albedo[pores] *= 0.7
    albedo *= (1 - 0.5 * cell_edges(rng, shape, 3))[..., None]
    return albedo.astype(np.float32)


def cardboard(shape: Shape, rng: Rng) -> Field:
    """The bottom of a box: corrugated brown board with a seam and a strip of tape."""
    rows, _ = np.indices(shape)
    albedo = (
        _flat(shape, (0.66, 0.5, 0.34)) * (1 + 0.04 * np.sin(rows / 2.6) + 0.05 * noise(rng, shape, 5, 3))[..., None]
    )
    albedo = albedo.astype(np.float32)
    seam = shape[1] * rng.uniform(0.3, 0.7)
    shade_form(albedo, box(seam - 30, -20, 60, shape[0] + 40), (0.72, 0.58, 0.38), 0)
    stroke(albedo, [np.array([(seam, 0), (seam, shape[0])])], (0.3, 0.22, 0.14), 2)
    return albedo


def counter(shape: Shape, rng: Rng) -> Field:
    """A steel inspection counter, brushed and scratched."""
    brushed = cv2.blur(grain(rng, shape), (61, 1)) * 3
    tone = 0.58 + 0.1 * noise(rng, shape, 2, 2) + 0.05 * brushed
    return np.asarray(tone[..., None] * np.array((0.97, 1.0, 1.03)), np.float32)


BACKGROUNDS: dict[str, Callable[[Shape, Rng], Field]] = {
    "wooden table": table, "blanket": cloth, "car boot": car_boot, "concrete floor": concrete,
    "cardboard box": cardboard, "steel counter": counter,
}  # fmt: skip


def _turned(points: Points, place: tuple[float, float], size: float, angle: float) -> Points:
    turn = np.radians(angle)
    return np.asarray(
        (points - 0.5) * size @ np.array([[np.cos(turn), np.sin(turn)], [-np.sin(turn), np.cos(turn)]]) + place
    )


def _shadow(canvas: Field, part: Points, size: float) -> None:
    shade_form(canvas, part + size * 0.03, (0.07, 0.07, 0.08), 0, max(size * 0.02, 2))


def phone(canvas: Field, place: tuple[float, float], size: float, rng: Rng) -> None:
    """A telephone, screen up."""
    angle = rng.uniform(-60, 60)
    body = _turned(
        outline((0.3, 0.04), (0.7, 0.04), (0.74, 0.1), (0.74, 0.9), (0.7, 0.96), (0.3, 0.96), (0.26, 0.9), (0.26, 0.1)),
        place,
        size,
        angle,
    )
    _shadow(canvas, body, size)
    shade_form(canvas, body, (0.1, 0.1, 0.11), 0.05)
    shade_form(canvas, _turned(box(0.3, 0.12, 0.4, 0.74), place, size, angle), (0.16, 0.2, 0.28), 0)
    shade_form(
        canvas,
        _turned(np.array([(0.3, 0.12), (0.5, 0.12), (0.36, 0.86), (0.3, 0.86)]), place, size, angle),
        (0.24, 0.28, 0.36),
        0,
    )


def pen(canvas: Field, place: tuple[float, float], size: float, rng: Rng) -> None:
    """A ball pen."""
    angle = rng.uniform(0, 180)
    colour: Colour = rgb_of(rng.uniform(0.1, 0.7, 3))
    barrel = _turned(limb([(0.5, 0.04), (0.5, 0.9), (0.5, 1.0)], (0.06, 0.06, 0.015)), place, size, angle)
    _shadow(canvas, barrel, size)
    shade_form(canvas, barrel, colour, 0.5)
    shade_form(
        canvas, _turned(limb([(0.53, 0.08), (0.53, 0.4)], (0.02, 0.02)), place, size, angle), (0.8, 0.8, 0.8), 0.4
    )


def keys(canvas: Field, place: tuple[float, float], size: float, rng: Rng) -> None:
    """A ring with three keys."""
    turn = rng.uniform(0, 360)
    stroke(
        canvas, [_turned(oval(0.5, 0.3, 0.3), place, size, turn)], (0.62, 0.62, 0.6), max(size * 0.03, 2), closed=True
    )
    for spread in (-28, 0, 26):
        key = _turned(
            limb([(0.5, 0.46), (0.5, 0.6), (0.5, 0.62), (0.5, 0.95)], (0.16, 0.18, 0.06, 0.06)),
            place,
            size,
            turn + spread,
        )
        _shadow(canvas, key, size)
        shade_form(canvas, key, (0.72, 0.66, 0.46), 0.3)


def cup(canvas: Field, place: tuple[float, float], size: float, rng: Rng) -> None:
    """A paper cup of coffee from above."""
    rim = _turned(oval(0.5, 0.5, 0.8), place, size, 0)
    _shadow(canvas, rim, size * 1.6)
    shade_form(canvas, rim, (0.88, 0.87, 0.84), 0.3)
    shade_form(canvas, _turned(oval(0.5, 0.5, 0.66), place, size, 0), (0.2, 0.12, 0.07), 0.08)


def scale_bar(canvas: Field, place: tuple[float, float], size: float, rng: Rng) -> None:
    """A black and white photographer's scale."""
    ruler(canvas, place, size, float(rng.choice([0, 90, 4, 86])))


def ruler(canvas: Field, place: tuple[float, float], size: float, angle: float) -> None:
    """The scale itself, turned by `angle` degrees."""
    base = _turned(box(0.0, 0.42, 1.0, 0.16), place, size, angle)
    _shadow(canvas, base, size * 0.5)
    shade_form(canvas, base, (0.93, 0.93, 0.9), 0)
    for k in range(10):
        if k % 2 == 0:
            shade_form(canvas, _turned(box(0.1 * k, 0.44, 0.1, 0.06), place, size, angle), (0.06, 0.06, 0.06), 0)


def tag(canvas: Field, place: tuple[float, float], size: float, rng: Rng) -> None:
    """An evidence tag on a string, with a number."""
    angle = rng.uniform(-50, 50)
    card = _turned(
        np.array([(0.1, 0.3), (0.8, 0.3), (0.92, 0.42), (0.92, 0.58), (0.8, 0.7), (0.1, 0.7)]), place, size, angle
    )
    _shadow(canvas, card, size)
    shade_form(canvas, card, (0.86, 0.74, 0.42), 0)
    stroke(
        canvas,
        [_turned(spline([(0.86, 0.5), (1.0, 0.4), (1.1, 0.6), (1.3, 0.45)]), place, size, angle)],
        (0.8, 0.78, 0.7),
        2,
    )
    for k in range(3):
        stroke(
            canvas,
            [
                _turned(
                    np.array([(0.18, 0.4 + 0.1 * k), (0.18 + rng.uniform(0.3, 0.5), 0.4 + 0.1 * k)]), place, size, angle
                )
            ],
            (0.2, 0.16, 0.14),
            2,
        )


CLUTTER: tuple[Callable[[Field, tuple[float, float], float, Rng], None], ...] = (phone, pen, keys, cup, scale_bar, tag)


def hand(canvas: Field, place: tuple[float, float], size: float, rng: Rng) -> None:
    """A hand (sometimes gloved) reaching in from below, fingers over the object."""
    skin: Colour = ((0.8, 0.6, 0.48), (0.55, 0.38, 0.28), (0.24, 0.38, 0.62), (0.86, 0.86, 0.84))[
        int(rng.integers(0, 4))
    ]
    tilt = rng.uniform(-35, 35)
    palm = _turned(
        outline((0.28, 0.52), (0.5, 0.46), (0.76, 0.52), (0.82, 0.75), (0.78, 1.5), (0.26, 1.5), (0.22, 0.75)),
        place,
        size,
        tilt,
    )
    _shadow(canvas, palm, size)
    shade_form(canvas, palm, skin, 0.25)
    for k, reach in enumerate((0.14, 0.02, 0.0, 0.1)):
        x = 0.3 + 0.135 * k
        finger = _turned(
            limb([(x, 0.62), (x - 0.01, 0.36), (x - 0.015 * (2 - k), reach + 0.06)], (0.14, 0.13, 0.1)),
            place,
            size,
            tilt,
        )
        _shadow(canvas, finger, size * 0.5)
        shade_form(canvas, finger, skin, 0.5)
        nail: Colour = tinted(skin, 1.15)
        shade_form(canvas, _turned(oval(x - 0.015 * (2 - k), reach + 0.08, 0.055, 0.07), place, size, tilt), nail, 0.2)
    thumb = _turned(limb([(0.24, 0.9), (0.1, 0.66), (0.06, 0.48)], (0.2, 0.15, 0.12)), place, size, tilt)
    shade_form(canvas, thumb, skin, 0.5)


def tape(canvas: Field, place: tuple[float, float], size: float, rng: Rng) -> None:
    """A strip of evidence tape across the object."""
    angle = rng.uniform(-70, 70)
    strip = _turned(box(-0.4, 0.42, 1.8, 0.15), place, size, angle)
    shade_form(canvas, strip, (0.86, 0.74, 0.2) if rng.random() < 0.5 else (0.62, 0.46, 0.28), 0.03)
    word = lettering("EVIDENCE", max(int(size * 0.07), 6))
    for k in range(3):
        spot = np.array(place) + np.array([np.cos(np.radians(angle)), np.sin(np.radians(angle))]) * size * (k - 1) * 0.6
        turn = cv2.getRotationMatrix2D((word.shape[1] / 2, word.shape[0] / 2), -angle, 1)
        turn[:, 2] += spot - (word.shape[1] / 2, word.shape[0] / 2)
        ink = cv2.warpAffine(word, turn, canvas.shape[1::-1]).astype(np.float32) / 255
        canvas *= (1 - 0.8 * ink)[..., None]


def rag(canvas: Field, place: tuple[float, float], size: float, rng: Rng) -> None:
    """A cloth thrown over one side."""
    tone: Colour = rgb_of(rng.uniform(0.2, 0.7, 3) * 0.5 + 0.2)
    angle = np.linspace(0, 2 * np.pi, 9, endpoint=False) + rng.uniform(0, 6)
    reach = size * rng.uniform(0.45, 0.8, 9)
    edge = outline(
        *((place[0] + float(r * np.cos(a)), place[1] + float(r * np.sin(a))) for a, r in zip(angle, reach, strict=True))
    )
    _shadow(canvas, edge, size)
    mask = np.zeros(canvas.shape[:2], np.uint8)
    fill(mask, [edge])
    folds = noise(rng, canvas.shape[:2], 5, 2) * 26 + 0.5 * grain(rng, canvas.shape[:2])
    draped = _lit(_flat(canvas.shape[:2], tone), folds.astype(np.float32), 0.5)
    canvas += (draped - canvas) * (mask.astype(np.float32) / 255)[..., None]


def bubble_wrap(canvas: Field, place: tuple[float, float], size: float, rng: Rng) -> None:
    """Half-transparent wrapping with rows of bubbles."""
    mask = np.zeros(canvas.shape[:2], np.uint8)
    corners = (
        np.array([(-0.75, -0.6), (0.7, -0.7), (0.8, 0.6), (0.1, 0.72), (-0.7, 0.62)]) * rng.uniform(0.8, 1.1, (5, 2))
        + 0.5
    )
    fill(mask, [_turned(corners, place, size, rng.uniform(0, 360))])
    rows, columns = np.indices(mask.shape)
    cell = max(int(size / 10), 9)
    left, top = (columns + (rows // cell % 2) * cell / 2) % cell / cell - 0.5, rows % cell / cell - 0.5
    distance = np.hypot(left, top)
    bubble = 0.5 * (np.abs(distance - 0.4) < 0.06) + 0.6 * np.exp(
        -(((left + 0.14) / 0.1) ** 2 + ((top + 0.16) / 0.08) ** 2)
    )
    canvas += (0.8 - canvas) * ((0.16 + 0.5 * bubble) * mask / 255)[..., None].astype(np.float32)


COVERS: dict[str, Callable[[Field, tuple[float, float], float, Rng], None]] = {
    "a hand": hand, "evidence tape": tape, "a cloth": rag, "bubble wrap": bubble_wrap,
}  # fmt: skip
