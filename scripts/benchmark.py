"""The figures in the README: matching, the keypoint lane's quantiser, and time from a photo to its answer.

    python scripts/benchmark.py [DATASET ...]

Each DATASET is a folder as `heritage evaluate` reads it; without any, the demo's rendered set, made when it is absent.
Everything is compared within one run, since absolute times mean little on another machine.
"""

import csv
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from statistics import median

import numpy as np
from fastapi.testclient import TestClient
from rich.table import Table

from heritage.demo.dataset import write_demo
from heritage.domain.evaluation import EvaluationReport
from heritage.domain.scoring import cast_votes
from heritage.faces.api.app import create_app
from heritage.faces.cli.evaluating import report_table
from heritage.faces.cli.output import console, progress_bar
from heritage.service.context import Context, open_context, open_evaluation_set
from heritage.service.evaluation import evaluate
from heritage.service.search import NEIGHBOURS
from heritage.settings import Settings
from heritage.vision import keypoint_index

QUANTISERS = ("IVF{lists},PQ32x8", "IVF{lists},PQ64x4fs", "IVF{lists},SQ8")
REPEATS = 5
FIRST = 20  # candidates by votes that go to verification
DEMO_SET = Path("out/demo/set")

screen = console()


def main(datasets: list[Path]) -> None:
    """Measure every data set in a home of its own, which is removed."""
    if not datasets:
        write_demo(DEMO_SET)
        datasets = [DEMO_SET]
    for dataset in datasets:
        with tempfile.TemporaryDirectory(prefix="heritage-bench-") as home:
            settings = Settings.from_environment(home=Path(home))
            with open_context(settings) as context:
                _matching(context, dataset)
                _quantisers(context, dataset)
            _answering(settings, dataset)


def _matching(context: Context, dataset: Path) -> None:
    with progress_bar() as progress:
        report: EvaluationReport = evaluate(context, open_evaluation_set(dataset), progress)
    screen.print(report_table(report))


def _quantisers(context: Context, dataset: Path) -> None:
    """Time per query and how often a right photograph is among the first 20 by votes, for each quantiser."""
    descriptors, specs = context.descriptors, context.specs
    until = descriptors.last_serial(specs)
    blocks = list(descriptors.keypoint_blocks(0, until, specs))
    everything = np.concatenate([local_descriptors for _, local_descriptors in blocks])
    sample = np.random.default_rng(0).permutation(everything)[: keypoint_index.sample_count(len(everything))]
    photos = [photo for photo in open_evaluation_set(dataset).photos if photo.right]
    queries = [context.extractor.extract_query(context.decode(photo.picture.read_bytes()).pixels) for photo in photos]
    table = Table("quantiser", "build s", "search ms a photo", f"right photo in first {FIRST}", title="keypoint lane")
    for quantiser in QUANTISERS:
        name = quantiser.format(lists=keypoint_index.list_count(len(everything)))
        started = time.perf_counter()
        lane = keypoint_index.build_quantised(blocks, sample, name)
        built = time.perf_counter() - started
        times, found = [], 0
        for photo, query in zip(photos, queries, strict=True):
            started = time.perf_counter()
            votes = cast_votes(*lane.nearest(query.local_descriptors, NEIGHBOURS))
            times.append((time.perf_counter() - started) * 1000)
            first = sorted(votes, key=lambda sequence: -votes[sequence])[:FIRST]
            found += any(image.record.record_id in photo.right for image in context.records.of_images(first))
        table.add_row(name, f"{built:.1f}", f"{median(times):.0f}", f"{found} of {len(photos)}")
    screen.print(table)


def _answering(settings: Settings, dataset: Path) -> None:
    """A cold `heritage match` beside the bare imports it cannot do without, and a photo over HTTP when warm."""
    with (dataset / "queries.csv").open(encoding="utf-8", newline="") as file:
        photos = [dataset / row["image"] for row in csv.DictReader(file)][:20]
    table = Table("from photo to answer", "median ms", title=f"{dataset.name}: one photo")
    environment = os.environ | {"HERITAGE_HOME": str(settings.home)}
    imports = "from heritage.vision.torch_compat import import_open_clip; import_open_clip(); import faiss, cv2"
    cold = [sys.executable, "-m", "heritage", "match", "--json", str(photos[0])]
    bare = [sys.executable, "-c", imports]
    table.add_row("cold: importing torch, OpenCLIP, FAISS, OpenCV, no more", _timed(_run(bare, environment)))
    table.add_row("cold: heritage match PHOTO", _timed(_run(cold, environment)))
    with TestClient(create_app(settings)) as client:
        times = []
        for photo in photos:
            started = time.perf_counter()
            client.post("/v1/match", files={"image": photo.read_bytes()}).raise_for_status()
            times.append((time.perf_counter() - started) * 1000)
    table.add_row("warm: POST /v1/match", f"{median(times):.0f}")
    screen.print(table)


def _run(command: list[str], environment: dict[str, str]) -> Callable[[], object]:
    return lambda: subprocess.run(command, env=environment, check=True, capture_output=True)


def _timed(action: Callable[[], object]) -> str:
    times = []
    for _ in range(REPEATS):
        started = time.perf_counter()
        action()
        times.append((time.perf_counter() - started) * 1000)
    return f"{median(times):.0f}"


if __name__ == "__main__":
    main([Path(argument) for argument in sys.argv[1:]])
