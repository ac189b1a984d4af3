"""The tower's descriptor and the Fisher descriptor as one: a network knows shape, the other colour and grain."""

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Self

import numpy as np

from heritage.domain.descriptors import DescriptorSpec, Vectors
from heritage.domain.hits import Turn
from heritage.domain.images import Rgb
from heritage.domain.ports import Embedder
from heritage.errors import ModelError
from heritage.vision.fisher import FisherModel

FISHER = "fisher.safetensors"


@dataclass(frozen=True, slots=True, eq=False)
class FisherPart:
    """``model``, and its ``share`` (0..1) of a joined descriptor's squared length."""

    model: FisherModel
    share: float

    @classmethod
    def read(cls, path: Path) -> Self:
        """Raises `ModelError`."""
        from safetensors import SafetensorError
        from safetensors.numpy import load_file

        try:
            arrays = load_file(path)
            return cls(FisherModel.from_arrays(arrays), float(arrays["share"][0]))
        except (OSError, KeyError, ValueError, IndexError, SafetensorError) as error:
            raise ModelError(f"{path} is no Fisher model: {error}") from error

    def write(self, path: Path) -> None:
        """In half precision; the sum of a descriptor does not notice."""
        from safetensors.numpy import save_file

        halves = {name: np.ascontiguousarray(array, np.float16) for name, array in self.model.to_arrays().items()}
        save_file(halves | {"share": np.array([self.share], np.float32)}, path)
        path.chmod(0o644)  # safetensors writes for the owner alone


class JoinedEmbedder:
    """Both descriptors one behind the other, each at its share of the length, so that cosines add up."""

    def __init__(self, tower: Embedder, fisher: FisherPart, threads: int) -> None:
        self._tower, self._fisher, self._threads = tower, fisher, threads

    @property
    def spec(self) -> DescriptorSpec:
        tower = self._tower.spec
        return replace(tower, dimension=tower.dimension + self._fisher.model.dimension)

    def embed(self, images: Sequence[Rgb]) -> Vectors:
        """Unit vectors (count, dimension), float32, of ``images``, each (height, width, 3) uint8 of any size."""
        return self._join(self._tower.embed(images), self._described(images))

    def embed_turned(self, images: Sequence[Rgb], turns: Sequence[Turn]) -> Vectors:
        """(images, turns, dimension); colour and grain do not turn, so that part is described once."""
        tower = self._tower.embed_turned(images, turns)
        return self._join(tower, np.repeat(self._described(images)[:, None], len(turns), axis=1))

    def _described(self, images: Sequence[Rgb]) -> Vectors:
        with ThreadPoolExecutor(self._threads) as pool:  # OpenCV and NumPy leave the interpreter lock for most of it
            described = list(pool.map(lambda image: self._fisher.model.describe([image]), images))
        return np.concatenate(described or [np.zeros((0, self._fisher.model.dimension), np.float32)])

    def _join(self, tower: Vectors, fisher: Vectors) -> Vectors:
        share = self._fisher.share
        return np.concatenate([np.sqrt(1 - share) * tower, np.sqrt(share) * fisher], axis=-1).astype(np.float32)
