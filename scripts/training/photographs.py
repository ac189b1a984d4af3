"""Training photographs from tar shards, decoded once into memory, and split by object into training and held-out.

A shard holds ``multiview/<object>/<view>.jpg`` (several real views of one object) and ``single/<kind>/<photo>`` (one
photo per object).
"""

import random
import tarfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

import cv2
import numpy as np
from numpy.typing import NDArray

Rgb = NDArray[np.uint8]
"""(height, width, 3) uint8, sRGB."""

RENDERED = "rendered-"  # begins the name of an object that `render_views.py` made; such teach, but prove nothing
HELD_OUT_OBJECTS = 50
HELD_OUT_SINGLES = 1500


@dataclass(frozen=True)
class Photographs:
    """``images`` and, as positions in it, the views of each object and the single photos of each kind."""

    images: list[Rgb]
    views_by_object: dict[str, list[int]]
    singles_by_kind: dict[str, list[int]]


@dataclass(frozen=True)
class Split:
    """Training photographs apart from held-out ones: no object is in both. All share one list of images."""

    training: Photographs
    held_out: Photographs


def load_photographs(folders: Sequence[Path]) -> Photographs:
    """Every photograph in the folders' ``*.tar``, in the order of their names."""
    photographs = Photographs([], {}, {})
    for shard in (shard for folder in folders for shard in sorted(folder.glob("*.tar"))):
        for name, image in _read_shard(shard):
            parts = PurePosixPath(name).parts
            if len(parts) < 3 or parts[0] not in ("multiview", "single"):
                continue
            groups = photographs.views_by_object if parts[0] == "multiview" else photographs.singles_by_kind
            groups.setdefault(parts[1], []).append(len(photographs.images))
            photographs.images.append(image)
    if not photographs.images:
        raise SystemExit(f"no photographs in {', '.join(map(str, folders))}: no *.tar there")
    return photographs


def _read_shard(shard: Path) -> Iterator[tuple[str, Rgb]]:
    with tarfile.open(shard) as archive:
        for member in archive:
            file = archive.extractfile(member) if member.isfile() else None
            if file is None:
                continue
            image = cv2.imdecode(np.frombuffer(file.read(), np.uint8), cv2.IMREAD_COLOR_RGB)
            if image is not None:
                yield member.name, np.asarray(image, np.uint8)


def split_by_object(photographs: Photographs, seed: int) -> Split:
    """Hold out real objects with several views, and single photos to tell them apart from; the same for each seed."""
    rng = random.Random(seed)
    several = [name for name, views in photographs.views_by_object.items() if len(views) > 1]
    objects = sorted(name for name in several if not name.startswith(RENDERED))
    rng.shuffle(objects)
    held_objects = set(objects[: max(1, min(HELD_OUT_OBJECTS, len(objects) // 8))])
    singles = sorted(position for positions in photographs.singles_by_kind.values() for position in positions)
    rng.shuffle(singles)
    held_singles = set(singles[: max(1, min(HELD_OUT_SINGLES, len(singles) // 8))])
    return Split(
        _select(photographs, set(several) - held_objects, set(singles) - held_singles),
        _select(photographs, held_objects, held_singles),
    )


def _select(photographs: Photographs, objects: set[str], singles: set[int]) -> Photographs:
    kinds = {
        kind: [position for position in positions if position in singles]
        for kind, positions in sorted(photographs.singles_by_kind.items())
    }
    return Photographs(
        photographs.images,
        {name: photographs.views_by_object[name] for name in sorted(objects)},
        {kind: positions for kind, positions in kinds.items() if positions},
    )
