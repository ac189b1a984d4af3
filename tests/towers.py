"""Small OpenCLIP model folders of random weights, made by the tests that need them."""

from pathlib import Path
from typing import Any

from heritage.vision.pulling import save_model
from heritage.vision.torch_compat import import_open_clip

DIMENSION = 32
CONFIGURATION: dict[str, Any] = {
    "embed_dim": DIMENSION,
    "vision_cfg": {"image_size": 32, "layers": 1, "width": 64, "head_width": 32, "patch_size": 8},
    "text_cfg": {"context_length": 8, "vocab_size": 64, "width": 32, "heads": 1, "layers": 1},
}


def write_tower(folder: Path, seed: int = 0) -> Path:
    """A model folder with one small ViT; another seed is another model."""
    import_open_clip()
    import torch
    from open_clip.model import CLIP

    torch.manual_seed(seed)
    model = CLIP(**CONFIGURATION)
    model.visual.image_mean, model.visual.image_std = (0.5, 0.5, 0.5), (0.25, 0.25, 0.25)
    save_model(model, CONFIGURATION, folder)
    return folder
