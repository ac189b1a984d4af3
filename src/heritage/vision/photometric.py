"""Do the pixels agree where the geometry says that they should?

Two prints from one plate, two panels of one painter share keypoints enough to pass as one. Laid over each other their
pixels differ: block by block the correlation is high only for the same object.
"""

import cv2
import numpy as np
import numpy.typing as npt

from heritage.domain.hits import Homography
from heritage.domain.images import Rgb

LONG_SIDE = 192  # px at which pictures are compared: coarser than noise and compression, finer than mere composition
BLOCK = 24
SLACK = 4  # px that a block may be off: a curved surface is no plane
LEAST_CONTRAST = 4.0  # grey levels; a block of plain ground correlates with nothing
LEAST_BLOCKS = 4
Grey = npt.NDArray[np.float32]


def correlate(query: Rgb, gallery: Rgb, homography: Homography) -> float | None:
    """Median over blocks of the best normalised correlation, -1..1; None where too little of it can be compared.

    ``query`` and ``gallery`` (height, width, 3) uint8 of any size; ``homography`` maps query px to gallery px.
    """
    height, width = gallery.shape[:2]
    factor = min(1.0, LONG_SIDE / max(height, width))
    size = (max(1, round(width * factor)), max(1, round(height * factor)))
    transform = np.diag([factor, factor, 1.0]) @ np.array(homography)
    seen = _warped(query, transform, size)
    covered = _warped(np.full_like(query[..., :1], 255), transform, size) > 250
    known = cv2.cvtColor(cv2.resize(gallery, size, interpolation=cv2.INTER_AREA), cv2.COLOR_RGB2GRAY)
    values = _block_correlations(seen, np.asarray(known, np.float32), covered)
    return float(np.median(values)) if len(values) >= LEAST_BLOCKS else None


def _warped(image: Rgb, transform: npt.NDArray[np.float64], size: tuple[int, int]) -> Grey:
    """Grey ``image`` under ``transform``, shrunk first so that the warp does not alias."""
    grey = image[..., 0] if image.shape[2] == 1 else cv2.cvtColor(image, cv2.COLOR_RGB2GRAY)
    scale = float(np.sqrt(abs(np.linalg.det(transform[:2, :2]))))
    if 0 < scale < 0.7:
        shrunk = (max(1, round(grey.shape[1] * scale)), max(1, round(grey.shape[0] * scale)))
        back = np.diag([grey.shape[1] / shrunk[0], grey.shape[0] / shrunk[1], 1.0])
        grey, transform = cv2.resize(grey, shrunk, interpolation=cv2.INTER_AREA), transform @ back
    return np.asarray(cv2.warpPerspective(grey, transform, size, flags=cv2.INTER_LINEAR), np.float32)


def _block_correlations(seen: Grey, known: Grey, covered: npt.NDArray[np.bool_]) -> list[float]:
    values: list[float] = []
    for top in range(SLACK, known.shape[0] - BLOCK - SLACK + 1, BLOCK):
        for left in range(SLACK, known.shape[1] - BLOCK - SLACK + 1, BLOCK):
            block = known[top : top + BLOCK, left : left + BLOCK]
            around = slice(top - SLACK, top + BLOCK + SLACK), slice(left - SLACK, left + BLOCK + SLACK)
            if covered[around].all() and block.std() >= LEAST_CONTRAST and seen[around].std() >= LEAST_CONTRAST / 2:
                values.append(float(cv2.matchTemplate(seen[around], block, cv2.TM_CCOEFF_NORMED).max()))
    return values
