"""From photographs to a model whose verdicts are calibrated: every script of the recipe, in little."""

import io
import json
import shutil
import subprocess
import sys
import tarfile
from dataclasses import replace
from pathlib import Path

import cv2
import pytest
from PIL import Image

from heritage.domain.access import AT_THE_MACHINE
from heritage.domain.hits import Versions
from heritage.domain.records import Photograph, RecordId, RegistryRecord
from heritage.domain.review import DecisionKind
from heritage.service.context import open_context
from heritage.settings import Settings
from heritage.storage.hits import Hits
from heritage.vision.calibrations import CALIBRATION, COHORT
from heritage.vision.joined_embedder import FISHER
from heritage.vision.weights import enter_model, find_model
from tests.kept import found, keep_decided
from tests.pictures import homography, photograph, picture
from tests.towers import DIMENSION, write_tower
from tests.toys import ToyContext, describe, png

SCRIPTS = Path(__file__).parents[2] / "scripts"
OBJECTS, SINGLES, PICTURES = 24, 1200, 24


def _run(script: str, *arguments: object) -> str:
    done = _ran(script, *arguments)
    assert done.returncode == 0, done.stderr[-2000:]
    return done.stdout


def _ran(script: str, *arguments: object) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, str(SCRIPTS / script), *map(str, arguments)]
    return subprocess.run(command, capture_output=True, text=True, check=False)


def _fitting(root: Path, models: Path | None = None) -> tuple[object, ...]:
    """Arguments; what was measured once is not measured again."""
    sets = root / "sets"
    fitted = (sets / "photographed", "--twins", sets / "twins", "--cohort", sets / "cohort", "--model", "small")
    return *fitted, "--models", models or root / "models", "--state", root / "state"


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
    printed = _run(
        "fit_calibration.py", *_fitting(root), "--plot", root / "plot.svg", "--keypoints-only", root / "alone.json"
    )
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


def _decide(home: Path, versions: Versions, confirmed: tuple[float, int], rejected: tuple[float, int]) -> None:
    """Into a new home, twelve decisions of each kind on hits with so much lift and so many cells."""
    context = ToyContext.open(home)
    image = describe(png(1))
    record = RegistryRecord(RecordId("r", "1"), owner_agency="north", photographs=(Photograph(image.digest),))
    context.records.save(record, [image], context.specs)
    hits, one = Hits(context.database), found(context.records.get(record.record_id, AT_THE_MACHINE))
    for kind, (lift, cells) in ((DecisionKind.CONFIRMED, confirmed), (DecisionKind.REJECTED, rejected)):
        verification = replace(one.verification, cell_count=cells, agreeing_cell_count=cells)
        keep_decided(hits, replace(one, lift=lift, verification=verification), kind, 12, versions)
    keep_decided(hits, one, DecisionKind.CONFIRMED, 2, replace(versions, descriptor_spec="another"))
    context.database.close()


def _weights(models: Path) -> dict[str, float]:
    weights: dict[str, float] = json.loads((models / "small" / CALIBRATION).read_text())["weights"]
    return weights


def test_decisions_change_what_weighs_and_stay_as_they_are(models: Path, tmp_path: Path) -> None:
    with open_context(Settings(home=tmp_path / "empty", models=models, threads=1)) as context:
        versions = Versions("1", context.specs.descriptor.digest, context.specs.keypoint.digest, "i", "r")
    found_by: dict[str, dict[str, float]] = {}
    for name, confirmed, rejected in (("lift", (9.0, 0), (0.0, 60)), ("cells", (0.0, 60), (9.0, 0))):
        home, own_models = tmp_path / name, tmp_path / f"{name} models"
        shutil.copytree(models, own_models)
        _decide(home, versions, confirmed, rejected)
        before = {path.name: path.read_bytes() for path in home.iterdir()}
        printed = _run("fit_calibration.py", *_fitting(models.parent, own_models), "--decisions", home)
        assert "used: 12 confirmed and 12 rejected hits" in printed
        assert "left out: 2, another model" in printed
        assert {path.name: path.read_bytes() for path in home.iterdir()} == before
        assert "with decisions" in (own_models / "small" / CALIBRATION).read_text()
        found_by[name] = _weights(own_models)
    assert found_by["lift"]["lift"] + found_by["lift"]["high_lift"] > found_by["cells"]["lift"]
    assert found_by["cells"]["loose_cells"] > found_by["lift"]["loose_cells"]


def test_a_home_in_which_little_was_decided_is_refused_before_anything_is_measured(
    models: Path, tmp_path: Path
) -> None:
    ToyContext.open(tmp_path).database.close()
    kept = (models / "small" / CALIBRATION).read_bytes()
    done = _ran("fit_calibration.py", *_fitting(models.parent), "--decisions", tmp_path)
    assert done.returncode == 1 and "0 confirmed and 0 rejected hits can be used" in done.stderr
    assert "Traceback" not in done.stderr
    done = _ran("fit_calibration.py", *_fitting(models.parent), "--decisions", tmp_path / "none")
    assert done.returncode == 1 and "no database in" in done.stderr and not (tmp_path / "none").exists()
    assert (models / "small" / CALIBRATION).read_bytes() == kept


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
