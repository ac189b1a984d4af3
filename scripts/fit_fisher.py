"""Fit the Fisher descriptor that goes beside a model's tower, and choose its share on held-out objects.

    python scripts/fit_fisher.py fit   --data DIR ... --fisher out/fisher.safetensors
    python scripts/fit_fisher.py join  --data DIR ... --fisher out/fisher.safetensors --models models --name heritage-2

``--data`` are folders of tar shards as in ``training/photographs.py``. No network is trained: mixtures are fitted to
patches of photographs (k-means, then EM), and a linear projection to views of one object (``training/projection.py``).
``join`` puts the file into a model folder with the share of the joined descriptor at which held-out objects are found
best.
"""

import argparse
import random
import sys
from collections.abc import Callable, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import replace
from multiprocessing import get_context
from pathlib import Path
from typing import Any

import cv2
import faiss
import numpy as np
import torch
from torch import Tensor

from heritage.vision.clip_embedder import ClipEmbedder
from heritage.vision.fisher import FisherModel, Floats, Mixture, patches_of, spots_of
from heritage.vision.joined_embedder import FISHER, FisherPart
from heritage.vision.weights import enter_model, read_folder
from training.augmentation import Augmenter
from training.photographs import RENDERED, Photographs, Rgb, Split, load_photographs, split_by_object
from training.projection import Projection, Samples, fit_whitening
from training.validation import mean_reciprocal_rank, recall_at_1, view_queries

