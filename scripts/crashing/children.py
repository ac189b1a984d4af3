"""Children that do the work, are killed in the middle of it (kill -9) and begun again."""

import random
import subprocess
import sys
import time
from collections.abc import Sequence

READY = "ready"  # a child says so when it has loaded and the work begins
PATIENCE_S = 900.0

Child = subprocess.Popen[str]


def begin(script: str, *arguments: object) -> Child:
    """A child of ``script --work`` that has loaded everything and begins. Raises `SystemExit` when it cannot."""
    command = [sys.executable, script, "--work", *map(str, arguments)]
    child = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    assert child.stdout is not None
    with child.stdout as said:
        if said.readline().strip() != READY:
            child.wait()
            raise SystemExit("the work could not begin again after a kill: see above")
    return child


def end(child: Child) -> None:
    """Let it end. Raises `SystemExit` when it fails."""
    if child.wait(PATIENCE_S) != 0:
        raise SystemExit("a child failed where it should have gone on: see above")


def is_killed(child: Child, life_s: float) -> bool:
    """Whether it was killed after so long; else it had ended by itself. Raises `SystemExit` when it failed."""
    try:
        child.wait(life_s)
    except subprocess.TimeoutExpired:
        child.kill()
        child.wait()
        return True
    end(child)
    return False


def do(script: str, *arguments: object) -> float:
    """Let a child do all of it; how many seconds the work took, without what it took to load."""
    child = begin(script, *arguments)
    start = time.monotonic()
    end(child)
    return time.monotonic() - start


def do_disturbed(kill_count: int, lives_s: Sequence[float], script: str, *arguments: object) -> int:
    """The same, killed until a child has ended by itself, or so often; how often that was.

    ``lives_s``: how long a child may work, from and to.
    """
    killed = 0
    while killed < kill_count and is_killed(begin(script, *arguments), random.uniform(*lives_s)):
        killed += 1
    do(script, *arguments)
    return killed
