"""What plain colour knows, as a target for the trunk: it finds other views better than a young network does.

The target of a photograph is its joint Lab histogram, square-rooted (so that a dot product is Hellinger affinity) and
reduced by PCA. A second linear head learns to predict it from augmented views; that keeps colour alive in the trunk.
"""

from collections.abc import Sequence

import cv2
import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor
from torch.nn import functional

from training.augmentation import squash
from training.photographs import Rgb

DIMENSION = 64
_BINS = (8, 16, 16)  # lightness, a, b
_RANGES = [0, 256, 64, 192, 64, 192]  # in OpenCV's 8-bit Lab; paints and metals lie well inside
_SIZE = 64
_SAMPLE = 4000


def colour_targets(images: Sequence[Rgb]) -> Tensor:
    """(count, ``DIMENSION``) float32, unit: the colours of each of ``images``, centred on their mean."""
    histograms = np.stack([_histogram(image) for image in images])
    sample = histograms[:: max(1, len(histograms) // _SAMPLE)]
    mean = sample.mean(axis=0)
    _, axes = np.linalg.eigh(np.cov((sample - mean).T))
    reduced = (histograms - mean) @ axes[:, ::-1][:, :DIMENSION].astype(np.float32)
    return functional.normalize(torch.from_numpy(np.ascontiguousarray(reduced, np.float32)), dim=1)


def _histogram(image: Rgb) -> NDArray[np.float32]:
    """(bins,) float32, the square roots of the shares of each joint Lab bin."""
    lab = cv2.cvtColor(squash(image, _SIZE), cv2.COLOR_RGB2LAB)
    counts = cv2.calcHist([lab], [0, 1, 2], None, _BINS, _RANGES).ravel()
    return np.asarray(np.sqrt(counts / counts.sum()), np.float32)
