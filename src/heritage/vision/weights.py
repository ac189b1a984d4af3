"""Model folders: which there are, and whether their files are the ones that the manifest names.

``models/manifest.toml`` lists each folder with the SHA-256 of its files. Weights are opened only when they match: a
swapped file would change every similarity without a sound. No model is fetched here.
"""

import hashlib
import json
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

from heritage.errors import ModelError, NotFoundError
from heritage.vision.adaptation import ADAPTATION, Adaptation
from heritage.vision.calibrations import CALIBRATION, COHORT
from heritage.vision.joined_embedder import FISHER, FisherPart

MANIFEST = "manifest.toml"
CONFIG = "open_clip_config.json"
WEIGHTS = ("open_clip_model.safetensors", "model.safetensors")
LEARNED_EXTRAS = (ADAPTATION, FISHER)  # they decide a descriptor's values
EXTRAS = (*LEARNED_EXTRAS, CALIBRATION, COHORT)


@dataclass(frozen=True, slots=True)
class ModelFolder:
    """One OpenCLIP model folder, perhaps with an adaptation after the tower, a Fisher part beside it, a calibration."""

    name: str
    path: Path
    weights: Path
    weights_sha256: str
    config: str  # the text of open_clip_config.json
    tower_dimension: int
    adaptation: Adaptation | None = None
    fisher: FisherPart | None = None
    sha256_by_extra: Mapping[str, str] = field(default_factory=dict)  # of the files in `EXTRAS` that are there

    @property
    def input_side(self) -> int:
        """Of what the tower sees, in px: the longer one."""
        size = json.loads(self.config)["model_cfg"]["vision_cfg"].get("image_size", 224)
        return int(max(size) if isinstance(size, list) else size)

    @property
    def dimension(self) -> int:
        """Of its descriptors."""
        return self.adaptation.dimension if self.adaptation else self.tower_dimension

    @property
    def learned(self) -> str:
        """Names everything learned that is in it: a descriptor spec's ``weights``."""
        extras = [self.sha256_by_extra[name] for name in LEARNED_EXTRAS if name in self.sha256_by_extra]
        return "+".join([f"sha256:{self.weights_sha256}", *extras])

    @property
    def sha256_by_file(self) -> dict[str, str]:
        """Its entry in the manifest."""
        return {
            CONFIG: _sha256(self.path / CONFIG),
            self.weights.name: self.weights_sha256,
            **self.sha256_by_extra,
        }


def list_models(models: Path) -> tuple[str, ...]:
    """Names of the model folders in the manifest, the default one first."""
    default, files_by_model = read_manifest(models)
    return (default, *sorted(name for name in files_by_model if name != default))


def find_model(models: Path, name: str = "") -> ModelFolder:
    """The model folder called ``name`` (empty: the default) under ``models``, or a folder anywhere by its path.

    A folder in the manifest must match it, byte for byte, and may hold no other file that heritage would read; one
    given by path is the caller's own and is taken as it is.
    """
    if "/" in name:
        return read_folder(Path(name))
    default, files_by_model = read_manifest(models)
    name = name or default
    if name not in files_by_model:
        there = f"there are: {', '.join(files_by_model)}; change over with `heritage models use NAME`"
        raise NotFoundError(f"no model {name!r} in {models / MANIFEST}; {there}")
    for file_name, expected in files_by_model[name].items():
        _check(models / name / file_name, expected)
    folder = read_folder(models / name)
    for file_name in folder.sha256_by_extra:
        if file_name not in files_by_model[name]:
            raise ModelError(f"{models / name / file_name} is not in the manifest; remove it, nothing was opened")
    return folder


def enter_model(models: Path, name: str) -> None:
    """Enter the folder ``models/name`` into the manifest with the SHA-256 of its files, beside those already there."""
    entry = read_folder(models / name).sha256_by_file
    default, files_by_model = read_manifest(models) if (models / MANIFEST).exists() else (name, {})
    lines = ["# Model folders and the SHA-256 of their files: nothing is opened that does not match.", ""]
    lines += [f"default = {json.dumps(default)}"]
    for model, files in sorted({**files_by_model, name: entry}.items()):
        lines += ["", f"[models.{json.dumps(model)}.sha256]"]
        lines += [f"{json.dumps(file)} = {json.dumps(digest)}" for file, digest in sorted(files.items())]
    temporary = models / f".{MANIFEST}.new"
    temporary.write_text("\n".join(lines) + "\n", encoding="utf-8")
    temporary.replace(models / MANIFEST)


def read_folder(path: Path) -> ModelFolder:
    """The model folder at ``path``, called as the folder is. Raises `ModelError` when it is none."""
    try:
        config = (path / CONFIG).read_text()
        dimension = int(json.loads(config)["model_cfg"]["embed_dim"])
        weights = next(path / file_name for file_name in WEIGHTS if (path / file_name).is_file())
    except (OSError, ValueError, KeyError, TypeError, StopIteration) as error:
        raise ModelError(f"{path} is no OpenCLIP model folder: it needs {CONFIG} and {WEIGHTS[0]}") from error
    plain = ModelFolder(path.name, path, weights, _sha256(weights), config, dimension)
    extras = {name: _sha256(path / name) for name in EXTRAS if (path / name).exists()}
    return replace(
        plain,
        adaptation=_read_adaptation(plain) if ADAPTATION in extras else None,
        fisher=FisherPart.read(path / FISHER) if FISHER in extras else None,
        sha256_by_extra=extras,
    )


def _read_adaptation(folder: ModelFolder) -> Adaptation:
    path = folder.path / ADAPTATION
    adaptation = Adaptation.read(path)
    if adaptation.input_dimension != folder.tower_dimension:
        expected = f"descriptors of dimension {adaptation.input_dimension}, not {folder.tower_dimension}"
        raise ModelError(f"{path} was fitted to {expected}; it belongs to another model")
    return adaptation


def read_manifest(models: Path) -> tuple[str, dict[str, dict[str, str]]]:
    """The default model's name, and for each model the SHA-256 by file name. Raises `NotFoundError`, `ModelError`."""
    try:
        parts = tomllib.loads((models / MANIFEST).read_text())
        files = {name: dict(entry["sha256"]) for name, entry in parts["models"].items()}
        return str(parts["default"]), files
    except FileNotFoundError as error:
        raise NotFoundError(f"no {MANIFEST} in {models}; set HERITAGE_MODELS to the folder of models") from error
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise ModelError(f"{models / MANIFEST} is damaged: {error}") from error


def _check(path: Path, expected: str) -> None:
    if not path.is_file():
        raise ModelError(f"{path} is missing; restore the model folder")
    if _sha256(path) != expected:
        raise ModelError(f"{path} is not the file in the manifest (SHA-256 differs); restore it, nothing was opened")


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
