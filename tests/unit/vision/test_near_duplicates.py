"""PDQ: what counts as nearly the same photograph, and finding it among many."""

import cv2
import numpy as np
import pytest

from heritage.domain.images import HASH_BYTES, PhotoHash, Rgb
from heritage.vision.near_duplicates import MAX_DISTANCE, MAX_NEAR, MIN_QUALITY, PdqIndex, hash_photo, near_pairs
from tests.pictures import picture


def distance(first: PhotoHash, second: PhotoHash) -> int:
    return (int.from_bytes(first.bits) ^ int.from_bytes(second.bits)).bit_count()


def recompressed(image: Rgb, scale: float, quality: int) -> Rgb:
    small = cv2.resize(image, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
    _, data = cv2.imencode(".jpg", small, [cv2.IMWRITE_JPEG_QUALITY, quality])
    return np.asarray(cv2.imdecode(data, cv2.IMREAD_COLOR), np.uint8)


def index_of(hashes: list[PhotoHash]) -> PdqIndex:
    index = PdqIndex()
    bits = np.frombuffer(b"".join(one.bits for one in hashes), np.uint8).reshape(-1, HASH_BYTES)
    index.add(np.arange(1, len(hashes) + 1) * 10, bits, np.array([one.quality for one in hashes]))
    return index


@pytest.mark.parametrize(("scale", "quality"), [(1.0, 50), (0.5, 85), (0.75, 40)])
def test_resized_and_recompressed_is_nearly_the_same(scale: float, quality: int) -> None:
    for seed in range(5):
        image = picture(seed)
        assert distance(hash_photo(image), hash_photo(recompressed(image, scale, quality))) <= MAX_DISTANCE


def test_another_picture_is_far_away() -> None:
    hashes = [hash_photo(picture(seed)) for seed in range(12)]
    distances = [distance(one, other) for place, one in enumerate(hashes) for other in hashes[:place]]
    assert min(distances) > 2 * MAX_DISTANCE


def test_a_plain_surface_is_neither_kept_nor_found() -> None:
    plain = hash_photo(np.full((300, 400, 3), 128, np.uint8))
    assert plain.quality < MIN_QUALITY
    good = hash_photo(picture(1))
    index = index_of([plain, good])
    assert index.nearest(plain, 10) == ()
    assert index.nearest(PhotoHash(plain.bits, 100), 10) == (), "it was not kept"
    assert index.nearest(good, 10) == ((20, 0),)


def test_the_index_finds_what_comparing_all_finds() -> None:
    random = np.random.default_rng(5)
    asked = PhotoHash(random.bytes(HASH_BYTES), 100)
    hashes = [PhotoHash(random.bytes(HASH_BYTES), 100) for _ in range(200)]
    for bits in (0, 1, 30, 31, 32, 60):  # so many bits away
        flipped = int.from_bytes(asked.bits) ^ sum(1 << int(place) for place in random.choice(256, bits, replace=False))
        hashes.append(PhotoHash(flipped.to_bytes(HASH_BYTES), MIN_QUALITY))
    expected = sorted((distance(asked, one), 10 * place) for place, one in enumerate(hashes, 1))
    expected = [(sequence, apart) for apart, sequence in expected if apart <= MAX_DISTANCE]
    assert [apart for _, apart in expected] == [0, 1, 30, 31]
    index = index_of(hashes)
    assert index.nearest(asked, 100) == tuple(expected)
    assert index.nearest(asked, 2) == tuple(expected[:2])
    index.clear()
    assert index.nearest(asked, 100) == ()


def test_pairs_are_those_that_comparing_each_with_each_finds() -> None:
    random = np.random.default_rng(6)
    first = random.bytes(HASH_BYTES)
    hashes = [PhotoHash(first, 100), PhotoHash(first, 100), PhotoHash(first, MIN_QUALITY - 1)]
    for bits in (5, 31, 32, 200):
        flipped = int.from_bytes(first) ^ sum(1 << int(place) for place in random.choice(256, bits, replace=False))
        hashes.append(PhotoHash(flipped.to_bytes(HASH_BYTES), 100))
    expected = [
        (one, other, distance(hashes[one], hashes[other]))
        for one in range(len(hashes))
        for other in range(one + 1, len(hashes))
        if 2 not in (one, other) and distance(hashes[one], hashes[other]) <= MAX_DISTANCE
    ]
    assert sorted(pairs_of(hashes)) == expected
    assert pairs_of([]) == pairs_of(hashes[:1]) == []


def test_one_picture_a_thousand_times_makes_few_pairs_for_each() -> None:
    pairs = pairs_of([PhotoHash(b"a" * HASH_BYTES, 100)] * 1_000)
    assert len(pairs) <= 1_000 * MAX_NEAR
    assert {place for one, other, _ in pairs for place in (one, other)} == set(range(1_000))


def test_pairs_of_some_are_those_of_all_that_they_are_in() -> None:
    hashes = [PhotoHash(bytes([byte]) + b"a" * (HASH_BYTES - 1), 100) for byte in (1, 3, 7)]
    every = pairs_of(hashes)
    assert sorted(pairs_of(hashes, [1])) == sorted(pair for pair in every if 1 in pair[:2])
    assert pairs_of(hashes, []) == []


def pairs_of(hashes: list[PhotoHash], asked: list[int] | None = None) -> list[tuple[int, int, int]]:
    bits = np.frombuffer(b"".join(one.bits for one in hashes), np.uint8).reshape(-1, HASH_BYTES)
    rows = None if asked is None else np.array(asked, np.int64)
    return near_pairs(bits, np.array([one.quality for one in hashes], np.int64), rows)
