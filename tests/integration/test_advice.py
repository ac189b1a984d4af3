"""Advice on real photographs: seldom on good ones, nearly always on spoilt ones; and the command that measures it."""

import subprocess
import sys
from functools import partial
from pathlib import Path

import cv2
import numpy as np
import pytest

from heritage.demo import write_demo
from heritage.domain.advice import AdviceKind
from heritage.domain.images import Rgb
from heritage.vision.advice import advise
from heritage.vision.regions import propose

ROOT = Path(__file__).parents[2]
PAINTINGS = ROOT.parent / "shared" / "data" / "museum-paintings"
PHOTO_COUNT = 30


@pytest.fixture(scope="module")
def photos() -> list[Rgb]:
    """Visitors' phone photographs, 840 px."""
    if not PAINTINGS.is_dir():
        pytest.skip(f"the museum's photographs are not beside the project ({PAINTINGS.name}); they may not be shipped")
    paths = sorted((PAINTINGS / "queries").iterdir())[:PHOTO_COUNT]
    return [cv2.cvtColor(cv2.imread(str(path)), cv2.COLOR_BGR2RGB) for path in paths]  # type: ignore[arg-type,misc]


def count_of(kind: AdviceKind, photos: list[Rgb]) -> int:
    return sum(kind in {advice.kind for advice in advise(photo, propose(photo))} for photo in photos)


def test_good_photographs_get_hardly_any_advice(photos: list[Rgb]) -> None:
    assert sum(bool(advise(photo, propose(photo))) for photo in photos) <= 1


def test_spoilt_photographs_get_advice(photos: list[Rgb]) -> None:
    blurred = [cv2.GaussianBlur(photo, (0, 0), 5).astype(np.uint8) for photo in photos]
    dark = [(photo * 0.22).astype(np.uint8) for photo in photos]
    small = list(map(partial(cv2.resize, dsize=(120, 90), interpolation=cv2.INTER_AREA), photos))
    assert count_of(AdviceKind.BLURRED, blurred) >= 0.95 * PHOTO_COUNT
    assert count_of(AdviceKind.DARK, dark) >= 0.9 * PHOTO_COUNT
    assert count_of(AdviceKind.TOO_SMALL, small) == PHOTO_COUNT  # type: ignore[arg-type]


def test_the_rates_can_be_measured_again(tmp_path: Path) -> None:
    demo = write_demo(tmp_path / "demo", object_count=6)
    command = [sys.executable, "scripts/fit_advice.py", demo.folder, demo.folder / "images"]
    command += ["--limit", "2", "--spoilt", "1", "--compared", "1"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    rows = {line[:34].strip(): line[34:].split() for line in done.stdout.splitlines()}
    assert rows["demo/images"][0] == "2"
    assert rows["out of focus 2 %"][:1] == ["2"]  # one of each folder
    assert float(rows["only compressed"][1]) > 0.8 > float(rows["out of focus 2 %"][1])
    assert rows["out of focus 2 %"][2] == rows["120 px"][5] == "100.0"
