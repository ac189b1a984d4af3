"""Verification: do the keypoints of a query and of a candidate lie on one and the same object?

Many inliers prove sameness, few prove nothing: a plain bronze has little to match. What must not happen is many
*false* inliers, and the plain count has them, because dozens of query points collapse on a few gallery points.
So matches are mutual and one-to-one and agree roughly with one similarity, the homography must keep the picture convex,
unmirrored and of plausible scale, and what counts is not points but distinct 16-px cells that they cover, on the poorer
of both sides. Under the homography that was found more matches are looked for, and beside it further ones (a diptych, a
folded cloth); a round object, which no homography fits, keeps the cells of its roughly agreeing matches.
"""

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import cache

import cv2
import numpy as np
from threadpoolctl import ThreadpoolController

from heritage.domain.descriptors import KeypointSet
from heritage.domain.hits import Verification, as_homography
from heritage.vision.matching import (
    Floats,
    Mask,
    Matches,
    Matrix,
    guided_matches,
    mutual_matches,
    project,
    squared_distances,
)

CELL_SIDE = 16  # px of the working image
MIN_MATCHES = 6  # four define a homography; with fewer than two more there is nothing to confirm it
MAX_OFFSET = 0.1  # of the gallery image's long side: how far a match may lie from where a similarity puts it
MAX_GROWTH = np.log(2.0)
MAX_TURN = np.radians(35)
MAX_SCALE = 12.0  # the query may show the object up to 12 times larger or smaller than the registered photo
MAX_SURFACES = 3
TRIALS = 1000  # of RANSAC; what comes to it agrees roughly already


@cache
def _native_threads() -> ThreadpoolController:
    return ThreadpoolController()  # looks through every loaded library, once


@dataclass(frozen=True, slots=True, eq=False)
class _Surface:
    """One homography (3, 3), query to gallery, and the matches that lie on it."""

    homography: Matrix
    matches: Matches


@dataclass(frozen=True, slots=True)
class HomographyVerifier:
    """RootSIFT matches by ratio test (Lowe 2004), homographies by MAGSAC++ (Barath et al., CVPR 2020).

    ``max_ratio`` nearest over second-nearest distance; ``max_error`` reprojection error in px of the working image.
    """

    max_ratio: float = 0.85
    max_error: float = 5.0
    threads: int = 2

    def verify(self, query: KeypointSet, candidates: Sequence[KeypointSet]) -> list[Verification]:
        """One verification per candidate; coordinates in px of the working images (callers scale them up)."""
        # NumPy and OpenCV release the interpreter lock. One candidate a core: BLAS must not split each over all.
        with ThreadPoolExecutor(self.threads) as pool, _native_threads().limit(limits=1, user_api="blas"):
            return list(pool.map(lambda candidate: self._verify_one(query, candidate), candidates))

    def _verify_one(self, query: KeypointSet, candidate: KeypointSet) -> Verification:
        distances = squared_distances(query, candidate)
        matches = mutual_matches(distances, self.max_ratio)
        agreeing = matches.where(similarity_support(query, candidate, matches))
        surfaces = self._find_surfaces(query, candidate, matches, distances) if len(agreeing) >= MIN_MATCHES else []
        inliers = Matches.joined([surface.matches for surface in surfaces])
        query_points, gallery_points = query.points[inliers.query], candidate.points[inliers.gallery]
        return Verification(
            match_count=len(matches),
            inlier_count=len(inliers),
            cell_count=_cells_of(query, candidate, inliers),
            agreeing_cell_count=_cells_of(query, candidate, agreeing),
            support=_support(query, candidate, surfaces[0]) if surfaces else 0.0,
            homographies=tuple(as_homography(surface.homography) for surface in surfaces),
            query_points=query_points,
            gallery_points=gallery_points,
        )

    def _find_surfaces(
        self, query: KeypointSet, gallery: KeypointSet, matches: Matches, distances: Floats
    ) -> list[_Surface]:
        """Up to `MAX_SURFACES` planes, the best supported first; no match lies on two."""
        surfaces: list[_Surface] = []
        for _ in range(MAX_SURFACES):
            surface = self._find_surface(query, gallery, matches, distances)
            if surface is None:
                break
            surfaces.append(surface)
            taken = np.isin(matches.query, surface.matches.query) | np.isin(matches.gallery, surface.matches.gallery)
            matches = matches.where(~taken)
            distances = distances.copy()
            distances[surface.matches.query] = np.inf
            distances[:, surface.matches.gallery] = np.inf
        return surfaces

    def _find_surface(
        self, query: KeypointSet, gallery: KeypointSet, matches: Matches, distances: Floats
    ) -> _Surface | None:
        agreeing = matches.where(similarity_support(query, gallery, matches))
        if len(agreeing) < MIN_MATCHES:
            return None
        found = self._fit(query.points[agreeing.query], gallery.points[agreeing.gallery])
        if found is None or not is_plausible(found[0], query, gallery):
            return None
        homography, is_inlier = found
        guided = guided_matches(query, gallery, distances, homography)
        if len(guided) < max(MIN_MATCHES, is_inlier.sum()):
            return _Surface(homography, agreeing.where(is_inlier))
        refined = _refit(query.points[guided.query], gallery.points[guided.gallery])
        if refined is not None and is_plausible(refined, query, gallery):
            homography = refined
        return _Surface(homography, guided)

    def _fit(self, source: Floats, target: Floats) -> tuple[Matrix, Mask] | None:
        homography, mask = cv2.findHomography(source, target, cv2.USAC_MAGSAC, self.max_error, None, TRIALS, 0.999)
        if homography is None or mask is None or abs(homography[2, 2]) < 1e-12:
            return None
        return np.asarray(homography / homography[2, 2], np.float64), mask.ravel().astype(bool)


