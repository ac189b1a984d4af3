"""What the descriptor is trained for: a pair near, everything else far, and all of them spread out."""

from dataclasses import dataclass

import torch
from torch import Tensor
from torch.nn import functional


class NegativeQueue:
    """The last ``capacity`` query descriptors as further negatives; old ones are good enough at small steps.

    ``descriptors`` (count, dimension) unit, ``objects`` (count,) the numbers of the objects they show.
    """

    def __init__(self, capacity: int, dimension: int) -> None:
        self._capacity = capacity
        self.descriptors = torch.zeros(0, dimension)
        self.objects = torch.zeros(0, dtype=torch.int64)

    def push(self, descriptors: Tensor, objects: Tensor) -> None:
        """Add (count, dimension) unit descriptors of ``objects``; the oldest make room."""
        self.descriptors = torch.cat([descriptors.detach(), self.descriptors])[: self._capacity]
        self.objects = torch.cat([objects, self.objects])[: self._capacity]


@dataclass(frozen=True)
class Pairs:
    """``gallery[i]`` and ``query[i]``, (pairs, dimension), unit, show object ``objects[i]``; all objects differ."""

    gallery: Tensor
    query: Tensor
    objects: Tensor


def info_nce(pairs: Pairs, negatives: NegativeQueue, temperature: float) -> Tensor:
    """Symmetric InfoNCE, a scalar. Negatives: both sides of the batch and the queue, less what shows the same object.

    Objects with several real views come round often, so that the queue nearly always holds some of them.
    """
    target = torch.arange(len(pairs.objects))
    itself = 1e4 * torch.eye(len(target))
    known = 1e4 * (pairs.objects[:, None] == negatives.objects[None, :]).float()
    across = pairs.gallery @ pairs.query.T
    losses = []
    for side, logits in ((pairs.gallery, across), (pairs.query, across.T)):
        queued = side @ negatives.descriptors.T - known
        every = torch.cat([logits, side @ side.T - itself, queued], dim=1)
        losses.append(functional.cross_entropy(every / temperature, target))
    return (losses[0] + losses[1]) / 2


def koleo(descriptors: Tensor) -> Tensor:
    """Kozachenko-Leonenko spreading term, a scalar: minus the mean log distance to the nearest other descriptor."""
    apart = torch.cdist(descriptors, descriptors) + 10 * torch.eye(len(descriptors))
    return -torch.log(apart.min(dim=1).values + 1e-6).mean()
