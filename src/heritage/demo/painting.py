"""A painter's means: forms modelled with light, backgrounds, brush texture, craquelure and varnish."""

from collections.abc import Sequence

import cv2
import numpy as np

from heritage.demo.drawing import Figure, Placing, Points, fill, stroke
from heritage.demo.seeds import Rng
from heritage.demo.shading import Colour, Field, blurred, cell_edges, form_light, grain, noise, tinted


def shade_form(canvas: Field, part: Points, colour: Colour, depth: float = 0.35, softness: float = 0.0) -> None:
    """Paint one closed form as a rounded body lit from the upper left, in place.

    `canvas` (H, W, 3) float32; `depth` = roundness as a share of its size (0 = flat); `softness` in pixels.
    """
    low = np.maximum(np.floor(part.min(0)).astype(int) - 6, 0)
    high = np.minimum(np.ceil(part.max(0)).astype(int) + 7, (canvas.shape[1], canvas.shape[0]))
    if (high - low).min() < 3:
        return
    area = canvas[low[1] : high[1], low[0] : high[0]]
    mask = np.zeros(area.shape[:2], np.uint8)
    fill(mask, [part - low])
    light = form_light(mask, depth * min(area.shape[:2])) if depth else np.ones(area.shape[:2], np.float32)
    weight = mask / np.float32(255) if not softness else blurred(mask, softness) / 255
    cool = np.array([0.94, 0.97, 1.08], np.float32)  # shadows lean to blue as painters' shadows do
    body = np.asarray(colour, np.float32) * light[..., None] * np.where(light[..., None] < 0.75, cool, 1.0)
    area += (body - area) * weight[..., None]


def shade_figure(canvas: Field, figure: Figure, colours: Sequence[Colour], place: Placing) -> None:
    """Paint a figure part by part, cycling through colours, its lines in a darker tone."""
    moved = figure.moved(place)
    for index, part in enumerate(moved.parts):
        shade_form(canvas, part, colours[index % len(colours)], 0.3)
    dark = tinted(colours[0], 0.35)
    stroke(canvas, moved.lines, dark, max(place.height / 150, 1))


def gradient(shape: tuple[int, int], top: Colour, bottom: Colour) -> Field:
    """A vertical blend of two colours, (H, W, 3) float32."""
    t = np.linspace(0, 1, shape[0], dtype=np.float32)[:, None, None]
    row = np.asarray(top, np.float32) * (1 - t) + np.asarray(bottom, np.float32) * t
    return np.repeat(row, shape[1], 1).astype(np.float32)


def ridge(shape: tuple[int, int], level: float, rough: float, rng: Rng) -> Points:
    """The outline of a range of hills: everything below a wandering line at `level` (share of the height)."""
    xs = np.linspace(0, shape[1], 60)
    line = np.full(60, level * shape[0])
    for octave in range(1, 6):
        line += rng.normal(0, rough * shape[0] / octave) * np.sin(
            xs / shape[1] * np.pi * octave * rng.uniform(0.8, 1.6) + rng.uniform(0, 6)
        )
    return np.concatenate([np.column_stack([xs, line]), [(shape[1], shape[0]), (0, shape[0])]])


def brushwork(canvas: Field, rng: Rng, strength: float) -> tuple[Field, Field]:
    """Drag the paint along brush strokes: the picture (H, W, 3) and the relief of the paint (H, W) in pixels."""
    shape = canvas.shape[:2]
    rows, columns = np.indices(shape, np.float32)
    bend = noise(rng, shape, 14, 2) * 2.2 * strength
    dragged = cv2.remap(
        canvas, columns + bend, rows + bend[::-1] * 0.8, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REFLECT
    )
    hair = grain(rng, shape)
    strokes = np.where(noise(rng, shape, 6, 1) > 0, cv2.blur(hair, (13, 2)), cv2.blur(hair, (2, 13))) * 3.2
    painted = dragged * (1 + 0.03 * strength * strokes[..., None])
    return painted.astype(np.float32), (0.22 * strength * strokes).astype(np.float32)


def craquelure(canvas: Field, height: Field, rng: Rng, count: int) -> None:
    """A net of fine age cracks, stronger in some places, in place."""
    where = np.clip(0.55 + 0.6 * noise(rng, height.shape, 3, 2), 0, 1)
    net = cell_edges(rng, height.shape, count) * where
    canvas *= (1 - 0.2 * net)[..., None]
    height -= 0.3 * net


def varnish(canvas: Field, rng: Rng, age: float) -> Field:
    """Yellowed, uneven varnish over a picture (H, W, 3); `age` 0..1."""
    uneven = 1 - age * (0.25 + 0.1 * noise(rng, canvas.shape[:2], 2, 3))
    tint = np.array([1.0, 0.96, 0.8], np.float32) ** (2 * age)
    return np.asarray(canvas * uneven[..., None] * tint, np.float32)
