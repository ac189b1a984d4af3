"""Model folders: which there are, and whether their files are the ones that the manifest names.

``models/manifest.toml`` lists each folder with the SHA-256 of its files. Weights are opened only when they match: a
swapped file would change every similarity without a sound. No model is fetched here.
"""

import hashlib
import json
import tomllib
from dataclasses import dataclass
from pathlib import Path

from heritage.errors import ModelError, NotFoundError

MANIFEST = "manifest.toml"
CONFIG = "open_clip_config.json"
WEIGHTS = ("open_clip_model.safetensors", "model.safetensors")


@dataclass(frozen=True, slots=True)
class ModelFolder:
    """One OpenCLIP model folder. ``weights_sha256`` is of the weights file, hex; ``dimension`` of its descriptors."""

    name: str
    path: Path
    weights: Path
    weights_sha256: str
    config: str  # the text of open_clip_config.json
    dimension: int


def list_models(models: Path) -> tuple[str, ...]:
    """Names of the model folders in the manifest, the default one first."""
    default, files_by_model = _read_manifest(models)
    return (default, *sorted(name for name in files_by_model if name != default))


def find_model(models: Path, name: str = "") -> ModelFolder:
    """The model folder called ``name`` (empty: the default) under ``models``, or a folder anywhere by its path.

    A folder in the manifest must match it, byte for byte; one given by path is the caller's own and is taken as it is.
    """
    if "/" in name:
        return _describe(Path(name).name, Path(name))
    default, files_by_model = _read_manifest(models)
    name = name or default
    if name not in files_by_model:
        raise NotFoundError(f"no model {name!r} in {models / MANIFEST}; there are: {', '.join(files_by_model)}")
    for file_name, expected in files_by_model[name].items():
        _check(models / name / file_name, expected)
    return _describe(name, models / name)


def enter_model(models: Path, name: str) -> None:
    """Enter the folder ``models/name`` into the manifest with the SHA-256 of its files, beside those already there."""
    folder = _describe(name, models / name)
    entry = {CONFIG: _sha256(folder.path / CONFIG), folder.weights.name: folder.weights_sha256}
    default, files_by_model = _read_manifest(models) if (models / MANIFEST).exists() else (name, {})
    lines = ["# Model folders and the SHA-256 of their files: nothing is opened that does not match.", ""]
    lines += [f"default = {json.dumps(default)}"]
    for model, files in sorted({**files_by_model, name: entry}.items()):
        lines += ["", f"[models.{json.dumps(model)}.sha256]"]
        lines += [f"{json.dumps(file)} = {json.dumps(digest)}" for file, digest in sorted(files.items())]
    temporary = models / f".{MANIFEST}.new"
    temporary.write_text("\n".join(lines) + "\n", encoding="utf-8")
    temporary.replace(models / MANIFEST)


def _read_manifest(models: Path) -> tuple[str, dict[str, dict[str, str]]]:
    """The default model's name, and for each model the SHA-256 by file name."""
    try:
        parts = tomllib.loads((models / MANIFEST).read_text())
        files = {name: dict(entry["sha256"]) for name, entry in parts["models"].items()}
        return str(parts["default"]), files
    except FileNotFoundError as error:
        raise NotFoundError(f"no {MANIFEST} in {models}; set HERITAGE_MODELS to the folder of models") from error
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise ModelError(f"{models / MANIFEST} is damaged: {error}") from error


def _describe(name: str, path: Path) -> ModelFolder:
    try:
        config = (path / CONFIG).read_text()
        dimension = int(json.loads(config)["model_cfg"]["embed_dim"])
        weights = next(path / file_name for file_name in WEIGHTS if (path / file_name).is_file())
    except (OSError, ValueError, KeyError, TypeError, StopIteration) as error:
        raise ModelError(f"{path} is no OpenCLIP model folder: it needs {CONFIG} and {WEIGHTS[0]}") from error
    return ModelFolder(name, path, weights, _sha256(weights), config, dimension)


def _check(path: Path, expected: str) -> None:
    if not path.is_file():
        raise ModelError(f"{path} is missing; restore the model folder")
    if _sha256(path) != expected:
        raise ModelError(f"{path} is not the file in the manifest (SHA-256 differs); restore it, nothing was opened")


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
