"""Pixels laid over each other: the same picture agrees, a near-twin does not."""

import cv2
import numpy as np

from heritage.domain.hits import as_homography
from heritage.vision.photometric import correlate
from tests.pictures import homography, photograph, picture


def test_the_same_picture_agrees_under_its_homography() -> None:
    truth = homography(20, 0.8, 0.0003)
    found = correlate(photograph(picture(1), truth), picture(1), as_homography(np.linalg.inv(truth)))
    assert found is not None and found > 0.85


def test_light_and_noise_change_little() -> None:
    truth = homography(10, 0.9, 0)
    photo = np.clip(0.6 * photograph(picture(2), truth).astype(float) + 30, 0, 255)
    photo = np.clip(photo + np.random.default_rng(0).normal(0, 8, photo.shape), 0, 255).astype(np.uint8)
    found = correlate(photo, picture(2), as_homography(np.linalg.inv(truth)))
    assert found is not None and found > 0.7


def test_another_picture_in_the_same_place_does_not() -> None:
    """The threat: two panels of one series, whose frames match and fix the homography."""
    truth = homography(20, 0.8, 0.0003)
    found = correlate(photograph(picture(1), truth), picture(5), as_homography(np.linalg.inv(truth)))
    assert found is None or found < 0.6


def test_plain_ground_cannot_be_compared() -> None:
    plain = np.full((200, 200, 3), 90, np.uint8)
    assert correlate(plain, plain, as_homography(np.eye(3))) is None


def test_a_homography_that_leaves_the_photo_compares_nothing() -> None:
    away = np.array([[1.0, 0, 5000], [0, 1, 5000], [0, 0, 1]])
    assert correlate(picture(1), picture(1), as_homography(away)) is None


def test_sizes_need_not_be_alike() -> None:
    large = cv2.resize(picture(3), None, fx=3, fy=3)
    found = correlate(large, picture(3), as_homography(np.diag([1 / 3, 1 / 3, 1.0])))
    assert found is not None and found > 0.95
