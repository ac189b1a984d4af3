import numpy as np
import pytest

from heritage.domain.descriptors import KeypointSet
from heritage.errors import StorageError
from heritage.storage.packing import (
    BYTES_PER_KEYPOINT,
    pack_keypoints,
    pack_vector,
    unpack_keypoints,
    unpack_local_descriptors,
    unpack_vectors,
)


def random_keypoints(count: int, width: int = 640, height: int = 480) -> KeypointSet:
    random = np.random.default_rng(count)
    return KeypointSet(
        points=random.uniform((0, 0), (width, height), (count, 2)).astype(np.float32),
        scales=random.uniform(1, 200, count).astype(np.float32),
        angles=random.uniform(0, 360, count).astype(np.float32),
        local_descriptors=random.integers(0, 256, (count, 128), dtype=np.uint8),
        width=width,
        height=height,
    )


@pytest.mark.parametrize("count", [0, 1, 400])
@pytest.mark.parametrize(("width", "height"), [(640, 480), (480, 640), (4096, 3000)])
def test_keypoints_come_back_within_tolerance(count: int, width: int, height: int) -> None:
    keypoints = random_keypoints(count, width, height)
    packed = pack_keypoints(keypoints)
    assert len(packed) == count * BYTES_PER_KEYPOINT
    back = unpack_keypoints(packed, width, height)
    tolerance = max(width, height) / 131070 + 1e-3  # 1e-3: float32
    assert np.allclose(back.points, keypoints.points, rtol=0, atol=tolerance)
    assert np.allclose(back.scales, keypoints.scales, rtol=0, atol=tolerance)
    turn = np.abs(back.angles - keypoints.angles)
    assert np.all(np.minimum(turn, 360 - turn) <= 0.71)
    assert np.array_equal(back.local_descriptors, keypoints.local_descriptors)
    assert (back.width, back.height) == (width, height)
    assert np.array_equal(unpack_local_descriptors(packed), keypoints.local_descriptors)


def test_an_angle_just_under_a_full_turn_is_none() -> None:
    keypoints = random_keypoints(1)
    keypoints.angles[0] = 359.9
    assert unpack_keypoints(pack_keypoints(keypoints), 640, 480).angles[0] == 0


def test_vectors_come_back_exactly() -> None:
    vectors = np.random.default_rng(1).normal(size=(3, 8)).astype(np.float32)
    assert np.array_equal(unpack_vectors([pack_vector(vector) for vector in vectors], 8), vectors)
    assert unpack_vectors([], 8).shape == (0, 8)


def test_torn_blobs_are_refused() -> None:
    packed = pack_keypoints(random_keypoints(3))
    with pytest.raises(StorageError, match="torn"):
        unpack_keypoints(packed[:-1], 640, 480)
    with pytest.raises(StorageError, match="torn"):
        unpack_local_descriptors(packed[1:])
    with pytest.raises(StorageError, match="8 values"):
        unpack_vectors([b"\0" * 32, b"\0" * 30], 8)
