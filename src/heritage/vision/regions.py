"""Where are the objects in a photo? Boxes worth a search of their own, beside the photo as a whole.

No registered photo shows two paintings on a wall, or ten coins on a cloth; but each of the objects in such a photo may
be registered. The ground is learnt from the photo's border (`ground`), thresholds at several levels cut out what
differs from it (`outlines`), and each outline is scored by how closed, how convex and how different from its
surroundings it is: what a thing has, and a patch of ground has not (Alexe et al., "Measuring the Objectness of Image
Windows", TPAMI 2012). No model: any object may be asked about, also one that no detector was trained on.
"""

from dataclasses import dataclass

import cv2
import numpy as np
import numpy.typing as npt

from heritage.domain.images import Region, Rgb
from heritage.vision.ground import Plane, Saliency, saliency
from heritage.vision.outlines import Outline, Rect, outlines, solidity

LONG_SIDE = 288  # px of the working picture
MIN_WORKING_SIDE = 16
MIN_SIDE = 32  # px of the photo: less holds no detail to search with
MIN_AREA, MAX_AREA = 0.012, 0.85  # of the photo; what is larger is the photo itself
MAX_ASPECT = 8.0  # longer things are edges of tables, tape, pens
LEVELS = (1.2, 1.7, 2.4, 3.6, 5.5, 8.0)
MAX_SALIENCY = 8.0
SURE_EDGE = 4.0  # Lab units per px, on a smooth ground
MIN_SCORE = 0.36
MAX_IOU, MAX_SHARED = 0.45, 0.7  # of two boxes, and of the smaller of two
SPREAD = 1.5  # px of the working picture by which its smoothing widens everything
MARGIN = 0.02  # of the box, on each side


@dataclass(frozen=True, slots=True)
class _Box:
    """A place in the working picture; ``clump`` is the box of the touching things that this may be one of."""

    score: float
    left: int
    top: int
    right: int
    bottom: int
    clump: "_Box | None" = None

    @property
    def area(self) -> int:
        return (self.right - self.left) * (self.bottom - self.top)


def propose(pixels: Rgb, limit: int = 12) -> tuple[Region, ...]:
    """Up to ``limit`` boxes around objects in ``pixels`` (height, width, 3) uint8, the likeliest first.

    Boxes are in px of ``pixels`` and inside it. The whole photo is never among them; none at all means that the photo
    shows one object, filling it, or nothing that stands out. The same pixels always give the same boxes.
    """
    height, width = pixels.shape[:2]
    scale = min(1.0, LONG_SIDE / max(height, width))
    size = (round(width * scale), round(height * scale))
    if min(size) < MIN_WORKING_SIDE or min(height, width) < MIN_SIDE:
        return ()
    small = cv2.resize(pixels, size, interpolation=cv2.INTER_AREA) if scale < 1 else pixels
    small = np.ascontiguousarray(small, np.uint8)
    regions = (_region(box, small, pixels) for box in _distinct(_boxes(saliency(small), MIN_SIDE * scale)))
    # Only now: a box as large as the photo has kept the details of its one object out of the list.
    smaller = [region for region in regions if region.width * region.height <= MAX_AREA * width * height]
    return tuple(smaller[: max(limit, 0)])


def _boxes(seen: Saliency, min_side: float) -> list[_Box]:
    """All boxes good enough to be an object, overlapping ones among them."""
    height, width = seen.colour.shape
    both = seen.colour + seen.texture
    scorer = _Scorer(
        edge_strength=np.minimum(seen.edges / (SURE_EDGE + 1.5 * seen.roughness), 1),
        total=np.asarray(cv2.integral(np.minimum(both, MAX_SALIENCY)), np.float64),
        min_side=min_side,
    )
    found: dict[tuple[int, ...], _Box] = {}
    for plane in (seen.colour, both):
        for level in LEVELS:
            for outline, clump in outlines((plane > level).astype(np.uint8), MIN_AREA * height * width):
                rect = tuple(cv2.boundingRect(outline))
                if rect not in found and scorer.may_be_object(rect):
                    found[rect] = scorer.scored(outline, rect, clump)
    return [box for box in found.values() if box.score >= MIN_SCORE]


