"""Taking a model folder of the user's own into ``models/``: checked first, copied whole or not at all.

It is copied under a name that no manifest lists, opened and tried there, renamed, and entered into the manifest last.
Killed at any moment it leaves no model that is half there; the same command again goes on.
"""

import os
import re
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np

from heritage.errors import InputError, ModelError
from heritage.vision.adaptation import ADAPTATION
from heritage.vision.clip_embedder import ClipEmbedder
from heritage.vision.weights import MANIFEST, WEIGHTS, ModelFolder, enter_model, read_folder, read_manifest

OTHER_WEIGHTS = {".safetensors", ".bin", ".pth", ".pt", ".ckpt", ".onnx", ".msgpack", ".h5"}  # left where they are
MAX_NAME = 100
LEAST_DIFFERENCE = 1e-4  # between the descriptors of a dark and a patterned picture, in cosine


def add_model(models: Path, source: Path, name: str = "") -> str:
    """Copy the OpenCLIP folder ``source`` to ``models/name`` (its own name unless told) and enter it; the name.

    Adding the same files again changes nothing. Raises `ModelError` when the folder is none or describes nothing,
    `InputError` when the name cannot be used or is another model's.
    """
    name = _checked_name(name or source.resolve().name)
    found = read_folder(source)
    target, files = models / name, _as_copied(found)
    entered = _entry_of(models, name)
    there = entered or (_files_at(target) if target.exists() else files)
    if there != files:
        raise InputError(
            f"{target} is there with other files; give this model a name of its own with --name, "
            f"so that descriptors of the two never mix"
        )
    if _files_at(target) != files:
        with _incoming(target) as folder:
            _copy(found, folder)
            try_model(folder)
            _keep_others(target, folder)
            _sync_all(folder)
            shutil.rmtree(target, ignore_errors=True)  # damaged, or not there
            folder.rename(target)
    elif entered is None:
        try_model(target)
    if entered is None:
        enter_model(models, name)
    return name


def try_model(path: Path) -> None:
    """Describe two pictures with the folder at ``path``. Raises `ModelError` when that does not work."""
    columns = np.arange(96, dtype=np.uint8)
    pattern = np.stack([np.broadcast_to(columns * factor, (64, 96)) for factor in (2, 5, 11)], axis=-1)
    dark, patterned = ClipEmbedder(read_folder(path), threads=1).embed([np.zeros_like(pattern), pattern])
    if float(dark @ patterned) > 1 - LEAST_DIFFERENCE:
        raise ModelError("the model describes every picture alike; its weights are not those of an image tower")


def _checked_name(name: str) -> str:
    if not re.fullmatch(rf"[A-Za-z0-9][A-Za-z0-9._+-]{{0,{MAX_NAME - 1}}}", name):
        raise InputError(
            f"{name[:MAX_NAME]!r} cannot name a model: letters, digits and . _ + - only; choose with --name"
        )
    return name


def _entry_of(models: Path, name: str) -> dict[str, str] | None:
    """SHA-256 by file in the manifest."""
    return read_manifest(models)[1].get(name) if (models / MANIFEST).exists() else None


def _files_at(folder: Path) -> dict[str, str]:
    """SHA-256 by file on disk; none when it is no model folder."""
    try:
        return read_folder(folder).sha256_by_file
    except ModelError:
        return {}


def _as_copied(found: ModelFolder) -> dict[str, str]:
    """SHA-256 by file, as the manifest will have it."""
    entry = found.sha256_by_file
    entry[WEIGHTS[0]] = entry.pop(found.weights.name)
    return entry


@contextmanager
def _incoming(target: Path) -> Iterator[Path]:
    """An empty folder beside ``target``, removed afterwards unless it was renamed. Raises `ModelError`."""
    folder = target.with_name(f".{target.name}.new")
    shutil.rmtree(folder, ignore_errors=True)
    try:
        folder.mkdir(parents=True)
        yield folder
    except OSError as error:
        raise ModelError(f"{target} cannot be written: {error.strerror or error}") from error
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _copy(found: ModelFolder, folder: Path) -> None:
    """Weights get the first name that OpenCLIP looks for, so that it can open no other file in the folder instead."""
    shutil.copyfile(found.weights, folder / WEIGHTS[0])
    if found.adaptation:
        shutil.copyfile(found.path / ADAPTATION, folder / ADAPTATION)
    _keep_others(found.path, folder)
    if read_folder(folder).sha256_by_file != _as_copied(found):
        raise ModelError(f"{found.path} was changed while it was copied; run again")


def _keep_others(source: Path, folder: Path) -> None:
    """What else lies in ``source``: its card and licence, or the calibration that was fitted for it."""
    for path in source.iterdir() if source.is_dir() else ():
        if path.is_file() and path.suffix not in OTHER_WEIGHTS and not (folder / path.name).exists():
            shutil.copyfile(path, folder / path.name)


def _sync_all(folder: Path) -> None:
    for path in (*folder.iterdir(), folder):
        handle = os.open(path, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)
