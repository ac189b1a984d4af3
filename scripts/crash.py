"""Kills ingest, index builds and fills at random moments (kill -9), runs them again, and looks for what is wrong.

    python scripts/crash.py --rounds 40

Each round ingests a registry of generated pictures in a child process that is killed again and again, then lets it
end; does the same to building the index, and to filling a second model and building its index; and compares the
database, the image store and both indexes with those of a run that nobody disturbed: nothing may be lost, doubled, or
left behind. Exit code 1 and the differences when something is.

The children run the real services over real files. Only the embedders are small ones, so that they start in a second
and kills hit the work rather than the start; ``--model`` uses the bundled model as the first instead.
"""

import argparse
import csv
import hashlib
import random
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager
from pathlib import Path

import cv2
import numpy as np

from crashing.children import READY, Child, begin, end, is_killed
from crashing.homes import ColourEmbedder, State, rows_of
from heritage.registries.folder import open_source
from heritage.service.context import Context, open_context
from heritage.service.filling import fill
from heritage.service.ingest import ingest
from heritage.settings import Settings

RECORD_COUNT = 40
STAGES = ("ingest", "index", "fill")
MAX_KILLS = 3  # of one stage in one round


def write_registry(folder: Path) -> None:
    """A registry with one picture in two records, two pictures in one, and rows that must be rejected every time."""
    folder.mkdir(parents=True)
    for number in range(RECORD_COUNT + 5):
        blocks = np.random.default_rng(number).integers(0, 256, (12, 16, 3), dtype=np.uint8)
        cv2.imwrite(str(folder / f"{number}.png"), cv2.resize(blocks, (320, 240), interpolation=cv2.INTER_CUBIC))
    (folder / "broken.png").write_bytes((folder / "0.png").read_bytes()[:500])
    with (folder / "registry.csv").open("w", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(("registry", "number", "title", "images"))
        writer.writerows(("crash", number, f"Object {number}", f"{number}.png") for number in range(RECORD_COUNT))
        writer.writerow(("other", 1, "Also in another registry", "7.png"))
        writer.writerow(("other", 2, "Two views, one of them known", f"{RECORD_COUNT}.png;3.png"))
        writer.writerow(("other", 3, "Rejected: a broken picture", f"{RECORD_COUNT + 1}.png;broken.png"))
        writer.writerow(("other", 4, "Rejected: no such picture", "nowhere.png"))


SECOND = ColourEmbedder(6)


def opened(home: Path, model: bool) -> AbstractContextManager[Context]:
    return open_context(Settings(home=home, threads=2), None if model else ColourEmbedder())


def work(stage: str, home: Path, source: Path, model: bool) -> None:
    """What a child does: one stage, as the command of that name does it."""
    if stage == "ingest":
        print(READY, flush=True)  # before the database is made: that may be killed too
        with opened(home, model) as context:
            ingest(context, open_source(source))
    elif stage == "index":
        with opened(home, model) as context:
            print(READY, flush=True)
            context.gallery.build()
    else:
        with open_context(Settings(home=home, threads=2), SECOND) as context:
            print(READY, flush=True)
            fill(context)
            context.gallery.update(0)


def state_of(home: Path, model: bool = False) -> State:
    with opened(home, model) as context, open_context(context.settings, SECOND) as second:
        return State(frozenset([*rows_of(context), *_originals(home), *_found(context), *_found(second)]))


def _originals(home: Path) -> Iterator[str]:
    for path in (home / "images").rglob("*"):
        if path.is_file():
            yield f"original: {path.relative_to(home)} holds {hashlib.sha256(path.read_bytes()).hexdigest()}"


def _found(context: Context) -> Iterator[str]:
    """What the index on disk holds, by asking it for every image."""
    snapshot = context.gallery.snapshot()
    preprocessing = context.specs.descriptor.preprocessing
    yield f"index {preprocessing}: version {snapshot.version}, {snapshot.tail_count} images outside it"
    sequences, vectors = context.descriptors.vectors(range(10 * RECORD_COUNT), context.specs)
    for sequence, vector in zip(sequences.tolist(), vectors, strict=True):
        yield f"index {preprocessing}: image {sequence} is nearest to {snapshot.retrieve(vector[None], 2)}"


class Crasher:
    """Runs the stages in children over one registry, disturbed or not."""

    def __init__(self, folder: Path, seed: int, model: bool) -> None:
        self._folder = folder
        self._random = random.Random(seed)
        self._model = model
        self._seconds_by_stage: dict[str, float] = {}
        write_registry(folder / "source")
        for stage in STAGES:
            begun = self._begin(stage, folder / "undisturbed")
            start = time.monotonic()
            end(begun)
            self._seconds_by_stage[stage] = time.monotonic() - start
        self.expected = state_of(folder / "undisturbed", model)

    def round(self, number: int) -> tuple[int, list[str]]:
        """How many children were killed, and what is different from the undisturbed run."""
        home = self._folder / f"round-{number}"
        kill_count = sum(self._disturbed(stage, home) for stage in STAGES)
        return kill_count, self.expected.differences(state_of(home, self._model))

    def _disturbed(self, stage: str, home: Path) -> int:
        kill_count = 0
        for _ in range(MAX_KILLS):
            child = self._begin(stage, home)
            # Ingest and fill go on where they were killed, an index build starts anew: those get shorter lives.
            share = 1.0 if stage == "index" else 0.4
            kill_count += is_killed(child, self._random.uniform(0, share * self._seconds_by_stage[stage]))
        end(self._begin(stage, home))
        return kill_count

    def _begin(self, stage: str, home: Path) -> Child:
        model = ["--model"] if self._model else []
        return begin(__file__, stage, home, self._folder / "source", *model)


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=10)
    parser.add_argument("--seed", type=int, default=None, help="to repeat a run; moments still vary a little")
    parser.add_argument("--model", action="store_true", help="describe with the bundled model")
    parser.add_argument("--work", nargs=3, metavar=("STAGE", "HOME", "SOURCE"), help=argparse.SUPPRESS)
    options = parser.parse_args(arguments)
    if options.work:
        stage, home, source = options.work
        work(stage, Path(home), Path(source), options.model)
        return 0
    seed = random.randrange(10**6) if options.seed is None else options.seed
    with tempfile.TemporaryDirectory(prefix="heritage-crash-") as folder:
        return crash(Crasher(Path(folder), seed, options.model), options.rounds, seed)


def crash(crasher: Crasher, round_count: int, seed: int) -> int:
    """Exit code: 0 when every round ended as if nobody had disturbed it."""
    total = 0
    for number in range(1, round_count + 1):
        kill_count, differences = crasher.round(number)
        total += kill_count
        print(f"round {number}: killed {kill_count} times, {len(differences)} differences", flush=True)
        if differences:
            print("\n".join(differences[:50]))
            print(f"seed {seed}")
            return 1
    print(f"killed {total} times in {round_count} rounds: nothing lost, nothing doubled")
    return 0


if __name__ == "__main__":
    sys.exit(main())
