"""The global lane: one descriptor per gallery image in an exact FAISS index, and reading and writing index files."""

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import faiss
import numpy as np

from heritage.domain.descriptors import Vectors
from heritage.domain.ports import Sequences
from heritage.errors import DamagedIndexError


@dataclass(frozen=True, slots=True, eq=False)
class FaissGlobalLane:
    """Exact inner-product search over half-precision vectors: recall 1, two bytes a dimension."""

    index: Any

    def retrieve(self, vectors: Vectors, limit: int, allowed: Sequences | None = None) -> tuple[Vectors, Sequences]:
        parameters = None if allowed is None else narrowed_to(allowed)
        similarities, sequences = self.index.search(np.ascontiguousarray(vectors, np.float32), limit, params=parameters)
        return similarities, sequences

    def write(self, path: Path) -> None:
        write_index(self.index, path)


def build_global_lane(blocks: Iterable[tuple[Sequences, Vectors]], dimension: int) -> FaissGlobalLane:
    """``blocks`` pair (count,) sequences with (count, dimension) unit vectors."""
    scalar = faiss.IndexScalarQuantizer(dimension, faiss.ScalarQuantizer.QT_fp16, faiss.METRIC_INNER_PRODUCT)
    index = faiss.IndexIDMap2(scalar)
    for sequences, vectors in blocks:
        if len(sequences):
            index.add_with_ids(np.ascontiguousarray(vectors, np.float32), sequences)
    return FaissGlobalLane(index)


def read_global_lane(path: Path) -> FaissGlobalLane:
    return FaissGlobalLane(read_index(path))


def narrowed_to(allowed: Sequences, **parameters: int) -> Any:
    """Search parameters to answer with these ids only, ascending; others are passed over, none takes a place of theirs.

    A bitmap takes a bit for each image of the gallery, whoever asks, and is made 60 times as fast as FAISS's own set.
    """
    bits = np.zeros(int(allowed[-1]) + 1 if len(allowed) else 1, np.bool_)
    bits[allowed] = True
    bitmap: Any = faiss.IDSelectorBitmap  # takes an array in Python, which its stubs do not know
    selector = bitmap(np.packbits(bits, bitorder="little"))
    kind: Any = faiss.SearchParametersIVF if parameters else faiss.SearchParameters
    return kind(sel=selector, **parameters)


def write_index(index: Any, path: Path) -> None:
    """FAISS writes in place, not atomically: callers write into a folder that nobody reads yet."""
    faiss.write_index(index, str(path))


def read_index(path: Path) -> Any:
    """Raises `DamagedIndexError` when FAISS cannot read the file."""
    try:
        return faiss.read_index(str(path))
    except RuntimeError as error:
        raise DamagedIndexError(f"{path.name} cannot be read as a FAISS index") from error
