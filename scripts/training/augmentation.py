"""Other photographs of the same object, made from one: crop, turn, perspective, background, light, damage.

Everything grows with ``strength`` (0 mild ... 1 severe): a network from scratch that sees severe changes from its first
step learns next to nothing. Colour is kept alive on purpose - it is the best single clue to an object - so its noise
stays light.
"""

import math
import random
from collections.abc import Sequence

import cv2
import numpy as np
from numpy.typing import NDArray

from training.photographs import Rgb

Light = NDArray[np.float32]
"""(height, width, 3) float32 in 0..1 and slightly beyond."""


def squash(image: Rgb, size: int) -> Rgb:
    """``image`` as (size, size, 3): what the model sees in use. Keeps the border, which a central crop would lose."""
    shrinks = min(image.shape[:2]) > size
    resized = cv2.resize(image, (size, size), interpolation=cv2.INTER_AREA if shrinks else cv2.INTER_LINEAR)
    return np.asarray(resized, np.uint8)


class Augmenter:
    """Draws views; the same ``rng`` state gives the same views. ``backgrounds`` are photographs to paste objects on."""

    def __init__(self, backgrounds: Sequence[Rgb], rng: random.Random) -> None:
        self._backgrounds = backgrounds
        self._rng = rng

    def view(self, image: Rgb, size: int, strength: float) -> Rgb:
        """One made-up photograph (size, size, 3) uint8 of what ``image`` shows."""
        made = self._frame(self._warp(image, size, strength), strength)
        made = self._degrade(self._relight(made, strength), strength)
        return self._occlude(made, strength)

    def _between(self, low: float, high: float) -> float:
        return low + (high - low) * self._rng.random()

    def _happens(self, probability: float) -> bool:
        return self._rng.random() < probability

    def _colour(self) -> tuple[int, int, int]:
        return self._rng.randrange(256), self._rng.randrange(256), self._rng.randrange(256)

    def _warp(self, image: Rgb, size: int, strength: float) -> Rgb:
        """Crop, turn and tilt in one interpolation, on a plain or pasted background."""
        target = np.array([[0, 0], [size, 0], [size, size], [0, size]], np.float32)
        image, corners = _shrink(image, self._corners(image, strength), size)
        transform = cv2.getPerspectiveTransform(corners, target)
        if self._happens(0.35 * strength):
            other = squash(self._rng.choice(self._backgrounds), size)
            canvas = cv2.GaussianBlur(other, (0, 0), self._between(0.5, 4))
            border = cv2.BORDER_TRANSPARENT
            warped = cv2.warpPerspective(image, transform, (size, size), dst=canvas, borderMode=border)
        else:
            plain = tuple(int(value) for value in image[0, 0]) if self._happens(0.5) else self._colour()
            warped = cv2.warpPerspective(image, transform, (size, size), borderValue=plain)
        return np.asarray(warped, np.uint8)

    def _corners(self, image: Rgb, strength: float) -> NDArray[np.float32]:
        """The four corners (4, 2), in pixels of ``image``, that become the corners of the view."""
        height, width = image.shape[:2]
        side = math.sqrt(self._between(1 - 0.65 * strength, 1))
        crop_width = width * side * self._between(1 - 0.15 * strength, 1)
        crop_height = height * side * self._between(1 - 0.15 * strength, 1)
        x = self._between(crop_width / 2, width - crop_width / 2)
        y = self._between(crop_height / 2, height - crop_height / 2)
        if self._happens(0.4 * strength):  # step back: the object becomes small
            crop_width *= self._between(1, 1.7)
            crop_height *= self._between(1, 1.7)
        corners = np.array([[-1, -1], [1, -1], [1, 1], [-1, 1]]) * (crop_width / 2, crop_height / 2)
        turned = corners @ self._rotation(strength).T + (x, y)
        reach = 0.12 * strength
        tilt = [[self._between(-reach, reach) * width, self._between(-reach, reach) * height] for _ in range(4)]
        return np.asarray(turned + np.array(tilt), np.float32)

    def _rotation(self, strength: float) -> NDArray[np.float64]:
        """(2, 2): mostly small angles, up to 60 degrees; late in the curriculum also quarter turns."""
        angle = math.radians(self._between(-1, 1) ** 3 * 60 * strength)
        if strength > 0.6 and self._happens(0.22):
            angle += math.pi / 2 * self._rng.randrange(1, 4)
        return np.array([[math.cos(angle), -math.sin(angle)], [math.sin(angle), math.cos(angle)]])

    def _frame(self, image: Rgb, strength: float) -> Rgb:
        """Sometimes a plain frame of 4 to 13 pixels, as around a painting."""
        if self._happens(0.15 * strength):
            last = image.shape[0] - 1
            cv2.rectangle(image, (0, 0), (last, last), self._colour(), self._rng.randrange(4, 14))
        return image

    def _relight(self, image: Rgb, strength: float) -> Rgb:
        """Gamma, exposure, a light cast of colour, light that falls off to one side, now and then no colour at all."""
        light: Light = image.astype(np.float32)
        light /= 255
        np.power(light, self._between(1 - 0.45 * strength, 1 + 0.6 * strength), out=light)
        exposure = self._between(1 - 0.3 * strength, 1 + 0.25 * strength)
        cast = [exposure * self._between(1 - 0.12 * strength, 1 + 0.12 * strength) for _ in range(3)]
        light *= np.array(cast, np.float32)
        if self._happens(0.3 * strength):
            ends = self._between(0.5, 1), self._between(0.7, 1.3)
            slope = np.linspace(*ends, image.shape[0], dtype=np.float32)
            light *= slope[None, :, None] if self._happens(0.5) else slope[:, None, None]
        if self._happens(0.1 * strength):
            grey = light.mean(axis=2, keepdims=True, dtype=np.float32)
            light = np.repeat(grey, 3, axis=2)
        return np.asarray(np.clip(light, 0, 1) * 255, np.uint8)

    def _degrade(self, image: Rgb, strength: float) -> Rgb:
        """Blur, a detour through fewer pixels, JPEG."""
        size = image.shape[0]
        made: Rgb = image
        if self._happens(0.35 * strength):
            made = np.asarray(cv2.GaussianBlur(made, (0, 0), self._between(0.3, 1.8)), np.uint8)
        if self._happens(0.3 * strength):
            small = max(8, int(size * self._between(0.35, 0.8)))
            made = squash(squash(made, small), size)
        if self._happens(0.5 * strength):
            _, encoded = cv2.imencode(".jpg", made, [cv2.IMWRITE_JPEG_QUALITY, self._rng.randrange(20, 85)])
            made = np.asarray(cv2.imdecode(encoded, cv2.IMREAD_COLOR), np.uint8)
        return made

    def _occlude(self, image: Rgb, strength: float) -> Rgb:
        """Sometimes a plain patch in front of the object: a hand, a label, a cut-out."""
        if not self._happens(0.3 * strength):
            return image
        size = image.shape[0]
        x, y = self._rng.randrange(size), self._rng.randrange(size)
        width, height = (self._rng.randrange(size // 8, size // 3) for _ in range(2))
        covered = image.copy()
        covered[y : y + height, x : x + width] = self._colour()
        return covered


def _shrink(image: Rgb, corners: NDArray[np.float32], size: int) -> tuple[Rgb, NDArray[np.float32]]:
    """``image`` and ``corners`` at about the resolution of the view: a warp alone would alias what it makes smaller."""
    edge = float(np.linalg.norm(corners - np.roll(corners, 1, axis=0), axis=1).mean())
    factor = size / edge
    if factor > 0.8:
        return image, corners
    width, height = (max(1, round(length * factor)) for length in image.shape[1::-1])
    scale = (width / image.shape[1], height / image.shape[0])
    smaller = cv2.resize(image, (width, height), interpolation=cv2.INTER_AREA)
    return np.asarray(smaller, np.uint8), np.asarray(corners * scale, np.float32)
