"""Make labelled photographs to fit a calibration on, from photographs that are not labelled as queries.

    python scripts/make_calibration_sets.py --shards DIR --pictures DIR ... --out out/calibration

Writes evaluation sets (docs/operations.md, "Measuring") into ``--out``:

* ``views``: held-out objects of the training shards (``training/photographs.py``; the model has not seen them), one
  view registered, the others asked about; one object in five is not registered.
* ``photographed``: pictures in ``--pictures``, half of them registered, and made-up photographs of both halves.
* ``twins``: the demo's rendered objects of another seed, near-twins among them.

and ``cohort``, a folder of held-out photographs that are in none of them.
"""

import argparse
import csv
import random
import sys
from collections.abc import Iterable
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from heritage.demo import write_demo
from heritage.vision.baselines import Pdq
from training.augmentation import Augmenter
from training.photographs import Photographs, Rgb, load_photographs, split_by_object

COHORT_COUNT = 900
GALLERY_SINGLES = 3000  # of the training photographs: only ever wrong answers
UNKNOWN_SINGLES = 500
RECURRING_KINDS = ("egyptian-monuments", "sculpture-faces", "coins", "textiles")
"""Of these several photographs show one object, or objects made to be alike, so that a stranger may be none."""
SAME_PICTURE = 1 - 40 / 256  # of PDQ's bits; 31 is its authors' threshold for the same picture
PDQ = Pdq()
Hashes = NDArray[np.uint8]
QUERIES = 350  # made-up photographs of registered pictures, and twice as many of others
QUERY_SIDE = 640
LONGEST = 640
TWIN_SEED = 11


def main() -> int:
    """Write the sets; 0."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--shards", type=Path, nargs="+", required=True)
    parser.add_argument("--pictures", type=Path, nargs="+", required=True)
    parser.add_argument("--out", type=Path, default=Path("out/calibration"))
    parser.add_argument("--seed", type=int, default=0, help="the one that the model was trained with")
    parser.add_argument("--twin-objects", type=int, default=320, help="rendered for the set of near-twins")
    parser.add_argument("--workers", type=int, default=2, help="processes that render")
    options = parser.parse_args()
    rng = random.Random(options.seed)
    split = split_by_object(load_photographs(options.shards), options.seed)
    _write_views(options.out / "views", options.out / "cohort", split.held_out, split.training, rng)
    files = sorted(path for folder in options.pictures for path in folder.iterdir())
    _write_photographed(options.out / "photographed", files, rng)
    write_demo(options.out / "twins", seed=TWIN_SEED, object_count=options.twin_objects, workers=options.workers)
    return 0


def _write_views(folder: Path, cohort: Path, held_out: Photographs, training: Photographs, rng: random.Random) -> None:
    images = held_out.images
    singles = [position for positions in held_out.singles_by_kind.values() for position in positions]
    others = [position for positions in training.singles_by_kind.values() for position in positions]
    rng.shuffle(singles)
    cohort_count = min(COHORT_COUNT, len(singles) * 2 // 3)
    for position in singles[:cohort_count]:
        _save(cohort / f"{position}.jpg", images[position])
    recurring = {one for kind in RECURRING_KINDS for one in held_out.singles_by_kind.get(kind, [])}
    strangers = [one for one in singles[cohort_count:] if one not in recurring][:UNKNOWN_SINGLES]
    gallery, queries = [], []
    for number, (name, views) in enumerate(sorted(held_out.views_by_object.items())):
        is_registered = number % 5 != 0
        if is_registered:
            gallery.append((name, f"gallery/{name}.jpg", images[views[0]]))
        for place, view in enumerate(views[1:]):
            queries.append((f"{name}-{place}", images[view], name if is_registered else ""))
    gallery += [
        (f"other-{one}", f"gallery/{one}.jpg", images[one])
        for one in rng.sample(others, min(GALLERY_SINGLES, len(others)))
    ]
    known = _hashes(image for _, _, image in gallery)
    queries += [(f"stranger-{one}", images[one], "") for one in strangers if not _recurs(images[one], known)]
    _write_set(folder, gallery, queries)


def _write_photographed(folder: Path, files: list[Path], rng: random.Random) -> None:
    rng.shuffle(files)
    registered, strangers = files[: len(files) // 2], files[len(files) // 2 :]
    backgrounds = [_read(path) for path in rng.sample(strangers, min(60, len(strangers)))]
    augmenter = Augmenter(backgrounds, rng)
    gallery = ((path.stem, f"gallery/{path.stem}.jpg", _read(path)) for path in registered)
    known = _hashes(map(_read, registered))
    strangers = [path for path in strangers if not _recurs(_read(path), known)]
    asked = [(path, path.stem) for path in registered[:QUERIES]] + [(path, "") for path in strangers[: 2 * QUERIES]]
    queries = (
        (f"photo-{path.stem}", augmenter.view(_read(path), QUERY_SIDE, rng.uniform(0.3, 1.0)), name)
        for path, name in asked
    )
    _write_set(folder, gallery, queries)


def _write_set(folder: Path, gallery: Iterable[tuple[str, str, Rgb]], queries: Iterable[tuple[str, Rgb, str]]) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / "gallery.csv").open("w", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(("record_id", "image"))
        for name, path, image in gallery:
            _save(folder / path, image)
            writer.writerow((name, path))
    with (folder / "queries.csv").open("w", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(("query", "image", "record_ids"))
        for name, image, record_ids in queries:
            _save(folder / "queries" / f"{name}.jpg", image)
            writer.writerow((name, f"queries/{name}.jpg", record_ids))


def _hashes(images: Iterable[Rgb]) -> Hashes:
    return np.stack([PDQ.describe(image) for image in images])


def _recurs(image: Rgb, known: Hashes) -> bool:
    """Whether (nearly) the same picture is among those with hashes ``known``: then it shows no stranger."""
    return bool(PDQ.similarities(PDQ.describe(image), known).max() >= SAME_PICTURE)


def _read(path: Path) -> Rgb:
    image = np.asarray(cv2.imread(str(path), cv2.IMREAD_COLOR_RGB), np.uint8)
    factor = min(1.0, LONGEST / max(image.shape[:2]))
    return np.asarray(cv2.resize(image, None, fx=factor, fy=factor, interpolation=cv2.INTER_AREA), np.uint8)


def _save(path: Path, image: Rgb) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    cv2.imwrite(str(path), cv2.cvtColor(image, cv2.COLOR_RGB2BGR), [cv2.IMWRITE_JPEG_QUALITY, 92])


if __name__ == "__main__":
    sys.exit(main())
