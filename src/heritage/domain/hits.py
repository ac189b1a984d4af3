"""The answer to a query: candidates, their verification, hits with a verdict, and what was searched."""

from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from typing import Self

import numpy as np
import numpy.typing as npt

from heritage.domain.access import AT_THE_MACHINE, Viewer
from heritage.domain.advice import Advice
from heritage.domain.criteria import ANYTHING, Criteria
from heritage.domain.images import ImageDigest, Photo, Region
from heritage.domain.records import RegisteredImage, RegistryRecord
from heritage.domain.rules import Rules
from heritage.errors import InputError

Points = npt.NDArray[np.float32]
FLIP = np.array([-1, 1], np.float32)
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
class View:
    """One photo of what is asked about, with the boxes that somebody drew in it; without any, they are proposed."""

    photo: Photo
    boxes: tuple[Region, ...] = ()

    def __post_init__(self) -> None:
        for box in self.boxes:
            if not box.lies_within(self.photo.width, self.photo.height):
                raise InputError(f"box {box} does not lie within the photo of {self.photo.width} x {self.photo.height}")


@dataclass(frozen=True, slots=True)
class Query:
    """Photos of one object, and how many hits are wanted at most. Fewer ``lanes`` are for measuring one alone.

    Only records that ``viewer`` may see are searched, and of them only those that meet ``criteria``.
    """

    views: tuple[View, ...]
    limit: int = 10
    lanes: frozenset[Lane] = frozenset(Lane)
    viewer: Viewer = AT_THE_MACHINE
    criteria: Criteria = ANYTHING

    def __post_init__(self) -> None:
        if not self.views:
            raise InputError("a query needs at least one photo")

    @classmethod
    def of(cls, photo: Photo, limit: int = 10, lanes: frozenset[Lane] = frozenset(Lane)) -> Self:
        """The query about one photo."""
        return cls((View(photo),), limit, lanes)


@dataclass(frozen=True, slots=True)
class Turn:
    """How a photo had to be turned to look like the registered one: quarter turns counter-clockwise, then mirrored."""

    quarter_turns: int = 0
    mirrored: bool = False


AS_TAKEN = Turn()


@dataclass(frozen=True, slots=True)
class Candidate:
    """A gallery image retrieved by either lane, in every record that shows it (one photo may be in two registries).

    ``votes`` is 0 when the keypoint lane did not retrieve it; ``vote_lead`` is the logarithm of how many times more it
    has than images that merely came along.
    """

    images: tuple[RegisteredImage, ...]
    votes: float = 0.0
    vote_lead: float = 0.0

    @property
    def sequence(self) -> int:
        return self.images[0].sequence


@dataclass(frozen=True, slots=True, eq=False)
class Verification:
    """Geometric evidence for one candidate.

    ``match_count`` mutual matches before, ``inlier_count`` after RANSAC; ``cell_count`` distinct 16-px cells covered
    by inliers, the smaller of both sides; ``agreeing_cell_count`` the same for matches that agree with one similarity
    only roughly, as on a round object. ``homographies``, best supported first; none when no plausible one was found
    (which proves nothing: little texture is neutral). ``support`` (0..1) share of the keypoints in the common area of
    the first that found their partner. ``correlation`` (-1..1) of the pixels there, None where they were not compared.
    ``query_points`` and ``gallery_points`` (inlier_count, 2) float32, full-size upright px. ``mirrored``: it is the
    photo's mirror image that fits; points and homographies are nevertheless those of the photo as it is.
    """

    match_count: int
    inlier_count: int
    cell_count: int
    agreeing_cell_count: int
    support: float
    homographies: tuple[Homography, ...]
    query_points: Points
    gallery_points: Points
    correlation: float | None = None
    mirrored: bool = False

    @classmethod
    def nothing(cls, match_count: int = 0) -> Self:
        """No geometric evidence, which speaks neither for nor against."""
        points = np.zeros((0, 2), np.float32)
        return cls(match_count, 0, 0, 0, 0.0, (), points, points)

    @property
    def homography(self) -> Homography | None:
        """The best supported one, if there is any."""
        return self.homographies[0] if self.homographies else None

    def enlarged(self, query_factor: float, gallery_factor: float) -> Self:
        """The same evidence with both images' coordinates multiplied, as from working to full size."""
        shrink, enlarge = np.diag([1 / query_factor] * 2 + [1.0]), np.diag([gallery_factor] * 2 + [1.0])
        return replace(
            self,
            homographies=tuple(as_homography(enlarge @ np.array(one) @ shrink) for one in self.homographies),
            query_points=self.query_points * np.float32(query_factor),
            gallery_points=self.gallery_points * np.float32(gallery_factor),
        )

    def shifted(self, left: float, top: float) -> Self:
        """The same evidence after the query's origin moved: it was computed on a region that begins there."""
        back = np.array([[1.0, 0, -left], [0, 1, -top], [0, 0, 1]])
        return replace(
            self,
            homographies=tuple(as_homography(np.array(one) @ back) for one in self.homographies),
            query_points=self.query_points + np.array([left, top], np.float32),
        )

    def flipped(self, query_width: float) -> Self:
        """The evidence for a photo of ``query_width`` px, computed on its mirror image."""
        mirror = np.array([[-1.0, 0, query_width - 1], [0, 1, 0], [0, 0, 1]])
        return replace(
            self,
            homographies=tuple(as_homography(np.array(one) @ mirror) for one in self.homographies),
            query_points=self.query_points * FLIP + np.array([query_width - 1, 0], np.float32),
            mirrored=not self.mirrored,
        )


