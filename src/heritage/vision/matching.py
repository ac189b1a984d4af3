"""Matches between the local descriptors of two pictures: at first by descriptor alone, later guided by a homography."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from heritage.domain.descriptors import KeypointSet

Floats = npt.NDArray[np.float32]
Matrix = npt.NDArray[np.float64]
Indices = npt.NDArray[np.intp]
Mask = npt.NDArray[np.bool_]

GUIDED_DISTANCE = 0.75 * 512**2
"""Squared; between RootSIFT descriptors of length 512 this is a cosine of 0.625: looser than any ratio test lets by."""
MAX_STRETCH = np.log(1.6)
MAX_TWIST = np.radians(25)


@dataclass(frozen=True, slots=True, eq=False)
class Matches:
    """``query`` and ``gallery`` (count,) intp: which keypoint of the one is matched with which of the other."""

    query: Indices
    gallery: Indices

    def __len__(self) -> int:
        return len(self.query)

    def where(self, mask: Mask) -> "Matches":
        """Those for which ``mask`` (count,) holds."""
        return Matches(self.query[mask], self.gallery[mask])

    @classmethod
    def joined(cls, parts: "list[Matches]") -> "Matches":
        """All of them, in order."""
        if not parts:
            return cls(np.zeros(0, np.intp), np.zeros(0, np.intp))
        return cls(np.concatenate([part.query for part in parts]), np.concatenate([part.gallery for part in parts]))


def squared_distances(query: KeypointSet, gallery: KeypointSet) -> Floats:
    """(query keypoints, gallery keypoints) float32, of the quantised descriptors."""
    left, right = query.local_descriptors.astype(np.float32), gallery.local_descriptors.astype(np.float32)
    squares = np.einsum("ij,ij->i", left, left)[:, None] + np.einsum("ij,ij->i", right, right)
    squares -= 2 * (left @ right.T)
    return np.asarray(squares, np.float32)


def mutual_matches(distances: Floats, max_ratio: float) -> Matches:
    """Keypoints that are each other's nearest, and clearly nearer than the query's second (Lowe 2004).

    One-to-one, or dozens of query points would collapse on one gallery point that resembles everything.
    """
    if min(distances.shape) < 2:
        return Matches.joined([])
    nearest = distances.argmin(axis=1)
    rows = np.arange(len(nearest))
    best = distances[rows, nearest]
    is_mutual = distances.argmin(axis=0)[nearest] == rows
    distances[rows, nearest] = np.inf  # for a moment: the least that is left is the second
    second = distances.min(axis=1)
    distances[rows, nearest] = best
    is_match = is_mutual & (best < max_ratio**2 * second)
    return Matches(rows[is_match], nearest[is_match])


def guided_matches(query: KeypointSet, gallery: KeypointSet, distances: Floats, homography: Matrix) -> Matches:
    """Further matches that ``homography`` (3, 3) predicts: place, scale and direction must fit, so no ratio is asked.

    The second look of classical stereo (Hartley & Zisserman 2004, 4.8): repeated ornament fails every ratio test,
    though its place tells the repeats apart. A chance neighbour rarely also has the predicted scale and direction.
    """
    rows, columns = np.nonzero(_lies_near(query, gallery, homography) & (distances < GUIDED_DISTANCE))
    fits = _is_consistent(query, gallery, Matches(rows, columns), homography)
    rows, columns = rows[fits], columns[fits]
    found = np.full(distances.shape, np.inf, np.float32)
    found[rows, columns] = distances[rows, columns]
    best = found.argmin(axis=1)
    places = np.arange(len(best))
    is_match = np.isfinite(found[places, best]) & (found.argmin(axis=0)[best] == places)
    return Matches(places[is_match], best[is_match])


def project(points: Floats | Matrix, homography: Matrix) -> Matrix:
    """Points (count, 2) under ``homography`` (3, 3); what lies behind the camera goes to infinity."""
    mapped = np.column_stack([points.astype(np.float64), np.ones(len(points))]) @ homography.T
    depth = np.where(mapped[:, 2] > 1e-9, mapped[:, 2], np.nan)
    plane = np.nan_to_num(mapped[:, :2] / depth[:, None], nan=1e9, posinf=1e9, neginf=-1e9)
    return np.asarray(plane, np.float64)


def _lies_near(query: KeypointSet, gallery: KeypointSet, homography: Matrix) -> Mask:
    """(query keypoints, gallery keypoints): within 1.5 % of the gallery picture's long side of where it should be."""
    reach = max(4.0, 0.015 * max(gallery.width, gallery.height))
    mapped = project(query.points, homography).astype(np.float32)
    near = np.abs(mapped[:, None, 0] - gallery.points[None, :, 0]) < reach
    near &= np.abs(mapped[:, None, 1] - gallery.points[None, :, 1]) < reach
    return np.asarray(near, bool)


def _is_consistent(query: KeypointSet, gallery: KeypointSet, matches: Matches, homography: Matrix) -> Mask:
    """Which matches have the scale and the direction that the homography's own affine part predicts there."""
    points = query.points[matches.query].astype(np.float64)
    angles = np.radians(query.angles[matches.query])
    step = np.column_stack([np.cos(angles), np.sin(angles)])
    here, along = project(points, homography), project(points + step, homography)
    across = project(points + step[:, ::-1] * (-1, 1), homography)
    (x, y), (u, v) = (along - here).T, (across - here).T
    area = np.abs(x * v - y * u)
    with np.errstate(divide="ignore", invalid="ignore"):
        growth = np.log(gallery.scales[matches.gallery] / query.scales[matches.query]) - 0.5 * np.log(area)
    turned = np.arctan2(along[:, 1] - here[:, 1], along[:, 0] - here[:, 0]) - np.radians(
        gallery.angles[matches.gallery]
    )
    return np.asarray((np.abs(growth) < MAX_STRETCH) & (np.abs(np.angle(np.exp(1j * turned))) < MAX_TWIST), bool)
