"""Which photos of listings show the same picture: nearly the same photograph, or alike by their descriptors."""

from collections.abc import Collection, Iterable, Iterator, Mapping
from typing import Protocol

import numpy as np

from heritage.domain.descriptors import Specs, Vectors
from heritage.domain.images import HASH_BYTES, ImageDigest, PhotoHash
from heritage.domain.pictures import Likeness, SamePicture
from heritage.domain.ports import HashPairs
from heritage.storage.photo_hashes import PhotoHashes
from heritage.storage.seen import Seen

# Cosine similarity of whole photos: what is alike is shown to people, and decides nothing. As picture_benchmark.py in
# scripts measures: from 0.95 on nine of ten are found whose rim was cut off, and one in a thousand pairs of other
# objects is called alike; at 0.93 twice as many near-twins are, at 0.97 half of the cut ones are lost.
ALIKE_FROM = 0.95
MAX_NEAR = 50  # pairs of one photo
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


def nearly_same(
    context: PictureParts, photos: Iterable[ImageDigest], only: Collection[ImageDigest] | None = None
) -> list[SamePicture]:
    """Pairs of ``photos`` whose perceptual hashes are as near as those of registered near-duplicates.

    With ``only``, pairs that lead from one of these to another photo, also through others.
    """
    return near_pairs(context, context.photo_hashes.find(photos), only)


def near_pairs(
    context: PictureParts, hash_by_photo: Mapping[ImageDigest, PhotoHash], only: Collection[ImageDigest] | None = None
) -> list[SamePicture]:
    """As `nearly_same`, of photos whose hashes are known."""
    hashes = sorted(hash_by_photo.items())
    bits = np.frombuffer(b"".join(one.bits for _, one in hashes), np.uint8).reshape(-1, HASH_BYTES)
    qualities = np.array([one.quality for _, one in hashes], np.int64)
    waiting = {place for place, (digest, _) in enumerate(hashes) if only is None or digest in only}
    reached, distances = set(waiting), dict[tuple[int, int], int]()
    while waiting:
        for first, second, distance in context.hash_pairs(bits, qualities, np.array(sorted(waiting))):
            distances[first, second] = distance
        waiting = {place for pair in distances for place in pair} - reached
        reached |= waiting
    return [
        SamePicture(hashes[first][0], hashes[second][0], Likeness.NEARLY, distance)
        for (first, second), distance in sorted(distances.items())
    ]


def alike(
    context: PictureParts, photos: Iterable[ImageDigest], only: Collection[ImageDigest] | None = None
) -> Iterator[SamePicture]:
    """Pairs of the first `MAX_COMPARED` of ``photos`` whose descriptors, under the model in use, are most similar.

    Of each photo the `MAX_NEAR` that are most like it: a thousand blank pictures would make half a million pairs. With
    ``only``, pairs of one of these and any other; all of these are compared.
    """
    wanted = list(dict.fromkeys(photos))
    if only is not None:
        wanted.sort(key=lambda one: one not in only)
    digests, vectors = _whole_vectors(context, wanted[:MAX_COMPARED])
    row_count = len(digests) if only is None else sum(1 for one in digests if one in only)
    for start in range(0, row_count, BLOCK_SIZE):
        similarities = vectors[start : min(row_count, start + BLOCK_SIZE)] @ vectors.T
        for row, others in enumerate(similarities, start):
            others[: row + 1] = 0.0  # each pair once, none with itself
            near = np.nonzero(others >= ALIKE_FROM)[0]
            for column in near[np.argsort(-others[near], kind="stable")[:MAX_NEAR]].tolist():
                yield SamePicture(digests[row], digests[column], Likeness.ALIKE, round(float(others[column]), 4))


def _whole_vectors(context: PictureParts, wanted: list[ImageDigest]) -> tuple[list[ImageDigest], Vectors]:
    """Of each photo that was described, in order, the descriptor of the whole of it, as it was taken."""
    found: dict[ImageDigest, Vectors] = {}
    for start in range(0, len(wanted), READ_TOGETHER):
        found |= context.seen.find_whole(wanted[start : start + READ_TOGETHER], context.specs)
    if not found:
        return [], np.zeros((0, context.specs.descriptor.dimension), np.float32)
    digests = [one for one in wanted if one in found]
    return digests, np.stack([found[one] for one in digests])


def same_pictures(context: PictureParts, photos: Iterable[ImageDigest]) -> list[SamePicture]:
    """All pairs, each once, as near-duplicates where they are."""
    wanted = list(dict.fromkeys(photos))
    near = nearly_same(context, wanted)
    known = {frozenset((pair.first, pair.second)) for pair in near}
    others = (pair for pair in alike(context, wanted) if frozenset((pair.first, pair.second)) not in known)
    return near + list(others)
