"""Copies of a picture as it would look turned or mirrored."""

from collections.abc import Sequence

import cv2
import numpy as np

from heritage.domain.hits import Turn
from heritage.domain.images import Rgb


def turned_copies(image: Rgb, turns: Sequence[Turn], long_side: int) -> list[Rgb]:
    """``image`` (height, width, 3) uint8 at most ``long_side`` px, once for each of ``turns``.

    Turning a whole phone photo five times would cost more than describing it.
    """
    small = shrunk(image, long_side)
    return [_turned(small, turn) for turn in turns]


def shrunk(image: Rgb, long_side: int) -> Rgb:
    """``image`` with a long side of at most ``long_side`` px; never enlarged."""
    height, width = image.shape[:2]
    scale = long_side / max(height, width)
    if scale >= 1:
        return image
    size = (max(1, round(width * scale)), max(1, round(height * scale)))
    return cv2.resize(image, size, interpolation=cv2.INTER_AREA).astype(np.uint8, copy=False)


def _turned(image: Rgb, turn: Turn) -> Rgb:
    rotated = np.rot90(image, turn.quarter_turns)
    return np.ascontiguousarray(rotated[:, ::-1] if turn.mirrored else rotated)