@dataclass(frozen=True, slots=True)
class Evidence:
    """What was found out about a candidate in one region of one photo.

    ``similarity`` is the cosine of the global descriptors, ``lift`` how many standard deviations it lies above what
    both sides have with a background cohort; None without a cohort. ``turn`` is how the region was turned for that
    similarity.
    """

    candidate: Candidate
    similarity: float
    lift: float | None
    verification: Verification
    view: int
    region: Region
    turn: Turn = AS_TAKEN


@dataclass(frozen=True, slots=True)
class Hit:
    """A registry record shown as an answer, with the evidence that put it there.

    ``view`` is the place of the photo in the query, ``region`` what of it is answered. ``score`` is the natural
    logarithm of the likelihood ratio: how much more likely the evidence is if the photo shows this object than if it
    does not. ``false_alarm_rate`` is the share of searches of this gallery, for objects that are not in it, that are
    expected to bring a hit with this score or a higher one. ``lift`` and ``vote_lead`` are those of the evidence.
    """

    image: RegisteredImage
    view: int
    region: Region
    turn: Turn
    similarity: float
    votes: float
    verification: Verification
    score: float
    false_alarm_rate: float
    verdict: Verdict
    lift: float | None = None
    vote_lead: float = 0.0

    @property
    def record(self) -> RegistryRecord:
        return self.image.record


@dataclass(frozen=True, slots=True)
class Coverage:
    """What was searched. Shown with every answer, above all with an empty one.

    ``unsearched_count`` records show photographs, but none described by the model in use: no search can find them.
    ``is_restricted``: there are records that their owners do not show to the one who asks; how many is not told.
    ``is_narrowed``: only records that meet criteria were asked for.
    """

    object_count: int
    image_count: int
    object_count_by_registry: tuple[tuple[str, int], ...]
    newest_record: datetime | None
    unsearched_count: int = 0
    is_restricted: bool = False
    is_narrowed: bool = False

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
        gaps = []
        if self.unsearched_count:
            objects = _counted(self.unsearched_count, "registered object")
            gaps.append(f"Not searched: {objects} that the model in use has not described; ingest the registry again.")
        if self.is_restricted:
            gaps.append("Not searched: objects that other agencies keep to themselves.")
        if self.is_narrowed:
            gaps.append("Not searched: objects that do not meet the criteria asked for.")
        return " ".join(gaps) or ("" if self.object_count else "Nothing is registered that could be searched.")


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
class SearchedPhoto:
    """A photo of the query: its digest, upright size in px, the regions searched beside the whole of it, and what was
    wrong with it, though it was searched.
    """

    digest: ImageDigest
    width: int
    height: int
    regions: tuple[Region, ...]
    advice: tuple[Advice, ...] = ()

    @property
    def whole(self) -> Region:
        return Region(0, 0, self.width, self.height)

    def part(self, region: Region) -> Region | None:
        """``region`` where it is a part of the photo; None when it is the whole."""
        return None if region == self.whole else region


@dataclass(frozen=True, slots=True)
class SearchResult:
    """The answer to one query; ``latency_ms`` holds (stage, milliseconds) in order."""

    photos: tuple[SearchedPhoto, ...]
    hits: tuple[Hit, ...]
    coverage: Coverage
    rules: Rules
    versions: Versions
    latency_ms: tuple[tuple[str, float], ...]

    @property
    def verdict(self) -> Verdict:
        """The best verdict among the hits."""
        return self.hits[0].verdict if self.hits else Verdict.NONE

    def answered_part(self, hit: Hit) -> Region | None:
        """The part of its photo that ``hit`` answers; None when that is the whole of it."""
        return self.photos[hit.view].part(hit.region)
