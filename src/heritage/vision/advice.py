"""Is a photo too poor to search with? Measured on the objects in it: their background neither hides nor makes a fault.

`scripts/fit_advice.py` spoils good photographs in known ways, and prints how often each threshold here warns of good
ones, how often of spoilt ones, and how much of what verification goes by is then left (docs/adr/0030-advice.md).
"""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import reduce
from typing import Any

import cv2
import numpy as np
import numpy.typing as npt

from heritage.domain.advice import Advice, AdviceKind
from heritage.domain.images import Region, Rgb
from heritage.vision.turning import shrunk

MIN_SHARPNESS = 1.3
MAX_GLARE = 0.04  # of an object's area
MIN_BRIGHTNESS = 0.28  # of white
MIN_SIDE = 220  # px of the largest object's long side

MAX_OBJECTS, MIN_AREA = 4, 0.25  # the largest, and of the largest's area: a smaller box may show a mere detail
DETAIL_AREA, DETAIL_DENSITY = 0.12, 0.3  # of the photo; of the regions' own edges, outside them
OBJECT_SIDE = 480  # px of the copy of an object whose sharpness is measured: as large as verification sees a region
PHOTO_SIDE = 640  # px of the copy of the photo that brightness and glare are measured on

FINE, COARSE = 0.8, 2.0  # px: what a photo is blurred by, to quieten noise, and to compare with
EDGE_SHARE = 0.03  # of the pixels: an object's strongest edges, its outline if it has no others
MIN_EDGE = 0.5  # grey levels per px; nothing above it is no edge at all
MIN_DIRECTION = 0.02  # of the energy in the strongest direction: less, as along a column, tells nothing

CLIPPED = 247  # of 255, in every channel
HALO, HALO_WIDTH = 190, 0.05  # of 255; of the spot: a sheet of paper, a wall seen through a handle end at once
MIN_SPOT, MAX_SPOTS = 0.005, 16  # share of the smallest object; how many, the largest
HUGGING = 2.0  # px of the photo's border per square root of its area: a ground hugs it, a spot has at most 1.6

Plane = npt.NDArray[np.floating[Any]]
Grey = npt.NDArray[np.uint8]


@dataclass(frozen=True, slots=True)
class Measures:
    """Of a photo's objects, each of the one that does best (of glare: worst): one good object is enough to search with.

    ``sharpness``: by how much the finest edges weaken when they are blurred once more, 1 (not at all) to about 2, in
    the direction in which they weaken least; motion blurs in one only. A smooth vase is as sharp as its outline.
    ``glare``: share of an object's area that one reflection blots out. ``brightness``: 95th percentile, 0..1.
    ``object_side``, ``photo_side``: long sides in px.
    """

    sharpness: float
    glare: float
    brightness: float
    object_side: int
    photo_side: int


def advise(pixels: Rgb, regions: Sequence[Region]) -> tuple[Advice, ...]:
    """What is wrong with a photo (height, width, 3) uint8 of the objects in ``regions``; without any, of one object."""
    return judge(measure(pixels, regions))


def judge(found: Measures) -> tuple[Advice, ...]:
    """What lies on the wrong side of its threshold; glare in a sharp photo only, since in a blurred one all fades."""
    is_blurred = found.sharpness < MIN_SHARPNESS
    size_kind = AdviceKind.FAR_AWAY if found.photo_side >= 2 * MIN_SIDE else AdviceKind.TOO_SMALL
    faults = (
        (is_blurred, Advice(AdviceKind.BLURRED, found.sharpness, MIN_SHARPNESS)),
        (found.glare > MAX_GLARE and not is_blurred, Advice(AdviceKind.GLARE, found.glare, MAX_GLARE)),
        (found.brightness < MIN_BRIGHTNESS, Advice(AdviceKind.DARK, found.brightness, MIN_BRIGHTNESS)),
        (found.object_side < MIN_SIDE, Advice(size_kind, found.object_side, MIN_SIDE)),
    )
    return tuple(advice for is_fault, advice in faults if is_fault)


def measure(pixels: Rgb, regions: Sequence[Region]) -> Measures:
    """See `advise`."""
    small = _reduced(pixels, PHOTO_SIDE)
    objects = _objects(pixels, small, regions) or [Region.whole(pixels)]
    places = [_scaled(region, pixels, small) for region in objects]
    grey = _grey(pixels)
    return Measures(
        sharpness=max(_sharpness(_reduced(region.cut(grey), OBJECT_SIDE)) for region in objects),
        glare=_glare(small, places),
        brightness=max(_brightness(place.cut(small)) for place in places),
        object_side=max(max(region.width, region.height) for region in objects),
        photo_side=max(pixels.shape[:2]),
    )


