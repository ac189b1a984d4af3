"""Good photographs spoilt in known ways; lengths are shares of the picture's long side unless said otherwise."""

import io
from collections.abc import Callable
from functools import partial

import cv2
import numpy as np
import numpy.typing as npt
from PIL import Image

from heritage.demo.backgrounds import BACKGROUNDS
from heritage.domain.images import Region, Rgb
from heritage.vision.regions import propose

Spoil = Callable[[Rgb, np.random.Generator], Rgb]
Light = npt.NDArray[np.float32]
"""Linear light (height, width, 3), 1 is white."""

GAMMA = 2.2
SHOT_NOISE, READ_NOISE = 0.012, 0.002  # of a telephone at high gain, per square root of light, and of white
FINER = 8  # subpixels of a blur kernel


def compressed(pixels: Rgb, quality: int) -> Rgb:
    """After a JPEG of that quality."""
    with io.BytesIO() as file:
        Image.fromarray(pixels).save(file, "JPEG", quality=quality)
        return np.asarray(Image.open(file))


def out_of_focus(radius: float, pixels: Rgb, _: np.random.Generator) -> Rgb:
    """Each point a disc of that radius."""
    return _blurred(pixels, _disc(radius * max(pixels.shape[:2])))


def object_out_of_focus(radius: float, pixels: Rgb, rng: np.random.Generator) -> Rgb:
    """The objects only: the camera has focused on what lies behind them."""
    spoilt, sharp = out_of_focus(radius, pixels, rng), np.full(pixels.shape[:2], 255, np.uint8)
    for region in propose(pixels) or (Region.whole(pixels),):
        region.cut(sharp)[:] = 0
    share = cv2.blur(sharp, (9, 9))[..., None] / 255
    return np.rint(share * pixels + (1 - share) * spoilt).astype(np.uint8)


def shaken(length: float, pixels: Rgb, rng: np.random.Generator) -> Rgb:
    """Each point a line of that length, in any direction."""
    return _blurred(pixels, _line(length * max(pixels.shape[:2]), rng.uniform(0, np.pi)))


def noisy(spoil: Spoil, pixels: Rgb, rng: np.random.Generator) -> Rgb:
    """Spoilt, and then with the noise of a dim room."""
    return _developed(_exposed(_light(spoil(pixels, rng)), 0.25, rng) * 4)


def underexposed(stops: float, pixels: Rgb, rng: np.random.Generator) -> Rgb:
    """So many stops too dark, with the noise that comes with it."""
    return _developed(_exposed(_light(pixels), 2.0**-stops, rng))


def glaring(radius: float, pixels: Rgb, rng: np.random.Generator) -> Rgb:
    """A lamp mirrored in the likeliest object: an oval of that radius (of the object's short side) and its halo."""
    light = _light(pixels)
    region = next(iter(propose(pixels)), Region.whole(pixels))
    part = light[region.top : region.top + region.height, region.left : region.left + region.width]
    height, width = part.shape[:2]
    rows, columns = np.indices((height, width), np.float32)
    x, y, turn = rng.uniform(0.25, 0.75) * width, rng.uniform(0.25, 0.75) * height, rng.uniform(0, np.pi)
    along = (columns - x) * np.cos(turn) + (rows - y) * np.sin(turn)
    across = ((rows - y) * np.cos(turn) - (columns - x) * np.sin(turn)) / 0.7
    distance = np.hypot(along, across) / (radius * min(height, width))
    part += (1.2 * np.exp(-1.4 * np.maximum(distance - 1, 0) ** 2))[..., None]
    return _developed(light)


def reduced(side: int, pixels: Rgb, _: np.random.Generator) -> Rgb:
    """To a long side of so many px."""
    scale = side / max(pixels.shape[:2])
    return cv2.resize(pixels, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA).astype(np.uint8)


def seen_from_afar(side: int, pixels: Rgb, rng: np.random.Generator) -> Rgb:
    """Reduced, on one of the demo's grounds, 1,000 px wide."""
    small = reduced(side, pixels, rng)
    ground = BACKGROUNDS[str(rng.choice(list(BACKGROUNDS)))]((750, 1000), rng)
    canvas = np.asarray(255 * np.clip(ground, 0, 1), np.uint8)
    top, left = 375 - small.shape[0] // 2, 500 - small.shape[1] // 2
    canvas[top : top + small.shape[0], left : left + small.shape[1]] = small
    return canvas


SPOIL_BY_NAME: dict[str, Spoil] = {
    "only compressed": lambda pixels, _: pixels,
    "noise": partial(noisy, lambda pixels, _: pixels),
    "out of focus 0.4 %": partial(out_of_focus, 0.004),
    "out of focus 0.8 %": partial(out_of_focus, 0.008),
    "out of focus 1.2 %": partial(out_of_focus, 0.012),
    "out of focus 2 %": partial(out_of_focus, 0.02),
    "the same with noise": partial(noisy, partial(out_of_focus, 0.02)),
    "object only, 2 %": partial(object_out_of_focus, 0.02),
    "shaken 1 %": partial(shaken, 0.01),
    "shaken 2 %": partial(shaken, 0.02),
    "shaken 3 %": partial(shaken, 0.03),
    "2 stops dark": partial(underexposed, 2),
    "4 stops dark": partial(underexposed, 4),
    "5 stops dark": partial(underexposed, 5),
    "glare 10 %": partial(glaring, 0.1),
    "glare 20 %": partial(glaring, 0.2),
    "glare 30 %": partial(glaring, 0.3),
    "300 px": partial(reduced, 300),
    "200 px": partial(reduced, 200),
    "120 px": partial(reduced, 120),
    "200 px of 1,000": partial(seen_from_afar, 200),
    "120 px of 1,000": partial(seen_from_afar, 120),
}


def _blurred(pixels: Rgb, kernel: Light) -> Rgb:
    return _developed(cv2.filter2D(_light(pixels), -1, kernel / kernel.sum()).astype(np.float32))


def _disc(radius: float) -> Light:
    across = 2 * int(np.ceil(radius)) + 1
    place = (np.arange(across * FINER) + 0.5) / FINER - across / 2
    return _coarser((place[:, None] ** 2 + place**2 <= radius**2).astype(np.float32))


def _line(length: float, turn: float) -> Light:
    across = int(np.ceil(length)) // 2 * 2 + 3
    fine = np.zeros((across * FINER, across * FINER), np.float32)
    middle, half = across * FINER / 2, length * FINER / 2
    x, y = half * np.cos(turn), half * np.sin(turn)
    cv2.line(fine, (round(middle - x), round(middle - y)), (round(middle + x), round(middle + y)), 1.0, FINER)
    return _coarser(fine)


def _coarser(kernel: Light) -> Light:
    across = len(kernel) // FINER
    return np.asarray(kernel.reshape(across, FINER, across, FINER).mean(axis=(1, 3)), np.float32)


def _light(pixels: Rgb) -> Light:
    return np.asarray((pixels / np.float32(255)) ** GAMMA, np.float32)


def _exposed(light: Light, gain: float, rng: np.random.Generator) -> Light:
    dimmed = light * np.float32(gain)
    noise = rng.standard_normal(light.shape, np.float32)
    return np.asarray(np.maximum(dimmed + noise * (SHOT_NOISE * np.sqrt(dimmed) + READ_NOISE), 0), np.float32)


def _developed(light: Light) -> Rgb:
    return np.asarray(np.rint(255 * np.clip(light, 0, 1) ** (1 / GAMMA)), np.uint8)
