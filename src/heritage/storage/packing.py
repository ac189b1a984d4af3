"""How descriptors and keypoints are laid out as bytes in the database: little-endian, and as small as they may be.

A global descriptor is its float32 values. A set of keypoints is, for all of them in turn: points (2 x uint16, in
1/65535 of the working image's long side, so at 640 px 0.01 px), scales (uint16, in the same unit), angles (uint8, in
1/256 of a turn), local descriptors (128 x uint8): 135 bytes each.
"""

import numpy as np
import numpy.typing as npt

from heritage.domain.descriptors import KeypointSet, LocalDescriptors, Vectors
from heritage.errors import StorageError

_STEPS = 65535
_POINT_BYTES, _SCALE_BYTES, _ANGLE_BYTES, _DESCRIPTOR_BYTES = 4, 2, 1, 128
BYTES_PER_KEYPOINT = _POINT_BYTES + _SCALE_BYTES + _ANGLE_BYTES + _DESCRIPTOR_BYTES


def pack_vector(vector: npt.NDArray[np.float32]) -> bytes:
    return vector.astype("<f4").tobytes()


def unpack_vectors(packed: list[bytes], dimension: int) -> Vectors:
    """``packed`` vectors as (count, dimension) float32. Raises `StorageError` when one has another length."""
    if any(len(blob) != 4 * dimension for blob in packed):
        raise StorageError(f"a stored descriptor does not have {dimension} values; the database is damaged")
    return np.frombuffer(b"".join(packed), "<f4").astype(np.float32).reshape(-1, dimension)


def pack_keypoints(keypoints: KeypointSet) -> bytes:
    """Points and scales are kept to 1/131070 of the long side, angles to 0.71 degrees, local descriptors exactly."""
    step = _step(keypoints.width, keypoints.height)
    turns = np.rint(keypoints.angles * (256 / 360)).astype(np.int64) % 256
    parts = (
        _quantised(keypoints.points, step),
        _quantised(keypoints.scales, step),
        turns.astype(np.uint8),
        keypoints.local_descriptors,
    )
    return b"".join(part.tobytes() for part in parts)


def unpack_keypoints(packed: bytes, width: int, height: int) -> KeypointSet:
    """What `pack_keypoints` packed, for a working image of ``width`` x ``height``. Raises `StorageError`."""
    count = _count(packed)
    step = _step(width, height)
    points, scales, angles, local_descriptors = _sections(packed, count)
    return KeypointSet(
        points=(np.frombuffer(points, "<u2").reshape(-1, 2) * step).astype(np.float32),
        scales=(np.frombuffer(scales, "<u2") * step).astype(np.float32),
        angles=(np.frombuffer(angles, np.uint8) * (360 / 256)).astype(np.float32),
        local_descriptors=np.frombuffer(local_descriptors, np.uint8).reshape(-1, 128),
        width=width,
        height=height,
    )


def unpack_local_descriptors(packed: bytes) -> LocalDescriptors:
    """Only the local descriptors, (count, 128) uint8: what the keypoint lane is built from. Raises `StorageError`."""
    count = _count(packed)
    return np.frombuffer(_sections(packed, count)[-1], np.uint8).reshape(-1, 128)


def _step(width: int, height: int) -> float:
    return max(width, height) / _STEPS


def _quantised(lengths: npt.NDArray[np.float32], step: float) -> npt.NDArray[np.uint16]:
    steps: npt.NDArray[np.uint16] = np.clip(np.rint(lengths / step), 0, _STEPS).astype("<u2")
    return steps


def _count(packed: bytes) -> int:
    count, rest = divmod(len(packed), BYTES_PER_KEYPOINT)
    if rest:
        raise StorageError("a stored set of keypoints is torn; the database is damaged")
    return count


def _sections(packed: bytes, count: int) -> tuple[memoryview, memoryview, memoryview, memoryview]:
    view = memoryview(packed)
    scales = _POINT_BYTES * count
    angles = scales + _SCALE_BYTES * count
    local_descriptors = angles + _ANGLE_BYTES * count
    return view[:scales], view[scales:angles], view[angles:local_descriptors], view[local_descriptors:]
