"""The keypoint lane: the gallery's local descriptors in one FAISS index; each query keypoint votes for its neighbours.

Finds textured objects that are cropped, framed or small in the photo, which a vector of the whole image misses.
"""

import math
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import faiss
import numpy as np

from heritage.domain.descriptors import LocalDescriptors, Vectors
from heritage.domain.ports import Sequences
from heritage.vision.faiss_index import narrowed_to, read_index, write_index

FLAT_LIMIT = 20_000  # local descriptors; below, exact search is as fast and needs no training
LISTS_SEARCHED = 16
"""Of an inverted file, for each local descriptor; `make bench` shows how often the right photograph stays in reach."""


@dataclass(frozen=True, slots=True, eq=False)
class FaissKeypointLane:
    """Nearest local descriptors; ids are the sequences of the images they belong to, so ids repeat."""

    index: Any

    def nearest(
        self, local_descriptors: LocalDescriptors, limit: int, allowed: Sequences | None = None
    ) -> tuple[Vectors, Sequences]:
        parameters = None if allowed is None else self._narrowed(allowed)
        distances, sequences = self.index.search(local_descriptors.astype(np.float32), limit, params=parameters)
        return distances, sequences

    def _narrowed(self, allowed: Sequences) -> Any:
        if isinstance(self.index, faiss.IndexIVF):
            return narrowed_to(allowed, nprobe=self.index.nprobe)
        return narrowed_to(allowed)

    def write(self, path: Path) -> None:
        write_index(self.index, path)


def build_keypoint_lane(
    blocks: Iterable[tuple[Sequences, LocalDescriptors]], sample: LocalDescriptors, total: int
) -> FaissKeypointLane:
    """``blocks`` pair (count,) sequences with (count, 128) local descriptors; ``sample`` trains; ``total`` of all."""
    return build_quantised(blocks, sample, quantiser_for(total))


def build_quantised(
    blocks: Iterable[tuple[Sequences, LocalDescriptors]], sample: LocalDescriptors, quantiser: str
) -> FaissKeypointLane:
    """As `build_keypoint_lane`, with a FAISS index factory string of the caller's."""
    index = faiss.index_factory(128, quantiser)
    if not index.is_trained:
        index.train(sample.astype(np.float32))
    for sequences, local_descriptors in blocks:
        if len(sequences):
            index.add_with_ids(local_descriptors.astype(np.float32), sequences)
    _search_more_lists(index)
    return FaissKeypointLane(index)


def read_keypoint_lane(path: Path) -> FaissKeypointLane:
    index = read_index(path)
    _search_more_lists(index)
    return FaissKeypointLane(index)


def sample_count(total: int) -> int:
    """How many local descriptors the sample should have for a gallery of ``total``."""
    return max(65_536, 64 * list_count(total)) if total > FLAT_LIMIT else 0


def quantiser_for(total: int) -> str:
    """The FAISS index factory string for ``total`` local descriptors."""
    # 64 x 4 bits take the same 32 bytes as 32 x 8, and are scanned in registers: `make bench` compares them.
    return f"IVF{list_count(total)},PQ64x4fs" if total > FLAT_LIMIT else "IDMap,SQ8_direct"


def list_count(total: int) -> int:
    """The power of two nearest to sqrt(total): searching 16 lists then scans some 16 * sqrt(total) codes."""
    return max(256, 1 << round(math.log2(max(1.0, total**0.5))))


def _search_more_lists(index: Any) -> None:
    if isinstance(index, faiss.IndexIVF):
        index.nprobe = LISTS_SEARCHED
