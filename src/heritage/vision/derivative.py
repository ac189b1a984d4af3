"""Small JPEG derivatives of photos, for pages and reports. The originals are never altered and never sent to a page."""

import cv2

from heritage.domain.images import Rgb

QUALITY = 85


def thumbnail(pixels: Rgb, long_side: int, quality: int = QUALITY) -> bytes:
    """``pixels`` (height, width, 3) as a JPEG whose long side is at most ``long_side`` px; never enlarged.

    It is encoded from pixels alone, so that no metadata of the original (place, owner, camera) can leave with it.
    """
    height, width = pixels.shape[:2]
    scale = long_side / max(height, width)
    if scale < 1:
        size = (max(1, round(width * scale)), max(1, round(height * scale)))
        small = cv2.resize(pixels, size, interpolation=cv2.INTER_AREA)
    else:
        small = pixels
    done, encoded = cv2.imencode(".jpg", cv2.cvtColor(small, cv2.COLOR_RGB2BGR), [cv2.IMWRITE_JPEG_QUALITY, quality])
    if not done:
        raise ValueError(f"pixels of shape {pixels.shape} cannot be encoded as JPEG")
    return encoded.tobytes()
