"""How much does each pixel differ from the ground - wall, cloth, table - that the objects stand out from?

The ground is learnt from a band along the photo's border, as in boundary-prior saliency (Wei et al., "Geodesic Saliency
Using Background Priors", ECCV 2012). Lamps and lenses shade it smoothly, so a quadratic surface is fitted to its colour
and taken off; what remains of a checked cloth or of boards is a few colours, each with its own spread (the Mahalanobis
distance to border clusters of Peng et al., "Salient Object Detection via Structured Matrix Decomposition", TPAMI 2017).
"""

from dataclasses import dataclass

import cv2
import numpy as np
import numpy.typing as npt

from heritage.domain.images import Rgb

Plane = npt.NDArray[np.float32]
"""One value per pixel, shape (height, width), float32."""
Colours = npt.NDArray[np.float32]
"""Lab colours, shape (..., 3), float32, in CIELAB units."""
Matrix = npt.NDArray[np.float64]

BAND = 0.04  # width of the border band, as a share of the short side
SAMPLE_COUNT = 600
CLUSTER_COUNT = 4
MIN_SHARE = 0.12  # of the border: what holds less is an object cut off by the photo's edge, or a shadow
NOISE = 2.0  # variance, in squared Lab units, that any ground has
GRID_SIDE = 24


@dataclass(frozen=True, slots=True)
class Saliency:
    """What stands out from the ground; all planes (height, width), float32.

    ``colour`` in spreads of the ground's own colours; ``texture`` in multiples of the ground's own roughness;
    ``edges`` the colour gradient in Lab units per px; ``roughness`` the ground's own, in the same unit.
    """

    colour: Plane
    texture: Plane
    edges: Plane
    roughness: float


def saliency(pixels: Rgb) -> Saliency:
    """Compare each pixel of a small picture (height, width, 3) uint8, both sides at least 8 px, with its border."""
    lab = _lab(pixels)
    rows, columns = _band(*lab.shape[:2])
    edges = _gradient(lab)
    colour = cv2.blur(_colour_distance(lab, rows, columns), (3, 3))
    spread = max(1.0, float(np.percentile(colour[rows, columns], 80)))
    roughness_plane = cv2.blur(edges, (5, 5))
    roughness = float(np.median(roughness_plane[rows, columns]))
    texture = np.maximum((roughness_plane - roughness) / (roughness + 1.5), 0)
    return Saliency(_plane(colour / spread), _plane(texture), edges, roughness)


def _plane(values: npt.ArrayLike) -> Plane:
    return np.asarray(values, np.float32)


def _lab(pixels: Rgb) -> Colours:
    lab = cv2.cvtColor(pixels, cv2.COLOR_RGB2Lab)
    true_units = np.array([[100 / 255, 0, 0, 0], [0, 1, 0, -128], [0, 0, 1, -128]])
    return _plane(cv2.GaussianBlur(cv2.transform(lab.astype(np.float32), true_units), (0, 0), 1.0))


def _band(height: int, width: int) -> tuple[npt.NDArray[np.intp], npt.NDArray[np.intp]]:
    """Rows and columns (count,) of up to about `SAMPLE_COUNT` pixels spread over the border band."""
    depth = max(2, round(BAND * min(height, width)))
    inside = np.ones((height, width), bool)
    inside[depth:-depth, depth:-depth] = False
    rows, columns = np.nonzero(inside)
    step = max(1, len(rows) // SAMPLE_COUNT)
    return rows[::step], columns[::step]


def _gradient(lab: Colours) -> Plane:
    """The length of the colour gradient over all three channels, in Lab units per px."""
    right, down = (cv2.Sobel(lab, cv2.CV_32F, x, y, scale=0.25) for x, y in ((1, 0), (0, 1)))
    squares = cv2.multiply(right, right) + cv2.multiply(down, down)
    return _plane(cv2.sqrt(cv2.transform(squares, np.ones((1, 3)))))


def _colour_distance(lab: Colours, rows: npt.NDArray[np.intp], columns: npt.NDArray[np.intp]) -> Plane:
    height, width = lab.shape[:2]
    border = lab[rows, columns].astype(np.float64)
    terms = _quadratic(2 * rows / (height - 1) - 1, 2 * columns / (width - 1) - 1)
    shading = _fit_shading(terms, border)
    steps = np.linspace(-1, 1, GRID_SIDE)
    grid = _quadratic(*np.meshgrid(steps, steps, indexing="ij")) @ shading
    ground = cv2.resize(grid.astype(np.float32), (width, height), interpolation=cv2.INTER_LINEAR)
    flattened = cv2.subtract(lab, ground)
    nearest = np.full((height, width), np.inf, np.float32)
    for whiten in _clusters(border - terms @ shading):
        offset = cv2.transform(flattened, whiten)
        np.minimum(nearest, cv2.transform(cv2.multiply(offset, offset), np.ones((1, 3))), out=nearest)
    return np.sqrt(nearest)


def _quadratic(y: npt.ArrayLike, x: npt.ArrayLike) -> Matrix:
    """The terms (..., 6) of a quadratic surface at places in -1..1."""
    y, x = np.asarray(y, np.float64), np.asarray(x, np.float64)
    return np.stack([np.ones_like(x), x, y, x * x, y * y, x * y], axis=-1)


def _fit_shading(terms: Matrix, border: Matrix) -> Matrix:
    """Coefficients (6, 3) of the ground's colour, by re-weighted ridge regression: what stands out counts little."""
    start = np.median(border, axis=0)
    ridge = 0.01 * len(terms) * np.diag([1e-3, 1, 1, 1, 1, 1])
    weights = 1 / (1 + ((border - start) ** 2).sum(axis=1) / 100)
    for _ in range(3):
        weighted = terms * weights[:, None]
        shading = np.linalg.solve(weighted.T @ terms + ridge, weighted.T @ (border - start))
        squares = ((border - start - terms @ shading) ** 2).sum(axis=1)
        weights = 1 / (1 + squares / max(9.0, 2 * float(np.median(squares))))
    shading[0] += start
    return np.asarray(shading, np.float64)


def _clusters(border: Matrix) -> list[Matrix]:
    """For each colour of the ground, the affine map (3, 4) that takes it to the origin and its spread to about one.

    k-means from quarters along the principal axis: no dice, so that one photo always gives one answer.
    """
    count = min(CLUSTER_COUNT, len(border))
    _, axes = np.linalg.eigh(np.cov(border.T) + 1e-6 * np.eye(3))
    labels = np.empty((len(border), 1), np.int32)
    labels[np.argsort(border @ axes[:, -1], kind="stable"), 0] = np.arange(len(border)) * count // len(border)
    stop = (cv2.TERM_CRITERIA_EPS + cv2.TERM_CRITERIA_MAX_ITER, 10, 0.5)
    _, found, _ = cv2.kmeans(border.astype(np.float32), count, labels, stop, 1, cv2.KMEANS_USE_INITIAL_LABELS)
    members = [border[np.ravel(found) == label] for label in range(count)]
    large = [colours for colours in members if len(colours) >= MIN_SHARE * len(border)]
    return [_whitening(colours) for colours in large or [border]]


def _whitening(colours: Matrix) -> Matrix:
    """Mahalanobis distance, tempered: a rough ground forgives more than a smooth one, but only by a square root."""
    values, axes = np.linalg.eigh(np.cov(colours.T) + NOISE * np.eye(3))
    forgiveness = np.sqrt(np.prod(values) ** (1 / 6) / 9)
    whiten = forgiveness * (axes / np.sqrt(values)).T
    return np.column_stack([whiten, -whiten @ colours.mean(axis=0)])
