"""Describing photographs that are to be registered."""

from collections.abc import Sequence
from concurrent.futures import Executor
from typing import Protocol

from heritage.domain.descriptors import DescribedImage, ImageDescription
from heritage.domain.images import ImageDigest, Photo
from heritage.domain.ports import Embedder, Hasher, KeypointExtractor


class DescribingParts(Protocol):
    """What describing needs of the context."""

    @property
    def embedder(self) -> Embedder: ...
    @property
    def extractor(self) -> KeypointExtractor: ...
    @property
    def hash_photo(self) -> Hasher: ...


def describe(
    context: DescribingParts, pool: Executor, photos: Sequence[tuple[Photo, int]]
) -> dict[ImageDigest, DescribedImage]:
    """Photos, each with its original's byte count, described; keypoints and hashes side by side in ``pool``."""
    if not photos:
        return {}
    images = [photo.pixels for photo, _ in photos]
    extracted = [pool.submit(context.extractor.extract, image) for image in images]
    hashed = [pool.submit(context.hash_photo, image) for image in images]
    vectors = context.embedder.embed(images)
    return {
        photo.digest: DescribedImage(
            photo.digest,
            photo.media_type,
            byte_count,
            photo.width,
            photo.height,
            ImageDescription(vector, keypoints.result()),
            photo_hash.result(),
        )
        for (photo, byte_count), vector, keypoints, photo_hash in zip(photos, vectors, extracted, hashed, strict=True)
    }
