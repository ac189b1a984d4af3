"""Descriptors of labelled photographs: which show one object, and which show anything else."""

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

import torch
from torch import Tensor

from heritage.domain.images import Rgb
from heritage.domain.ports import Decoder, Embedder
from heritage.errors import ImageError
from heritage.registries.evaluation_set import GALLERY, open_evaluation_set
from training.photographs import load_photographs
from training.projection import Samples

BATCH = 32
MAX_SINGLES = 4000  # of one folder: enough to show how descriptors lie in general


@dataclass(frozen=True)
class Task:
    """The search task of some objects: each of ``queries`` must find the row of its object's first view in ``gallery``.

    Objects come first in the gallery, so ``rows`` also numbers the object of each query.
    """

    gallery: Tensor
    queries: Tensor
    rows: Tensor


@dataclass(frozen=True)
class Labelled:
    """``views`` (count, width) of each object, the registered one first; ``singles`` (count, width) of others."""

    views: tuple[Tensor, ...]
    singles: Tensor

    def split(self, parts: int, part: int) -> tuple["Labelled", "Labelled"]:
        """All but one part of the objects and singles, and that part."""
        inside = [place % parts == part for place in range(len(self.views))]
        rest = Labelled(
            tuple(views for views, is_inside in zip(self.views, inside, strict=True) if not is_inside),
            self.singles[torch.arange(len(self.singles)) % parts != part],
        )
        held = Labelled(
            tuple(views for views, is_inside in zip(self.views, inside, strict=True) if is_inside),
            self.singles[part::parts],
        )
        return rest, held

    def task(self) -> Task:
        rows = [row for row, views in enumerate(self.views) for _ in views[1:]]
        gallery = torch.cat([torch.stack([views[0] for views in self.views]), self.singles])
        return Task(gallery, torch.cat([views[1:] for views in self.views]), torch.tensor(rows))

    def samples(self) -> Samples:
        differences = torch.cat([views - views.mean(dim=0) for views in self.views])
        return Samples(
            differences, torch.cat([self.singles, *(views.mean(dim=0, keepdim=True) for views in self.views)])
        )


def describe_labelled(folders: Sequence[Path], embedder: Embedder, decode: Decoder, seed: int) -> Labelled:
    """Descriptors of all photographs in ``folders``: evaluation sets, or tar shards. Objects are in random order."""
    rows_by_object: dict[str, list[Tensor]] = {}
    singles: list[Tensor] = []
    for folder in folders:
        photographs = _evaluation_set(folder, decode) if (folder / GALLERY).is_file() else _shards(folder)
        while batch := list(islice(photographs, BATCH)):
            vectors = torch.from_numpy(embedder.embed([image for _, image in batch]))
            for (name, _), vector in zip(batch, vectors, strict=True):
                (rows_by_object.setdefault(name, []) if name else singles).append(vector)
        print(f"{folder}: described, {len(rows_by_object)} objects and {len(singles)} other photographs", flush=True)
    singles += [rows[0] for rows in rows_by_object.values() if len(rows) == 1]
    several = [torch.stack(rows) for _, rows in sorted(rows_by_object.items()) if len(rows) > 1]
    random.Random(seed).shuffle(several)
    random.Random(seed).shuffle(singles)
    width = embedder.spec.dimension
    return Labelled(tuple(several), torch.stack(singles) if singles else torch.zeros(0, width))


def _evaluation_set(folder: Path, decode: Decoder) -> Iterator[tuple[str, Rgb]]:
    """(object, pixels), registered views first; a photo that shows several objects, or cannot be read, is left out."""
    opened = open_evaluation_set(folder)
    pictures = [
        (str(row.record.record_id) if source is opened.gallery and row.record else "", path)
        for source in opened.sources
        for row in source.rows()
        for path in row.pictures
    ]
    for photo in opened.photos:
        if len(photo.right) < 2:
            pictures.append(("".join(map(str, photo.right)), photo.picture))
    for name, path in pictures:
        try:
            yield name and f"{folder}/{name}", decode(path.read_bytes()).pixels
        except (ImageError, OSError) as error:
            print(f"{path} is left out: {error}", flush=True)


def _shards(folder: Path) -> Iterator[tuple[str, Rgb]]:
    photographs = load_photographs([folder])
    for name, views in photographs.views_by_object.items():
        for position in views:
            yield f"{folder}/{name}", photographs.images[position]
    singles = sorted(position for positions in photographs.singles_by_kind.values() for position in positions)
    for position in singles[:: max(1, -(-len(singles) // MAX_SINGLES))]:
        yield "", photographs.images[position]
