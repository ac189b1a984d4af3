"""The fixed yardstick, against homographies that we made ourselves and a plain loop over all pairs."""

import numpy as np
import pytest

from heritage.domain.descriptors import KeypointSet
from heritage.vision.exhaustive import INLIER_SCALE, KEYPOINTS_AT_ONCE, ExhaustiveRootSift, is_plausible, mutual_matches
from tests.pictures import homography, photograph, picture

YARDSTICK = ExhaustiveRootSift()


def similarities(query: KeypointSet, *gallery: KeypointSet) -> np.ndarray:
    return YARDSTICK.similarities(query, YARDSTICK.gather(gallery))


def keypoint_set(points: np.ndarray, local_descriptors: np.ndarray) -> KeypointSet:
    ones = np.ones(len(points), np.float32)
    return KeypointSet(points.astype(np.float32), ones, ones, local_descriptors, 400, 400)


def test_only_the_picture_that_was_photographed_is_alike() -> None:
    query = YARDSTICK.describe_query(photograph(picture(3), homography(25, 0.8, 0.0002)))
    found = similarities(query, *(YARDSTICK.describe(picture(seed)) for seed in range(10)))
    assert found.dtype == np.float32
    assert found.shape == (10,)
    assert found.argmax() == 3
    assert found[3] >= 15
    assert np.delete(found, 3).max() < 8


def test_cells_count_and_inliers_part_ties() -> None:
    query = YARDSTICK.describe_query(photograph(picture(3), homography(25, 0.8, 0.0002)))
    [found] = similarities(query, YARDSTICK.describe(picture(3)))
    inlier_count = (found % 1) * INLIER_SCALE
    assert inlier_count == int(inlier_count) >= found // 1


def test_a_plain_picture_is_like_nothing() -> None:
    plain = np.full((300, 300, 3), 128, np.uint8)
    some = YARDSTICK.describe(picture(1))
    assert similarities(YARDSTICK.describe_query(plain), some).tolist() == [0]
    assert similarities(YARDSTICK.describe_query(picture(2)), YARDSTICK.describe(plain), some)[0] == 0


def test_blocks_keep_the_order_of_the_pictures() -> None:
    count = KEYPOINTS_AT_ONCE // 3
    pictures = [keypoint_set(np.zeros((count, 2)), np.zeros((count, 128), np.uint8)) for _ in range(7)]
    blocks = YARDSTICK.gather(pictures)
    assert [len(block.pictures) for block in blocks] == [3, 3, 1]
    assert [one for block in blocks for one in block.pictures] == pictures


def test_matches_are_what_a_plain_loop_over_all_pairs_finds() -> None:
    rng = np.random.default_rng(0)
    query, gallery = rng.integers(0, 90, (70, 16)), rng.integers(0, 90, (50, 16))
    query[:30] = gallery[:30] + rng.integers(-9, 10, (30, 16))
    distance = ((query[:, None] - gallery[None]) ** 2).sum(axis=2)
    expected = []
    for row in range(70):
        first, second = np.argsort(distance[row])[:2]
        if distance[:, first].argmin() == row and distance[row, first] < 0.85**2 * distance[row, second]:
            expected.append((row, int(first)))
    found = mutual_matches(distance.astype(np.float32))
    assert sorted(zip(*(index.tolist() for index in found), strict=True)) == expected
    assert len(expected) >= 30


def test_many_points_on_one_spot_do_not_count_as_many() -> None:
    one = np.random.default_rng(0).integers(0, 60, (1, 128)).astype(np.uint8)
    points = np.random.default_rng(1).uniform(0, 400, (50, 2))
    query = keypoint_set(points, np.repeat(one, 50, axis=0))
    assert similarities(query, keypoint_set(np.full((50, 2), 30.0), np.repeat(one, 50, axis=0))).tolist() == [0]


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
    assert is_plausible(matrix, 400, 400) is plausible
