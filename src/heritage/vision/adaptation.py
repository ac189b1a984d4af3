"""A linear layer after an OpenCLIP tower: what ``scripts/fit_adaptation.py`` fits to one kind of photographs.

``adaptation.safetensors`` in a model folder holds ``weight`` (d_out, d_in) and ``bias`` (d_out,).
"""

from dataclasses import dataclass
from pathlib import Path
from typing import Self

import numpy as np
import numpy.typing as npt

from heritage.domain.descriptors import Vectors
from heritage.errors import ModelError

ADAPTATION = "adaptation.safetensors"


@dataclass(frozen=True, slots=True, eq=False)
class Adaptation:
    """``weight`` (d_out, d_in) and ``bias`` (d_out,), float32, applied to unit vectors; the result is normalised."""

    weight: npt.NDArray[np.float32]
    bias: npt.NDArray[np.float32]

    def __post_init__(self) -> None:
        if self.weight.ndim != 2 or self.bias.shape != self.weight.shape[:1]:
            raise ModelError(f"an adaptation has weight (d_out, d_in), bias (d_out,), not {self.weight.shape}")
        if not (np.isfinite(self.weight).all() and np.isfinite(self.bias).all()):
            raise ModelError("an adaptation has values that are no finite numbers")

    def __call__(self, vectors: Vectors) -> Vectors:
        """Unit vectors (count, d_in) to unit vectors (count, d_out)."""
        return unit(vectors @ self.weight.T + self.bias)

    @property
    def input_dimension(self) -> int:
        return int(self.weight.shape[1])

    @property
    def dimension(self) -> int:
        return int(self.weight.shape[0])

    @classmethod
    def read(cls, path: Path) -> Self:
        """Raises `ModelError`."""
        from safetensors import SafetensorError
        from safetensors.numpy import load_file

        try:
            tensors = load_file(path)
            return cls(tensors["weight"].astype(np.float32), tensors["bias"].astype(np.float32))
        except (OSError, KeyError, ValueError, SafetensorError) as error:
            raise ModelError(f"{path} is no adaptation: {error}") from error

    def write(self, path: Path) -> None:
        from safetensors.numpy import save_file

        save_file({"weight": np.ascontiguousarray(self.weight), "bias": np.ascontiguousarray(self.bias)}, path)
        path.chmod(0o644)  # safetensors writes for the owner alone


def unit(vectors: Vectors) -> Vectors:
    """Rows of ``vectors`` (count, dimension) at length one, float32."""
    return np.asarray(vectors / np.maximum(np.linalg.norm(vectors, axis=1, keepdims=True), 1e-12), np.float32)
