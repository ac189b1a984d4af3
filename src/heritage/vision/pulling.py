"""Fetching pretrained OpenCLIP weights: the only code of heritage that may contact a hub, and only when asked to."""

import json
import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from heritage.errors import InputError, ModelError
from heritage.vision.torch_compat import import_open_clip
from heritage.vision.weights import CONFIG, WEIGHTS, enter_model


@dataclass(frozen=True, slots=True)
class PretrainedName:
    """A pretrained OpenCLIP model, written ``ARCHITECTURE/TAG`` as in ``ViT-B-32/laion2b_s34b_b79k``."""

    architecture: str
    tag: str

    @classmethod
    def parse(cls, text: str) -> "PretrainedName":
        """Raises `InputError` for a name that this OpenCLIP does not know."""
        known = [tuple(pair) for pair in import_open_clip().list_pretrained()]
        name = cls(*text.partition("/")[::2])
        if (name.architecture, name.tag) not in known:
            tags = [tag for architecture, tag in known if architecture == name.architecture]
            hint = f"its weights are: {', '.join(tags)}" if tags else "for example ViT-B-32/laion2b_s34b_b79k"
            raise InputError(f"OpenCLIP has no pretrained model {text[:80]!r} (ARCHITECTURE/TAG); {hint}")
        return name

    @property
    def folder(self) -> str:
        return f"{self.architecture}-{self.tag}".lower()


def pull_model(models: Path, text: str) -> str:
    """Fetch a pretrained model, write it as a model folder, enter it into the manifest; the folder's name.

    Raises `InputError` for an unknown name, `ModelError` when it cannot be fetched; then nothing is changed.
    """
    name = PretrainedName.parse(text)
    open_clip = import_open_clip()
    try:
        model = open_clip.create_model(name.architecture, pretrained=name.tag)
    except Exception as error:  # the hub's client and the network raise errors of a dozen libraries
        raise ModelError(f"{text} could not be fetched: {error}") from error
    config = open_clip.get_model_config(name.architecture)
    save_model(model, config, models / name.folder)
    enter_model(models, name.folder)
    return name.folder


def save_model(model: Any, config: dict[str, Any], folder: Path) -> None:
    """Write an OpenCLIP model as the folder that ``local-dir:`` reads; whole, or not at all."""
    from safetensors.torch import save_file

    preprocess = {"mean": list(model.visual.image_mean), "std": list(model.visual.image_std)}
    extra = getattr(model.visual, "preprocess_cfg", {})
    preprocess |= {key: extra[key] for key in ("interpolation", "resize_mode") if key in extra}
    incoming = folder.with_name(f".{folder.name}.new")
    shutil.rmtree(incoming, ignore_errors=True)
    incoming.mkdir(parents=True)
    save_file({key: tensor.contiguous() for key, tensor in model.state_dict().items()}, incoming / WEIGHTS[0])
    (incoming / CONFIG).write_text(json.dumps({"model_cfg": config, "preprocess_cfg": preprocess}, indent=2))
    shutil.rmtree(folder, ignore_errors=True)
    incoming.rename(folder)
