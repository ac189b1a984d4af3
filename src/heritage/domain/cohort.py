"""Score normalisation: is a similarity high for these two images, or are both similar to everything?

A grey stone on grey ground resembles thousands of others; a gilded mask resembles little. Each similarity is measured
against those that both images have with a background cohort: adaptive symmetric normalisation, as speaker verification
uses it (Matejka et al., "Analysis of score normalization in multilingual speaker recognition", Interspeech 2017).
"""

from dataclasses import dataclass
from typing import Self

import numpy as np
import numpy.typing as npt

from heritage.domain.descriptors import Vectors

Values = npt.NDArray[np.float32]
NEAREST = 100  # of the cohort: only those that could be mistaken for a match tell how high is high
LEAST_SPREAD = 0.02


@dataclass(frozen=True, slots=True, eq=False)
class Cohort:
    """``vectors`` (count, dimension) float32 unit: descriptors of objects that are in no registry."""

    vectors: Vectors

    @classmethod
    def none(cls) -> Self:
        """Where nobody made one."""
        return cls(np.zeros((0, 0), np.float32))

    @property
    def is_known(self) -> bool:
        """Whether there is one; without, nothing can be lifted."""
        return len(self.vectors) >= NEAREST

    def lift(self, similarities: Values, queries: Vectors, gallery: Vectors) -> Values:
        """(queries, gallery) float32: standard deviations by which ``similarities`` exceed what both sides have anyway.

        ``queries`` (queries, dimension) and ``gallery`` (gallery, dimension) unit. Without a cohort everything is 0.
        """
        if not self.is_known:
            return np.zeros_like(similarities)
        query_mean, query_spread = self._level(queries)
        gallery_mean, gallery_spread = self._level(gallery)
        by_query = (similarities - query_mean[:, None]) / query_spread[:, None]
        by_gallery = (similarities - gallery_mean) / gallery_spread
        return np.asarray((by_query + by_gallery) / 2, np.float32)

    def _level(self, vectors: Vectors) -> tuple[Values, Values]:
        """Mean and spread (count,) of each vector's similarities to its nearest of the cohort."""
        similarities = vectors @ self.vectors.T
        top = np.partition(similarities, -NEAREST, axis=1)[:, -NEAREST:]
        return top.mean(axis=1), np.maximum(top.std(axis=1), LEAST_SPREAD)
