"""The answer to a query: candidates, their verification, hits with a verdict, and what was searched."""

from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from typing import Self

import numpy as np
import numpy.typing as npt

from heritage.domain.images import ImageDigest, Photo, Region
from heritage.domain.records import RegisteredImage, RegistryRecord

Points = npt.NDArray[np.float32]
Homography = tuple[tuple[float, float, float], tuple[float, float, float], tuple[float, float, float]]
"""3 x 3, row-major, maps query pixels to gallery pixels (both upright, full size), last element 1."""


def as_homography(matrix: npt.NDArray[np.float64]) -> Homography:
    """``matrix`` (3, 3) scaled so that its last element is 1, as plain numbers."""
    first, second, third = (matrix / matrix[2, 2]).tolist()
    return tuple(first), tuple(second), tuple(third)


class Verdict(StrEnum):
    """What a hit amounts to. There is no verdict that clears an object."""

    STRONG = "strong"
    POSSIBLE = "possible"
    NONE = "none"


class Lane(StrEnum):
    """The two ways by which candidates are retrieved."""

    GLOBAL = "global"
    KEYPOINT = "keypoint"


@dataclass(frozen=True, slots=True)
class Query:
    """One photo asked about, and how many hits are wanted at most. Fewer ``lanes`` are for measuring one alone."""

    photo: Photo
    limit: int = 10
    lanes: frozenset[Lane] = frozenset(Lane)


@dataclass(frozen=True, slots=True)
class Candidate:
    """A gallery image retrieved by either lane, in every record that shows it (one photo may be in two registries).

    ``votes`` is 0 when the keypoint lane did not retrieve it.
    """

    images: tuple[RegisteredImage, ...]
    votes: float = 0.0

    @property
    def sequence(self) -> int:
        return self.images[0].sequence


@dataclass(frozen=True, slots=True, eq=False)
class Verification:
    """Geometric evidence for one candidate.

    ``match_count`` mutual matches before, ``inlier_count`` after RANSAC; ``cell_count`` distinct 16-px cells covered
    by inliers, the smaller of both sides; ``homography`` None when no plausible one was found (which proves nothing:
    little texture is neutral). ``query_points`` and ``gallery_points`` (inlier_count, 2) float32, full-size upright px.
    """

    match_count: int
    inlier_count: int
    cell_count: int
    homography: Homography | None
    query_points: Points
    gallery_points: Points

    @classmethod
    def nothing(cls, match_count: int = 0) -> Self:
        """No geometric evidence, which speaks neither for nor against."""
        points = np.zeros((0, 2), np.float32)
        return cls(match_count, 0, 0, None, points, points)

    def enlarged(self, query_factor: float, gallery_factor: float) -> Self:
        """The same evidence with both images' coordinates multiplied, as from working to full size."""
        homography = self.homography
        if homography is not None:
            matrix = np.diag([gallery_factor, gallery_factor, 1.0]) @ np.array(homography)
            homography = as_homography(matrix @ np.diag([1 / query_factor, 1 / query_factor, 1.0]))
        return replace(
            self,
            homography=homography,
            query_points=self.query_points * np.float32(query_factor),
            gallery_points=self.gallery_points * np.float32(gallery_factor),
        )


@dataclass(frozen=True, slots=True)
class Evidence:
    """What was found out about a candidate; ``similarity`` is the cosine of the global descriptors."""

    candidate: Candidate
    similarity: float
    verification: Verification


@dataclass(frozen=True, slots=True)
class Hit:
    """A registry record shown as an answer, with the evidence that put it there."""

    image: RegisteredImage
    region: Region
    similarity: float
    votes: float
    verification: Verification
    score: float  # orders hits within one answer, nothing else
    verdict: Verdict

    @property
    def record(self) -> RegistryRecord:
        return self.image.record


@dataclass(frozen=True, slots=True)
class Coverage:
    """What was searched. Shown with every answer, above all with an empty one.

    ``unsearched_count`` records show photographs, but none described by the model in use: no search can find them.
    """

    object_count: int
    image_count: int
    object_count_by_registry: tuple[tuple[str, int], ...]
    newest_record: datetime | None
    unsearched_count: int = 0

    @property
    def statement(self) -> str:
        """What was searched, what was not, and the reminder that must stand under every answer."""
        searched = f"Searched {self.scope}." if self.object_count else "Nothing was searched."
        return " ".join(filter(None, (searched, self.gap, "Not found is not a clearance.")))

    @property
    def scope(self) -> str:
        """What a search covers, to stand within a sentence."""
        registries = ", ".join(f"{name} ({count:,})" for name, count in self.object_count_by_registry)
        newest = f", newest record {self.newest_record:%Y-%m-%d}" if self.newest_record else ""
        objects = _counted(self.object_count, "registered object")
        return f"{objects} with {_counted(self.image_count, 'photograph')} in {registries}{newest}"

    @property
    def gap(self) -> str:
        """What a search does not cover though it could, as a sentence; empty when there is nothing."""
        if self.unsearched_count:
            objects = _counted(self.unsearched_count, "registered object")
            return f"Not searched: {objects} that the model in use has not described; ingest the registry again."
        return "" if self.object_count else "No registry is loaded."


def _counted(count: int, noun: str) -> str:
    return f"{count:,} {noun}{'' if count == 1 else 's'}"


@dataclass(frozen=True, slots=True)
class Versions:
    """What produced an answer, so that it can be recomputed."""

    heritage: str
    descriptor_spec: str
    keypoint_spec: str
    index: str
    rules: str


@dataclass(frozen=True, slots=True)
class SearchResult:
    """The answer to one query; ``latency_ms`` holds (stage, milliseconds) in order."""

    query: ImageDigest
    width: int
    height: int
    hits: tuple[Hit, ...]
    coverage: Coverage
    versions: Versions
    latency_ms: tuple[tuple[str, float], ...]

    @property
    def verdict(self) -> Verdict:
        """The best verdict among the hits."""
        return self.hits[0].verdict if self.hits else Verdict.NONE
