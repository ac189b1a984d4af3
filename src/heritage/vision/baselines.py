"""What heritage is compared with: three ways to compare whole pictures, each over the whole gallery, exhaustively."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import cv2
import numpy as np
import numpy.typing as npt
import pdqhash

from heritage.domain.descriptors import Vectors
from heritage.domain.images import Rgb
from heritage.vision.turning import shrunk

Bits = npt.NDArray[np.uint8]
"""A hash as packed bits, shape (bytes,); a gallery of them (count, bytes)."""

Row = npt.NDArray[Any]
"""What describes one picture; a gallery of them has one axis more, in front."""


class _OneRowEach:
    """A baseline that describes queries as it does the gallery, by one row of the same shape."""

    __slots__ = ()

    def describe(self, image: Rgb) -> Row:
        raise NotImplementedError

    def describe_query(self, image: Rgb) -> Row:
        return self.describe(image)

    def gather(self, rows: Sequence[Row]) -> Row:
        """(count, ...) in their order."""
        return np.stack(rows)


@dataclass(frozen=True, slots=True)
class PHash(_OneRowEach):
    """The 64 lowest frequencies of a 32 x 32 grey picture, above or below their median (Zauner 2010)."""

    name: str = "phash"

    def describe(self, image: Rgb) -> Bits:
        """64 bits as (8,) uint8."""
        grey = cv2.cvtColor(image, cv2.COLOR_RGB2GRAY)
        small = cv2.resize(grey, (32, 32), interpolation=cv2.INTER_AREA).astype(np.float32)
        lowest = cv2.dct(small)[1:9, 1:9].ravel()  # without the mean and the gradients along one axis, as Zauner does
        return np.packbits(lowest > np.median(lowest))

    def similarities(self, query: Bits, gallery: Bits) -> Vectors:
        """Share of equal bits (count,), of ``query`` (8,) with each row of ``gallery`` (count, 8)."""
        return _equal_bits(query, gallery)


@dataclass(frozen=True, slots=True)
class Pdq(_OneRowEach):
    """Meta's PDQ: 256 bits of a 64 x 64 grey picture's frequencies ("The TMK+PDQF video-hashing...", 2019)."""

    name: str = "pdq"

    def describe(self, image: Rgb) -> Bits:
        """256 bits as (32,) uint8."""
        bits, _ = pdqhash.compute(image)
        return np.packbits(np.asarray(bits, np.uint8))

    def similarities(self, query: Bits, gallery: Bits) -> Vectors:
        """Share of equal bits (count,), of ``query`` (32,) with each row of ``gallery`` (count, 32)."""
        return _equal_bits(query, gallery)


@dataclass(frozen=True, slots=True)
class ColourHistogram(_OneRowEach):
    """Share of pixels in each of 16 x 8 x 8 bins of hue, saturation and value (after Swain & Ballard 1991).

    Compared by Bhattacharyya's coefficient: on the development photographs it ranks better than intersection and
    correlation, and HSV better than RGB and L*a*b*. A baseline should be the best of its kind.
    """

    name: str = "colour_histogram"

    def describe(self, image: Rgb) -> npt.NDArray[np.float32]:
        """Square roots of the shares, (1024,) float32, of unit length."""
        hsv = cv2.cvtColor(shrunk(image, 256), cv2.COLOR_RGB2HSV)
        counts = cv2.calcHist([hsv], [0, 1, 2], None, [16, 8, 8], [0, 180, 0, 256, 0, 256]).ravel()
        return np.asarray(np.sqrt(counts / counts.sum()), np.float32)

    def similarities(self, query: npt.NDArray[np.float32], gallery: npt.NDArray[np.float32]) -> Vectors:
        """Bhattacharyya's coefficient (count,), of ``query`` (1024,) with each row of ``gallery`` (count, 1024)."""
        return np.asarray(gallery @ query, np.float32)


BASELINES = (PHash(), Pdq(), ColourHistogram())


def _equal_bits(query: Bits, gallery: Bits) -> Vectors:
    different = np.bitwise_count(query ^ gallery).sum(axis=1, dtype=np.int32)
    return np.asarray(1 - different / (8 * len(query)), np.float32)
