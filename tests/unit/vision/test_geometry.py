"""Verification against homographies that we made ourselves."""

import cv2
import numpy as np
import pytest

from heritage.domain.descriptors import KeypointSet
from heritage.vision.geometry import HomographyVerifier, count_cells, is_plausible
from heritage.vision.keypoints import RootSift
from heritage.vision.matching import mutual_matches, squared_distances
from tests.pictures import homography, photograph, picture

CASES = [(0, 1, 0), (25, 0.8, 0), (-70, 0.6, 0.0004), (180, 1.1, -0.0003), (10, 0.45, 0.0008)]


@pytest.mark.parametrize(("angle", "scale", "tilt"), CASES)
def test_a_known_homography_is_found(angle: float, scale: float, tilt: float) -> None:
    sift, image, truth = RootSift(), picture(1), homography(angle, scale, tilt)
    query, gallery = sift.extract_query(photograph(image, truth)), sift.extract(image)
    [found] = HomographyVerifier().verify(query, [gallery])
    assert found.homography is not None
    assert found.inlier_count == len(found.query_points) == len(found.gallery_points) >= 30
    assert found.cell_count >= 15
    corners = np.float64([[[100, 80]], [[400, 80]], [[400, 300]], [[100, 300]]])
    in_query = cv2.perspectiveTransform(corners, truth)
    back = cv2.perspectiveTransform(in_query, np.array(found.homography))
    assert np.abs(back - corners).max() < 4


def test_another_picture_gives_no_evidence() -> None:
    sift = RootSift()
    query = sift.extract_query(photograph(picture(1), homography(10, 0.9, 0)))
    gallery = [sift.extract(picture(seed)) for seed in range(2, 14)]
    assert max(found.cell_count for found in HomographyVerifier().verify(query, gallery)) == 0


def test_a_plain_picture_is_neutral() -> None:
    sift, plain = RootSift(), np.full((300, 300, 3), 128, np.uint8)
    assert len(sift.extract(plain)) == 0
    [found] = HomographyVerifier().verify(sift.extract_query(picture(1)), [sift.extract(plain)])
    assert (found.match_count, found.inlier_count, found.homography) == (0, 0, None)


def test_many_points_on_one_spot_do_not_count_as_many() -> None:
    """The threat: dozens of query points that collapse on one gallery point look like dozens of inliers."""
    rng = np.random.default_rng(0)
    one = rng.integers(0, 60, (1, 128)).astype(np.uint8)
    query = keypoint_set(rng.uniform(0, 400, (50, 2)), np.repeat(one, 50, axis=0))
    gallery = keypoint_set(np.full((50, 2), 30.0), np.repeat(one, 50, axis=0))
    [found] = HomographyVerifier().verify(query, [gallery])
    assert found.cell_count <= 1


def keypoint_set(points: np.ndarray, local_descriptors: np.ndarray) -> KeypointSet:
    ones = np.ones(len(points), np.float32)
    return KeypointSet(points.astype(np.float32), ones, ones, local_descriptors, 400, 400)


def test_matches_are_one_to_one() -> None:
    rng = np.random.default_rng(3)
    descriptors = rng.integers(0, 120, (80, 128)).astype(np.uint8)
    points = rng.uniform(0, 400, (80, 2))
    noisy = np.clip(descriptors + rng.integers(-3, 4, descriptors.shape), 0, 255).astype(np.uint8)
    distances = squared_distances(keypoint_set(points, noisy), keypoint_set(points, descriptors))
    matches = mutual_matches(distances, 0.85)
    assert matches.query.tolist() == matches.gallery.tolist() == list(range(80))


def test_one_keypoint_alone_matches_nothing() -> None:
    """The ratio test needs a second."""
    assert len(mutual_matches(np.zeros((5, 1), np.float32), 0.85)) == 0
    assert len(mutual_matches(np.zeros((0, 9), np.float32), 0.85)) == 0


def test_mirrored_keypoints_are_those_of_the_mirrored_picture() -> None:
    """Without looking at a pixel again: most of them are found, where they should be, by descriptor alone."""
    image = picture(4)
    mirrored = RootSift().extract(image).mirrored()
    truth = RootSift().extract(np.ascontiguousarray(image[:, ::-1]))
    matches = mutual_matches(squared_distances(mirrored, truth), 0.85)
    apart = np.linalg.norm(mirrored.points[matches.query] - truth.points[matches.gallery], axis=1)
    assert (apart < 2).sum() > 0.7 * len(truth)


def test_a_mirrored_photo_is_no_match_until_its_keypoints_are_mirrored() -> None:
    sift, image = RootSift(), picture(6)
    photo = np.ascontiguousarray(photograph(image, homography(25, 0.8, 0.0002))[:, ::-1])
    query = sift.extract_query(photo)
    [as_taken], [as_mirrored] = (
        HomographyVerifier().verify(keypoints, [sift.extract(image)]) for keypoints in (query, query.mirrored())
    )
    assert as_taken.homography is None
    assert as_mirrored.cell_count >= 15
    flipped = as_mirrored.flipped(query.width)
    mapped = cv2.perspectiveTransform(flipped.query_points[:, None], np.array(flipped.homography))[:, 0]
    assert np.median(np.abs(mapped - flipped.gallery_points)) < 3


@pytest.mark.parametrize(
    ("matrix", "plausible"),
    [
        (np.eye(3), True),
        (np.diag([0.2, 0.2, 1.0]), True),
        (np.diag([-1.0, 1.0, 1.0]), False),  # mirrored
        (np.diag([0.01, 0.01, 1.0]), False),  # a hundred times larger
        (np.array([[1, 0, 0], [0, 1, 0], [0.01, 0, 1.0]]), False),  # the horizon runs through the picture
        (np.zeros((3, 3)), False),
    ],
)
def test_plausible_homographies(matrix: np.ndarray, plausible: bool) -> None:
    keypoints = keypoint_set(np.zeros((0, 2)), np.zeros((0, 128), np.uint8))
    assert is_plausible(matrix, keypoints, keypoints) is plausible


def test_cells_are_16_pixels_wide() -> None:
    assert count_cells(np.float32([[0, 0], [15.9, 15.9], [16, 0], [300, 300]])) == 3
