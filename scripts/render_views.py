"""Render objects from several sides, as a shard that ``train_embedder.py`` reads beside real photographs.

    python scripts/render_views.py out/rendered --objects 720

True other views of 3-D objects, which real photographs of one object give only a few of. Another seed than the demo's,
so that the demo's objects stay unseen.
"""

import argparse
import io
import sys
import tarfile
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from multiprocessing import get_context
from pathlib import Path

import cv2
import numpy as np

from heritage.demo import KINDS, Artefact, Light, Seeds, View, make_artefact, render
from heritage.demo.artefacts import TWO_SIDED
from heritage.demo.scenes import studio
from heritage.demo.shading import Rgb

SEED = 1_000_003
MEMBERS = 4  # of a workshop: near-twins, the hard negatives
LONG_SIDE = 176  # px, as the real photographs have
TURNED = 3  # views from anywhere in front


def main() -> int:
    """Write the shard; 0."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--objects", type=int, default=720)
    parser.add_argument("--workers", type=int, default=2)
    options = parser.parse_args()
    options.folder.mkdir(parents=True, exist_ok=True)
    unfinished = options.folder / "rendered.part"
    with tarfile.open(unfinished, "w") as shard, ProcessPoolExecutor(options.workers, get_context("spawn")) as pool:
        made = pool.map(_views_of, range(options.objects), chunksize=4)
        for done, (name, views) in enumerate(made, start=1):
            for number, content in enumerate(views):
                member = tarfile.TarInfo(f"multiview/{name}/{number}.jpg")
                member.size = len(content)
                shard.addfile(member, io.BytesIO(content))
            if done % 60 == 0:
                print(f"{done} of {options.objects} objects", flush=True)
    unfinished.replace(options.folder / "rendered.tar")
    return 0


def _views_of(number: int) -> tuple[str, list[bytes]]:
    """The object's name, and its views as JPEG."""
    place, kind = divmod(number, len(KINDS))
    seeds = Seeds(SEED, KINDS[kind], place // MEMBERS, place % MEMBERS)
    artefact, rng = make_artefact(seeds), seeds.own_rng("training views")
    name = f"rendered-{seeds.kind}-{seeds.workshop}-{seeds.member}"
    return name, [_jpeg(view) for view in _pictures(artefact, rng)]


def _pictures(artefact: Artefact, rng: np.random.Generator) -> Iterator[Rgb]:
    sides = ("front", "back") if artefact.kind in TWO_SIDED else ("front",)
    yield from map(partial(studio, artefact, rng=rng), sides)
    for _ in range(TURNED):
        yield _turned(artefact, str(rng.choice(sides)), rng)


def _turned(artefact: Artefact, side: str, rng: np.random.Generator) -> Rgb:
    """The object turned in space in any light, on a plain ground of any tone."""
    yaw, pitch, roll = rng.uniform((-55, -30, -25), (55, 40, 25)).tolist()
    view = View(yaw, pitch, roll, side, 2 * LONG_SIDE, float(rng.uniform(2, 5)))
    light = Light(float(rng.uniform(-180, 180)), float(rng.uniform(25, 80)), ambient=float(rng.uniform(0.3, 0.6)))
    shot = render(artefact, view, light)
    margin = int(rng.uniform(0.05, 0.4) * max(shot.alpha.shape))
    ground = (rng.uniform(0.1, 1.0) * rng.uniform(200, 255, 3)).astype(np.uint8)
    height, width = (length + 2 * margin for length in shot.alpha.shape)
    canvas = np.full((height, width, 3), ground, np.uint8)
    place = (slice(margin, height - margin), slice(margin, width - margin))
    alpha = shot.alpha[..., None] / np.float32(255)
    canvas[place] = (alpha * shot.rgb + (1 - alpha) * canvas[place]).astype(np.uint8)
    return canvas


def _jpeg(rgb: Rgb) -> bytes:
    factor = LONG_SIDE / max(rgb.shape[:2])
    small = cv2.resize(rgb, None, fx=factor, fy=factor, interpolation=cv2.INTER_AREA)
    _, encoded = cv2.imencode(".jpg", cv2.cvtColor(small, cv2.COLOR_RGB2BGR), [cv2.IMWRITE_JPEG_QUALITY, 88])
    return encoded.tobytes()


if __name__ == "__main__":
    sys.exit(main())
