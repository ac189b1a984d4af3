"""Fit a linear layer after a model's tower to one kind of photographs: learned whitening, chosen on held-out objects.

    python scripts/fit_adaptation.py --model heritage-2 --data FOLDER...

``--data`` are labelled folders: evaluation sets (``gallery.csv``, ``queries.csv``; docs/operations.md), or tar shards
as in ``training/photographs.py``. A quarter of the objects is held out; how much to shrink is chosen by
cross-validation on the others. Prints the mean reciprocal rank of the held-out objects before and after. Only when the
layer helps them beyond doubt it is written, with the model, as one more model folder ``NAME-adapted``: its descriptors
do not compare with the plain ones, so it is filled and switched in like any other (``heritage models use``).
"""

import argparse
import shutil
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import torch
from torch import Tensor

from heritage.errors import HeritageError
from heritage.settings import Settings
from heritage.vision.adaptation import ADAPTATION, Adaptation
from heritage.vision.adding import add_model
from heritage.vision.clip_embedder import ClipEmbedder
from heritage.vision.decode import DecodeLimits, decode
from heritage.vision.weights import ModelFolder, find_model
from training.labelled import Labelled, describe_labelled
from training.projection import Projection, fit_whitening
from training.validation import reciprocal_ranks

SHRINKAGES = (0.03, 0.1, 0.3, 1.0, 3.0, 10.0)
FOLDS = 4
HELD_OUT = 4  # one object in so many
LEAST_OBJECTS = 16  # with several views
RESAMPLES = 2000
DOUBT = 0.05  # share of the resamples of held-out objects in which the layer may not help


@dataclass(frozen=True)
class Verdict:
    """Mean reciprocal rank of held-out objects; ``doubt`` is the share of resamples that show no gain."""

    before: float
    after: float
    doubt: float

    @property
    def helps(self) -> bool:
        return self.after > self.before and self.doubt < DOUBT


def main(arguments: Sequence[str] | None = None) -> int:
    """The exit code: 0 when an adaptation was written, 1 when it would not help."""
    options = _parser().parse_args(arguments)
    torch.set_num_threads(options.threads)
    try:
        return _fit_and_write(options)
    except HeritageError as error:
        raise SystemExit(str(error)) from error


def _fit_and_write(options: argparse.Namespace) -> int:
    folder = find_model(options.models, options.model)
    if folder.adaptation:
        raise SystemExit(f"{folder.name} has an adaptation; fit one to the model that it was made from")
    settings = Settings()
    limits = DecodeLimits(settings.max_image_bytes, settings.max_image_pixels, settings.max_image_side)
    embedder = ClipEmbedder(folder, options.threads)
    labelled = describe_labelled(options.data, embedder, lambda data: decode(data, limits), options.seed)
    if len(labelled.views) < LEAST_OBJECTS:
        raise SystemExit(f"{len(labelled.views)} objects have several views; at least {LEAST_OBJECTS} are needed")
    training, held_out = labelled.split(HELD_OUT, 0)
    dimension = min(options.dimension or folder.dimension, folder.dimension)
    projection = fit_whitening(training.samples(), choose_shrinkage(training, dimension), dimension)
    verdict = judge(projection, held_out, options.seed)
    print(
        f"{len(held_out.views)} held-out objects: mean reciprocal rank {verdict.before:.3f} before, "
        f"{verdict.after:.3f} after ({verdict.doubt:.1%} of resamples show no gain)"
    )
    if not verdict.helps:
        print("it does not help beyond doubt: nothing is written")
        return 1
    name = write_adapted(options.models, folder, projection, options.name or f"{folder.name}-adapted")
    print(f"{options.models / name} is ready: heritage models use {name}")
    return 0


def choose_shrinkage(training: Labelled, dimension: int) -> float:
    """The best mean reciprocal rank over all folds of the training objects."""
    ranks: dict[float, float] = {}
    for shrinkage in SHRINKAGES:
        folds = [training.split(FOLDS, fold) for fold in range(FOLDS)]
        found = [_ranks(held, fit_whitening(rest.samples(), shrinkage, dimension)) for rest, held in folds]
        ranks[shrinkage] = float(torch.cat(found).mean())
        print(f"shrinkage {shrinkage}: mean reciprocal rank {ranks[shrinkage]:.3f} in cross-validation", flush=True)
    return max(ranks, key=lambda shrinkage: (ranks[shrinkage], shrinkage))


def judge(projection: Projection, held_out: Labelled, seed: int) -> Verdict:
    """Before and after, and how often resampling the held-out objects shows no gain."""
    before, after = _ranks(held_out), _ranks(held_out, projection)
    owners = held_out.task().rows
    gains = torch.zeros(len(held_out.views)).index_add(0, owners, after - before)
    counts = torch.zeros(len(held_out.views)).index_add(0, owners, torch.ones(len(owners)))
    generator = torch.Generator().manual_seed(seed)
    drawn = torch.randint(len(gains), (RESAMPLES, len(gains)), generator=generator)
    resampled = gains[drawn].sum(dim=1) / counts[drawn].sum(dim=1)
    return Verdict(float(before.mean()), float(after.mean()), float((resampled <= 0).float().mean()))


def _ranks(labelled: Labelled, projection: Projection | None = None) -> Tensor:
    task = labelled.task()
    if projection is None:
        return reciprocal_ranks(task.queries, task.gallery, task.rows)
    return reciprocal_ranks(projection(task.queries), projection(task.gallery), task.rows)


def write_adapted(models: Path, folder: ModelFolder, projection: Projection, name: str) -> str:
    """``folder`` with the layer, as the model ``name``: tried, copied whole, entered into the manifest."""
    with tempfile.TemporaryDirectory(prefix="heritage-adapted-") as made:
        adapted = Path(made) / name
        shutil.copytree(folder.path, adapted, ignore=shutil.ignore_patterns("calibration.json", "cohort.npy"))
        Adaptation(projection.weight.numpy(), projection.bias.numpy()).write(adapted / ADAPTATION)
        return add_model(models, adapted, name)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--model", required=True, metavar="NAME", help="of a model in --models")
    parser.add_argument("--data", type=Path, nargs="+", required=True, help="labelled folders")
    parser.add_argument("--models", type=Path, default=Settings().models)
    parser.add_argument("--name", default="", help="of the adapted model; NAME-adapted unless told")
    parser.add_argument("--dimension", type=int, default=0, help="of adapted descriptors; the model's unless told")
    parser.add_argument("--seed", type=int, default=0, help="decides which objects are held out")
    parser.add_argument("--threads", type=int, default=2)
    return parser


if __name__ == "__main__":
    sys.exit(main())
