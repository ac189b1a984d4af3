"""Descriptors of images and what made them: a global vector per image, and local descriptors at keypoints."""

import hashlib
import json
from dataclasses import asdict, dataclass, replace

import numpy as np
import numpy.typing as npt

from heritage.domain.images import ImageDigest, PhotoHash, Region

Vectors = npt.NDArray[np.float32]
"""Global descriptors, shape (count, dimension), float32, rows of unit length."""

LocalDescriptors = npt.NDArray[np.uint8]
"""Quantised RootSIFT, (count, 128) uint8: round(512 * sqrt(L1-normalised SIFT)), Arandjelovic & Zisserman 2012."""

MIRRORED_DIRECTIONS = (0, 7, 6, 5, 4, 3, 2, 1)


@dataclass(frozen=True, slots=True)
class DescriptorSpec:
    """Everything that decides a global descriptor's values; two descriptors compare only under one spec."""

    model: str
    weights: str  # sha256:<hex> of the weights file, then +<hex> of the adaptation's file where there is one
    preprocessing: str
    dimension: int

    @property
    def digest(self) -> str:
        return _digest(asdict(self))


@dataclass(frozen=True, slots=True)
class KeypointSpec:
    """Everything that decides the keypoints of a gallery image."""

    method: str
    long_side: int  # px of the working image; smaller images are not enlarged
    max_keypoints: int

    @property
    def digest(self) -> str:
        return _digest(asdict(self))


@dataclass(frozen=True, slots=True)
class Specs:
    """The pair of specs under which an image counts as described."""

    descriptor: DescriptorSpec
    keypoint: KeypointSpec

    @property
    def digest(self) -> str:
        return _digest(asdict(self))


@dataclass(frozen=True, slots=True, eq=False)
class KeypointSet:
    """Keypoints of one image, strongest first.

    ``points`` (count, 2) float32, x right and y down, in px of the working image of ``width`` x ``height``;
    ``scales`` (count,) float32, keypoint diameter in px; ``angles`` (count,) float32, degrees;
    ``local_descriptors`` (count, 128) uint8.
    """

    points: npt.NDArray[np.float32]
    scales: npt.NDArray[np.float32]
    angles: npt.NDArray[np.float32]
    local_descriptors: LocalDescriptors
    width: int
    height: int

    def __post_init__(self) -> None:
        count = len(self.points)
        if (
            self.points.shape != (count, 2)
            or self.scales.shape != (count,)
            or self.angles.shape != (count,)
            or self.local_descriptors.shape != (count, 128)
            or self.local_descriptors.dtype != np.uint8
        ):
            raise ValueError("keypoint arrays disagree in shape or dtype")

    def __len__(self) -> int:
        return len(self.points)

    def mirrored(self) -> "KeypointSet":
        """The keypoints of the same picture, left and right exchanged, without looking at a pixel again.

        A SIFT descriptor is 4 x 4 places x 8 directions relative to the keypoint's own direction; mirrored, the places
        across that direction change sides and the relative directions change sign.
        """
        grid = self.local_descriptors.reshape(-1, 4, 4, 8)[:, ::-1, :, MIRRORED_DIRECTIONS]
        flipped = self.points * np.array([-1, 1], np.float32) + np.array([self.width - 1, 0], np.float32)
        turned = np.mod(180 - self.angles, 360).astype(np.float32)
        return replace(self, points=flipped, angles=turned, local_descriptors=grid.reshape(-1, 128))


@dataclass(frozen=True, slots=True, eq=False)
class ImageDescription:
    """What is computed once per image and stored: ``vector`` (dimension,) float32 unit length, and keypoints."""

    vector: npt.NDArray[np.float32]
    keypoints: KeypointSet


@dataclass(frozen=True, slots=True, eq=False)
class RegionDescription:
    """One region of a query's photo: ``vectors`` (turns, dimension), the first as it was taken.

    ``keypoints`` None: the whole photo's will do.
    """

    region: Region
    vectors: Vectors
    keypoints: KeypointSet | None


@dataclass(frozen=True, slots=True, eq=False)
class DescribedImage:
    """An image ready to be stored: its original's facts, upright size in px, its description and perceptual hash."""

    digest: ImageDigest
    media_type: str
    byte_count: int
    width: int
    height: int
    description: ImageDescription
    photo_hash: PhotoHash | None = None


@dataclass(frozen=True, slots=True)
class UndescribedImage:
    """A stored image that lacks a description under some specs; ``pixel_count`` of its original, decoded.

    ``has_keypoints`` when it is the descriptor alone that it lacks.
    """

    sequence: int
    digest: ImageDigest
    pixel_count: int
    has_keypoints: bool


@dataclass(frozen=True, slots=True, eq=False)
class LateDescription:
    """What describes an image that was stored earlier; ``keypoints`` is None when it has them already."""

    sequence: int
    vector: npt.NDArray[np.float32]
    keypoints: KeypointSet | None = None


def _digest(parts: dict[str, object]) -> str:
    canonical = json.dumps(parts, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(canonical.encode()).hexdigest()[:16]
