"""Photos that show the same picture: how alike two are, and all that go together."""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from heritage.domain.images import ImageDigest


class Likeness(StrEnum):
    """How two photos, which are not the same file, are alike."""

    NEARLY = "nearly the same photograph"  # by their perceptual hashes: resized, recompressed
    ALIKE = "alike"  # by their descriptors: cropped, framed, or another photograph of the object or of its twin


@dataclass(frozen=True, slots=True)
class SamePicture:
    """Two photos that are alike. ``measure``: bits of 256 that differ (nearly), or cosine similarity (alike)."""

    first: ImageDigest
    second: ImageDigest
    likeness: Likeness
    measure: float


def picture_by_photo(photos: Iterable[ImageDigest], pairs: Iterable[SamePicture]) -> dict[ImageDigest, ImageDigest]:
    """For each photo the one that stands for all that are joined to it by pairs, also through others."""
    leader = {photo: photo for photo in photos}

    def led(photo: ImageDigest) -> ImageDigest:
        while leader[photo] != photo:
            leader[photo] = leader[leader[photo]]
            photo = leader[photo]
        return photo

    for pair in pairs:
        first, second = sorted((led(pair.first), led(pair.second)))
        leader[second] = first
    return {photo: led(photo) for photo in leader}
