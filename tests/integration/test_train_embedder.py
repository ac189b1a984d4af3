"""``scripts/train_embedder.py`` trains, stops, resumes and exports a folder that OpenCLIP loads."""

import io
import random
import re
import signal
import subprocess
import sys
import tarfile
import tomllib
from pathlib import Path

import numpy as np
import pytest
from PIL import Image, ImageDraw

from heritage.vision.clip_embedder import ClipEmbedder
from heritage.vision.weights import find_model

SCRIPT = Path(__file__).parents[2] / "scripts" / "train_embedder.py"
SMALL = ["--trunk", "resnet10t", "--dimension", "16"]


def _picture(seed: int, turn: float) -> bytes:
    """A JPEG of a coloured disc on a plain ground; the same seed is the same object."""
    rng = random.Random(seed)
    colours = [tuple(rng.randrange(256) for _ in range(3)) for _ in range(2)]
    image = Image.new("RGB", (48, 40), colours[0])
    ImageDraw.Draw(image).ellipse((8, 6, 40, 34), fill=colours[1])
    file = io.BytesIO()
    image.rotate(turn).save(file, "JPEG")
    return file.getvalue()


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """A shard with four objects of two views and eight single photos of two kinds."""
    folder = tmp_path / "data"
    folder.mkdir()
    with tarfile.open(folder / "train-00.tar", "w") as shard:
        views = [(f"multiview/object-{each // 2}/{each % 2}.jpg", each // 2, 20.0 * (each % 2)) for each in range(8)]
        singles = [(f"single/kind-{each % 2}/{each}.jpg", 100 + each, 0.0) for each in range(8)]
        for name, seed, turn in views + singles:
            content = _picture(seed, turn)
            member = tarfile.TarInfo(name)
            member.size = len(content)
            shard.addfile(member, io.BytesIO(content))
    return folder


def _command(name: str, data: Path, *more: str) -> list[str]:
    state = str(data.parent / "state")
    return [sys.executable, str(SCRIPT), "--threads", "1", name, "--data", str(data), "--state", state, *SMALL, *more]


def _train(data: Path, images: int) -> list[str]:
    return _command(
        "train",
        data,
        "--first-size",
        "32",
        "--last-size",
        "40",
        "--pairs",
        "4",
        "--images",
        str(images),
        "--report-steps",
        "1",
    )


def test_stops_on_interrupt_resumes_and_exports_a_folder_that_loads(data: Path) -> None:
    with subprocess.Popen(_train(data, 10**9), stdout=subprocess.PIPE, text=True) as running:
        assert running.stdout is not None
        next(line for line in running.stdout if line.startswith("step 3 "))
        running.send_signal(signal.SIGINT)
        last_words = running.stdout.read()
    assert running.returncode == 130
    stopped = re.search(r"stopped at (\d+) images", last_words)
    assert stopped is not None
    seen = int(stopped[1])

    resumed = subprocess.run(_train(data, seen + 16), capture_output=True, text=True, check=True)
    assert f"resumed at {seen} images" in resumed.stdout
    assert f"finished at {seen + 16} images" in resumed.stdout
    assert "recall@1" in resumed.stdout

    models = data.parent / "models"
    subprocess.run(_command("export", data, "--models", str(models), "--name", "tiny", "--size", "48"), check=True)
    manifest = tomllib.loads((models / "manifest.toml").read_text())
    assert manifest["default"] == "tiny"
    embedder = ClipEmbedder(find_model(models), threads=1)  # the SHA-256 in the manifest is checked here
    image = np.asarray(Image.open(io.BytesIO(_picture(1, 0.0))).convert("RGB"))
    assert embedder.embed([image]).shape == (1, 16)
