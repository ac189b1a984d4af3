"""Which photos are alike by their descriptors, and how little of it is told where all are."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from heritage.domain.descriptors import RegionDescription, Vectors
from heritage.domain.images import ImageDigest, PhotoHash, Region
from heritage.service.same_pictures import MAX_NEAR, alike, nearly_same
from heritage.storage.database import Database
from heritage.storage.photo_hashes import PhotoHashes
from heritage.storage.seen import Seen
from heritage.vision.near_duplicates import near_pairs
from tests.toys import ToyContext, ToyExtractor, pixels


@dataclass
class Parts:
    """Of the context, what comparing by descriptors needs."""

    seen: Seen
    specs: Any
    photo_hashes: Any = None
    hash_pairs: Any = None


@pytest.fixture
def parts(tmp_path: Path) -> Iterator[Parts]:
    context = ToyContext.open(tmp_path)
    yield Parts(Seen(context.database), context.specs)
    context.database.close()


def digest(number: int) -> ImageDigest:
    return ImageDigest.of(str(number).encode())


def see(parts: Parts, vectors: Vectors) -> list[ImageDigest]:
    keypoints = ToyExtractor().extract(pixels(1))
    unit = vectors / np.linalg.norm(vectors, axis=1, keepdims=True)
    described = {
        digest(number): [RegionDescription(Region(0, 0, 48, 32), np.repeat(one[None], 10, axis=0), keypoints)]
        for number, one in enumerate(unit.astype(np.float32))
    }
    parts.seen.add(described, parts.specs)
    return list(described)


def near(count: int, dimension: int, seed: int = 0) -> Vectors:
    """Nearly the same vector, so many times."""
    random = np.random.default_rng(seed)
    return np.ones((count, dimension), np.float32) + random.normal(0, 0.01, (count, dimension)).astype(np.float32)


def test_each_pair_is_told_once_and_what_differs_is_none(parts: Parts) -> None:
    dimension = parts.specs.descriptor.dimension
    other = np.zeros((1, dimension), np.float32)
    other[0, 0] = 1.0
    photos = see(parts, np.concatenate([near(3, dimension), other]))
    pairs = {frozenset((one.first, one.second)) for one in alike(parts, photos)}
    assert pairs == {frozenset((photos[a], photos[b])) for a, b in ((0, 1), (0, 2), (1, 2))}
    assert len(list(alike(parts, photos))) == 3


def test_of_some_photos_only_their_own_pairs_are_told(parts: Parts) -> None:
    photos = see(parts, near(5, parts.specs.descriptor.dimension))
    own = {photos[3], photos[1]}
    pairs = [frozenset((one.first, one.second)) for one in alike(parts, photos, own)]
    assert len(pairs) == len(set(pairs)) == 7  # three others of each, and the two with each other
    assert all(pair & own for pair in pairs)


def test_a_thousand_blank_pictures_do_not_make_half_a_million_pairs(parts: Parts) -> None:
    photos = see(parts, near(300, parts.specs.descriptor.dimension))
    pairs = list(alike(parts, photos))
    assert len(pairs) <= 300 * MAX_NEAR
    assert {one for pair in pairs for one in (pair.first, pair.second)} == set(photos)


def test_near_duplicates_of_some_photos_are_found_through_others_too(parts: Parts, tmp_path: Path) -> None:
    """Each differs from the one before in 25 bits, and from the next but one in too many."""
    chain = [((1 << 25 * step) - 1).to_bytes(32) for step in range(4)]
    photos = {digest(number): PhotoHash(bits, 100) for number, bits in enumerate([*chain, b"\xff" * 32])}
    database = Database.open(tmp_path / "other")
    hashes = PhotoHashes(database)
    hashes.add(photos)
    asked = replace(parts, photo_hashes=hashes, hash_pairs=near_pairs)
    every = nearly_same(asked, photos)
    own = nearly_same(asked, photos, {digest(0)})
    assert {(one.first, one.second) for one in own} == {(one.first, one.second) for one in every}
    assert {one.measure for one in own} == {25}
    assert len(own) == 3
    assert nearly_same(asked, photos, {digest(4)}) == []
    database.close()