SAMPLED_PHOTOGRAPHS = 2500
SAMPLES_EACH = 60  # patches of a photograph
PATCH_AXES = 32
PATCH_COMPONENTS, SPOT_COMPONENTS = 48, 64
EM_ROUNDS = 12
LEAST_VARIANCE = 2e-3
MADE_UP = 800  # single photographs, each with a made-up one of the same object: what cameras and light do
MADE_UP_SIDE = 160
SINGLES = 5000  # photographs that show how descriptors lie in general
PRINCIPAL = 400
SHRINKAGE = 0.5
DIMENSION = 256
SHARES = (0.0, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 1.0)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; the exit code."""
    options = _parser().parse_args(arguments)
    cv2.setNumThreads(1)
    torch.set_num_threads(options.threads)
    split = split_by_object(load_photographs(options.data), options.seed)
    run: Callable[[argparse.Namespace, Split], None] = options.run
    run(options, split)
    return 0


def _fit(options: argparse.Namespace, split: Split) -> None:
    rng = np.random.default_rng(options.seed)
    singles = _singles(split.training)
    model = _fit_mixtures([split.training.images[each] for each in rng.permutation(singles)[:SAMPLED_PHOTOGRAPHS]], rng)
    print("mixtures are fitted", flush=True)
    views = {name: each for name, each in split.training.views_by_object.items() if not name.startswith(RENDERED)}
    objects = [[split.training.images[each] for each in positions] for positions in views.values()]
    shuffled = rng.permutation(singles).tolist()
    augmenter = Augmenter(split.training.images, random.Random(options.seed))
    for position in shuffled[:MADE_UP]:
        image = split.training.images[position]
        objects.append([image, augmenter.view(image, MADE_UP_SIDE, 0.7)])
    general = [split.training.images[each] for each in shuffled[MADE_UP : MADE_UP + SINGLES]]
    raw = _raw(model, [image for each in objects for image in each] + general, options.threads)
    projection = _fit_projection(raw, [len(each) for each in objects])
    model = replace(model, weight=projection.weight.numpy(), bias=projection.bias.numpy())
    options.fisher.parent.mkdir(parents=True, exist_ok=True)
    FisherPart(model, 0.5).write(options.fisher)
    print(_judged(FisherPart.read(options.fisher).model.describe, split), flush=True)


def _join(options: argparse.Namespace, split: Split) -> None:
    folder = options.models / options.name
    (folder / FISHER).unlink(missing_ok=True)
    model = FisherPart.read(options.fisher).model
    tower = ClipEmbedder(read_folder(folder), options.threads)
    task, images = view_queries(split.held_out), split.held_out.images
    parts = []
    for positions in (task.gallery, task.queries):
        pictures = [images[position] for position in positions]
        parts.append((torch.from_numpy(tower.embed(pictures)), torch.from_numpy(model.describe(pictures))))
    best, best_rank = 0.0, -1.0
    for share in SHARES:
        gallery, queries = (_joined(*part, share) for part in parts)
        rank, recall = (judge(queries, gallery, task.rows) for judge in (mean_reciprocal_rank, recall_at_1))
        print(f"share {share}: mean reciprocal rank {rank:.3f}, recall@1 {recall:.3f}", flush=True)
        if rank > best_rank:
            best, best_rank = share, rank
    FisherPart(model, best).write(folder / FISHER)
    enter_model(options.models, options.name)
    print(f"{folder / FISHER}: share {best}")


def _joined(tower: Tensor, fisher: Tensor, share: float) -> Tensor:
    return torch.cat([(1 - share) ** 0.5 * tower, share**0.5 * fisher], dim=1)


def _fit_mixtures(images: Sequence[Rgb], rng: np.random.Generator) -> FisherModel:
    """A model whose projection is still to be fitted."""
    drawn = [(_some(patches_of(image), rng), _some(spots_of(image), rng)) for image in images]
    patches, spots = (np.concatenate(parts) for parts in zip(*drawn, strict=True))
    mean = patches[:, :128].mean(axis=0)
    values, axes = np.linalg.eigh(np.cov((patches[:, :128] - mean).T))
    values, axes = values[::-1][:PATCH_AXES], axes[:, ::-1][:, :PATCH_AXES]
    empty = Mixture(*(np.zeros((1, 1), np.float32) for _ in range(3)))
    axes = np.asarray(axes / np.sqrt(values + 0.02 * values[-1]), np.float32)
    model = FisherModel(
        mean, axes, np.ones(1, np.float32), spots.std(axis=0), empty, empty, *(np.zeros(1, np.float32),) * 2
    )
    reduced = model.reduced(patches)
    scale = reduced.std(axis=0)
    return replace(
        model,
        patch_scale=scale,
        patches=_fit_mixture(reduced / scale, PATCH_COMPONENTS),
        spots=_fit_mixture(spots / model.spot_scale, SPOT_COMPONENTS),
    )


def _some(samples: Floats, rng: np.random.Generator) -> Floats:
    return samples[rng.permutation(len(samples))[:SAMPLES_EACH]]


def _fit_mixture(samples: Any, components: int) -> Mixture:
    """K-means to begin with, then expectation and maximisation in turn."""
    samples = np.ascontiguousarray(samples, np.float32)
    kmeans = faiss.Kmeans(samples.shape[1], components, niter=10, seed=0)
    kmeans.train(samples)
    _, nearest = kmeans.index.search(samples, 1)
    shares = np.eye(components, dtype=np.float32)[nearest.ravel()]
    for _ in range(EM_ROUNDS):
        mass = shares.sum(axis=0) + 1e-6
        means = shares.T @ samples / mass[:, None]
        variances = np.maximum(shares.T @ samples**2 / mass[:, None] - means**2, LEAST_VARIANCE)
        mixture = Mixture(mass / mass.sum(), means, variances)
        shares = mixture.posteriors(samples)
    return mixture


def _fit_projection(raw: Floats, view_counts: Sequence[int]) -> Projection:
    """Principal components, then the learned whitening. Rows are views, object by object, then singles."""
    vectors = torch.from_numpy(raw)
    views = torch.split(vectors[: sum(view_counts)], list(view_counts))
    general = torch.cat([vectors[sum(view_counts) :], torch.stack([each.mean(dim=0) for each in views])])
    _, _, axes = torch.pca_lowrank(general, q=min(PRINCIPAL, *general.shape), niter=4)
    first = Projection(axes.T.contiguous(), -general.mean(dim=0) @ axes)
    samples = Samples(torch.cat([each - each.mean(dim=0) for each in views]), general).through(first)
    return fit_whitening(samples, SHRINKAGE, min(DIMENSION, axes.shape[1])).after(first)


def _raw(model: FisherModel, images: Sequence[Rgb], workers: int) -> Floats:
    """Raw vectors (count, raw dimension) of ``images``, with a line now and then to say how far it is."""
    rows = []
    with ProcessPoolExecutor(workers, get_context("spawn"), initializer=cv2.setNumThreads, initargs=(1,)) as pool:
        for row in pool.map(model.raw, images, chunksize=64):
            rows.append(row)
            if len(rows) % 1000 == 0:
                print(f"{len(rows)} of {len(images)} photographs described", flush=True)
    return np.stack(rows)


def _judged(describe: Callable[[Sequence[Rgb]], Floats], split: Split) -> str:
    task, images = view_queries(split.held_out), split.held_out.images
    gallery, queries = (
        torch.from_numpy(describe([images[each] for each in positions])) for positions in (task.gallery, task.queries)
    )
    rank, recall = (judge(queries, gallery, task.rows) for judge in (mean_reciprocal_rank, recall_at_1))
    return f"held-out objects: mean reciprocal rank {rank:.3f}, recall@1 {recall:.3f} among {len(gallery)}"


def _singles(photographs: Photographs) -> list[int]:
    return [position for positions in photographs.singles_by_kind.values() for position in positions]


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    commands = parser.add_subparsers(required=True)
    for name, run, text in (("fit", _fit, "fit the descriptor"), ("join", _join, "put it beside a model's tower")):
        command = commands.add_parser(name, help=text)
        command.set_defaults(run=run)
        command.add_argument("--data", type=Path, nargs="+", required=True, help="folders of tar shards")
        command.add_argument("--fisher", type=Path, default=Path("out/fisher.safetensors"))
        command.add_argument("--seed", type=int, default=0, help="also decides which objects are held out")
        command.add_argument("--threads", type=int, default=2)
        command.add_argument("--models", type=Path, default=Path("models"))
        command.add_argument("--name", default="heritage-2")
    return parser


if __name__ == "__main__":
    sys.exit(main())
