"""Model folders and the embedder: a small OpenCLIP model made here, and the bundled one. No network is ever needed."""

import json
import shutil
import socket
import time
from pathlib import Path

import numpy as np
import pytest

from heritage.errors import InputError, ModelError, NotFoundError
from heritage.vision.clip_embedder import ClipEmbedder
from heritage.vision.pulling import pull_model
from heritage.vision.weights import CONFIG, MANIFEST, WEIGHTS, enter_model, find_model, list_models
from tests.pictures import encoded, homography, photograph, picture
from tests.towers import write_tower
from tests.toys import toy_decode

BUNDLED = Path(__file__).parents[2] / "models"


@pytest.fixture(autouse=True)
def no_network(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise OSError("the network was asked for")

    monkeypatch.setattr(socket.socket, "connect", refuse)
    monkeypatch.setattr(socket, "getaddrinfo", refuse)


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder of models with one small ViT of random weights."""
    models = tmp_path_factory.mktemp("models")
    write_tower(models / "small")
    enter_model(models, "small")
    return models


@pytest.fixture
def models(made: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(made, tmp_path / "models"))


def embedder(models: Path, name: str = "") -> ClipEmbedder:
    return ClipEmbedder(find_model(models, name), threads=2)


def test_descriptors_are_unit_vectors_whatever_the_size_of_the_picture(models: Path) -> None:
    images = [picture(1), picture(2, 90, 300), np.zeros((20, 20, 3), np.uint8), np.full((400, 31, 3), 255, np.uint8)]
    vectors = embedder(models).embed(images)
    assert vectors.shape == (4, 32)
    assert vectors.dtype == np.float32
    assert np.allclose(np.linalg.norm(vectors, axis=1), 1, atol=1e-5)
    assert embedder(models).embed([]).shape == (0, 32)


def test_a_batch_gives_what_single_pictures_give(models: Path) -> None:
    tower = embedder(models)
    images = [picture(seed) for seed in range(40)]
    singles = np.concatenate([tower.embed([image]) for image in images])
    assert (np.sum(singles * tower.embed(images), axis=1) > 0.999).all()


def test_the_spec_is_known_without_loading_and_follows_the_weights(models: Path) -> None:
    folder = find_model(models)
    before = ClipEmbedder(folder, 1).spec
    assert before.dimension == 32
    assert before.weights == f"sha256:{folder.weights_sha256}"
    other = models / "small" / WEIGHTS[0]
    other.write_bytes(other.read_bytes()[:-4] + b"\x00\x00\x00\x01")
    enter_model(models, "small")
    assert embedder(models).spec.digest != before.digest


@pytest.mark.parametrize("name", [CONFIG, WEIGHTS[0]])
def test_a_swapped_file_is_refused(models: Path, name: str) -> None:
    file = models / "small" / name
    file.write_bytes(file.read_bytes() + b" ")
    with pytest.raises(ModelError, match="not the file in the manifest"):
        find_model(models)


@pytest.mark.parametrize("name", [CONFIG, WEIGHTS[0]])
def test_a_missing_file_is_named(models: Path, name: str) -> None:
    (models / "small" / name).unlink()
    with pytest.raises(ModelError, match=name):
        find_model(models)


def test_weights_that_are_none_are_refused(models: Path) -> None:
    (models / "small" / WEIGHTS[0]).write_bytes(b"not weights")
    enter_model(models, "small")
    with pytest.raises(ModelError, match="cannot be loaded"):
        embedder(models).embed([picture(1)])


def test_an_unknown_model_and_a_missing_manifest_say_what_there_is(models: Path, tmp_path: Path) -> None:
    with pytest.raises(NotFoundError, match="small"):
        find_model(models, "large")
    with pytest.raises(NotFoundError, match="HERITAGE_MODELS"):
        find_model(tmp_path / "nowhere")
    (models / MANIFEST).write_text("default = ")
    with pytest.raises(ModelError, match="damaged"):
        list_models(models)


def test_a_folder_of_the_users_own_works_by_its_path(models: Path) -> None:
    own = find_model(models, str(models / "small"))
    assert ClipEmbedder(own, 1).embed([picture(1)]).shape == (1, 32)


def test_models_are_listed_default_first(models: Path) -> None:
    shutil.copytree(models / "small", models / "another")
    enter_model(models, "another")
    assert list_models(models) == ("small", "another")


def test_pulling_an_unknown_name_says_what_there_is(models: Path) -> None:
    with pytest.raises(InputError, match="laion2b_s34b_b79k"):
        pull_model(models, "ViT-B-32/no-such-weights")
    with pytest.raises(InputError, match="for example"):
        pull_model(models, "nonsense")


def test_pulling_without_a_network_changes_nothing(
    models: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("HF_HUB_CACHE", str(tmp_path / "cache"))
    monkeypatch.setattr(time, "sleep", lambda seconds: None)  # the hub's library waits longer before each new try
    before = sorted(path.name for path in models.rglob("*"))
    with pytest.raises(ModelError, match="could not be fetched"):
        pull_model(models, "RN50/openai")
    assert sorted(path.name for path in models.rglob("*")) == before


def test_the_bundled_model_is_whole_small_and_knows_a_picture_again() -> None:
    folder = find_model(BUNDLED)
    assert folder.weights.stat().st_size < 50_000_000
    assert json.loads(folder.config)["model_cfg"]["embed_dim"] == folder.dimension
    assert (folder.path / "MODEL_CARD.md").is_file()
    tower = ClipEmbedder(folder, threads=2)
    gallery = tower.embed([picture(seed) for seed in range(20)])
    photos = [photograph(picture(seed), homography(6, 1.0, 0.0001)) for seed in range(20)]
    crops = [toy_decode(encoded(photo[30:410, 50:550], "JPEG")).pixels for photo in photos]
    nearest = (tower.embed(crops) @ gallery.T).argmax(axis=1)
    assert (nearest == np.arange(20)).mean() >= 0.5  # chance: 0.05
