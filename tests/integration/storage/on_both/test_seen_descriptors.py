"""Photos that were seen, read as a gallery reads registered images."""

from dataclasses import replace

import numpy as np
import pytest

from heritage.domain.descriptors import RegionDescription, Specs
from heritage.domain.images import ImageDigest, Region
from heritage.storage.seen import Seen
from heritage.storage.seen_descriptors import BLOCK_SIZE, SeenDescriptors
from tests.toys import ToyContext, ToyEmbedder, ToyExtractor, pixels


@pytest.fixture
def descriptors(context: ToyContext) -> SeenDescriptors:
    return SeenDescriptors(context.database)


def digest_of(seed: int) -> ImageDigest:
    return ImageDigest.of(str(seed).encode())


def see(context: ToyContext, *seeds: int, specs: Specs | None = None) -> None:
    """A photo for each seed, of which the whole and one part are described, in two turns."""
    described = {}
    for seed in seeds:
        vectors = context.embedder.embed([pixels(seed), pixels(seed + 1000)])
        keypoints = ToyExtractor().extract(pixels(seed))
        whole = RegionDescription(Region(0, 0, 48, 32), vectors, keypoints)
        described[digest_of(seed)] = (whole, RegionDescription(Region(1, 2, 20, 20), vectors[::-1].copy(), None))
    Seen(context.database).add(described, specs or context.specs)


def test_nothing_was_seen_at_first(context: ToyContext, descriptors: SeenDescriptors) -> None:
    assert descriptors.last_serial(context.specs) == 0
    assert descriptors.digest_at(1, context.specs) is None
    assert list(descriptors.blocks(0, 10, context.specs)) == []
    assert descriptors.keypoint_count(0, 10, context.specs) == 0


def test_a_photo_has_a_descriptor_of_the_whole_and_of_each_region_as_it_was_taken(
    context: ToyContext, descriptors: SeenDescriptors
) -> None:
    see(context, 1, 2)
    last = descriptors.last_serial(context.specs)
    [(serials, vectors)] = descriptors.blocks(0, last, context.specs)
    first = next(one for one in set(serials.tolist()) if descriptors.digest_at(one, context.specs) == digest_of(1))
    of_first = vectors[serials == first]
    assert np.allclose(of_first, context.embedder.embed([pixels(1), pixels(1001)]))
    assert sorted(serials.tolist()) == [last - 1, last - 1, last, last]
    assert descriptors.count(0, last, context.specs) == 2
    assert descriptors.count(last - 1, last, context.specs) == 1


def test_keypoints_are_those_of_the_whole_photo(context: ToyContext, descriptors: SeenDescriptors) -> None:
    see(context, 1, 2)
    last = descriptors.last_serial(context.specs)
    [(serials, found)] = descriptors.keypoint_blocks(0, last, context.specs)
    assert len(serials) == len(found) == descriptors.keypoint_count(0, last, context.specs) == 24
    [(serial, keypoints)] = descriptors.keypoints([last], context.specs.keypoint)
    assert serial == last
    assert np.array_equal(keypoints.local_descriptors, found[serials == last])


def test_serials_lead_to_photos_and_those_of_no_photo_to_nothing(
    context: ToyContext, descriptors: SeenDescriptors
) -> None:
    see(context, 1, 2)
    last = descriptors.last_serial(context.specs)
    found = descriptors.digests_at([last + 7, last - 1, last], context.specs)
    assert set(found.values()) == {digest_of(1), digest_of(2)}
    assert descriptors.sequences_at([last + 7, last], context.specs) == [last]


def test_what_another_model_describes_is_not_mixed_in(context: ToyContext, descriptors: SeenDescriptors) -> None:
    see(context, 1)
    other = replace(context.specs, descriptor=ToyEmbedder(version="2").spec)
    see(context, 1, 2, specs=other)
    assert descriptors.count(0, descriptors.last_serial(other), context.specs) == 1
    assert descriptors.count(0, descriptors.last_serial(other), other) == 2


def test_more_photos_than_a_block_holds_are_all_read_once(context: ToyContext, descriptors: SeenDescriptors) -> None:
    count = BLOCK_SIZE + 3
    see(context, *range(count))
    blocks = list(descriptors.blocks(0, descriptors.last_serial(context.specs), context.specs))
    assert len(blocks) == 2
    assert len({serial for serials, _ in blocks for serial in serials.tolist()}) == count
