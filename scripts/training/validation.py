"""Does it find held-out objects? Recall@1 among held-out photographs, for real other views and for made-up ones."""

import random
from dataclasses import dataclass

import torch
from torch import Tensor, nn

from training.augmentation import Augmenter, squash
from training.photographs import Photographs
from training.tower import describe

MADE_UP_COUNT = 400


@dataclass(frozen=True)
class Recall:
    """Recall@1 of ``view_count`` real other views and of made-up photographs, among ``gallery_count`` images."""

    views: float
    made_up: float
    view_count: int
    gallery_count: int

    def __str__(self) -> str:
        return f"recall@1 {self.views:.3f} (other views) {self.made_up:.3f} (made up) among {self.gallery_count}"


@dataclass(frozen=True)
class ViewQueries:
    """Positions of the gallery (first view of each object, then singles) and of queries with their gallery rows."""

    gallery: list[int]
    queries: list[int]
    rows: Tensor


def view_queries(held_out: Photographs) -> ViewQueries:
    """The held-out search task: each further view of an object must find its first view."""
    objects = list(held_out.views_by_object.values())
    singles = [position for positions in held_out.singles_by_kind.values() for position in positions]
    further = [(row, view) for row, views in enumerate(objects) for view in views[1:]]
    return ViewQueries(
        [views[0] for views in objects] + singles,
        [view for _, view in further],
        torch.tensor([row for row, _ in further]),
    )


def recall_at_1(queries: Tensor, gallery: Tensor, rows: Tensor) -> float:
    """Share of ``queries`` (count, d) nearest to their row of ``gallery`` (count, d); unit descriptors."""
    return float((queries @ gallery.T).argmax(dim=1).eq(rows).float().mean())


def mean_reciprocal_rank(queries: Tensor, gallery: Tensor, rows: Tensor) -> float:
    """As ``recall_at_1``, but every rank counts, so that a hundred queries can tell two candidates apart."""
    return float(reciprocal_ranks(queries, gallery, rows).mean())


def reciprocal_ranks(queries: Tensor, gallery: Tensor, rows: Tensor) -> Tensor:
    """One over the rank of its row, for each of ``queries``; ties count worst-case."""
    similarities = queries @ gallery.T
    ranks = (similarities >= similarities.gather(1, rows[:, None])).sum(dim=1)
    return ranks.float().reciprocal()


def validate(tower: nn.Module, held_out: Photographs, size: int) -> Recall:
    """Recall@1 at input ``size``; the made-up photographs are the same at every call."""
    task = view_queries(held_out)
    images = held_out.images
    gallery = describe(tower, [squash(images[position], size) for position in task.gallery])
    views = describe(tower, [squash(images[position], size) for position in task.queries])
    augmenter = Augmenter([images[position] for position in task.gallery], random.Random(1))
    first = len(held_out.views_by_object)
    sources = task.gallery[first : first + MADE_UP_COUNT]
    made_up = describe(tower, [augmenter.view(images[position], size, 1.0) for position in sources])
    rows = torch.arange(len(sources)) + first
    return Recall(
        recall_at_1(views, gallery, task.rows), recall_at_1(made_up, gallery, rows), len(task.queries), len(gallery)
    )
