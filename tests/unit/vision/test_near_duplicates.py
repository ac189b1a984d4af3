"""PDQ: what counts as nearly the same photograph, and finding it among many."""

import cv2
import numpy as np
import pytest

from heritage.domain.images import HASH_BYTES, PhotoHash, Rgb
from heritage.vision.near_duplicates import MAX_DISTANCE, MIN_QUALITY, PdqIndex, hash_photo
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


def test_many_are_asked_at_once_and_answered_as_one_by_one() -> None:
    random = np.random.default_rng(6)
    first = random.bytes(HASH_BYTES)
    hashes = [PhotoHash(random.bytes(HASH_BYTES), 100) for _ in range(40)]
    hashes += [PhotoHash(bytes([byte]) + first[1:], quality) for byte, quality in ((1, 100), (3, 100), (7, 0), (9, 60))]
    index = index_of(hashes)
    together = list(index.nearest_of_each(hashes, 10))
    assert [sorted(found) for found in together] == [sorted(index.nearest(one, 10)) for one in hashes]
    assert [len(found) for found in together[-4:]] == [3, 3, 0, 3]
    assert all(len(found) <= 2 for found in index.nearest_of_each(hashes, 2))
    assert list(PdqIndex().nearest_of_each(hashes[:2], 10)) == [(), ()]
