"""Images: their identity (the digest of the original bytes), their pixels once decoded, regions of them."""

import hashlib
import re
from dataclasses import dataclass
from typing import Self

import numpy as np
import numpy.typing as npt

from heritage.errors import InputError

MAX_CAPTURE_TEXT = 100  # characters
HASH_BYTES = 32
_HEX_DIGITS = re.compile(r"[0-9a-f]{64}")

Rgb = npt.NDArray[np.uint8]
"""Pixels, shape (height, width, 3), sRGB, uint8, upright."""


@dataclass(frozen=True, slots=True, order=True)
class ImageDigest:
    """SHA-256 of an image's original bytes, taken at the door; written ``sha256:<hex>``."""

    hex: str

    def __post_init__(self) -> None:
        # Digests become file names: nothing but 64 hex digits may ever get here.
        if not _HEX_DIGITS.fullmatch(self.hex):
            raise InputError(f"not a SHA-256 digest: {self.hex[:80]!r} (expected 64 lower-case hex digits)")

    @classmethod
    def of(cls, data: bytes) -> Self:
        return cls(hashlib.sha256(data).hexdigest())

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read ``sha256:<hex>``. Raises `InputError` on anything else."""
        prefix, _, hex_digits = text.partition(":")
        if prefix != "sha256":
            raise InputError(f"not a digest: {text[:80]!r} (expected sha256:<hex>)")
        return cls(hex_digits)

    def __str__(self) -> str:
        return f"sha256:{self.hex}"


@dataclass(frozen=True, slots=True)
class Region:
    """An axis-aligned box in pixels of the upright image."""

    left: int
    top: int
    width: int
    height: int

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read ``left,top,width,height``. Raises `InputError` on anything else."""
        numbers = re.fullmatch(r"\s*(\d{1,6})\s*,\s*(\d{1,6})\s*,\s*(\d{1,6})\s*,\s*(\d{1,6})\s*", text, re.ASCII)
        if numbers is None:
            raise InputError(f"not a box: {text[:80]!r} (expected left,top,width,height in whole px)")
        return cls(*map(int, numbers.groups()))

    @classmethod
    def whole(cls, pixels: Rgb) -> Self:
        return cls(0, 0, pixels.shape[1], pixels.shape[0])

    def lies_within(self, width: int, height: int) -> bool:
        """Whether it has an area, all of it within an image of ``width`` x ``height`` px."""
        return 0 <= self.left < self.left + self.width <= width and 0 <= self.top < self.top + self.height <= height

    def cut(self, pixels: Rgb) -> Rgb:
        """What ``pixels`` (height, width, 3) show in this box; a view, not a copy."""
        return pixels[self.top : self.top + self.height, self.left : self.left + self.width]

    def __str__(self) -> str:
        return f"{self.left},{self.top},{self.width},{self.height}"


@dataclass(frozen=True, slots=True)
class Capture:
    """What the camera wrote of when and where it took the photo, unverified; empty or None when it did not.

    ``taken_at`` is as written (by EXIF ``2024:05:21 17:03:00``, in a time zone that is seldom known); ``latitude`` and
    ``longitude`` in degrees, north and east positive, both or neither. The place is for those who may know it. Raises
    ValueError for anything else.
    """

    taken_at: str = ""
    camera_make: str = ""
    camera_model: str = ""
    latitude: float | None = None
    longitude: float | None = None

    def __post_init__(self) -> None:
        for text in (self.taken_at, self.camera_make, self.camera_model):
            if len(text) > MAX_CAPTURE_TEXT or not text.isprintable():
                raise ValueError("not the words of a camera")
        if self.latitude is None or self.longitude is None:
            is_place = self.latitude is self.longitude
        else:
            is_place = -90 <= self.latitude <= 90 and -180 <= self.longitude <= 180  # NaN fails too
        if not is_place:
            raise ValueError("not a place on earth")


@dataclass(frozen=True, slots=True, eq=False)
class Photo:
    """A decoded image: identity of the original bytes, and upright sRGB pixels of shape (height, width, 3), uint8."""

    digest: ImageDigest
    pixels: Rgb
    media_type: str
    capture: Capture = Capture()

    @property
    def width(self) -> int:
        return int(self.pixels.shape[1])

    @property
    def height(self) -> int:
        return int(self.pixels.shape[0])


@dataclass(frozen=True, slots=True)
class PhotoHash:
    """A perceptual hash: 256 bits that stay nearly the same when a picture is resized or recompressed.

    ``quality`` from 0, a plain surface whose hash says nothing, to 100.
    """

    bits: bytes
    quality: int
