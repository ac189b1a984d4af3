"""Filling: every stored image described under one more model, from its original, beside the model in use.

Each batch is one transaction, and what is described stays: killed at any moment, it goes on where it stopped. The
model in use is not disturbed: its descriptions, their order and its index stay as they are.
"""

from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Protocol

from heritage.domain.descriptors import LateDescription, Specs, UndescribedImage
from heritage.domain.images import Photo
from heritage.domain.ports import Decoder, Embedder, KeypointExtractor, Progress
from heritage.errors import ImageError, NotFoundError, StorageError
from heritage.settings import Settings
from heritage.storage.backlog import Backlog
from heritage.storage.images import Images

BATCH_SIZE = 16  # images described at once
BATCH_PIXELS = 64_000_000  # decoded at once, about: 200 MB
FAILURES_KEPT = 1000


class FillParts(Protocol):
    """What filling needs of the context."""

    @property
    def settings(self) -> Settings: ...
    @property
    def images(self) -> Images: ...
    @property
    def backlog(self) -> Backlog: ...
    @property
    def decode(self) -> Decoder: ...
    @property
    def embedder(self) -> Embedder: ...
    @property
    def extractor(self) -> KeypointExtractor: ...
    @property
    def specs(self) -> Specs: ...


@dataclass(frozen=True, slots=True)
class FillReport:
    """How many images were described, how many could not be, and why the first thousand of those could not."""

    described_count: int = 0
    failed_count: int = 0
    failures: tuple[str, ...] = ()


def fill(context: FillParts, progress: Progress | None = None) -> FillReport:
    """Describe what the context's model has not described. ``progress`` is told ("fill", images done, images).

    An image whose original is lost or damaged is passed over, and tried again by the next fill. Images that are
    ingested meanwhile are described too.
    """
    total = context.backlog.count(context.specs)
    described_count, failed_count = 0, 0
    failures: list[str] = []
    with ThreadPoolExecutor(context.settings.thread_count) as pool:
        for batch in _batches(context):
            photos = list(pool.map(lambda image: _photo(context, image), batch))
            good = [(image, photo) for image, photo in zip(batch, photos, strict=True) if isinstance(photo, Photo)]
            context.backlog.describe(_describe(context, pool, good), context.specs)
            problems = [photo for photo in photos if isinstance(photo, str)]
            described_count += len(good)
            failed_count += len(problems)
            failures += problems[: FAILURES_KEPT - len(failures)]
            if progress:
                done = described_count + failed_count
                progress("fill", done, max(total, done))
    return FillReport(described_count, failed_count, tuple(failures))


def _batches(context: FillParts) -> Iterator[Sequence[UndescribedImage]]:
    """What is missing, by sequence; few large images at a time, or many small ones."""
    after = 0
    while page := context.backlog.page(context.specs, after, BATCH_SIZE):
        batch: list[UndescribedImage] = []
        pixel_count = 0
        for image in page:
            pixel_count += image.pixel_count
            if batch and pixel_count > BATCH_PIXELS:
                break
            batch.append(image)
        yield batch
        after = batch[-1].sequence


def _photo(context: FillParts, image: UndescribedImage) -> Photo | str:
    """The decoded original, or why there is none."""
    try:
        return context.decode(context.images.read(image.digest))
    except ImageError as error:
        return f"{image.digest}: {error}"
    except (NotFoundError, StorageError) as error:
        return str(error)


def _describe(
    context: FillParts, pool: ThreadPoolExecutor, good: Sequence[tuple[UndescribedImage, Photo]]
) -> list[LateDescription]:
    if not good:
        return []
    extracted = [
        None if image.has_keypoints else pool.submit(context.extractor.extract, photo.pixels) for image, photo in good
    ]
    vectors = context.embedder.embed([photo.pixels for _, photo in good])
    return [
        LateDescription(image.sequence, vector, keypoints.result() if keypoints else None)
        for (image, _), vector, keypoints in zip(good, vectors, extracted, strict=True)
    ]
