"""From a mask of what stands out to the outlines of things, those that touch taken apart.

Touching coins are told apart by their depth below the outline (distance transform; Borgefors, "Distance Transformations
in Digital Images", CVGIP 1986), as the markers of a watershed are.
"""

from collections.abc import Iterator, Sequence

import cv2
import numpy as np
import numpy.typing as npt

Outline = npt.NDArray[np.int32]
"""Points (count, 1, 2), x and y, px of the working picture."""
Mask = npt.NDArray[np.uint8]
Rect = Sequence[int]
"""Left, top, width, height, px of the working picture."""

CLUMPED = 0.95  # solidity below which an outline may be several things that touch
CORE = 0.7  # of the greatest depth: what is deeper is the core of one thing
MADE_UP = 0.65  # of a clump's area, that its parts together must cover


def outlines(mask: Mask, min_area: float) -> Iterator[tuple[Outline, Rect | None]]:
    """Outlines of the things in a mask (height, width), uint8 0 or 1, holes filled and threads cut.

    A clump of at least twice ``min_area`` px is followed by its parts, each with the clump's box; the others have none.
    """
    closed = cv2.morphologyEx(mask, cv2.MORPH_CLOSE, np.ones((5, 5), np.uint8))
    outer, _ = cv2.findContours(closed, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_SIMPLE)
    filled = cv2.drawContours(np.zeros_like(mask), outer, -1, 1, cv2.FILLED)
    filled = cv2.morphologyEx(filled, cv2.MORPH_OPEN, np.ones((7, 7), np.uint8))
    found, _ = cv2.findContours(filled, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_NONE)
    for outline in (np.asarray(points, np.int32) for points in found):
        yield outline, None
        area = cv2.contourArea(outline)
        if area > 2 * min_area and solidity(outline) < CLUMPED:
            clump = cv2.boundingRect(outline)
            parts = _parts(np.asarray(cv2.bitwise_and(closed, filled), np.uint8), clump)
            if sum(cv2.contourArea(part) for part in parts) > MADE_UP * area:
                yield from ((part, clump) for part in parts)


def solidity(outline: Outline) -> float:
    """The share of its convex hull that an outline fills, 0..1."""
    return cv2.contourArea(outline) / max(1.0, cv2.contourArea(cv2.convexHull(outline)))


def _parts(closed: Mask, clump: Rect) -> list[Outline]:
    """The things that touch in one clump: their cores, by depth below the outline, grown back to full size.

    ``closed`` keeps its holes: those between coins that touch are what tells the coins apart.
    """
    left, top, width, height = clump
    inside = cv2.copyMakeBorder(closed[top : top + height, left : left + width], 1, 1, 1, 1, cv2.BORDER_CONSTANT)
    depth = cv2.distanceTransform(inside, cv2.DIST_L2, 3)
    reach = int(CORE * depth.max())
    cores, _ = cv2.findContours((depth > reach).astype(np.uint8), cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_NONE)
    if len(cores) < 2:
        return []
    disc = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (2 * reach + 1, 2 * reach + 1))
    limits = (closed.shape[1] - 1, closed.shape[0] - 1)
    parts: list[Outline] = []
    for core in cores:
        x, y, wide, tall = cv2.boundingRect(core)
        canvas = np.zeros((tall + 2 * reach, wide + 2 * reach), np.uint8)
        cv2.drawContours(canvas, [core], -1, 1, cv2.FILLED, offset=(reach - x, reach - y))
        [grown, *_], _ = cv2.findContours(cv2.dilate(canvas, disc), cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_NONE)
        shift = np.array([left + x - reach - 1, top + y - reach - 1])
        parts.append(np.clip(grown + shift, 0, limits).astype(np.int32))
    return parts
