"""How often photos of listings are told to show one picture, by their hashes and by their descriptors.

    python scripts/picture_benchmark.py --objects 120

Renders objects, changes the photograph of each as dealers and websites change them, and compares every changed one with
the original. Beside that: another view of the same object, its near-twin, and the photographs of all other objects.
Prints for some distances of PDQ hashes and for some similarities of descriptors the share of pairs that are called the
same; the constants in use are marked. Where a photograph is so plain that it has no hash, none is called the same.
"""

import argparse
import sys
import tempfile
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, field
from functools import partial
from itertools import combinations
from multiprocessing import get_context
from pathlib import Path

import cv2
import numpy as np

from heritage.demo import KINDS, Seeds, make_artefact
from heritage.demo.artefacts import TWO_SIDED
from heritage.demo.scenes import draw_conditions, officer_photo, studio
from heritage.domain.descriptors import Vectors
from heritage.domain.images import PhotoHash, Rgb
from heritage.faces.cli.output import console, table
from heritage.service.context import Context, open_context
from heritage.service.same_pictures import ALIKE_FROM
from heritage.settings import Settings
from heritage.vision.near_duplicates import MAX_DISTANCE, MIN_QUALITY

SEED = 5_000_011  # no other script's, nor the demo's: nothing was fitted to these objects
DISTANCES = (16, 24, MAX_DISTANCE, 40, 48, 64, 80)  # bits of 256
SIMILARITIES = (0.75, 0.8, 0.85, 0.9, 0.93, 0.95, 0.97, 0.99)
VIEW, TWIN, OTHER = "another view", "near-twin", "other objects"


def recompressed(rgb: Rgb, quality: int) -> Rgb:
    _, data = cv2.imencode(".jpg", rgb, [cv2.IMWRITE_JPEG_QUALITY, quality])
    return np.asarray(cv2.imdecode(data, cv2.IMREAD_COLOR), np.uint8)


def resized(rgb: Rgb, share: float) -> Rgb:
    return np.asarray(cv2.resize(rgb, None, fx=share, fy=share, interpolation=cv2.INTER_AREA), np.uint8)


def cropped(rgb: Rgb, share: float) -> Rgb:
    """``share`` of each side cut off."""
    down, right = (int(length * share) for length in rgb.shape[:2])
    return np.ascontiguousarray(rgb[down : rgb.shape[0] - down, right : rgb.shape[1] - right])


def framed(rgb: Rgb, share: float) -> Rgb:
    width = int(max(rgb.shape[:2]) * share)
    white = (255, 255, 255)
    return np.asarray(cv2.copyMakeBorder(rgb, width, width, width, width, cv2.BORDER_CONSTANT, value=white), np.uint8)


