"""Which photos of listings show the same picture: nearly the same photograph, or alike by their descriptors."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Protocol

import numpy as np

from heritage.domain.descriptors import Specs, Vectors
from heritage.domain.images import HASH_BYTES, ImageDigest, PhotoHash
from heritage.domain.pictures import Likeness, SamePicture
from heritage.domain.ports import HashPairs
from heritage.storage.photo_hashes import PhotoHashes
from heritage.storage.seen import Seen

ALIKE_FROM = 0.95  # cosine similarity of whole photos: what is alike is shown to people, and decides nothing
MAX_COMPARED = 20_000  # photos, by their descriptors: each with each
BLOCK_SIZE = 1_000
READ_TOGETHER = 200


class PictureParts(Protocol):
    """What comparing needs of the context."""

    @property
    def photo_hashes(self) -> PhotoHashes: ...
    @property
    def hash_pairs(self) -> HashPairs: ...
    @property
    def seen(self) -> Seen: ...
    @property
    def specs(self) -> Specs: ...


def nearly_same(context: PictureParts, photos: Iterable[ImageDigest]) -> list[SamePicture]:
    """Pairs of ``photos`` whose perceptual hashes are as near as those of registered near-duplicates."""
    return near_pairs(context, context.photo_hashes.find(photos))


def near_pairs(context: PictureParts, hash_by_photo: Mapping[ImageDigest, PhotoHash]) -> list[SamePicture]:
    """As `nearly_same`, of photos whose hashes are known."""
    hashes = sorted(hash_by_photo.items())
    bits = np.frombuffer(b"".join(one.bits for _, one in hashes), np.uint8).reshape(-1, HASH_BYTES)
    return [
        SamePicture(hashes[first][0], hashes[second][0], Likeness.NEARLY, distance)
        for first, second, distance in context.hash_pairs(bits, np.array([one.quality for _, one in hashes], np.int64))
    ]


def alike(context: PictureParts, photos: Iterable[ImageDigest]) -> Iterator[SamePicture]:
    """Pairs of the first `MAX_COMPARED` of ``photos`` whose descriptors, under the model in use, are most similar."""
    wanted = sorted(set(photos))[:MAX_COMPARED]
    digests, vectors = _whole_vectors(context, wanted)
    for start in range(0, len(digests), BLOCK_SIZE):
        similarities = vectors[start : start + BLOCK_SIZE] @ vectors.T
        rows, columns = np.nonzero(similarities >= ALIKE_FROM)
        for row, column in zip(rows.tolist(), columns.tolist(), strict=True):
            if column > start + row:
                measure = float(similarities[row, column])
                yield SamePicture(digests[start + row], digests[column], Likeness.ALIKE, round(measure, 4))


def _whole_vectors(context: PictureParts, wanted: list[ImageDigest]) -> tuple[list[ImageDigest], Vectors]:
    """Of each photo that was described, the descriptor of the whole of it, as it was taken."""
    found: dict[ImageDigest, Vectors] = {}
    for start in range(0, len(wanted), READ_TOGETHER):
        found |= context.seen.find_whole(wanted[start : start + READ_TOGETHER], context.specs)
    if not found:
        return [], np.zeros((0, context.specs.descriptor.dimension), np.float32)
    return list(found), np.stack(list(found.values()))


def same_pictures(context: PictureParts, photos: Iterable[ImageDigest]) -> list[SamePicture]:
    """All pairs, each once, as near-duplicates where they are."""
    wanted = set(photos)
    near = nearly_same(context, wanted)
    known = {frozenset((pair.first, pair.second)) for pair in near}
    others = (pair for pair in alike(context, wanted) if frozenset((pair.first, pair.second)) not in known)
    return near + list(others)