@dataclass(frozen=True, slots=True)
class _Scorer:
    """How much an outline looks like that of a thing.

    ``edge_strength`` (height, width) in 0..1; ``total`` the integral of saliency (height + 1, width + 1).
    """

    edge_strength: Plane
    total: npt.NDArray[np.float64]
    min_side: float

    def may_be_object(self, rect: Rect) -> bool:
        _, _, width, height = rect
        share = width * height / self.edge_strength.size
        short, long = sorted((width, height))
        return share >= MIN_AREA and short >= self.min_side and long <= MAX_ASPECT * short

    def scored(self, outline: Outline, rect: Rect, clump: Rect | None) -> _Box:
        left, top, right, bottom = _sides(rect)
        score = self._closure(outline) * solidity(outline) ** 1.5 * self._contrast(left, top, right, bottom) ** 0.5
        return _Box(score, left, top, right, bottom, _Box(0.0, *_sides(clump)) if clump else None)

    def _closure(self, outline: Outline) -> float:
        """The share of the outline that lies on an edge; the photo's own border is none."""
        height, width = self.edge_strength.shape
        x, y = outline[:, 0, 0], outline[:, 0, 1]
        is_free = (x > 1) & (y > 1) & (x < width - 2) & (y < height - 2)
        return float(self.edge_strength[y, x][is_free].sum()) / len(outline)

    def _contrast(self, left: int, top: int, right: int, bottom: int) -> float:
        """Saliency in the box against that of a ring around it, 0..1."""
        height, width = self.edge_strength.shape
        across, down = max(3, round(0.12 * (right - left))), max(3, round(0.12 * (bottom - top)))
        outer = (max(0, left - across), max(0, top - down), min(width, right + across), min(height, bottom + down))
        inside, area = self._sum(left, top, right, bottom), (right - left) * (bottom - top)
        ring_area = (outer[2] - outer[0]) * (outer[3] - outer[1]) - area
        ring = (self._sum(*outer) - inside) / max(ring_area, 1)
        mean = inside / area
        return max(0.0, float(mean - ring) / float(mean + ring + 1))

    def _sum(self, left: int, top: int, right: int, bottom: int) -> float:
        total = self.total
        return float(total[bottom, right] - total[top, right] - total[bottom, left] + total[top, left])


def _distinct(boxes: list[_Box]) -> list[_Box]:
    """The best first, without those that show much the same as a better one, a part of it, or it in a heap."""
    kept: list[_Box] = []
    for box in sorted(boxes, key=lambda box: (-box.score, box.top, box.left)):
        if not any(_same(box, better) for better in kept):
            kept.append(box)
    return kept


def _same(first: _Box, second: _Box) -> bool:
    shared = _shared(first, second)
    if shared > MAX_IOU * (first.area + second.area - shared):
        return True
    part, whole = sorted((first, second), key=lambda box: box.area)
    return shared > MAX_SHARED * part.area and not (part.clump and _is_clump(whole, part.clump))


def _is_clump(box: _Box, clump: _Box) -> bool:
    """Whether a box shows that clump: one thing or several, both may be searched."""
    shared = _shared(box, clump)
    return shared > MAX_SHARED * (box.area + clump.area - shared)


def _shared(first: _Box, second: _Box) -> int:
    """The area that two boxes have in common."""
    width = min(first.right, second.right) - max(first.left, second.left)
    height = min(first.bottom, second.bottom) - max(first.top, second.top)
    return max(width, 0) * max(height, 0)


def _sides(rect: Rect) -> tuple[int, int, int, int]:
    """Left, top, right, bottom."""
    left, top, width, height = rect
    return left, top, left + width, top + height


def _region(box: _Box, small: Rgb, pixels: Rgb) -> Region:
    """The box in px of the photo, with a margin, inside the photo."""
    height, width = pixels.shape[:2]
    x_scale, y_scale = width / small.shape[1], height / small.shape[0]
    across, down = MARGIN * (box.right - box.left) - SPREAD, MARGIN * (box.bottom - box.top) - SPREAD
    left, top = max(0, int((box.left - across) * x_scale)), max(0, int((box.top - down) * y_scale))
    right = min(width, int(np.ceil((box.right + across) * x_scale)))
    bottom = min(height, int(np.ceil((box.bottom + down) * y_scale)))
    return Region(left, top, right - left, bottom - top)
