"""How fast a scan is, beside its bare stages run alone, one after the other, in the same run.

    python scripts/scan_benchmark.py --listings 500 --registered 200

The bare stages decode all photos, describe them in the scan's own batches, and search for them, with nothing kept and
nothing overlapping. Then the scan does the same listings in a new home, and keeps them. Prints seconds and listings a
second of both, their ratio, and how much memory the process held in the first and in the last fifth of the scan. Exit
code 1 when the scan reaches less than ``--at-least`` of the bare stages' throughput.
"""

import argparse
import statistics
import sys
import tempfile
import threading
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

from heritage.domain.access import AT_THE_MACHINE
from heritage.domain.descriptors import RegionDescription
from heritage.domain.hits import Query, View
from heritage.domain.images import Photo
from heritage.domain.scans import ScanSource
from heritage.errors import ImageError
from heritage.faces.cli.output import console, table
from heritage.registries.folder import open_source
from heritage.service.context import Context, open_context
from heritage.service.ingest import ingest
from heritage.service.looking import describe_photos, looks_of
from heritage.service.scanning import HIT_LIMIT, LEAST_WEIGHT, Pace, work_on
from heritage.service.scans import ScanWish, begin
from heritage.service.search import search
from heritage.settings import Settings
from scan_sets import PicturesOfListings, write_set

BATCH = Pace().batch_pixels // LEAST_WEIGHT  # photos
SAMPLE_S = 0.5


class Stopwatch:
    """Seconds by stage."""

    def __init__(self) -> None:
        self.seconds_by_stage: dict[str, float] = {}

    @contextmanager
    def stage(self, name: str) -> Iterator[None]:
        began = time.perf_counter()
        yield
        self.seconds_by_stage[name] = self.seconds_by_stage.get(name, 0.0) + time.perf_counter() - began

    @property
    def total(self) -> float:
        return sum(self.seconds_by_stage.values())


def bare(context: Context, source: PicturesOfListings) -> Stopwatch:
    """The stages alone: each uses every core it can, and waits for the one before."""
    watch, threads = Stopwatch(), context.settings.thread_count
    names = [listing.photos[0] for listing in source.listings()]
    with ThreadPoolExecutor(threads) as pool:
        for start in range(0, len(names), 100):  # as many as fit into memory
            with watch.stage("read and decode"):
                found = pool.map(lambda photo: _decoded(context, source.read(photo).data), names[start : start + 100])
                photos = [photo for photo in found if photo]
            described: list[tuple[RegionDescription, ...]] = []
            with watch.stage("describe"):
                unlike = list({photo.digest: photo for photo in photos}.values())
                for first in range(0, len(unlike), BATCH):
                    described += describe_photos(context, pool, unlike[first : first + BATCH])
            by_digest = {photo.digest: ones for photo, ones in zip(unlike, described, strict=True)}
            with watch.stage("search"):
                for photo in photos:
                    query = Query((View(photo),), HIT_LIMIT)
                    search(context, query, looks_of([by_digest[photo.digest]]))
    return watch


def _decoded(context: Context, data: bytes) -> Photo | None:
    try:
        return context.decode(data)
    except ImageError:
        return None


def scanned(context: Context, source: PicturesOfListings) -> tuple[float, list[int]]:
    """Seconds of the scan, and the memory it held (bytes) from time to time."""
    sizes: list[int] = []
    ended = threading.Event()

    def watch() -> None:
        while not ended.wait(SAMPLE_S):
            sizes.append(resident_bytes())

    thread = threading.Thread(target=watch, daemon=True)
    asked = begin(context, AT_THE_MACHINE, ScanWish(ScanSource("listings")), source)
    began = time.perf_counter()
    thread.start()
    work_on(context, asked, source, Pace())
    seconds = time.perf_counter() - began
    ended.set()
    thread.join()
    return seconds, sizes


def resident_bytes() -> int:
    for line in Path("/proc/self/status").read_text().splitlines():
        if line.startswith("VmRSS:"):
            return int(line.split()[1]) * 1024
    return 0


def measure(folder: Path, settings: Settings) -> tuple[Stopwatch, float, list[int]]:
    source = PicturesOfListings(folder / "listings")
    with open_context(settings) as context:
        ingest(context, open_source(folder / "registry"))
        context.gallery.build()
        first = context.decode((folder / "registry" / "0.jpg").read_bytes())
        for _ in range(3):  # a model's first runs take longer
            search(context, Query.of(first))
        watch = bare(context, source)
        return watch, *scanned(context, source)


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--listings", type=int, default=500)
    parser.add_argument("--registered", type=int, default=200)
    parser.add_argument("--side", type=int, default=1200, help="px, the long side of every photo")
    parser.add_argument("--at-least", type=float, default=0.85)
    options = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory(prefix="heritage-scan-") as name:
        folder = Path(name)
        write_set(folder, options.registered, options.listings, options.side)
        settings = Settings.from_environment().apart(folder / "home")
        watch, seconds, sizes = measure(folder, settings)
    return report(watch, seconds, sizes, options)


def report(watch: Stopwatch, seconds: float, sizes: list[int], options: argparse.Namespace) -> int:
    rows = table("stage", "seconds", "listings/s", figures=2)
    every = {**watch.seconds_by_stage, "bare stages": watch.total, "scan": seconds}
    for stage, taken in every.items():
        rows.add_row(stage, f"{taken:,.1f}", f"{options.listings / taken:,.2f}")
    ratio, fifth = watch.total / seconds, max(1, len(sizes) // 5)
    console().print(rows)
    if sizes:
        early, late = statistics.median(sizes[:fifth]) / 1e6, statistics.median(sizes[-fifth:]) / 1e6
        most = max(sizes) / 1e6
        print(f"memory: {early:,.0f} MB in the first fifth, {late:,.0f} MB in the last, {most:,.0f} MB at most")
    print(f"the scan reaches {ratio:.0%} of the bare stages' throughput, at least {options.at_least:.0%} is wanted")
    return 0 if ratio >= options.at_least else 1


if __name__ == "__main__":
    sys.exit(main())
