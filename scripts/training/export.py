"""From a trained tower to a model folder that OpenCLIP loads."""

import json
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from safetensors.torch import save_file
from torch import Tensor, nn
from torch.nn import functional

from heritage.vision.torch_compat import import_open_clip
from heritage.vision.weights import CONFIG, WEIGHTS
from training.photographs import Rgb
from training.projection import Projection
from training.tower import TowerShape, build_model, channels_last, describe, model_config, preprocess_config

LEAST_COSINE = 0.999  # between the exported and the trained model; half precision costs about 1e-5


def export_model(tower: nn.Module, projection: Projection, shape: TowerShape, folder: Path) -> nn.Module:
    """Write configuration and float16 weights into ``folder``; the float32 tower with ``projection`` is returned."""
    model = build_model(shape, projection_bias=True)
    visual = model.visual
    assert isinstance(visual, nn.Module)
    weights = dict(tower.state_dict())
    weights["head.proj.weight"], weights["head.proj.bias"] = projection.weight, projection.bias
    visual.load_state_dict(weights)
    folder.mkdir(parents=True, exist_ok=True)
    config = {
        "model_cfg": model_config(shape, projection_bias=True),
        "preprocess_cfg": preprocess_config(shape),
    }
    (folder / CONFIG).write_text(json.dumps(config, indent=2) + "\n")
    halves = {name: _half(value) for name, value in model.state_dict().items()}
    save_file(halves, str(folder / WEIGHTS[0]), metadata={"format": "pt"})
    (folder / WEIGHTS[0]).chmod(0o644)  # safetensors writes for the owner alone
    return channels_last(visual)


def _half(value: Tensor) -> Tensor:
    return value.half().contiguous() if value.is_floating_point() else value.contiguous()


def check_export(folder: Path, tower: nn.Module, images: list[Rgb]) -> float:
    """Least cosine between what OpenCLIP loads from ``folder`` and ``tower``, over ``images`` (size, size, 3)."""
    model, _, _ = import_open_clip().create_model_and_transforms(f"local-dir:{folder}")
    cosine = functional.cosine_similarity(describe(channels_last(model.visual), images), describe(tower, images))
    least = float(cosine.min())
    if least < LEAST_COSINE:
        raise SystemExit(f"{folder} does not describe as the trained model does: cosine {least:.5f}")
    return least


def noise_images(count: int, size: int) -> list[NDArray[np.uint8]]:
    """Blocky coloured noise (size, size, 3), to compare two models on when no photograph is at hand."""
    rng = np.random.default_rng(0)
    return [
        np.kron(rng.integers(0, 256, (8, 8, 3), np.uint8), np.ones((size // 8, size // 8, 1), np.uint8))
        for _ in range(count)
    ]
