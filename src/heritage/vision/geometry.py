"""Verification: do the keypoints of a query and of a candidate lie on one and the same surface?

Many inliers prove sameness, few prove nothing: a plain bronze has little to match. What must not happen is many
*false* inliers, and the plain count has them, because dozens of query points collapse on a few gallery points.
So matches are mutual and one-to-one and agree roughly with one similarity, the homography must keep the picture convex,
unmirrored and of plausible scale, and what counts is not points but distinct 16-px cells that they cover, on the poorer
of both sides.
"""

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import cv2
import numpy as np
import numpy.typing as npt

from heritage.domain.descriptors import KeypointSet
from heritage.domain.hits import Verification, as_homography

Floats = npt.NDArray[np.float32]
Matrix = npt.NDArray[np.float64]
Indices = npt.NDArray[np.intp]

CELL_SIDE = 16  # px of the working image
MIN_MATCHES = 6  # four define a homography; with fewer than two more there is nothing to confirm it
MAX_OFFSET = 0.1  # of the gallery image's long side: how far a match may lie from where a similarity puts it
MAX_GROWTH = np.log(2.0)
MAX_TURN = np.radians(35)
MAX_SCALE = 12.0  # the query may show the object up to 12 times larger or smaller than the registered photo


@dataclass(frozen=True, slots=True)
class HomographyVerifier:
    """RootSIFT matches by ratio test (Lowe 2004), homography by MAGSAC++ (Barath et al., CVPR 2020).

    ``max_ratio`` nearest over second-nearest distance; ``max_error`` reprojection error in px of the working image.
    """

    max_ratio: float = 0.85
    max_error: float = 5.0
    threads: int = 2

    def verify(self, query: KeypointSet, candidates: Sequence[KeypointSet]) -> list[Verification]:
        """One verification per candidate; coordinates in px of the working images (callers scale them up)."""
        with ThreadPoolExecutor(self.threads) as pool:  # NumPy and OpenCV release the interpreter lock
            return list(pool.map(lambda candidate: self._verify_one(query, candidate), candidates))

    def _verify_one(self, query: KeypointSet, candidate: KeypointSet) -> Verification:
        query_index, gallery_index = mutual_matches(query, candidate, self.max_ratio)
        agrees = similarity_support(query, candidate, query_index, gallery_index)
        query_points, gallery_points = query.points[query_index[agrees]], candidate.points[gallery_index[agrees]]
        found = self._find_homography(query_points, gallery_points)
        if found is None or not is_plausible(found[0], query, candidate):
            return Verification.nothing(len(query_index))
        homography, is_inlier = found
        query_points, gallery_points = query_points[is_inlier], gallery_points[is_inlier]
        return Verification(
            match_count=len(query_index),
            inlier_count=len(query_points),
            cell_count=min(count_cells(query_points), count_cells(gallery_points)),
            homography=as_homography(homography),
            query_points=query_points,
            gallery_points=gallery_points,
        )

    def _find_homography(self, source: Floats, target: Floats) -> tuple[Matrix, npt.NDArray[np.bool_]] | None:
        if len(source) < MIN_MATCHES:
            return None
        homography, mask = cv2.findHomography(source, target, cv2.USAC_MAGSAC, self.max_error, None, 2000, 0.999)
        if homography is None or mask is None or abs(homography[2, 2]) < 1e-12:
            return None
        return np.asarray(homography / homography[2, 2], np.float64), mask.ravel().astype(bool)


def mutual_matches(query: KeypointSet, gallery: KeypointSet, max_ratio: float) -> tuple[Indices, Indices]:
    """Indices (count,) of query and gallery keypoints that are each other's nearest and pass the ratio test."""
    if len(query) < 2 or len(gallery) < 2:
        return np.zeros(0, np.intp), np.zeros(0, np.intp)
    distance = _squared_distances(query.local_descriptors, gallery.local_descriptors)
    nearest = distance.argmin(axis=1)
    rows = np.arange(len(nearest))
    best = distance[rows, nearest]
    is_mutual = distance.argmin(axis=0)[nearest] == rows
    distance[rows, nearest] = np.inf
    is_match = is_mutual & (best < max_ratio**2 * distance.min(axis=1))
    return rows[is_match], nearest[is_match]


def similarity_support(
    query: KeypointSet, gallery: KeypointSet, query_index: Indices, gallery_index: Indices
) -> npt.NDArray[np.bool_]:
    """Which of the matches (count,) agree, roughly, with the similarity that most of them agree with.

    One match is enough to propose a similarity, since keypoints have a scale and an angle; so every match proposes,
    and none is missed by chance, however many are wrong (Philbin et al., CVPR 2007). "Roughly" leaves room for
    perspective and for a curved surface; the homography is then fitted to what agrees.
    """
    if len(query_index) < MIN_MATCHES:
        return np.zeros(len(query_index), bool)
    source, target = _complex(query.points[query_index]), _complex(gallery.points[gallery_index])
    growth = np.log(gallery.scales[gallery_index] / query.scales[query_index])
    turn = np.radians(gallery.angles[gallery_index] - query.angles[query_index])
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


def _squared_distances(first: npt.NDArray[np.uint8], second: npt.NDArray[np.uint8]) -> Floats:
    left, right = first.astype(np.float32), second.astype(np.float32)
    squares = (left**2).sum(axis=1)[:, None] + (right**2).sum(axis=1)
    return np.asarray(squares - 2 * (left @ right.T), np.float32)


def _complex(points: Floats) -> npt.NDArray[np.complex128]:
    """Points (count, 2) as complex numbers: a similarity is then one product and one sum."""
    return np.asarray(points[:, 0] + 1j * points[:, 1], np.complex128)


def _aspect(keypoints: KeypointSet) -> float:
    return max(keypoints.width, keypoints.height) / min(keypoints.width, keypoints.height)
