"""A fixed yardstick: RootSIFT and strict verification of a query against every gallery picture, without an index.

Its matching and its geometry are its own, on purpose: `heritage.vision.geometry` improves, this does not move, so that
figures compare from release to release. Only the extraction of RootSIFT is shared, with every size given here.

Matches are mutual and one-to-one, nearest over second-nearest distance below 0.85; a homography by MAGSAC++ (Barath et
al., CVPR 2020) with 5 px; the gallery picture's outline in the query must be convex, unmirrored and of plausible scale;
similarity is the number of distinct 16-px cells that the inliers cover, on the poorer of both sides. Small pictures
have few cells, so that many tie, and ties count worst-case: a fraction below 1 for the number of inliers parts them.
"""

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial

import cv2
import numpy as np
import numpy.typing as npt

from heritage.domain.descriptors import KeypointSet, LocalDescriptors, Vectors
from heritage.domain.images import Rgb
from heritage.vision.keypoints import RootSift

Floats = npt.NDArray[np.float32]
Indices = npt.NDArray[np.intp]

MAX_RATIO = 0.85
MAX_ERROR = 5.0  # px of the gallery picture's working image
MIN_MATCHES = 6
MAX_SCALE = 12.0
MAX_SIDE_RATIO = 8.0  # longest over shortest side of the outline, beyond the picture's own
CELL_SIDE = 16  # px of the working images
INLIER_SCALE = 4096  # above any number of inliers
EXTRACTION = RootSift(long_side=640, max_keypoints=400, query_long_side=800, max_query_keypoints=1000)
KEYPOINTS_AT_ONCE = 16_000  # of the gallery: 64 MB of distances to 1,000 of a query


@dataclass(frozen=True, slots=True, eq=False)
class Block:
    """Some gallery pictures, and the local descriptors of all of them one after another."""

    pictures: tuple[KeypointSet, ...]
    local_descriptors: LocalDescriptors


@dataclass(frozen=True, slots=True)
class ExhaustiveRootSift:
    """A `Baseline`; takes one core 1 to 2 ms a gallery picture of 400 keypoints, for a query of 1,000.

    Distances come from one product for many pictures: BLAS on its own threads is several times slower on small ones.
    """

    threads: int = 2
    name: str = "exhaustive_rootsift"

    def describe(self, image: Rgb) -> KeypointSet:
        return EXTRACTION.extract(image)

    def describe_query(self, image: Rgb) -> KeypointSet:
        return EXTRACTION.extract_query(image)

    def gather(self, rows: Sequence[KeypointSet]) -> tuple[Block, ...]:
        blocks: list[list[KeypointSet]] = []
        count = 0
        for picture in rows:
            if not blocks or count + len(picture) > KEYPOINTS_AT_ONCE:
                blocks.append([])
                count = 0
            blocks[-1].append(picture)
            count += len(picture)
        return tuple(Block(tuple(one), np.concatenate([each.local_descriptors for each in one])) for one in blocks)

    def similarities(self, query: KeypointSet, gallery: Sequence[Block]) -> Vectors:
        """Cells covered and a fraction for the inliers (count,), 0 where nothing is verified."""
        left = _with_squares(query.local_descriptors, is_query=True)
        similarities: list[float] = []
        with ThreadPoolExecutor(self.threads) as pool:  # NumPy and OpenCV release the interpreter lock
            for block in gallery:
                distance = left @ _with_squares(block.local_descriptors, is_query=False).T
                ends = np.cumsum([len(picture) for picture in block.pictures])
                parts = np.split(distance, ends[:-1], axis=1)
                similarities += pool.map(partial(_similarity, query), block.pictures, parts)
        return np.array(similarities, np.float32)


def _similarity(query: KeypointSet, gallery: KeypointSet, distance: Floats) -> float:
    query_index, gallery_index = mutual_matches(distance)
    if len(query_index) < MIN_MATCHES:
        return 0
    source, target = query.points[query_index], gallery.points[gallery_index]
    is_inlier = _inliers(source, target, gallery)
    cells = min(_cell_count(source[is_inlier]), _cell_count(target[is_inlier]))
    return cells + int(is_inlier.sum()) / INLIER_SCALE


def _inliers(source: Floats, target: Floats, gallery: KeypointSet) -> npt.NDArray[np.bool_]:
    """Which matches (count,) lie on one plausible homography; none when there is none."""
    homography, mask = cv2.findHomography(source, target, cv2.USAC_MAGSAC, MAX_ERROR, None, 2000, 0.999)
    if homography is None or mask is None or not is_plausible(homography, gallery.width, gallery.height):
        return np.zeros(len(source), bool)
    return mask.ravel().astype(bool)


def mutual_matches(distance: Floats) -> tuple[Indices, Indices]:
    """Indices of query and gallery keypoints that are each other's nearest and pass the ratio test.

    ``distance`` (query, gallery) squared.
    """
    if min(distance.shape) < 2:
        return np.zeros(0, np.intp), np.zeros(0, np.intp)
    nearest = distance.argmin(axis=1)
    best = distance[np.arange(len(nearest)), nearest]
    mutual = np.flatnonzero(best == distance.min(axis=0)[nearest])
    mutual = mutual[np.unique(nearest[mutual], return_index=True)[1]]  # one-to-one where distances are equal
    others = distance[mutual]
    others[np.arange(len(mutual)), nearest[mutual]] = np.inf
    is_match = best[mutual] < MAX_RATIO**2 * others.min(axis=1)
    return mutual[is_match], nearest[mutual[is_match]]


def is_plausible(homography: cv2.typing.MatLike, width: int, height: int) -> bool:
    """Whether a camera could have made the query from the gallery picture of ``width`` x ``height``.

    ``homography`` maps the query's working px to the gallery picture's.
    """
    determinant = np.linalg.det(homography)
    if not np.isfinite(determinant) or abs(determinant) < 1e-12:
        return False
    corners = np.array([[0, 0, 1], [width, 0, 1], [width, height, 1], [0, height, 1]], np.float64)
    projected = corners @ np.linalg.inv(homography).T
    if not (projected[:, 2] * projected[0, 2] > 0).all():
        return False  # part of the outline lies behind the camera
    outline = projected[:, :2] / projected[:, 2:]
    sides = np.roll(outline, -1, axis=0) - outline
    turns = sides[:, 0] * np.roll(sides[:, 1], -1) - sides[:, 1] * np.roll(sides[:, 0], -1)
    if not (turns > 0).all():
        return False  # not convex, or mirrored
    scale = np.sqrt(0.5 * turns[[0, 2]].sum() / (width * height))
    lengths = np.linalg.norm(sides, axis=1)
    aspect = max(width, height) / min(width, height)
    return bool(1 / MAX_SCALE < scale < MAX_SCALE and lengths.max() < MAX_SIDE_RATIO * lengths.min() * aspect)


def _with_squares(local_descriptors: LocalDescriptors, *, is_query: bool) -> Floats:
    """Descriptors (count, 130) float32: the product of a query's and the gallery's is their squared distances.

    Exactly, because every sum on the way is a whole number below 2 ** 24.
    """
    made = np.ones((len(local_descriptors), 130), np.float32)
    made[:, :128] = local_descriptors
    squares = np.einsum("ij,ij->i", made[:, :128], made[:, :128])
    if is_query:
        made[:, :128] *= -2
    made[:, 129 if is_query else 128] = squares
    return made


def _cell_count(points: Floats) -> int:
    cells = (points // CELL_SIDE).astype(np.int64)
    return len(np.unique(cells[:, 0] * 65_536 + cells[:, 1]))
