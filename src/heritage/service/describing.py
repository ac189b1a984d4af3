"""Describing photographs that are to be registered."""

from collections.abc import Sequence
from concurrent.futures import Executor
from typing import Protocol

from heritage.domain.descriptors import DescribedImage, ImageDescription
from heritage.domain.images import ImageDigest, Photo
from heritage.domain.ports import Embedder, KeypointExtractor


class DescribingParts(Protocol):
    """What describing needs of the context."""

    @property
    def embedder(self) -> Embedder: ...
    @property
    def extractor(self) -> KeypointExtractor: ...


def describe(
    context: DescribingParts, pool: Executor, photos: Sequence[tuple[Photo, int]]
) -> dict[ImageDigest, DescribedImage]:
    """Photos, each with its original's byte count, described; their keypoints are found side by side in ``pool``."""
    if not photos:
        return {}
    images = [photo.pixels for photo, _ in photos]
    extracted = [pool.submit(context.extractor.extract, image) for image in images]
    vectors = context.embedder.embed(images)
    return {
        photo.digest: DescribedImage(
            photo.digest,
            photo.media_type,
            byte_count,
            photo.width,
            photo.height,
            ImageDescription(vector, keypoints.result()),
        )
        for (photo, byte_count), vector, keypoints in zip(photos, vectors, extracted, strict=True)
    }
