"""Both FAISS lanes against brute force."""

from pathlib import Path

import numpy as np
import pytest

from heritage.domain.scoring import cast_votes
from heritage.errors import DamagedIndexError
from heritage.vision.keypoint_index import FLAT_LIMIT
from heritage.vision.lanes import FaissLanes

LANES = FaissLanes()


def unit_vectors(count: int, dimension: int = 64) -> np.ndarray:
    vectors = np.random.default_rng(1).normal(size=(count, dimension)).astype(np.float32)
    return vectors / np.linalg.norm(vectors, axis=1, keepdims=True)


def test_global_lane_is_exact(tmp_path: Path) -> None:
    vectors, sequences = unit_vectors(500), np.arange(500) * 7 + 3
    lane = LANES.build_global([(sequences[:200], vectors[:200]), (sequences[200:], vectors[200:])], 64)
    lane.write(tmp_path / "lane.faiss")
    queries = unit_vectors(520)[500:]
    oracle = queries @ vectors.T
    for one in (lane, LANES.read_global(tmp_path / "lane.faiss")):
        similarities, found = one.retrieve(queries, 10)
        assert np.allclose(similarities, -np.sort(-oracle, axis=1)[:, :10], atol=2e-3)  # half precision
        assert (found[:, 0] == sequences[oracle.argmax(axis=1)]).mean() > 0.95


def test_fewer_images_than_asked_for_are_padded() -> None:
    lane = LANES.build_global([(np.array([5]), unit_vectors(1))], 64)
    assert lane.retrieve(unit_vectors(1), 3)[1].tolist() == [[5, -1, -1]]


@pytest.mark.parametrize("per_image", [40, 110], ids=["exact", "inverted file"])
def test_keypoint_lane_votes_for_the_right_image(tmp_path: Path, per_image: int) -> None:
    rng = np.random.default_rng(2)
    image_count = 250
    # Local descriptors cluster in reality; without structure no quantiser can work.
    centres = rng.gamma(0.4, 40, (400, 128))
    drawn = centres[rng.integers(400, size=image_count * per_image)] + rng.normal(0, 14, (image_count * per_image, 128))
    gallery = np.clip(drawn, 0, 255).astype(np.uint8)
    assert (len(gallery) > FLAT_LIMIT) == (per_image == 110)
    sequences = np.repeat(np.arange(image_count) + 1, per_image)
    lane = LANES.build_keypoint([(sequences, gallery)], gallery, len(gallery))
    lane.write(tmp_path / "lane.faiss")
    lane = LANES.read_keypoint(tmp_path / "lane.faiss")
    for image in (1, 77, 250):
        own = gallery[sequences == image].astype(int)
        query = np.clip(own + rng.integers(-4, 5, own.shape), 0, 255).astype(np.uint8)
        distances, found = lane.nearest(query, 5)
        assert distances.shape == found.shape == (per_image, 5)
        votes = cast_votes(distances, found)
        assert max(votes, key=lambda sequence: votes[sequence]) == image


def test_a_torn_file_is_reported(tmp_path: Path) -> None:
    lane = LANES.build_global([(np.arange(50), unit_vectors(50))], 64)
    lane.write(tmp_path / "lane.faiss")
    data = (tmp_path / "lane.faiss").read_bytes()
    (tmp_path / "lane.faiss").write_bytes(data[: len(data) // 2])
    with pytest.raises(DamagedIndexError):
        LANES.read_global(tmp_path / "lane.faiss")
