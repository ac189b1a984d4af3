"""A whitening of the descriptor, folded into the final linear projection so that the model stays a plain OpenCLIP one.

Fitted on training objects; held-out objects decide whether it is used.
"""

from dataclasses import dataclass

import torch
from torch import Tensor, nn

from training.augmentation import squash
from training.photographs import Photographs, Split
from training.projection import Projection, Samples, fit_whitening
from training.tower import describe
from training.validation import mean_reciprocal_rank, view_queries

SINGLES = 4000  # photographs that show how descriptors lie in general
SHRINKAGES = (0.03, 0.1, 0.3, 1.0)
COLOUR_SHARES = (0.3, 0.5)
DIMENSION = 256  # of whitened descriptors


@dataclass(frozen=True)
class Choice:
    """The projection to ship, its name, and the mean reciprocal rank on held-out objects of all candidates."""

    name: str
    projection: Projection
    rank_by_name: dict[str, float]


def trained_projection(tower: nn.Module) -> Projection:
    """The tower's own final projection, without a bias."""
    weight = tower.get_parameter("head.proj.weight").detach().float()
    return Projection(weight, torch.zeros(len(weight)))


def choose_projection(tower: nn.Module, colours: Tensor, split: Split, size: int) -> Choice:
    """The best on held-out objects of: the trained projection, that joined with the colour head, and whitenings.

    ``colours`` (count, width) is the weight of the colour head.
    """
    trunk = tower.trunk
    assert isinstance(trunk, nn.Module)
    samples = _samples(trunk, split.training, size)
    trained = trained_projection(tower)
    candidates = {"trained": trained}
    for share in COLOUR_SHARES:
        joined = _join(trained, colours, share, samples.general)
        candidates[f"with colours, share {share}"] = joined
    width = samples.general.shape[1]
    bases = dict(candidates) | {"trunk": Projection(torch.eye(width), torch.zeros(width))}
    for name, base in bases.items():
        for shrinkage in SHRINKAGES:
            whitening = fit_whitening(samples.through(base), shrinkage, min(DIMENSION, len(base.bias)))
            candidates[f"{name}, whitened with shrinkage {shrinkage}"] = whitening.after(base)
    task = view_queries(split.held_out)
    gallery, queries = (
        describe(trunk, [squash(split.held_out.images[position], size) for position in positions], unit=False)
        for positions in (task.gallery, task.queries)
    )
    ranks = {name: mean_reciprocal_rank(each(queries), each(gallery), task.rows) for name, each in candidates.items()}
    best = max(ranks, key=lambda name: (ranks[name], name == "trained"))
    return Choice(best, candidates[best], ranks)


def _join(trained: Projection, colours: Tensor, share: float, general: Tensor) -> Projection:
    """Both parts one below the other; ``share`` of the squared length of a descriptor is colour, on average."""
    parts = [(trained.weight, 1 - share), (colours, share)]
    scaled = [weight * (part / (general @ weight.T).square().sum(dim=1).mean()).sqrt() for weight, part in parts]
    weight = torch.cat(scaled)
    return Projection(weight, torch.zeros(len(weight)))


def _samples(trunk: nn.Module, photographs: Photographs, size: int) -> Samples:
    """Of the pooled outputs of the trunk."""
    singles = [position for positions in photographs.singles_by_kind.values() for position in positions]
    step = max(1, len(singles) // SINGLES)
    general = describe(trunk, [squash(photographs.images[each], size) for each in singles[::step]], unit=False)
    differences = []
    for views in photographs.views_by_object.values():
        pooled = describe(trunk, [squash(photographs.images[each], size) for each in views], unit=False)
        differences.append(pooled - pooled.mean(dim=0))
        general = torch.cat([general, pooled.mean(dim=0, keepdim=True)])
    return Samples(torch.cat(differences), general)
