"""The command line that scripts have which kill one work and compare."""

import argparse
import random
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Command:
    """``work`` is what a child does, with the paths after ``--work``. ``crash`` kills it, in a folder of its own.

    ``amount_name``: of what there is so much, unless told ``amount``; it is killed ``kill_count`` times.
    """

    description: str | None
    amount_name: str
    amount: int
    kill_count: int
    work: Callable[..., None]
    crash: Callable[[Path, int, int], int]

    def run(self) -> int:
        """The exit code, of ``crash`` if it is not a child."""
        options = self._options()
        if options.work:
            self.work(*options.work)
            return 0
        seed = random.randrange(10**6) if options.seed is None else options.seed
        random.seed(seed)
        print(f"seed {seed}", flush=True)
        with tempfile.TemporaryDirectory(prefix="heritage-crash-") as folder:
            return self.crash(Path(folder), options.amount, options.kills)

    def _options(self) -> argparse.Namespace:
        parser = argparse.ArgumentParser(
            description=self.description, formatter_class=argparse.RawDescriptionHelpFormatter
        )
        parser.add_argument(f"--{self.amount_name}", dest="amount", type=int, default=self.amount)
        parser.add_argument("--kills", type=int, default=self.kill_count)
        parser.add_argument("--seed", type=int, default=None, help="to repeat a run; moments still vary a little")
        parser.add_argument("--work", nargs="+", type=Path, help=argparse.SUPPRESS)
        return parser.parse_args()
