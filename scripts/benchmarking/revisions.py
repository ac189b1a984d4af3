"""The time that another revision of heritage takes for a photo, on the same machine and in the same run."""

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

HERE = Path(__file__).resolve().parents[2]


@contextmanager
def checked_out(revision: str) -> Iterator[Path]:
    """A temporary worktree of ``revision``."""
    with tempfile.TemporaryDirectory(prefix="heritage-bench-") as folder:
        root = Path(folder, "revision")
        _git("worktree", "add", "--detach", str(root), revision)
        try:
            yield root
        finally:
            _git("worktree", "remove", "--force", str(root))


def total_ms(root: Path, dataset: Path, options: Sequence[str] = ()) -> float:
    """Median milliseconds a photo by the sources and the model in ``root``: its own ``heritage evaluate``."""
    with tempfile.TemporaryDirectory(prefix="heritage-bench-") as folder:
        out = Path(folder, "figures.json")
        command = [sys.executable, "-m", "heritage", "evaluate", str(dataset.resolve()), *options, "--json", str(out)]
        environment = os.environ | {"PYTHONPATH": str(root / "src"), "HERITAGE_MODELS": str(root / "models")}
        done = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True)
        if done.returncode:
            raise SystemExit(f"heritage evaluate failed in {root}:\n{done.stderr.strip()}")
        return float(json.loads(out.read_text(encoding="utf-8"))["latency_ms"]["total"]["p50"])


def name_of(revision: str) -> str:
    """Its short hash; for HEAD with a mark when there are changes that are not committed."""
    name = _git("rev-parse", "--short", f"{revision}^{{commit}}")
    return f"{name} with changes" if revision == "HEAD" and _git("status", "--porcelain", "-uno") else name


def _git(*arguments: str) -> str:
    done = subprocess.run(["git", *arguments], cwd=HERE, capture_output=True, text=True)
    if done.returncode:
        raise SystemExit(f"git {arguments[0]} failed: {done.stderr.strip()}")
    return done.stdout.strip()
