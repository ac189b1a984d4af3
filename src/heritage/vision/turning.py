"""Copies of a picture as it would look turned or mirrored."""

from collections.abc import Sequence

import cv2
import numpy as np

from heritage.domain.hits import Turn
from heritage.domain.images import Rgb

LONG_SIDE = 512  # px; towers see 128 to 448, and turning a whole phone photo five times costs more than describing it


def turned_copies(image: Rgb, turns: Sequence[Turn]) -> list[Rgb]:
    """``image`` (height, width, 3) uint8, at most `LONG_SIDE` px, once for each of ``turns``."""
    small = shrunk(image, LONG_SIDE)
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