def watermarked(rgb: Rgb) -> Rgb:
    written, scale = rgb.copy(), rgb.shape[1] / 420
    for row in (0.3, 0.6, 0.9):
        place = (rgb.shape[1] // 12, int(rgb.shape[0] * row))
        cv2.putText(written, "AUCTION", place, cv2.FONT_HERSHEY_DUPLEX, 2 * scale, (255, 255, 255), int(4 * scale) + 1)
    return np.asarray(cv2.addWeighted(rgb, 0.6, written, 0.4, 0), np.uint8)


def brightened(rgb: Rgb) -> Rgb:
    return np.asarray(cv2.convertScaleAbs(rgb, alpha=1.15, beta=12), np.uint8)


CHANGES: dict[str, Callable[[Rgb], Rgb]] = {
    "JPEG, quality 50": partial(recompressed, quality=50),
    "half as large": partial(resized, share=0.5),
    "a quarter as large": partial(resized, share=0.25),
    "brighter": brightened,
    "watermark": watermarked,
    "cropped by 3 %": partial(cropped, share=0.03),
    "cropped by 10 %": partial(cropped, share=0.1),
    "cropped by 20 %": partial(cropped, share=0.2),
    "framed": partial(framed, share=0.06),
}


@dataclass
class Compared:
    """Distances and similarities of pairs of one sort; a distance of 256 where one of the two has no hash."""

    distances: list[int] = field(default_factory=list)
    similarities: list[float] = field(default_factory=list)


@dataclass(frozen=True)
class Seen:
    """One photograph as it is compared."""

    hashed: PhotoHash
    vector: Vectors

    def distance(self, other: "Seen") -> int:
        if min(self.hashed.quality, other.hashed.quality) < MIN_QUALITY:
            return 256
        return (int.from_bytes(self.hashed.bits) ^ int.from_bytes(other.hashed.bits)).bit_count()


def photographs(number: int) -> tuple[Rgb, Rgb]:
    """Of one object: as a dealer shows it, and another view of it elsewhere. Numbers 2k, 2k + 1 are near-twins."""
    pair, kind = divmod(number // 2, len(KINDS))
    seeds = Seeds(SEED, KINDS[kind], pair, number % 2)
    artefact, rng = make_artefact(seeds), seeds.own_rng("pictures")
    shown = studio(artefact, "front", rng)
    side = "back" if artefact.kind in TWO_SIDED and rng.random() < 0.2 else "front"
    return shown, officer_photo([artefact], draw_conditions(rng, [artefact], [side]), rng)


def seen_in(context: Context, pictures: list[Rgb]) -> list[Seen]:
    vectors = context.embedder.embed(pictures)
    return [Seen(context.hash_photo(one), vector) for one, vector in zip(pictures, vectors, strict=True)]


def compare(context: Context, shots: Iterator[tuple[Rgb, Rgb]]) -> dict[str, Compared]:
    """By the sort of pair."""
    found = {name: Compared() for name in (*CHANGES, VIEW, TWIN, OTHER)}

    def note(name: str, first: Seen, second: Seen) -> None:
        found[name].distances.append(first.distance(second))
        found[name].similarities.append(float(first.vector @ second.vector))

    originals = []
    for shown, elsewhere in shots:
        original, *changed, view = seen_in(context, [shown, *(change(shown) for change in CHANGES.values()), elsewhere])
        for name, one in zip(CHANGES, changed, strict=True):
            note(name, original, one)
        note(VIEW, original, view)
        originals.append(original)
    for (first, one), (second, other) in combinations(enumerate(originals), 2):
        note(TWIN if first // 2 == second // 2 else OTHER, one, other)
    return found


def print_shares(found: dict[str, Compared]) -> None:
    by_distance = table("pairs", "count", *(_marked(one, one == MAX_DISTANCE) for one in DISTANCES), figures=8)
    by_similarity = table("pairs", "count", *(_marked(one, one == ALIKE_FROM) for one in SIMILARITIES), figures=9)
    for name, ones in found.items():
        count = len(ones.distances)
        near = [float(np.mean(np.array(ones.distances) <= limit)) for limit in DISTANCES]
        alike = [float(np.mean(np.array(ones.similarities) >= limit)) for limit in SIMILARITIES]
        by_distance.add_row(name, f"{count:,}", *map(_share, near))
        by_similarity.add_row(name, f"{count:,}", *map(_share, alike))
    screen = console()
    screen.print("called the same, by the bits of PDQ in which they differ at most; * is in use")
    screen.print(by_distance)
    screen.print("called alike, by the similarity of descriptors that they have at least; * is in use")
    screen.print(by_similarity)


def _marked(limit: float, is_used: bool) -> str:
    return f"{limit}{'*' if is_used else ''}"


def _share(share: float) -> str:
    return f"{share:.1%}" if share > 0.0005 or share == 0 else f"{share:.3%}"


def main() -> int:
    """Print the shares; 0."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--objects", type=int, default=120)
    parser.add_argument("--workers", type=int, default=2)
    options = parser.parse_args()
    with (
        tempfile.TemporaryDirectory() as folder,
        open_context(Settings(home=Path(folder))) as context,
        ProcessPoolExecutor(options.workers, get_context("spawn")) as pool,
    ):
        found = compare(context, pool.map(photographs, range(options.objects), chunksize=2))
    print_shares(found)
    return 0


if __name__ == "__main__":
    sys.exit(main())
