"""Light on surfaces: noise, height fields, their slopes, occlusion, cast shadows and the reflection of one lamp."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import cv2
import numpy as np
import numpy.typing as npt

from heritage.demo.seeds import Rng

Rgb = npt.NDArray[np.uint8]
"""(H, W, 3) uint8, red first."""
Mask = npt.NDArray[np.uint8]
"""(H, W) uint8, 0 or 255 with soft edges."""
Field = npt.NDArray[np.floating[Any]]
"""float32 (in passing wider) picture or list of vectors, any shape; colours are 0..1, heights are in pixels."""
Colour = tuple[float, float, float]
"""Red, green, blue, each 0..1."""


def rgb_of(values: Iterable[float]) -> Colour:
    """Three numbers as a colour."""
    red, green, blue = values
    return float(red), float(green), float(blue)


def tinted(colour: Colour, factor: float, lift: float = 0.0) -> Colour:
    """A colour made lighter or darker, at most white."""
    return rgb_of(min(factor * c + lift, 1.0) for c in colour)


@dataclass(frozen=True, slots=True)
class Light:
    """One lamp and the light of the room, in camera space.

    `azimuth` is degrees clockwise from the top of the picture, `elevation` degrees above the picture plane
    (90 = from the camera), `ambient` and `strength` are relative to white = 1.
    """

    azimuth: float = -35.0
    elevation: float = 52.0
    colour: Colour = (1.0, 1.0, 1.0)
    ambient: float = 0.42
    strength: float = 0.75
    glare: float = 0.0

    def direction(self) -> Field:
        """Unit vector (3,) float32 towards the lamp: x right, y up, z to the viewer."""
        azimuth, elevation = np.radians(self.azimuth), np.radians(self.elevation)
        flat = np.cos(elevation)
        return np.array([flat * np.sin(azimuth), flat * np.cos(azimuth), np.sin(elevation)], np.float32)


def blurred(field: npt.ArrayLike, sigma: float) -> Field:
    """Gaussian blur, `sigma` in pixels; float32."""
    return np.asarray(cv2.GaussianBlur(np.asarray(field, np.float32), (0, 0), sigma), np.float32)


def depth_inside(alpha: Field) -> Field:
    """Distance of each place to the border of a silhouette (H, W) 0..1, in pixels; 0 outside."""
    return np.asarray(cv2.distanceTransform((alpha > 0.5).astype(np.uint8), cv2.DIST_L2, 5), np.float32)


def noise(rng: Rng, shape: tuple[int, int], cells: float, octaves: int = 3) -> Field:
    """Smooth value noise (H, W) float32, about -1..1; `cells` = blobs along the shorter side in the first octave."""
    if min(shape) / (cells * 2 ** (octaves - 1)) > 9:  # nothing finer than 9 pixels: half the size is enough
        half = noise(rng, ((shape[0] + 1) // 2, (shape[1] + 1) // 2), cells, octaves)
        return np.asarray(cv2.resize(half, (shape[1], shape[0]), interpolation=cv2.INTER_LINEAR), np.float32)
    total = np.zeros(shape, np.float32)
    weight = 1.0
    for octave in range(octaves):
        step = min(shape) / (cells * 2**octave)
        grid = rng.standard_normal((int(shape[0] / step) + 3, int(shape[1] / step) + 3)).astype(np.float32)
        total += weight * cv2.resize(grid, (shape[1], shape[0]), interpolation=cv2.INTER_CUBIC)
        weight *= 0.5
    return (total * 0.5).astype(np.float32)


def grain(rng: Rng, shape: tuple[int, int]) -> Field:
    """Per-pixel Gaussian noise (H, W) float32, standard deviation 1; tiled from 256x256 because drawing is slow."""
    tile = rng.standard_normal((256, 256)).astype(np.float32)
    repeats = (shape[0] // 256 + 1, shape[1] // 256 + 1)
    return np.tile(tile, repeats)[: shape[0], : shape[1]]


def cell_edges(rng: Rng, shape: tuple[int, int], count: int) -> Field:
    """Edges of random Voronoi cells (H, W) float32: 1 on an edge, else 0. Cracks of paint, glaze and clay."""
    seeds = np.full(shape, 255, np.uint8)
    seeds[rng.integers(0, shape[0], count), rng.integers(0, shape[1], count)] = 0
    _, labels = cv2.distanceTransformWithLabels(seeds, cv2.DIST_L2, 5, labelType=cv2.DIST_LABEL_PIXEL)
    wobble = cv2.merge([noise(rng, shape, 40, 2), noise(rng, shape, 40, 2)]) * 4
    rows, columns = np.indices(shape, np.float32)
    warped = cv2.remap(
        labels.astype(np.float32), columns + wobble[..., 0], rows + wobble[..., 1], cv2.INTER_NEAREST,
        borderMode=cv2.BORDER_REPLICATE,
    )  # fmt: skip
    edges = np.zeros(shape, np.float32)
    edges[:, 1:] = warped[:, 1:] != warped[:, :-1]
    edges[1:] = np.maximum(edges[1:], warped[1:] != warped[:-1])
    return edges


def inflate(mask: Mask, roundness: float = 0.5) -> Field:
    """Pillow of a silhouette (H, W) float32: 0 at its border, at most 1 in the thickest place."""
    distance = cv2.distanceTransform((mask > 127).astype(np.uint8), cv2.DIST_L2, 3)
    top = max(float(distance.max()), 1.0)
    return cv2.GaussianBlur(((distance / top) ** roundness).astype(np.float32), (0, 0), 1.2).astype(np.float32)


def slopes(height: Field) -> tuple[Field, Field]:
    """Slope of a height field (H, W) to the right and upwards, each (H, W) float32."""
    right = cv2.Sobel(height, cv2.CV_32F, 1, 0, ksize=3, scale=0.125)
    down = cv2.Sobel(height, cv2.CV_32F, 0, 1, ksize=3, scale=0.125)
    return right.astype(np.float32), (-down).astype(np.float32)


def hollows(height: Field, radius: float) -> Field:
    """How much sky each place sees, (H, W) float32, 1 = open, lower in hollows; `radius` in pixels."""
    small = cv2.resize(height, None, fx=0.5, fy=0.5, interpolation=cv2.INTER_AREA)
    around = cv2.GaussianBlur(small, (0, 0), radius / 2)
    lower = cv2.resize(around, (height.shape[1], height.shape[0])) - height
    return np.clip(1.0 - lower / radius, 0.35, 1.12).astype(np.float32)


def cast_shadow(height: Field, light: Field, reach: int = 12) -> Field:
    """Sunlit share of a height field (H, W) float32, 0..1, for a lamp direction (3,) in the field's own axes."""
    small = cv2.resize(height, None, fx=0.5, fy=0.5, interpolation=cv2.INTER_AREA)
    flat = float(np.hypot(light[0], light[1]))
    if flat < 0.05:
        return np.ones_like(height)
    rise = 2.0 * max(float(light[2]), 0.05) / flat
    blocked = np.zeros_like(small)
    for step in range(1, reach + 1):
        right, down = step * light[0] / flat, -step * light[1] / flat
        move = np.array([[1, 0, -right], [0, 1, -down]], np.float32)
        ahead = cv2.warpAffine(small, move, small.shape[::-1], borderMode=cv2.BORDER_REPLICATE)
        blocked = np.maximum(blocked, ahead - small - rise * step)
    lit = 1.0 - np.clip(blurred(blocked, 1.0) / 1.5, 0.0, 1.0)
    return np.asarray(cv2.resize(lit, (height.shape[1], height.shape[0])), np.float32)


def form_light(mask: Mask, depth: float, light: Colour = (-0.5, 0.6, 0.62)) -> Field:
    """Light on a pillow of a silhouette (H, W) float32, about 0.2..1.1: how a painter models a rounded form."""
    height = cv2.GaussianBlur(inflate(mask) * depth, (0, 0), max(depth * 0.12, 1.0))
    right, up = slopes(height.astype(np.float32))
    facing = (-right * light[0] - up * light[1] + light[2]) / np.sqrt(right**2 + up**2 + 1)
    return np.clip(0.35 + 0.85 * facing, 0.15, 1.2).astype(np.float32)


def mix(below: Field, above: Field | Colour, weight: Field) -> Field:
    """Blend two pictures (H, W, 3) by a weight (H, W) 0..1."""
    top = np.asarray(above, np.float32)
    return (below + (top - below) * weight[..., None]).astype(np.float32)
