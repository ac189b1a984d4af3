"""From a photo to its answer: cold, as a command, and warm, over HTTP."""

import os
import subprocess
import sys
import time
from collections.abc import Callable
from statistics import median

from fastapi.testclient import TestClient
from rich.table import Table

from heritage.domain.evaluation import EvaluationSet
from heritage.faces.api.app import create_app
from heritage.settings import Settings

REPEATS = 5
PHOTO_COUNT = 20


def time_answers(settings: Settings, evaluation_set: EvaluationSet) -> Table:
    """A cold `heritage match` beside the bare imports it cannot do without, and a photo over HTTP when warm."""
    photos = [photo.picture for photo in evaluation_set.photos[:PHOTO_COUNT]]
    table = Table("from photo to answer", "median ms", title=f"{evaluation_set.name}: one photo")
    environment = os.environ | {"HERITAGE_HOME": str(settings.home)}
    imports = "from heritage.vision.torch_compat import import_open_clip; import_open_clip(); import faiss, cv2"
    cold = [sys.executable, "-m", "heritage", "match", "--json", str(photos[0])]
    bare = [sys.executable, "-c", imports]
    table.add_row("cold: importing torch, OpenCLIP, FAISS, OpenCV, no more", _timed(_run(bare, environment)))
    table.add_row("cold: heritage match PHOTO", _timed(_run(cold, environment)))
    # As from this machine: without accounts no other is answered.
    local = TestClient(create_app(settings), base_url="http://127.0.0.1", client=("127.0.0.1", 50000))
    with local as client:
        times = []
        for photo in photos:
            started = time.perf_counter()
            client.post("/v1/match", files={"image": photo.read_bytes()}).raise_for_status()
            times.append((time.perf_counter() - started) * 1000)
    table.add_row("warm: POST /v1/match", f"{median(times):.0f}")
    return table


def _run(command: list[str], environment: dict[str, str]) -> Callable[[], object]:
    return lambda: subprocess.run(command, env=environment, check=True, capture_output=True)


def _timed(action: Callable[[], object]) -> str:
    times = []
    for _ in range(REPEATS):
        started = time.perf_counter()
        action()
        times.append((time.perf_counter() - started) * 1000)
    return f"{median(times):.0f}"
