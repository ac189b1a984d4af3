"""Evidence keeps its place when what it was computed on was cut out, shrunk or mirrored."""

from dataclasses import replace

import numpy as np
import pytest

from heritage.domain.hits import Query, Verification, View, as_homography
from heritage.domain.images import ImageDigest, Photo, Region
from heritage.errors import InputError

POINTS = np.array([[10, 20], [50, 70], [90, 15]], np.float32)
TO_GALLERY = np.array([[0.5, 0.1, 3], [-0.1, 0.6, 4], [0.0001, 0.0002, 1]])


def mapped(homography: object, points: np.ndarray) -> np.ndarray:
    found = np.column_stack([points, np.ones(len(points))]) @ np.array(homography).T
    return np.asarray(found[:, :2] / found[:, 2:])


def evidence() -> Verification:
    gallery = mapped(TO_GALLERY, POINTS).astype(np.float32)
    return replace(
        Verification.nothing(3), homographies=(as_homography(TO_GALLERY),), query_points=POINTS, gallery_points=gallery
    )


@pytest.mark.parametrize(
    ("moved", "expected"),
    [
        (evidence().enlarged(3, 2), POINTS * 3),
        (evidence().shifted(100, 40), POINTS + np.array([100, 40])),
        (evidence().flipped(200), np.column_stack([199 - POINTS[:, 0], POINTS[:, 1]])),
        (
            evidence().enlarged(2, 1).shifted(7, 9).flipped(400),
            np.column_stack([392 - 2 * POINTS[:, 0], 2 * POINTS[:, 1] + 9]),
        ),
    ],
    ids=["enlarged", "shifted", "flipped", "all"],
)
def test_points_and_homography_move_together(moved: Verification, expected: np.ndarray) -> None:
    assert moved.query_points == pytest.approx(expected)
    assert mapped(moved.homography, moved.query_points) == pytest.approx(moved.gallery_points, abs=1e-3)


def test_flipped_evidence_says_that_it_is_of_the_mirror_image() -> None:
    assert evidence().flipped(200).mirrored
    assert not evidence().flipped(200).flipped(200).mirrored


def test_a_query_needs_photos_and_its_boxes_lie_within_them() -> None:
    photo = Photo(ImageDigest.of(b"x"), np.zeros((40, 60, 3), np.uint8), "image/png")
    assert Query((View(photo, (Region(0, 0, 60, 40),)),)).views[0].boxes
    with pytest.raises(InputError, match="does not lie within"):
        View(photo, (Region(1, 0, 60, 40),))
    with pytest.raises(InputError, match="at least one photo"):
        Query(())


def test_a_region_is_read_as_it_is_written() -> None:
    region = Region(5, 0, 20, 30)
    assert Region.parse(str(region)) == region
