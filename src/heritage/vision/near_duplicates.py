"""Near-duplicates by PDQ: the same photograph resized, recompressed, a little brighter; not cropped, turned or framed.

PDQ: "The TMK+PDQF Video-Hashing Algorithm and the PDQ Image-Hashing Algorithm" (Facebook, 2019). Both thresholds are
those that Meta recommends to start with: https://github.com/facebook/ThreatExchange/blob/main/pdq/README.md
"""

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
MAX_NEAR = 50  # pairs of one picture: the same one, many thousand times, would fill the memory with pairs


def hash_photo(image: Rgb) -> PhotoHash:
    """PDQ of pixels (height, width, 3)."""
    bits, quality = pdqhash.compute(np.ascontiguousarray(shrunk(image, WORKING_SIDE)))
    return PhotoHash(np.packbits(np.asarray(bits, np.uint8)).tobytes(), int(quality))


def near_pairs(
    bits: HashBits, qualities: npt.NDArray[np.int64], asked: npt.NDArray[np.int64] | None = None
) -> list[tuple[int, int, int]]:
    """`heritage.domain.ports.HashPairs`, each that is asked for compared with all."""
    good = np.flatnonzero(qualities >= MIN_QUALITY)
    rows = good if asked is None else np.intersect1d(good, asked)
    if len(rows) == 0:
        return []
    index = faiss.IndexBinaryFlat(8 * HASH_BYTES)
    index.add(np.ascontiguousarray(bits[good]))
    distances, others = index.search(np.ascontiguousarray(bits[rows]), min(MAX_NEAR + 1, len(good)))
    near, column = np.nonzero(distances <= MAX_DISTANCE)
    first, second, apart = rows[near], good[others[near, column]], distances[near, column]
    found = {
        (min(one, other), max(one, other)): distance
        for one, other, distance in zip(first.tolist(), second.tolist(), apart.tolist(), strict=True)
        if one != other
    }
    return [(one, other, distance) for (one, other), distance in found.items()]


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

    def clear(self) -> None:
        self._index = faiss.IndexBinaryIDMap(faiss.IndexBinaryFlat(8 * HASH_BYTES))
