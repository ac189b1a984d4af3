"""A linear layer on descriptors, and the learned whitening that makes one.

Directions in which real views of one object differ are shrunk, the rest is decorrelated (Mikolajczyk and Matas 2007;
Radenovic et al. 2016). The bundled model has its whitening in its final projection, any other model in the
``adaptation.safetensors`` of its folder.
"""

from dataclasses import dataclass

import torch
from torch import Tensor
from torch.nn import functional


@dataclass(frozen=True)
class Projection:
    """``weight`` (dimension, width), ``bias`` (dimension,): from vectors of ``width`` to unit descriptors."""

    weight: Tensor
    bias: Tensor

    def __call__(self, vectors: Tensor) -> Tensor:
        return functional.normalize(vectors @ self.weight.T + self.bias, dim=1)

    def after(self, first: "Projection") -> "Projection":
        """One layer that does both, ``first`` without its normalisation."""
        weight, bias = self.weight.double(), self.bias.double()
        both = Projection(weight @ first.weight.double(), weight @ first.bias.double() + bias)
        return Projection(both.weight.float(), both.bias.float())


@dataclass(frozen=True)
class Samples:
    """``differences`` of views of one object from their mean, ``general`` vectors of anything; both (count, width)."""

    differences: Tensor
    general: Tensor

    def through(self, base: Projection) -> "Samples":
        """The same behind ``base`` without its normalisation."""
        return Samples(self.differences @ base.weight.T, self.general @ base.weight.T + base.bias)


def fit_whitening(samples: Samples, shrinkage: float, dimension: int) -> Projection:
    """The learned whitening; ``shrinkage`` (share of the mean variance) guards against few samples."""
    within = torch.cov(samples.differences.T).double()
    within += shrinkage * within.diagonal().mean() * torch.eye(len(within), dtype=torch.float64)
    values, vectors = torch.linalg.eigh(within)
    whiten = vectors @ torch.diag(values.rsqrt()) @ vectors.T
    spread = samples.general.double() @ whiten.T
    _, axes = torch.linalg.eigh(torch.cov(spread.T))
    turn = axes.flip(1)[:, :dimension].T
    return Projection((turn @ whiten).float(), (-turn @ spread.mean(dim=0)).float())
