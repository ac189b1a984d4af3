"""How often does the advice to retake a photo warn of good photographs, and how often of spoilt ones?

    python scripts/fit_advice.py FOLDER...

Each folder holds good photographs, or is a demo set, whose sharp officers' photographs are taken. They are measured as
they are; then spoilt in known ways and measured again. Prints the rates under the thresholds in
`heritage.vision.advice`, the measures of the best and worst, and how much the search loses: the separate places that
verification still finds between the spoilt photograph and the good one, as a share of what it finds unspoilt. A good
threshold warns of what takes more than half of that, and hardly ever of a good photograph.
"""

import argparse
import csv
import sys
from collections.abc import Iterable, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from functools import partial
from multiprocessing import get_context
from pathlib import Path

import cv2
import numpy as np

from advising.spoiling import SPOIL_BY_NAME, compressed
from heritage.domain.advice import AdviceKind
from heritage.domain.descriptors import KeypointSet
from heritage.domain.images import Rgb
from heritage.vision.advice import Measures, judge, measure
from heritage.vision.geometry import HomographyVerifier
from heritage.vision.keypoints import RootSift
from heritage.vision.regions import propose

SUFFIXES = frozenset({".jpg", ".jpeg", ".png", ".webp"})
SPOILT_AT_DEMO = ("out of focus", "shaken", "glare")
MIN_SPOILT_SIDE = 300  # px: a smaller picture has no detail that such a blur would take
SIZES = frozenset({AdviceKind.TOO_SMALL, AdviceKind.FAR_AWAY})
WORST_BY_MEASURE = {"sharpness": 1, "glare": 99, "brightness": 1, "object_side": 1}  # percentile that is the worst
EXTRACTOR, VERIFIER = RootSift(), HomographyVerifier(threads=1)


@dataclass(frozen=True, slots=True)
class Task:
    """What to do with a photograph of a folder."""

    folder: Path
    path: Path
    is_spoilt: bool
    is_compared: bool

    @property
    def name(self) -> str:
        return "/".join(self.folder.resolve().parts[-2:])


@dataclass(frozen=True, slots=True)
class Case:
    """One photograph, as it is (``spoilt`` empty) or spoilt. ``kept`` is None where nothing was compared."""

    folder: str
    spoilt: str
    measures: Measures
    kept: float | None = None

    @property
    def kinds(self) -> frozenset[AdviceKind]:
        return frozenset(advice.kind for advice in judge(self.measures))


def main(arguments: Sequence[str] | None = None) -> int:
    """Prints the tables; 0."""
    options = _parser().parse_args(arguments)
    tasks = [
        Task(folder, path, place < options.spoilt, place < options.compared)
        for folder in options.folders
        for place, path in enumerate(_drawn(folder, options.limit, options.seed))
    ]
    with ProcessPoolExecutor(options.workers, get_context("spawn")) as pool:
        cases = [case for some in pool.map(partial(_cases, options.seed), tasks) for case in some]
    if not cases:
        raise SystemExit("no photographs in these folders")
    _print_good([case for case in cases if not case.spoilt])
    spoilt = [case for case in cases if case.spoilt]
    if spoilt:
        _print_spoilt(spoilt)
    return 0


def _drawn(folder: Path, limit: int, seed: int) -> list[Path]:
    """Up to ``limit`` pictures of a folder; of a demo set those that no lens, hand or lamp has spoilt."""
    table = folder / "photos.csv"
    if table.is_file():
        with table.open(newline="", encoding="utf-8") as file:
            rows = [row for row in csv.DictReader(file) if not any(word in row["done"] for word in SPOILT_AT_DEMO)]
        paths = [folder / row["photo"] for row in rows]
    else:
        paths = sorted(path for path in folder.rglob("*") if path.suffix.lower() in SUFFIXES)
    return [paths[index] for index in np.random.default_rng(seed).permutation(len(paths))[:limit]]


def _cases(seed: int, task: Task) -> list[Case]:
    """The photograph as it is; unless it is small, in every way spoilt too."""
    read = cv2.imread(str(task.path), cv2.IMREAD_COLOR)
    if read is None:
        return []
    pixels = cv2.cvtColor(read, cv2.COLOR_BGR2RGB).astype(np.uint8)
    cases = [Case(task.name, "", measure(pixels, propose(pixels)))]
    if not task.is_spoilt or max(pixels.shape[:2]) < MIN_SPOILT_SIDE:
        return cases
    gallery = EXTRACTOR.extract(pixels) if task.is_compared else None
    full = _place_count(pixels, gallery) if gallery else 0
    rng = np.random.default_rng([seed, *task.path.name.encode()])
    for name, spoil in SPOIL_BY_NAME.items():
        spoilt = compressed(spoil(pixels, rng), int(rng.integers(60, 90)))
        kept = _place_count(spoilt, gallery) / full if gallery and full else None
        cases.append(Case(task.name, name, measure(spoilt, propose(spoilt)), kept))
    return cases


def _place_count(pixels: Rgb, gallery: KeypointSet) -> int:
    """Separate places of the registered picture that verification finds again."""
    return VERIFIER.verify(EXTRACTOR.extract_query(pixels), [gallery])[0].cell_count


def _print_good(cases: Sequence[Case]) -> None:
    print("Good photographs: warned of (%), and the hundredth worst of each measure\n")
    _print_heading()
    folders = dict.fromkeys(case.folder for case in cases)
    for name, some in [*((name, [case for case in cases if case.folder == name]) for name in folders), ("all", cases)]:
        _print_row(name, some, WORST_BY_MEASURE)


def _print_spoilt(cases: Sequence[Case]) -> None:
    print("\nSpoilt ones: the share of its places that the search keeps, warned of (%), the median of each measure\n")
    _print_heading()
    for name in SPOIL_BY_NAME:
        _print_row(name, [case for case in cases if case.spoilt == name], dict.fromkeys(WORST_BY_MEASURE, 50))


def _print_heading() -> None:
    print(f"{'':34}{'count':>6}{'kept':>6}", *(f"{name:>11}" for name in (*AdviceKind, "not size", *WORST_BY_MEASURE)))


def _print_row(name: str, cases: Sequence[Case], percentile_by_measure: Mapping[str, float]) -> None:
    kept = [case.kept for case in cases if case.kept is not None]
    rates = [_rate(kind in case.kinds for case in cases) for kind in AdviceKind]
    rates.append(_rate(bool(case.kinds - SIZES) for case in cases))
    measures = [
        np.percentile([getattr(case.measures, measure) for case in cases], percentile)
        for measure, percentile in percentile_by_measure.items()
    ]
    start = f"{name:34}{len(cases):6}{f'{np.median(kept):.2f}' if kept else '':>6}"
    print(start, *(f"{rate:11.1f}" for rate in rates), *(f"{measure:11.3f}" for measure in measures))


def _rate(warned: Iterable[bool]) -> float:
    return 100 * float(np.mean(list(warned)))


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folders", type=Path, nargs="+", metavar="FOLDER")
    parser.add_argument("--limit", type=int, default=300, help="photographs of each folder, drawn at random")
    parser.add_argument("--spoilt", type=int, default=40, help="of these, so many are spoilt, if they are not small")
    parser.add_argument("--compared", type=int, default=10, help="and so many go through verification, which is slow")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--workers", type=int, default=2)
    return parser


if __name__ == "__main__":
    sys.exit(main())