def similarity_support(query: KeypointSet, gallery: KeypointSet, matches: Matches) -> Mask:
    """Which of the matches (count,) agree, roughly, with the similarity that most of them agree with.

    One match is enough to propose a similarity, since keypoints have a scale and an angle; so every match proposes,
    and none is missed by chance, however many are wrong (Philbin et al., CVPR 2007). "Roughly" leaves room for
    perspective and for a curved surface; the homography is then fitted to what agrees.
    """
    if not len(matches):
        return np.zeros(0, bool)
    source, target = _complex(query.points[matches.query]), _complex(gallery.points[matches.gallery])
    growth = np.log(gallery.scales[matches.gallery] / query.scales[matches.query])
    turn = np.radians(gallery.angles[matches.gallery] - query.angles[matches.query])
    factor = np.exp(growth + 1j * turn)
    offset = np.abs(factor[:, None] * (source[None, :] - source[:, None]) + target[:, None] - target[None, :])
    turned = np.abs(np.angle(np.exp(1j * (turn[:, None] - turn[None, :]))))
    agrees = offset < MAX_OFFSET * max(gallery.width, gallery.height)
    agrees &= (np.abs(growth[:, None] - growth[None, :]) < MAX_GROWTH) & (turned < MAX_TURN)
    return np.asarray(agrees[agrees.sum(axis=1).argmax()])


def is_plausible(homography: Matrix, query: KeypointSet, gallery: KeypointSet) -> bool:
    """Whether a camera could have made the query's picture into the gallery's (``homography`` in working px).

    The query's outline may leave the gallery image, so it is the gallery's outline, seen in the query, that must
    stay convex, unmirrored, in front of the camera, and of plausible size.
    """
    determinant = np.linalg.det(homography)
    if not np.isfinite(determinant) or abs(determinant) < 1e-12:
        return False
    corners = np.array([[0, 0], [gallery.width, 0], [gallery.width, gallery.height], [0, gallery.height]], np.float64)
    projected = np.column_stack([corners, np.ones(4)]) @ np.linalg.inv(homography).T
    if not (projected[:, 2] * projected[0, 2] > 0).all():
        return False  # part of the outline lies behind the camera
    outline = projected[:, :2] / projected[:, 2:]
    sides = np.roll(outline, -1, axis=0) - outline
    turns = sides[:, 0] * np.roll(sides[:, 1], -1) - sides[:, 1] * np.roll(sides[:, 0], -1)
    if not (turns > 0).all():
        return False  # not convex, or mirrored
    scale = np.sqrt(0.5 * turns[[0, 2]].sum() / (gallery.width * gallery.height))
    lengths = np.linalg.norm(sides, axis=1)
    return bool(1 / MAX_SCALE < scale < MAX_SCALE and lengths.max() < 8 * lengths.min() * _aspect(gallery))


def count_cells(points: Floats) -> int:
    """How many distinct 16-px cells the points (count, 2) fall into."""
    return len({(int(x), int(y)) for x, y in points // CELL_SIDE})


def _cells_of(query: KeypointSet, gallery: KeypointSet, matches: Matches) -> int:
    return min(count_cells(query.points[matches.query]), count_cells(gallery.points[matches.gallery]))


def _support(query: KeypointSet, gallery: KeypointSet, surface: _Surface) -> float:
    """Share of the keypoints in the common area, on the side that has fewer there, that found their partner.

    Chance matches are a few of many; the same surface seen twice shows most of its strong keypoints twice.
    """
    outline = project(query.points, surface.homography)
    query_count = _count_inside(outline, gallery.width, gallery.height)
    inverse = np.asarray(np.linalg.inv(surface.homography), np.float64)
    inverse /= inverse[2] @ (gallery.width / 2, gallery.height / 2, 1)  # in front of the camera is positive
    back = project(gallery.points, inverse)
    gallery_count = _count_inside(back, query.width, query.height)
    return min(1.0, len(surface.matches) / max(1, min(query_count, gallery_count)))


def _count_inside(points: Matrix, width: int, height: int) -> int:
    x, y = points.T
    return int(((x >= 0) & (x <= width) & (y >= 0) & (y <= height)).sum())


def _refit(source: Floats, target: Floats) -> Matrix | None:
    """Least squares over matches that were all found under one homography; None when they define none."""
    homography, _ = cv2.findHomography(source, target, 0)
    if homography is None or abs(homography[2, 2]) < 1e-12:
        return None
    return np.asarray(homography / homography[2, 2], np.float64)


def _complex(points: Floats) -> np.ndarray[tuple[int], np.dtype[np.complex128]]:
    """Points (count, 2) as complex numbers: a similarity is then one product and one sum."""
    return np.asarray(points[:, 0] + 1j * points[:, 1], np.complex128)


def _aspect(keypoints: KeypointSet) -> float:
    return max(keypoints.width, keypoints.height) / min(keypoints.width, keypoints.height)
