"""A descriptor that no network learned: how colours and patches of a picture differ from those of pictures at large.

Improved Fisher vectors (Perronnin, Sanchez & Mensink, ECCV 2010) of dense RootSIFT with colour, and of colour alone;
beside them colour histograms of object and ground, and of gradients. A linear projection, learned on views of the
same objects, keeps what views share (`scripts/fit_fisher.py`). It knows material, paint and grain, where a small
network knows shape; the two are joined in `joined_embedder.py`.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Self

import cv2
import numpy as np
import numpy.typing as npt

from heritage.domain.images import Rgb
from heritage.vision.turning import shrunk

Floats = npt.NDArray[np.float32]

LONG_SIDES = (96, 64, 44)  # px; patches of one size at three scales
FIRST_LONG_SIDE = 192  # px; a large picture is shrunk once, and from there to each of these
CELL, CELLS, STRIDE = 4, 4, 4  # px: a patch is 4 x 4 cells of 4 x 4 px, one every 4 px
DIRECTIONS = 8
FAINT = 24.0  # summed gradient below which a patch counts as plain
LAB_CENTRE = np.array([128, 128, 128, 0, 0, 0], np.float32)
PATCH_COLOUR_SCALE = np.array([60, 16, 16, 25, 6, 6], np.float32)
SPOT_COLOUR_SCALE = np.array([60, 16, 16, 12, 4, 4], np.float32)
HISTOGRAM_WEIGHT, GRADIENT_WEIGHT = 0.6, 0.4


@dataclass(frozen=True, slots=True, eq=False)
class Mixture:
    """A Gaussian mixture with diagonal covariances: ``weights`` (k,), ``means`` and ``variances`` (k, d), float32."""

    weights: Floats
    means: Floats
    variances: Floats

    def posteriors(self, samples: Floats) -> Floats:
        """(count, k), rows sum to 1, of ``samples`` (count, d)."""
        precision = 1 / self.variances
        constant = np.log(self.weights) - 0.5 * ((self.means**2 * precision).sum(1) + np.log(self.variances).sum(1))
        logs = constant - 0.5 * (samples**2) @ precision.T + samples @ (self.means * precision).T
        logs -= logs.max(axis=1, keepdims=True)
        shares = np.exp(logs)
        return np.asarray(shares / shares.sum(axis=1, keepdims=True), np.float32)

    def fisher_vector(self, samples: Floats) -> Floats:
        """(2 * k * d,) float32, signed square root, unit: gradients by means and deviations."""
        shares = self.posteriors(samples)
        mass = shares.sum(axis=0)[:, None]
        first, second = shares.T @ samples, shares.T @ samples**2
        by_mean = (first - mass * self.means) / np.sqrt(self.variances * self.weights[:, None])
        by_spread = (second - 2 * first * self.means + mass * self.means**2) / self.variances - mass
        vector = np.concatenate([by_mean.ravel(), (by_spread / np.sqrt(2 * self.weights[:, None])).ravel()])
        vector = np.sign(vector) * np.sqrt(np.abs(vector) / len(samples))
        return np.asarray(vector / max(float(np.linalg.norm(vector)), 1e-9), np.float32)


@dataclass(frozen=True, slots=True, eq=False)
class FisherModel:
    """What is fitted: reduction of patches, both mixtures, the learned projection. All float32.

    ``patch_mean`` (128,), ``patch_axes`` (128, r), ``patch_scale`` (r + 7,), ``spot_scale`` (6,), ``weight``
    (dimension, raw dimension), ``bias`` (dimension,).
    """

    patch_mean: Floats
    patch_axes: Floats
    patch_scale: Floats
    spot_scale: Floats
    patches: Mixture
    spots: Mixture
    weight: Floats
    bias: Floats

    @property
    def dimension(self) -> int:
        return len(self.bias)

    def describe(self, images: Iterable[Rgb]) -> Floats:
        """Unit vectors (count, dimension) of pictures (height, width, 3) uint8 of any size."""
        vectors = np.stack([self.raw(image) for image in images]) @ self.weight.T + self.bias
        return np.asarray(vectors / np.maximum(np.linalg.norm(vectors, axis=1, keepdims=True), 1e-9), np.float32)

    def raw(self, image: Rgb) -> Floats:
        """Everything before the projection, (raw dimension,)."""
        image = shrunk(image, FIRST_LONG_SIDE)
        patches = self.reduced(patches_of(image)) / self.patch_scale
        parts = (
            self.patches.fisher_vector(patches),
            self.spots.fisher_vector(spots_of(image) / self.spot_scale),
            np.float32(HISTOGRAM_WEIGHT) * colour_histograms(image),
            np.float32(GRADIENT_WEIGHT) * gradient_histograms(image),
        )
        return np.concatenate(parts)

    def reduced(self, patches: Floats) -> Floats:
        """Patches (count, 135) with their first 128 numbers projected: (count, r + 7)."""
        return np.concatenate([(patches[:, :128] - self.patch_mean) @ self.patch_axes, patches[:, 128:]], axis=1)

    def to_arrays(self) -> dict[str, Floats]:
        """By name, for a file."""
        arrays = {name: getattr(self, name) for name in self.__slots__ if name not in ("patches", "spots")}
        for name in ("patches", "spots"):
            arrays |= {f"{name}.{part}": getattr(getattr(self, name), part) for part in Mixture.__slots__}
        return arrays

    @classmethod
    def from_arrays(cls, arrays: dict[str, Floats]) -> Self:
        """Raises KeyError when one is missing."""
        parts: dict[str, Any] = {
            name: Mixture(*(arrays[f"{name}.{part}"].astype(np.float32) for part in Mixture.__slots__))
            for name in ("patches", "spots")
        }
        parts |= {name: arrays[name].astype(np.float32) for name in cls.__slots__ if name not in parts}
        return cls(**parts)


def patches_of(image: Rgb) -> Floats:
    """(count, 135): dense RootSIFT (128), mean and deviation of Lab (6), logarithm of the contrast (1)."""
    return np.concatenate([_patches_at(image, long_side) for long_side in LONG_SIDES])


def spots_of(image: Rgb) -> Floats:
    """(count, 6): mean and deviation of Lab in 4 x 4 px, every 2 px of a picture of 96 px."""
    lab = _lab(image, LONG_SIDES[0])
    mean = cv2.blur(lab, (4, 4))
    spread = np.sqrt(np.maximum(cv2.blur(lab * lab, (4, 4)) - mean * mean, 0))
    spots = np.concatenate([mean, spread], axis=2)[::2, ::2].reshape(-1, 6)
    return np.asarray((spots - LAB_CENTRE) / SPOT_COLOUR_SCALE, np.float32)


def _patches_at(image: Rgb, long_side: int) -> Floats:
    lab = _lab(image, long_side)
    height, width = lab.shape[:2]
    cells = _cells(lab[..., 0])
    top, left = np.mgrid[0 : height - CELL * CELLS + 1 : STRIDE, 0 : width - CELL * CELLS + 1 : STRIDE].reshape(2, -1)
    places = [(top + CELL * row, left + CELL * column) for row in range(CELLS) for column in range(CELLS)]
    gradients = np.concatenate([cells[place] for place in places], axis=1)
    total = gradients.sum(axis=1, keepdims=True)
    root = np.sqrt(gradients / np.maximum(total, 1e-3)) * np.minimum(1, total / FAINT)
    side = (CELL * CELLS, CELL * CELLS)
    mean = cv2.boxFilter(lab, -1, side, anchor=(0, 0))
    spread = np.sqrt(np.maximum(cv2.boxFilter(lab * lab, -1, side, anchor=(0, 0)) - mean * mean, 0))
    colour = (np.concatenate([mean[top, left], spread[top, left]], axis=1) - LAB_CENTRE) / PATCH_COLOUR_SCALE
    return np.concatenate([root, colour, np.log1p(total) / 3], axis=1).astype(np.float32)


def _cells(grey: Floats) -> Floats:
    """(height, width, 8): gradient by direction, averaged over the 4 x 4 px that begin at each pixel."""
    x = cv2.Sobel(grey, cv2.CV_32F, 1, 0, ksize=3, scale=1 / 8)
    y = cv2.Sobel(grey, cv2.CV_32F, 0, 1, ksize=3, scale=1 / 8)
    strength = np.hypot(x, y)[..., None]
    place = np.mod(np.arctan2(y, x), 2 * np.pi)[..., None] * (DIRECTIONS / (2 * np.pi))
    away = np.abs(place - np.arange(DIRECTIONS, dtype=np.float32))
    shares = np.maximum(0, 1 - np.minimum(away, DIRECTIONS - away))
    cells = cv2.boxFilter(np.asarray(strength * shares, np.float32), -1, (CELL, CELL), anchor=(0, 0))
    return np.maximum(cells, 0)  # running sums leave a trace below zero


def colour_histograms(image: Rgb) -> Floats:
    """Square roots of shares: of HSV, of Lab, of Lab weighted to the object, of Lab weighted to the ground."""
    small = _shrunk(image, LONG_SIDES[0])
    lab = np.asarray(cv2.cvtColor(small, cv2.COLOR_RGB2LAB), np.uint8)
    hsv = np.asarray(cv2.cvtColor(small, cv2.COLOR_RGB2HSV), np.uint8)
    is_object, centre = _object_share(lab), _centre(lab.shape[:2])
    ranges = [[0, 256], [72, 184], [72, 200]]
    parts = [
        _histogram(hsv, np.ones(is_object.shape, np.float32), (16, 8, 8), [[0, 180], [0, 256], [0, 256]]),
        _histogram(lab, np.ones(is_object.shape, np.float32), (8, 14, 14), ranges),
        _histogram(lab, is_object * (0.3 + centre), (8, 14, 14), ranges),
        _histogram(lab, (1 - is_object) * (1.3 - centre), (8, 14, 14), ranges),
    ]
    return np.concatenate(parts)


def _histogram(image: Rgb, weights: Floats, bins: Sequence[int], ranges: list[list[int]]) -> Floats:
    places = np.zeros(image.shape[:2], np.int64)
    for channel, (count, (low, high)) in enumerate(zip(bins, ranges, strict=True)):
        inside = (image[..., channel].astype(np.int64) - low) * count // (high - low)
        places = places * count + np.clip(inside, 0, count - 1)
    counts = np.bincount(places.ravel(), weights.ravel().astype(np.float64), int(np.prod(bins)))
    return np.sqrt(counts / max(float(counts.sum()), 1e-9)).astype(np.float32)


def _object_share(lab: Rgb) -> Floats:
    """(height, width) 0..1: how unlike the colours of all four borders a pixel is."""
    smooth = cv2.GaussianBlur(lab, (0, 0), 1.5).astype(np.float32)
    width = max(2, int(0.06 * min(lab.shape[:2])))
    borders = (smooth[:width], smooth[-width:], smooth[:, :width], smooth[:, -width:])
    grounds = [np.median(border.reshape(-1, 3), axis=0) for border in borders]
    scale = np.array([0.6, 1.5, 1.5], np.float32)
    distance = np.min([np.linalg.norm((smooth - ground) * scale, axis=2) for ground in grounds], axis=0)
    return np.asarray(1 / (1 + np.exp(-(distance - 14) / 4)), np.float32)


def _centre(shape: tuple[int, ...]) -> Floats:
    y, x = np.mgrid[0 : shape[0], 0 : shape[1]].astype(np.float32)
    square = (y / shape[0] - 0.5) ** 2 + (x / shape[1] - 0.5) ** 2
    return np.asarray(np.exp(-square / (2 * 0.22**2)), np.float32)


def gradient_histograms(image: Rgb) -> Floats:
    """Square roots of shares: strength by direction at three scales (3 x 112), binary patterns at three (3 x 256)."""
    grey = _lab(image, LONG_SIDES[0])[..., 0]
    parts = []
    level = grey
    for _ in range(3):
        x, y = cv2.Sobel(level, cv2.CV_32F, 1, 0, scale=0.25), cv2.Sobel(level, cv2.CV_32F, 0, 1, scale=0.25)
        strength = np.clip((2 * np.log2(np.hypot(x, y) + 1)).astype(np.int64), 0, 13)
        direction = (np.mod(np.arctan2(y, x), np.pi) * (8 / np.pi)).astype(np.int64) % 8
        parts.append(np.bincount((strength * 8 + direction).ravel(), minlength=14 * 8))
        level = np.asarray(cv2.pyrDown(level), np.float32)
    parts += [np.bincount(_binary_patterns(grey, reach).ravel(), minlength=256) for reach in (1, 2, 4)]
    return np.concatenate([np.sqrt(part / max(1, part.sum())) for part in parts]).astype(np.float32)


def _binary_patterns(grey: Floats, reach: int) -> npt.NDArray[np.int64]:
    """One bit for each of eight neighbours ``reach`` px away that is brighter (Ojala et al., TPAMI 2002)."""
    height, width = grey.shape
    middle = grey[reach:-reach, reach:-reach]
    codes = np.zeros(middle.shape, np.int64)
    around = [(-1, -1), (-1, 0), (-1, 1), (0, 1), (1, 1), (1, 0), (1, -1), (0, -1)]
    for bit, (down, right) in enumerate(around):
        top, left = reach * (1 + down), reach * (1 + right)
        neighbour = grey[top : top + height - 2 * reach, left : left + width - 2 * reach]
        codes |= (neighbour > middle + 1).astype(np.int64) << bit
    return codes


def _lab(image: Rgb, long_side: int) -> Floats:
    return np.asarray(cv2.cvtColor(_shrunk(image, long_side), cv2.COLOR_RGB2LAB), np.float32)


def _shrunk(image: Rgb, long_side: int) -> Rgb:
    """``image`` at ``long_side`` px, enlarged too where it must be; no side below one patch and a half."""
    height, width = image.shape[:2]
    factor = long_side / max(height, width)
    size = tuple(max(24, round(length * factor)) for length in (width, height))
    smaller = cv2.INTER_AREA if factor < 1 else cv2.INTER_LINEAR
    return np.asarray(cv2.resize(image, size, interpolation=smaller), np.uint8)
