"""Pictures with enough corners for real keypoints, and photographs of them under homographies that we choose."""

import io

import cv2
import numpy as np
import numpy.typing as npt
from PIL import Image

from heritage.domain.images import Rgb

Matrix = npt.NDArray[np.float64]


def picture(seed: int, width: int = 480, height: int = 360) -> Rgb:
    """Blots and strokes, different for each seed."""
    rng = np.random.default_rng(seed)
    canvas = np.full((height, width, 3), 200, np.uint8)
    for _ in range(120):
        x, y, radius = int(rng.integers(width)), int(rng.integers(height)), int(rng.integers(4, 30))
        color = rng.integers(0, 255, 3).tolist()
        cv2.ellipse(canvas, (x, y), (radius, radius // 2 + 1), float(rng.integers(180)), 0, 360, color, -1)
    return canvas


def homography(angle: float, scale: float, tilt: float) -> Matrix:
    """From a 480 x 360 picture to a 640 x 520 photograph: turned by ``angle`` degrees, scaled, seen from the side."""
    turn = np.radians(angle)
    rotate = np.array([[np.cos(turn), -np.sin(turn), 0], [np.sin(turn), np.cos(turn), 0], [0, 0, 1]])
    to_centre = np.array([[1.0, 0, -240], [0, 1, -180], [0, 0, 1]])
    back = np.array([[1.0, 0, 300], [0, 1, 220], [0, 0, 1]])
    perspective = np.array([[1, 0, 0], [0, 1, 0], [tilt, tilt / 2, 1]])
    return np.asarray(back @ np.diag([scale, scale, 1]) @ perspective @ rotate @ to_centre)


def photograph(image: Rgb, gallery_to_query: Matrix, onto: Rgb | None = None) -> Rgb:
    """``image`` as it lies on a grey table, or on the photograph ``onto``."""
    table = np.random.default_rng(99).integers(90, 110, (520, 640, 3)).astype(np.uint8)
    background = table if onto is None else onto.copy()
    return cv2.warpPerspective(  # type: ignore[return-value]
        image, gallery_to_query, (640, 520), dst=background, borderMode=cv2.BORDER_TRANSPARENT
    )


def encoded(pixels: Rgb, kind: str = "PNG") -> bytes:
    file = io.BytesIO()
    Image.fromarray(pixels).save(file, kind)
    return file.getvalue()
