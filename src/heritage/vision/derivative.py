"""Pictures for pages: small, without metadata. The original is never touched."""

import io

from PIL import Image

from heritage.domain.images import Rgb


def thumbnail(pixels: Rgb, long_side: int, quality: int = 85) -> bytes:
    """A JPEG of ``pixels`` whose long side is at most ``long_side`` px; it carries nothing of the original's metadata."""
    picture = Image.fromarray(pixels)
    picture.thumbnail((long_side, long_side), Image.Resampling.LANCZOS)
    file = io.BytesIO()
    picture.save(file, "JPEG", quality=quality, optimize=True)
    return file.getvalue()
