"""Where to draw what verification found: inliers to show, and a pair of pictures laid out in one drawing."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from heritage.domain.hits import Homography, Verification

MAX_DRAWN_INLIERS = 60
GAP = 24.0  # units between the two pictures
SIDE = 600.0  # units of the side that both pictures share

Point = tuple[float, float]
Size = tuple[int, int]
"""Width and height of an upright image, in px."""


@dataclass(frozen=True, slots=True)
class Inlier:
    """A matched point, in px of the upright query and of the upright gallery image."""

    query: Point
    gallery: Point


@dataclass(frozen=True, slots=True)
class Frame:
    """A picture's place in a drawing: its box in drawing units, and the size in px of the image it stands for."""

    x: float
    y: float
    width: float
    height: float
    image_width: int
    image_height: int

    @property
    def scale(self) -> float:
        """Drawing units per px."""
        return self.width / self.image_width

    def place(self, point: Point) -> Point:
        """From px of the image to units of the drawing."""
        return round(self.x + point[0] * self.scale, 1), round(self.y + point[1] * self.scale, 1)


@dataclass(frozen=True, slots=True)
class Line:
    """A matched point drawn from the query to the gallery image, in drawing units."""

    start: Point
    end: Point


@dataclass(frozen=True, slots=True)
class PairDrawing:
    """Two pictures in one drawing of ``width`` x ``height`` units, the lines between them and the object's outline.

    ``outline`` is the gallery image's edge as it lies in the query, in px of the query; empty when there is no
    believable one. ``text_size`` in units; a caption stands above each picture.
    """

    width: float
    height: float
    query: Frame
    gallery: Frame
    lines: tuple[Line, ...]
    outline: tuple[Point, ...]
    text_size: float


def drawn_inliers(verification: Verification, limit: int = MAX_DRAWN_INLIERS) -> tuple[Inlier, ...]:
    """At most ``limit`` inliers, taken evenly from all of them."""
    count = len(verification.query_points)
    chosen = np.linspace(0, max(count - 1, 0), min(count, limit)).round().astype(int)
    return tuple(
        Inlier(_point(verification.query_points[index]), _point(verification.gallery_points[index])) for index in chosen
    )


def side_by_side(verification: Verification, query: Size, gallery: Size) -> PairDrawing:
    """The query left, the gallery image right, equally high."""
    query_width, gallery_width = (SIDE * width / height for width, height in (query, gallery))
    text_size = (query_width + GAP + gallery_width) / 70
    left = Frame(0, 2 * text_size, query_width, SIDE, *query)
    right = Frame(query_width + GAP, 2 * text_size, gallery_width, SIDE, *gallery)
    return _drawing(verification, left, right, text_size)


def one_above_other(verification: Verification, query: Size, gallery: Size) -> PairDrawing:
    """The query above, the gallery image below, equally wide: for a phone held upright."""
    query_height, gallery_height = (SIDE * height / width for width, height in (query, gallery))
    text_size = SIDE / 25
    upper = Frame(0, 2 * text_size, SIDE, query_height, *query)
    lower = Frame(0, 2 * text_size + query_height + GAP + 2 * text_size, SIDE, gallery_height, *gallery)
    return _drawing(verification, upper, lower, text_size)


def outline_in_query(homography: Homography | None, query: Size, gallery: Size) -> tuple[Point, ...]:
    """The gallery image's corners in query px, or nothing when they make no believable quadrilateral.

    ``homography`` maps query px to gallery px. A wild one (folded, or reaching far outside the photo) would draw
    nonsense over the evidence, so it is left out.
    """
    if homography is None or abs(np.linalg.det(homography)) < 1e-12:
        return ()
    inverse = np.linalg.inv(np.array(homography))
    width, height = gallery
    corners = np.array([(0, 0, 1), (width, 0, 1), (width, height, 1), (0, height, 1)], float) @ inverse.T
    if not (np.all(corners[:, 2] > 1e-9) or np.all(corners[:, 2] < -1e-9)):
        return ()
    points = corners[:, :2] / corners[:, 2:]
    reach = 2 * max(query)
    if not np.isfinite(points).all() or np.abs(points).max() > reach or not _is_convex(points):
        return ()
    return tuple(_point(point) for point in points)


def _drawing(verification: Verification, query: Frame, gallery: Frame, text_size: float) -> PairDrawing:
    sizes = (query.image_width, query.image_height), (gallery.image_width, gallery.image_height)
    inliers = drawn_inliers(verification)
    return PairDrawing(
        width=round(max(query.x + query.width, gallery.x + gallery.width), 1),
        height=round(max(query.y + query.height, gallery.y + gallery.height), 1),
        query=query,
        gallery=gallery,
        lines=tuple(Line(query.place(inlier.query), gallery.place(inlier.gallery)) for inlier in inliers),
        outline=outline_in_query(verification.homography, *sizes),
        text_size=round(text_size, 1),
    )


def _is_convex(points: npt.NDArray[np.float64]) -> bool:
    """Whether the quadrilateral (4, 2) turns the same way at every corner."""
    edges = np.roll(points, -1, axis=0) - points
    following = np.roll(edges, -1, axis=0)
    turns = edges[:, 0] * following[:, 1] - edges[:, 1] * following[:, 0]
    return bool(np.all(turns > 0) or np.all(turns < 0))


def _point(xy: npt.NDArray[np.floating]) -> Point:
    return round(float(xy[0]), 1), round(float(xy[1]), 1)
