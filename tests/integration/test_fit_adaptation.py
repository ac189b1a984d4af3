"""``scripts/fit_adaptation.py`` writes an adaptation only when held-out objects are found better with it."""

import io
import subprocess
import sys
import tarfile
from importlib import import_module
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np
import pytest
import torch
from PIL import Image

from heritage.domain.images import Rgb
from heritage.vision.clip_embedder import ClipEmbedder
from heritage.vision.weights import enter_model, find_model, list_models
from tests.towers import DIMENSION, write_tower

SCRIPTS = Path(__file__).parents[2] / "scripts"
OBJECTS = 64


@pytest.fixture
def models(tmp_path: Path) -> Path:
    write_tower(tmp_path / "models" / "small")
    enter_model(tmp_path / "models", "small")
    return tmp_path / "models"


def view(seed: int, number: int) -> Rgb:
    """A pattern that is the object's own, under light of another colour and strength in every view."""
    blocks = np.random.default_rng(seed).integers(0, 130, (2, 2, 3))
    light = np.random.default_rng(1000 * seed + number).uniform(0, 120, 3)
    return np.asarray(Image.fromarray((blocks + light).astype(np.uint8)).resize((64, 64), Image.Resampling.NEAREST))


def encoded(pixels: Rgb) -> bytes:
    file = io.BytesIO()
    Image.fromarray(pixels).save(file, "PNG")
    return file.getvalue()


def write_shard(folder: Path, same_object: bool) -> None:
    """Three views of each object, or of three different ones under one name."""
    folder.mkdir()
    with tarfile.open(folder / "train-00.tar", "w") as shard:
        for place in range(3 * OBJECTS):
            seed = place // 3 if same_object else 500 + place
            content = encoded(view(seed, place % 3))
            member = tarfile.TarInfo(f"multiview/object-{place // 3}/{place % 3}.png")
            member.size = len(content)
            shard.addfile(member, io.BytesIO(content))


def write_set(folder: Path) -> None:
    """A gallery of every object; two photos of each, one of two at once, one of none, and one that is no picture."""
    folder.mkdir()
    for seed in range(OBJECTS):
        for number in range(3):
            (folder / f"{seed}-{number}.png").write_bytes(encoded(view(seed, number)))
    (folder / "none.png").write_bytes(encoded(view(999, 0)))
    (folder / "torn.png").write_bytes(b"torn")
    gallery = ["record_id,image", *(f"{seed},{seed}-0.png" for seed in range(OBJECTS))]
    queries = ["query,image,record_ids", "none,none.png,", "two,0-1.png,0;1", "torn,torn.png,3"]
    queries += [f"{seed}-{number},{seed}-{number}.png,{seed}" for seed in range(OBJECTS) for number in (1, 2)]
    (folder / "gallery.csv").write_text("\n".join(gallery))
    (folder / "queries.csv").write_text("\n".join(queries))


def fit(models: Path, *data: Path) -> "subprocess.CompletedProcess[str]":
    command = [sys.executable, str(SCRIPTS / "fit_adaptation.py"), "--model", "small", "--models", str(models)]
    return subprocess.run(
        [*command, "--threads", "1", "--data", *map(str, data)], capture_output=True, text=True, timeout=200
    )


def test_what_helps_is_written_as_a_model_of_its_own(models: Path, tmp_path: Path) -> None:
    write_set(tmp_path / "set")
    before = (models / "small" / "open_clip_model.safetensors").read_bytes()
    done = fit(models, tmp_path / "set")
    assert done.returncode == 0, done.stdout + done.stderr
    assert "torn.png is left out" in done.stdout
    assert "16 held-out objects: mean reciprocal rank" in done.stdout
    assert list_models(models) == ("small", "small-adapted")
    assert (models / "small-adapted" / "open_clip_model.safetensors").read_bytes() == before
    plain, adapted = (ClipEmbedder(find_model(models, name), 1) for name in list_models(models))
    assert adapted.spec.dimension == DIMENSION
    assert found(adapted) > found(plain) + 0.1
    again = fit(models, tmp_path / "set")
    assert again.returncode == 0, "the same data give the same layer"


def test_what_does_not_help_is_not_written(models: Path, tmp_path: Path) -> None:
    write_shard(tmp_path / "shards", same_object=False)
    done = fit(models, tmp_path / "shards")
    assert done.returncode == 1, done.stdout + done.stderr
    assert "nothing is written" in done.stdout
    assert list_models(models) == ("small",)


def test_too_little_data_is_said(models: Path, tmp_path: Path) -> None:
    write_set(tmp_path / "set")
    rows = (tmp_path / "set" / "queries.csv").read_text().splitlines()
    (tmp_path / "set" / "queries.csv").write_text("\n".join(rows[:10]))
    done = fit(models, tmp_path / "set")
    assert done.returncode == 1
    assert "at least 16 are needed" in done.stderr


def found(embedder: ClipEmbedder) -> float:
    """Share of objects, never seen before, that another view finds first."""
    seeds = range(2000, 2064)
    gallery, queries = (embedder.embed([view(seed, number) for seed in seeds]) for number in (0, 1))
    return float(((queries @ gallery.T).argmax(axis=1) == np.arange(len(seeds))).mean())


@pytest.fixture
def script(monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    monkeypatch.syspath_prepend(str(SCRIPTS))
    return import_module("fit_adaptation")


def labelled(script: ModuleType, nuisance: float) -> Any:
    """Objects in 12 dimensions whose views differ by little, and in two directions by ``nuisance``."""
    generator = torch.Generator().manual_seed(0)
    views = []
    for _ in range(80):
        noise = 0.3 * torch.randn(3, 12, generator=generator)
        noise[:, :2] += nuisance * torch.randn(3, 2, generator=generator)
        views.append(torch.nn.functional.normalize(torch.randn(1, 12, generator=generator) + noise, dim=1))
    singles = torch.nn.functional.normalize(torch.randn(100, 12, generator=generator), dim=1)
    return script.Labelled(tuple(views), singles)


def test_directions_in_which_views_differ_are_shrunk(script: ModuleType) -> None:
    training, held_out = labelled(script, nuisance=4.0).split(4, 0)
    assert (len(training.views), len(held_out.views)) == (60, 20)
    projection = script.fit_whitening(training.samples(), script.choose_shrinkage(training, 12), 12)
    verdict = script.judge(projection, held_out, 0)
    assert verdict.helps
    assert verdict.after > verdict.before + 0.2
    length = projection.weight.norm(dim=0)
    assert length[:2].max() < 0.5 * length[2:].min()


def test_no_object_is_on_both_sides_of_a_split(script: ModuleType) -> None:
    whole = labelled(script, nuisance=0.0)
    rest, held = whole.split(4, 1)
    assert len(rest.views) + len(held.views) == len(whole.views)
    assert len(rest.singles) + len(held.singles) == len(whole.singles)
    assert not {tuple(views[0].tolist()) for views in rest.views} & {tuple(views[0].tolist()) for views in held.views}
    task = held.task()
    assert torch.equal(task.rows, torch.arange(20).repeat_interleave(2))
    assert len(task.gallery) == 20 + 25
