"""From photographs to a model whose verdicts are calibrated: every script of the recipe, in little."""

import io
import subprocess
import sys
import tarfile
from pathlib import Path

import cv2
import pytest
from PIL import Image

from heritage.service.context import open_context
from heritage.settings import Settings
from heritage.vision.calibrations import CALIBRATION, COHORT
from heritage.vision.joined_embedder import FISHER
from heritage.vision.weights import enter_model, find_model
from tests.pictures import homography, photograph, picture
from tests.towers import DIMENSION, write_tower

SCRIPTS = Path(__file__).parents[2] / "scripts"
OBJECTS, SINGLES, PICTURES = 24, 1200, 24


def _run(script: str, *arguments: object) -> str:
    command = [sys.executable, str(SCRIPTS / script), *map(str, arguments)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr[-2000:]
    return done.stdout


def _shard(folder: Path) -> None:
    """Objects with three views, and single photos; small, since only their number matters."""
    folder.mkdir(parents=True)
    with tarfile.open(folder / "train-00.tar", "w") as shard:
        for number in range(OBJECTS):
            for view in range(3):
                photo = photograph(picture(number), homography(8.0 * view, 0.9, 0.0001 * view))
                _add(shard, f"multiview/object-{number}/{view}.jpg", cv2.resize(photo, (160, 130)))
        for number in range(SINGLES):
            _add(shard, f"single/kind-{number % 3}/{number}.jpg", cv2.resize(picture(1000 + number % 300), (48, 36)))


def _add(shard: tarfile.TarFile, name: str, pixels: object) -> None:
    file = io.BytesIO()
    Image.fromarray(pixels).save(file, "JPEG")  # type: ignore[arg-type]
    member = tarfile.TarInfo(name)
    member.size = file.tell()
    file.seek(0)
    shard.addfile(member, file)


def _pictures(folder: Path) -> None:
    folder.mkdir(parents=True)
    for number in range(PICTURES):
        Image.fromarray(picture(5000 + number)).save(folder / f"{number}.png")


@pytest.fixture(scope="module")
def models(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("recipe")
    write_tower(root / "models" / "small")
    enter_model(root / "models", "small")
    _shard(root / "shards")
    _pictures(root / "pictures")
    shards, fisher = root / "shards", root / "fisher.safetensors"
    assert "held-out objects" in _run("fit_fisher.py", "fit", "--data", shards, "--fisher", fisher, "--threads", 1)
    joined = ("--data", shards, "--fisher", fisher, "--models", root / "models", "--name", "small")
    assert "share" in _run("fit_fisher.py", "join", *joined)
    sets = root / "sets"
    made = ("--shards", shards, "--pictures", root / "pictures", "--out", sets, "--twin-objects", 12, "--workers", 1)
    _run("make_calibration_sets.py", *made)
    for name in ("views", "photographed", "twins"):
        assert (sets / name / "queries.csv").is_file()
    fitted = (sets / "photographed", "--twins", sets / "twins", "--cohort", sets / "cohort", "--model", "small")
    where = ("--models", root / "models", "--state", root / "state", "--plot", root / "plot.svg")
    printed = _run("fit_calibration.py", *fitted, *where, "--keypoints-only", root / "alone.json")
    assert "Cllr" in printed and "strong" in printed
    assert (root / "plot.svg").read_text().startswith("<svg") and (root / "alone.json").is_file()
    return root / "models"


def test_the_model_is_joined_calibrated_and_in_the_manifest(models: Path) -> None:
    folder = find_model(models, "small")  # every file's SHA-256 is checked here
    assert {FISHER, CALIBRATION, COHORT} <= set(folder.sha256_by_extra)
    with open_context(Settings(home=models.parent / "home", models=models, threads=1)) as context:
        assert context.specs.descriptor.dimension > DIMENSION
        assert context.cohort.is_known
        assert context.calibration.model == context.specs.descriptor.digest
        assert context.calibration.version.startswith("small/")


def test_an_altered_calibration_is_refused(models: Path) -> None:
    path = models / "small" / CALIBRATION
    kept = path.read_text()
    try:
        path.write_text(kept.replace('"bias": ', '"bias": 9'))
        with pytest.raises(Exception, match="not the file in the manifest"):
            find_model(models, "small")
    finally:
        path.write_text(kept)


def test_rendered_views_are_a_shard(tmp_path: Path) -> None:
    _run("render_views.py", tmp_path, "--objects", 2, "--workers", 1)
    with tarfile.open(tmp_path / "rendered.tar") as shard:
        names = shard.getnames()
    assert len({name.split("/")[1] for name in names}) == 2
    assert all(name.startswith("multiview/rendered-") for name in names)
    assert len(names) >= 8
