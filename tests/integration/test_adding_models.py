"""``heritage models add`` tries a folder of the user's own and copies it whole, or changes nothing. And adaptations."""

import shutil
from pathlib import Path

import numpy as np
import pytest

from heritage.errors import InputError, ModelError
from heritage.faces.cli import main
from heritage.vision.adaptation import ADAPTATION, Adaptation
from heritage.vision.adding import add_model
from heritage.vision.clip_embedder import ClipEmbedder
from heritage.vision.weights import CONFIG, MANIFEST, WEIGHTS, enter_model, find_model, list_models
from tests.pictures import picture
from tests.towers import DIMENSION, write_tower


@pytest.fixture
def models(tmp_path: Path) -> Path:
    folder = tmp_path / "models"
    write_tower(folder / "first")
    enter_model(folder, "first")
    return folder


@pytest.fixture
def own(tmp_path: Path) -> Path:
    return write_tower(tmp_path / "own", seed=1)


def files_of(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def adaptation(seed: int = 0, dimension: int = 8, input_dimension: int = DIMENSION) -> Adaptation:
    rng = np.random.default_rng(seed)
    weight = rng.standard_normal((dimension, input_dimension)).astype(np.float32)
    return Adaptation(weight, rng.standard_normal(dimension).astype(np.float32) / 10)


def test_an_own_folder_is_copied_and_entered_whole(
    models: Path, own: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (own / "MODEL_CARD.md").write_text("whence it comes")
    monkeypatch.setenv("HERITAGE_MODELS", str(models))
    assert main(["models", "add", str(own), "--name", "ours"]) == 0
    assert "heritage models use ours" in capsys.readouterr().out
    assert list_models(models) == ("first", "ours")
    found = find_model(models, "ours")  # checks the SHA-256
    assert files_of(found.path) == files_of(own)
    assert ClipEmbedder(found, 1).embed([picture(1)]).shape == (1, DIMENSION)


def test_weights_get_the_name_that_openclip_looks_for_first(models: Path, own: Path) -> None:
    """Otherwise a file that no manifest lists could be opened in their place."""
    (own / WEIGHTS[0]).rename(own / WEIGHTS[1])
    (own / "open_clip_pytorch_model.bin").write_bytes(b"a pickle")
    add_model(models, own)
    assert sorted(path.name for path in (models / "own").iterdir()) == [CONFIG, WEIGHTS[0]]


def test_adding_again_changes_nothing_and_repairs_what_is_damaged(models: Path, own: Path) -> None:
    add_model(models, own)
    before = files_of(models)
    assert add_model(models, own) == "own"
    assert files_of(models) == before
    (models / "own" / WEIGHTS[0]).write_bytes(b"torn")
    (models / "own" / CONFIG).unlink()
    (models / "own" / "calibration.json").write_text("fitted here")
    add_model(models, own)
    assert files_of(models) == {**before, "own/calibration.json": b"fitted here"}


def test_another_model_of_the_same_name_is_refused(models: Path, own: Path) -> None:
    before = files_of(models)
    with pytest.raises(InputError, match=r"other files.*--name"):
        add_model(models, own, "first")
    (models / "mine").mkdir()
    (models / "mine" / "notes.txt").write_text("kept")
    with pytest.raises(InputError, match="other files"):
        add_model(models, own, "mine")
    assert files_of(models) == {**before, "mine/notes.txt": b"kept"}


@pytest.mark.parametrize("name", ["", "../up", "a/b", ".hidden", "-dash", "spaced name", "x" * 101, "new\nline"])
def test_a_name_that_is_none_is_refused(models: Path, own: Path, name: str) -> None:
    source = own if name else shutil.copytree(own, own.parent / "spaced name")
    with pytest.raises(InputError, match="--name"):
        add_model(models, source, name)


def test_a_folder_that_is_no_model_changes_nothing(models: Path, own: Path) -> None:
    before = files_of(models)
    weights = (own / WEIGHTS[0]).read_bytes()
    config = (own / CONFIG).read_text()
    for name, content, message in (
        (WEIGHTS[0], weights[:-100], "cannot be loaded"),
        (WEIGHTS[0], b"not weights", "cannot be loaded"),
        (CONFIG, config.replace('"embed_dim": 32', '"embed_dim": 48').encode(), "cannot be loaded"),
        (CONFIG, b"{", "no OpenCLIP model folder"),
        (ADAPTATION, b"nothing", "no adaptation"),
    ):
        broken = Path(shutil.copytree(own, own.parent / "broken", dirs_exist_ok=True))
        (broken / name).write_bytes(content)
        with pytest.raises(ModelError, match=message):
            add_model(models, broken)
        assert files_of(models) == before
        assert sorted(path.name for path in models.iterdir()) == ["first", MANIFEST]
    (own / WEIGHTS[0]).unlink()
    with pytest.raises(ModelError, match="no OpenCLIP model folder"):
        add_model(models, own)


def test_a_copy_that_was_not_entered_is_entered_by_the_next_run(models: Path, own: Path) -> None:
    """Killed between the two steps. And a half copy of a run killed earlier is in nobody's way."""
    shutil.copytree(own, models / "own")
    (models / ".own.new").mkdir()
    add_model(models, own)
    assert list_models(models) == ("first", "own")
    (models / ".own.new" / "half").parent.mkdir(exist_ok=True)
    add_model(models, own, "again")
    assert "again" in list_models(models)


def test_an_adaptation_is_applied_and_is_part_of_the_spec(models: Path, own: Path) -> None:
    plain = ClipEmbedder(find_model(models, "first"), 1)
    layer = adaptation()
    adapted = Path(shutil.copytree(models / "first", own.parent / "adapted"))
    layer.write(adapted / ADAPTATION)
    add_model(models, adapted)
    embedder = ClipEmbedder(find_model(models, "adapted"), 1)
    images = [picture(seed) for seed in range(3)]
    expected = plain.embed(images) @ layer.weight.T + layer.bias
    expected /= np.linalg.norm(expected, axis=1, keepdims=True)
    assert embedder.embed(images).shape == (3, 8)
    assert np.allclose(embedder.embed(images), expected, atol=1e-5)
    assert embedder.embed([]).shape == (0, 8)
    assert embedder.spec.dimension == 8
    assert embedder.spec.weights.startswith(plain.spec.weights + "+")


def test_another_adaptation_is_another_spec(models: Path) -> None:
    specs = set()
    for seed in range(2):
        adaptation(seed).write(models / "first" / ADAPTATION)
        enter_model(models, "first")
        specs.add(ClipEmbedder(find_model(models, "first"), 1).spec.digest)
    (models / "first" / ADAPTATION).unlink()
    enter_model(models, "first")
    specs.add(ClipEmbedder(find_model(models, "first"), 1).spec.digest)
    assert len(specs) == 3


def test_an_adaptation_that_is_not_in_the_manifest_or_was_altered_is_refused(models: Path) -> None:
    adaptation().write(models / "first" / ADAPTATION)
    with pytest.raises(ModelError, match="not in the manifest"):
        find_model(models, "first")
    enter_model(models, "first")
    find_model(models, "first")
    adaptation(seed=9).write(models / "first" / ADAPTATION)
    with pytest.raises(ModelError, match="not the file in the manifest"):
        find_model(models, "first")
    (models / "first" / ADAPTATION).unlink()
    with pytest.raises(ModelError, match="is missing"):
        find_model(models, "first")


def test_an_adaptation_of_another_model_is_refused(models: Path) -> None:
    adaptation(input_dimension=DIMENSION + 1).write(models / "first" / ADAPTATION)
    with pytest.raises(ModelError, match="belongs to another model"):
        enter_model(models, "first")


def test_an_adaptation_must_be_one() -> None:
    with pytest.raises(ModelError, match="bias"):
        Adaptation(np.zeros((3, 4), np.float32), np.zeros(4, np.float32))
    with pytest.raises(ModelError, match="finite"):
        Adaptation(np.full((3, 4), np.nan, np.float32), np.zeros(3, np.float32))
