"""Untrusted bytes to a photo: upright, 8-bit sRGB, first frame, within limits; or one error that names the cause.

What the order of the steps keeps out: a file is recognised before any parser sees it; one plug-in of Pillow sees it,
never all of them (its EPS plug-in would start Ghostscript); the size that the header claims is checked before memory
is taken for pixels. Bugs inside the codecs themselves are not kept out by this module: `heritage.vision.decode_pool`
runs it in children.
"""

import io
import logging
import math
import warnings
from dataclasses import dataclass

import numpy as np
import pillow_heif
from PIL import Image

from heritage.domain.images import Capture, ImageDigest, Photo, Rgb
from heritage.errors import ImageError
from heritage.vision.capture import read_capture
from heritage.vision.colour import to_srgb
from heritage.vision.signatures import JPEG, PictureFormat, is_cut_off, recognise

MIN_SIDE = 16  # px; below it nothing can be recognised, and tracking pixels end here
MAX_JPEG_SCANS = 200  # a camera's progressive JPEG has ten; thousands of empty ones keep a processor busy for minutes
_ORIENTATION = 0x0112
_PILLOW_MODULES = r"(PIL|pillow_heif)\."
_TRANSPOSE_BY_ORIENTATION = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}

pillow_heif.register_heif_opener(thumbnails=False)
logging.getLogger("PIL").addHandler(logging.NullHandler())  # or its remarks on broken files end up on stderr
# Pillow's own guard is a warning at a size that we may allow and an error that hides how large the image is. Ours,
# `DecodeLimits`, is checked at the same moment: after the header, before any pixel.
Image.MAX_IMAGE_PIXELS = None


@dataclass(frozen=True, slots=True)
class DecodeLimits:
    """The most that a picture may have: bytes of the file, pixels, and pixels of its longer side."""

    max_bytes: int
    max_pixels: int
    max_side: int


def decode(data: bytes, limits: DecodeLimits) -> Photo:
    """The photo in ``data``: JPEG (MPO too), PNG, WebP, TIFF, AVIF or HEIC; pixels (height, width, 3) uint8, sRGB.

    Raises `ImageError`, its cause one of ``not an image``, ``unsupported format``, ``too large``, ``too small``,
    ``truncated``, ``damaged``; nothing else, whatever the bytes.
    """
    picture_format = admit(data, limits)
    _silence_pillow()
    try:
        pixels, capture = _decode_pixels(data, picture_format, limits)
    except ImageError:
        raise
    except Exception as error:  # codecs raise SyntaxError, struct.error, MemoryError, ...: no list would be complete
        raise _failure(data, picture_format, error) from error
    return Photo(ImageDigest.of(data), pixels, picture_format.media_type, capture)


def admit(data: bytes, limits: DecodeLimits) -> PictureFormat:
    """The format of ``data``, from what can be told without a parser. Raises `ImageError`."""
    if len(data) > limits.max_bytes:
        raise ImageError("too large", f"{math.ceil(len(data) / 1e6)} MB, limit {limits.max_bytes / 1e6:g}")
    picture_format = recognise(data)
    if picture_format is JPEG:
        _check_scans(data)
    return picture_format


def _decode_pixels(data: bytes, picture_format: PictureFormat, limits: DecodeLimits) -> tuple[Rgb, Capture]:
    with Image.open(io.BytesIO(data), formats=[picture_format.plugin]) as image:
        _check_size(image.size, limits)
        image.load()
        _check_size(image.size, limits)  # HEIC: the coded picture, not the header, has the last word
        return np.array(_upright(to_srgb(image), _orientation(image))), read_capture(image)


def _check_size(size: tuple[int, int], limits: DecodeLimits) -> None:
    width, height = size
    pixels = width * height
    if pixels > limits.max_pixels:
        raise ImageError("too large", f"{math.ceil(pixels / 1e6)} megapixels, limit {limits.max_pixels / 1e6:g}")
    if max(size) > limits.max_side:
        side = "wide" if width > height else "high"
        raise ImageError("too large", f"{max(size):,} pixels {side}, limit {limits.max_side:,}")
    if min(size) < MIN_SIDE:
        raise ImageError("too small", f"{width} x {height} pixels, at least {MIN_SIDE} a side")


def _check_scans(data: bytes) -> None:
    # Within a scan 0xFF is always followed by 0x00 or a restart marker, so this counts scans (and a thumbnail's).
    if data.count(b"\xff\xda") > MAX_JPEG_SCANS:
        raise ImageError("damaged", f"more than {MAX_JPEG_SCANS} scans in a JPEG")


def _orientation(image: Image.Image) -> int:
    """The orientation still to be applied, after the pixels are loaded: TIFF and HEIC are upright by then."""
    try:
        return int(image.getexif().get(_ORIENTATION, 1))
    except Exception:  # broken EXIF takes nothing from the pixels
        return 1


def _upright(image: Image.Image, orientation: int) -> Image.Image:
    transpose = _TRANSPOSE_BY_ORIENTATION.get(orientation)
    return image if transpose is None else image.transpose(transpose)


def _failure(data: bytes, picture_format: PictureFormat, error: Exception) -> ImageError:
    if isinstance(error, MemoryError):
        return ImageError("too large", "not enough memory to decode it")
    if "truncated" in str(error) or is_cut_off(data, picture_format):
        return ImageError("truncated", f"the {picture_format.name} file ends too early; send the whole file")
    return ImageError("damaged", f"the {picture_format.name} data cannot be decoded")


def _silence_pillow() -> None:
    """Pillow warns of odd metadata, which we do not use; it either decodes the pixels or raises.

    Not `warnings.catch_warnings`, which swaps the filters of all threads and restores them in any order.
    """
    already = any(
        action == "ignore" and category is UserWarning and module is not None and module.pattern == _PILLOW_MODULES
        for action, _, category, module, _ in warnings.filters
        if not isinstance(module, str)
    )
    if not already:
        warnings.filterwarnings("ignore", category=UserWarning, module=_PILLOW_MODULES)