def _objects(pixels: Rgb, small: Rgb, regions: Sequence[Region]) -> list[Region]:
    """The largest regions; none where they seem to be details of one object that fills the photo."""
    by_area = sorted(regions, key=lambda region: -_area(region))[:MAX_OBJECTS]
    objects = [region for region in by_area if _area(region) >= MIN_AREA * _area(by_area[0])]
    if not objects or _area(objects[0]) >= DETAIL_AREA * _area(Region.whole(pixels)):
        return objects
    grey = cv2.GaussianBlur(_grey(small), (0, 0), COARSE)
    slopes = np.hypot(*(cv2.Sobel(grey, cv2.CV_32F, across, 1 - across) for across in (0, 1)))
    inside = np.zeros(small.shape[:2], np.uint8)
    for region in regions:
        _scaled(region, pixels, small).cut(inside)[:] = 1
    outside = slopes[inside == 0]
    are_details = outside.size and outside.mean() > DETAIL_DENSITY * slopes[inside == 1].mean()
    return [] if are_details else objects


def _grey(pixels: Rgb) -> Grey:
    return cv2.cvtColor(pixels, cv2.COLOR_RGB2GRAY).astype(np.uint8, copy=False)


def _area(region: Region) -> int:
    return region.width * region.height


def _reduced(image: Grey, long_side: int) -> Grey:
    """As `shrunk`, but first by a whole factor, which takes a quarter of the time; a last row or two may be cut off."""
    height, width = image.shape[:2]
    factor = max(height, width) // (2 * long_side)
    if min(height, width) < factor or factor < 2:
        return shrunk(image, long_side)
    whole = image[: height // factor * factor, : width // factor * factor]
    smaller = cv2.resize(whole, (width // factor, height // factor), interpolation=cv2.INTER_AREA)
    return shrunk(smaller.astype(np.uint8, copy=False), long_side)


def _scaled(region: Region, pixels: Rgb, small: Rgb) -> Region:
    """The region in a smaller copy: at least one px, inside it."""
    height, width = small.shape[:2]
    scale = width / pixels.shape[1]
    left, top = min(round(region.left * scale), width - 1), min(round(region.top * scale), height - 1)
    across, down = max(1, round(region.width * scale)), max(1, round(region.height * scale))
    return Region(left, top, min(across, width - left), min(down, height - top))


def _brightness(small: Rgb) -> float:
    return float(np.percentile(reduce(cv2.max, cv2.split(small[::2, ::2])), 95)) / 255


def _sharpness(grey: Grey) -> float:
    """Of one object (height, width). Re-blurring: Crete et al., "The Blur Effect", HVEI 2007; here at edges only."""
    fine, coarse = (_slopes(cv2.GaussianBlur(grey.astype(np.float32), (0, 0), sigma)) for sigma in (FINE, COARSE))
    energies = np.array([_edge_energies(*pair) for pair in zip(fine, coarse, strict=True)])
    strongest = energies[:, 1].max(initial=0.0)
    if strongest < MIN_EDGE**2:
        return 1.0
    telling = energies[energies[:, 1] >= MIN_DIRECTION * strongest]
    return float(np.sqrt((telling[:, 0] / telling[:, 1]).min()))


def _slopes(grey: npt.NDArray[Any]) -> Iterator[Plane]:
    """Squared slopes in grey levels per px: across, down and along both diagonals."""
    yield ((grey[:, 2:] - grey[:, :-2]) / 2) ** 2
    yield ((grey[2:] - grey[:-2]) / 2) ** 2
    yield (grey[2:, 2:] - grey[:-2, :-2]) ** 2 / 8
    yield (grey[2:, :-2] - grey[:-2, 2:]) ** 2 / 8


def _edge_energies(fine: Plane, coarse: Plane) -> tuple[float, float]:
    """Mean squared slope at the strongest edges of the coarse picture, in the fine one and in itself."""
    if not coarse.size:
        return 0.0, 0.0
    at_edges = coarse >= np.quantile(coarse[::2, ::2], 1 - EDGE_SHARE)
    return float(fine[at_edges].mean()), float(coarse[at_edges].mean())


def _glare(small: Rgb, places: Sequence[Region]) -> float:
    """The largest share of a place that one reflection blots out."""
    darkest, grey = reduce(cv2.min, cv2.split(small)), _grey(small)
    count, labels, stats, _ = cv2.connectedComponentsWithStats((darkest >= CLIPPED).astype(np.uint8), connectivity=8)
    areas = stats[:, cv2.CC_STAT_AREA]
    least = MIN_SPOT * min(map(_area, places))
    spots = sorted((spot for spot in range(1, count) if areas[spot] >= least), key=lambda spot: -areas[spot])
    masks = (labels == spot for spot in spots[:MAX_SPOTS])
    glaring = [mask for mask in masks if _is_reflection(mask.astype(np.uint8), grey)]
    return max((float(place.cut(mask).mean()) for mask in glaring for place in places), default=0.0)


def _is_reflection(spot: Grey, grey: Grey) -> bool:
    """Whether a clipped spot fades out, and is not the ground that the photo's border cuts off."""
    area = int(spot.sum())
    border = sum(int(side.sum()) for side in (spot[0], spot[-1], spot[:, 0], spot[:, -1]))
    if border > HUGGING * math.sqrt(area):
        return False
    reach = 2 + round(HALO_WIDTH * math.sqrt(area))
    near, far = (cv2.dilate(spot, np.ones((2 * px + 1, 2 * px + 1), np.uint8)) for px in (1, reach))
    around = grey[far > near]
    return around.size > 0 and float(np.median(around)) >= HALO
