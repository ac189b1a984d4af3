"""The network that is trained, as an OpenCLIP model: a timm trunk, a linear projection, a vestigial text tower."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, cast

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn
from torch.nn import functional

from heritage.vision.torch_compat import import_open_clip

MEAN = (0.55, 0.52, 0.48)
STD = (0.27, 0.27, 0.27)
DESCRIBE_BATCH = 64


@dataclass(frozen=True)
class TowerShape:
    """The architecture. ``image_size`` in pixels is what the exported model asks for; weights do not depend on it."""

    trunk: str = "resnet18"
    dimension: int = 256
    image_size: int = 128


def model_config(shape: TowerShape, projection_bias: bool) -> dict[str, Any]:
    """OpenCLIP's ``model_cfg``. The text tower is unused and as small as OpenCLIP allows."""
    return {
        "embed_dim": shape.dimension,
        "vision_cfg": {
            "timm_model_name": shape.trunk,
            "timm_model_pretrained": False,
            "timm_pool": "avg",
            "timm_proj": "linear",
            "timm_proj_bias": projection_bias,
            "image_size": shape.image_size,
        },
        "text_cfg": {"context_length": 8, "vocab_size": 64, "width": 64, "heads": 1, "layers": 1},
    }


def preprocess_config(shape: TowerShape) -> dict[str, Any]:
    """OpenCLIP's ``preprocess_cfg``: the whole photograph squashed to a square, as in training; nothing is cropped."""
    return {
        "size": shape.image_size,
        "mode": "RGB",
        "mean": list(MEAN),
        "std": list(STD),
        "interpolation": "bilinear",
        "resize_mode": "squash",
    }


def build_model(shape: TowerShape, projection_bias: bool = False) -> nn.Module:
    """A whole OpenCLIP model with random weights; ``.visual`` is the image tower."""
    model: nn.Module = import_open_clip().CLIP(**model_config(shape, projection_bias))
    return model


def build_tower(shape: TowerShape) -> nn.Module:
    """The image tower alone: (count, 3, size, size) -> (count, dimension)."""
    tower = build_model(shape).visual
    assert isinstance(tower, nn.Module)
    return channels_last(tower)


def channels_last(module: nn.Module) -> nn.Module:
    """``module`` with its weights in channels-last memory, which convolutions on processors like best."""
    moved: nn.Module = cast(Any, module).to(memory_format=torch.channels_last)  # torch's annotations lack this form
    return moved


def to_input(images: NDArray[np.uint8]) -> Tensor:
    """(count, size, size, 3) uint8 -> normalised (count, 3, size, size) float32 in channels-last memory."""
    scaled = torch.from_numpy(images).permute(0, 3, 1, 2).float().div_(255)
    mean, std = (torch.tensor(values).view(1, 3, 1, 1) for values in (MEAN, STD))
    return ((scaled - mean) / std).contiguous(memory_format=torch.channels_last)


def half_precision() -> torch.autocast:
    """bfloat16 for the heavy layers: on processors with AVX512-BF16 one to four times faster, elsewhere still right."""
    return torch.autocast("cpu", torch.bfloat16)


def describe(tower: nn.Module, images: Sequence[NDArray[np.uint8]], unit: bool = True) -> Tensor:
    """Descriptors (count, dimension) float32 of ``images``, each (size, size, 3) uint8; unit norm by default."""
    was_training = tower.training
    tower.eval()
    rows = []
    with torch.inference_mode(), half_precision():
        for start in range(0, len(images), DESCRIBE_BATCH):
            rows.append(tower(to_input(np.stack(images[start : start + DESCRIBE_BATCH]))).float())
    tower.train(was_training)
    descriptors = torch.cat(rows).clone()
    return functional.normalize(descriptors, dim=1) if unit else descriptors
