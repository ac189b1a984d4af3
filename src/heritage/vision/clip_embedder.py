"""Global descriptors from the image tower of any OpenCLIP model folder.

PyTorch and OpenCLIP load on the first image, not on import: most commands never need them.
"""

import hashlib
import threading
from collections.abc import Sequence
from functools import cached_property
from typing import Any

import numpy as np
from PIL import Image

from heritage.domain.descriptors import DescriptorSpec, Vectors
from heritage.domain.hits import Turn
from heritage.domain.images import Rgb
from heritage.errors import ModelError
from heritage.vision.adaptation import unit
from heritage.vision.turning import turned_copies
from heritage.vision.weights import ModelFolder

BATCH_SIZE = 32


class ClipEmbedder:
    """Describes images with the tower in ``folder``, and its adaptation; ``threads`` is what PyTorch may use."""

    def __init__(self, folder: ModelFolder, threads: int) -> None:
        self._folder = folder
        self._threads = threads
        self._lock = threading.Lock()

    @property
    def spec(self) -> DescriptorSpec:
        """Known from the folder's files alone, without loading the model."""
        folder = self._folder
        preprocessing = hashlib.sha256(folder.config.encode()).hexdigest()[:16]
        return DescriptorSpec(folder.name, folder.learned, preprocessing, folder.dimension)

    def embed(self, images: Sequence[Rgb]) -> Vectors:
        """Unit vectors (count, dimension), float32, of ``images``, each (height, width, 3) uint8 of any size."""
        rows = [self._embed_batch(images[start : start + BATCH_SIZE]) for start in range(0, len(images), BATCH_SIZE)]
        vectors = np.concatenate(rows) if rows else np.zeros((0, self._folder.tower_dimension), np.float32)
        if vectors.shape != (len(images), self._folder.tower_dimension) or not np.isfinite(vectors).all():
            raise ModelError(f"model {self._folder.name} gave descriptors of shape {vectors.shape}, or not finite ones")
        adaptation = self._folder.adaptation
        return adaptation(unit(vectors)) if adaptation else unit(vectors)

    def embed_turned(self, images: Sequence[Rgb], turns: Sequence[Turn]) -> Vectors:
        """(images, turns, dimension), as `embed`, of each image in each of ``turns``."""
        copies = [copy for image in images for copy in turned_copies(image, turns, 2 * self._folder.input_side)]
        return self.embed(copies).reshape(len(images), len(turns), -1)

    def _embed_batch(self, images: Sequence[Rgb]) -> Vectors:
        import torch

        with self._lock:  # one batch at a time: two would fight for the same cores
            model, preprocess = self._tower
            batch = torch.stack([preprocess(Image.fromarray(image)) for image in images])
            # Half precision where the processor multiplies it natively; elsewhere it is emulated, and slower.
            with torch.inference_mode(), torch.autocast("cpu", torch.bfloat16, enabled=_has_bfloat16()):
                vectors = model.encode_image(batch.contiguous(memory_format=torch.channels_last))
            return np.asarray(vectors.float().numpy(), np.float32)

    @cached_property
    def _tower(self) -> tuple[Any, Any]:
        """The model and its preprocessing. The folder is local: OpenCLIP's ``local-dir:`` contacts no hub."""
        import torch
        from safetensors import SafetensorError

        from heritage.vision.torch_compat import import_open_clip

        open_clip = import_open_clip()
        torch.set_num_threads(self._threads)
        try:
            model, _, preprocess = open_clip.create_model_and_transforms(f"local-dir:{self._folder.path}")
        except (RuntimeError, ValueError, KeyError, OSError, SafetensorError) as error:
            raise ModelError(f"model folder {self._folder.path} cannot be loaded by OpenCLIP: {error}") from error
        return model.eval().to(memory_format=torch.channels_last), preprocess


def _has_bfloat16() -> bool:
    import torch

    return bool(torch.cpu.get_capabilities().get("avx512_bf16") or torch.cpu.get_capabilities().get("amx_bf16"))
