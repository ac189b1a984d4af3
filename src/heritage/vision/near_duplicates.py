"""Near-duplicates by PDQ: the same photograph resized, recompressed, a little brighter; not cropped, turned or framed.

PDQ: "The TMK+PDQF Video-Hashing Algorithm and the PDQ Image-Hashing Algorithm" (Facebook, 2019). Both thresholds are
those that Meta recommends to start with: https://github.com/facebook/ThreatExchange/blob/main/pdq/README.md
"""

from collections.abc import Iterator, Sequence

import faiss
import numpy as np
import numpy.typing as npt
import pdqhash

from heritage.domain.images import HASH_BYTES, PhotoHash, Rgb
from heritage.domain.ports import HashBits, Sequences
from heritage.vision.turning import shrunk

MAX_DISTANCE = 31  # bits of 256
MIN_QUALITY = 50  # below, a picture is so plain that others share its hash
WORKING_SIDE = 512  # px; PDQ looks at 64 x 64
MAX_COMPARED = 20_000_000  # pairs of hashes in one call, which takes 12 bytes for each that is near


def hash_photo(image: Rgb) -> PhotoHash:
    """PDQ of pixels (height, width, 3)."""
    bits, quality = pdqhash.compute(np.ascontiguousarray(shrunk(image, WORKING_SIDE)))
    return PhotoHash(np.packbits(np.asarray(bits, np.uint8)).tobytes(), int(quality))


class PdqIndex:
    """`heritage.domain.ports.HashIndex`, in memory: 40 bytes an image. Exact; for one thread at a time."""

    def __init__(self) -> None:
        self.clear()

    def add(self, sequences: Sequences, bits: HashBits, qualities: npt.NDArray[np.int64]) -> None:
        good = qualities >= MIN_QUALITY
        self._index.add_with_ids(np.ascontiguousarray(bits[good]), np.ascontiguousarray(sequences[good]))

    def nearest(self, asked: PhotoHash, limit: int) -> tuple[tuple[int, int], ...]:
        if asked.quality < MIN_QUALITY or self._index.ntotal == 0:
            return ()
        bits = np.frombuffer(asked.bits, np.uint8).reshape(1, HASH_BYTES)
        distances, sequences = self._index.search(bits, min(limit, self._index.ntotal))
        pairs = zip(sequences[0].tolist(), distances[0].tolist(), strict=True)
        return tuple((sequence, distance) for sequence, distance in pairs if distance <= MAX_DISTANCE)

    def nearest_of_each(self, asked: Sequence[PhotoHash], limit: int) -> Iterator[tuple[tuple[int, int], ...]]:
        step = max(1, MAX_COMPARED // max(1, self._index.ntotal))
        for start in range(0, len(asked), step):
            block = asked[start : start + step]
            bits = np.frombuffer(b"".join(one.bits for one in block), np.uint8).reshape(-1, HASH_BYTES)
            ends, distances, sequences = self._index.range_search(bits, MAX_DISTANCE + 1)  # less than that
            for place, one in enumerate(block):
                found = slice(int(ends[place]), int(ends[place + 1]) if one.quality >= MIN_QUALITY else 0)
                order = np.lexsort((sequences[found], distances[found]))[:limit]
                yield tuple(zip(sequences[found][order].tolist(), distances[found][order].tolist(), strict=True))

    def clear(self) -> None:
        self._index = faiss.IndexBinaryIDMap(faiss.IndexBinaryFlat(8 * HASH_BYTES))
