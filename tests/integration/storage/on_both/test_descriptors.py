import threading
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from sqlalchemy import delete, update

from heritage.domain.descriptors import Specs
from heritage.domain.records import Photograph, RecordId, RegistryRecord
from heritage.errors import StorageError
from heritage.storage.schema import descriptor, keypoint_set
from tests.toys import ToyContext, ToyEmbedder, ToyExtractor, describe, pixels, png


def store(context: ToyContext, *seeds: int, version: str = "1") -> Specs:
    """One record for each seed, described by that version of the model."""
    embedder = ToyEmbedder(version=version)
    specs = replace(context.specs, descriptor=embedder.spec)
    for seed in seeds:
        described = describe(png(seed), embedder)
        record = RegistryRecord(RecordId("registry", str(seed)), photographs=(Photograph(described.digest),))
        context.records.save(record, [described], specs)
    return specs


def test_nothing_is_described_at_first(context: ToyContext) -> None:
    digest = describe(png(1)).digest
    assert context.descriptors.described([digest], context.specs) == set()
    assert context.descriptors.last_serial(context.specs) == 0
    assert context.descriptors.digest_at(1, context.specs) is None
    assert list(context.descriptors.blocks(0, 10, context.specs)) == []
    assert list(context.descriptors.keypoint_blocks(0, 10, context.specs)) == []
    assert context.descriptors.keypoint_count(0, 10, context.specs) == 0


def test_described_means_under_both_specs(context: ToyContext) -> None:
    specs = store(context, 1, 2)
    digests = [describe(png(seed)).digest for seed in (1, 2, 3)]
    assert context.descriptors.described(digests, specs) == set(digests[:2])
    other_keypoints = replace(specs, keypoint=ToyExtractor(version="2").spec)
    other_model = replace(specs, descriptor=ToyEmbedder(version="2").spec)
    for other in (other_keypoints, other_model):
        assert context.descriptors.described(digests, other) == set()
        assert context.descriptors.last_serial(other) == 0
        assert context.descriptors.count(0, 99, other) == 0


def test_blocks_stream_in_order_between_bounds(context: ToyContext) -> None:
    specs = store(context, *range(1, 8))
    assert context.descriptors.last_serial(specs) == 7
    assert context.descriptors.count(1, 6, specs) == 5
    blocks = list(context.descriptors.blocks(1, 6, specs, block_size=2))
    assert [block[0].tolist() for block in blocks] == [[2, 3], [4, 5], [6]]
    assert all(block[0].dtype == np.int64 for block in blocks)
    expected = ToyEmbedder().embed([pixels(seed) for seed in range(2, 7)])
    assert np.array_equal(np.concatenate([block[1] for block in blocks]), expected)


def test_keypoint_blocks_name_the_image_of_each_local_descriptor(context: ToyContext) -> None:
    specs = store(context, 1, 2, 3)
    blocks = list(context.descriptors.keypoint_blocks(0, 3, specs, block_size=2))
    assert [block[0].tolist() for block in blocks] == [[1] * 12 + [2] * 12, [3] * 12]
    assert context.descriptors.keypoint_count(0, 3, specs) == 36
    assert np.array_equal(blocks[1][1], ToyExtractor().extract(pixels(3)).local_descriptors)


def test_vectors_and_keypoints_of_chosen_images(context: ToyContext) -> None:
    specs = store(context, 1, 2, 3)
    sequences, vectors = context.descriptors.vectors([3, 1, 99], specs)
    assert sequences.tolist() == [1, 3]
    assert np.array_equal(vectors, ToyEmbedder().embed([pixels(1), pixels(3)]))
    found = context.descriptors.keypoints([3, 1, 99], specs.keypoint)
    assert [sequence for sequence, _ in found] == [1, 3]
    expected = ToyExtractor().extract(pixels(3))
    assert np.array_equal(found[1][1].local_descriptors, expected.local_descriptors)
    assert np.allclose(found[1][1].points, expected.points, atol=0.01)


def test_thousands_of_images_are_answered(context: ToyContext) -> None:
    specs = store(context, 1)
    assert context.descriptors.vectors(range(40_000), specs)[0].tolist() == [1]


def test_a_damaged_row_is_named(context: ToyContext) -> None:
    specs = store(context, 1)
    with context.database.begin() as connection:
        connection.execute(update(keypoint_set).values(packed=b"torn"))
    with pytest.raises(StorageError, match="torn"):
        context.descriptors.keypoints([1], specs.keypoint)


def test_an_image_described_late_comes_after_what_an_index_holds(context: ToyContext) -> None:
    """A second model describes image 2 before image 1: an index of the second model up to 2 would never see 1."""
    store(context, 1, 2, 3)
    second = store(context, 2, version="2")
    built_until = context.descriptors.last_serial(second)
    assert built_until == 1
    store(context, 1, version="2")
    tail = [block[0].tolist() for block in context.descriptors.blocks(built_until, 99, second)]
    assert tail == [[1]]
    assert context.descriptors.digest_at(2, second) == describe(png(1)).digest


def test_a_second_model_moves_nothing_for_the_first(context: ToyContext) -> None:
    first = store(context, 1, 2, 3)
    before = [block[0].tolist() for block in context.descriptors.blocks(0, 99, first)]
    second = store(context, 3, 1, version="2")
    store(context, 4)
    store(context, 4, 2, version="2")
    assert [block[0].tolist() for block in context.descriptors.blocks(0, 3, first)] == before
    assert context.descriptors.last_serial(first) == 4
    assert [block[0].tolist() for block in context.descriptors.blocks(0, 99, second)] == [[3, 1, 4, 2]]
    assert [block[0][0] for block in context.descriptors.keypoint_blocks(0, 99, second, block_size=1)] == [3, 1, 4, 2]
    assert context.descriptors.sequences_at([2, 4, 9], second) == [1, 2]


def test_a_description_that_is_lost_is_made_again(context: ToyContext) -> None:
    """Damage repaired by hand, say: the image is then not described, and comes last when it is again."""
    specs = store(context, 1, 2, 3)
    with context.database.begin() as connection:
        connection.execute(delete(descriptor).where(descriptor.c.sequence == 2))
    assert context.descriptors.described([describe(png(2)).digest], specs) == set()
    store(context, 2)
    assert [block[0].tolist() for block in context.descriptors.blocks(0, 99, specs)] == [[1, 3, 2]]


def test_concurrent_writers_give_out_sequences_in_order(tmp_path: Path, address: str, context: ToyContext) -> None:
    """Whatever a reader has seen as the last sequence, no smaller one appears afterwards."""

    def write(start: int) -> None:
        own = ToyContext.open(tmp_path, address=address)
        store(own, *range(start, start + 15))
        own.database.close()

    writers = [threading.Thread(target=write, args=(start,)) for start in (100, 200)]
    for writer in writers:
        writer.start()
    seen: list[int] = []
    writing = True
    while writing:
        writing = any(writer.is_alive() for writer in writers)  # asked first: a last pass follows the last write
        until = context.descriptors.last_serial(context.specs)
        for sequences, _ in context.descriptors.blocks(seen[-1] if seen else 0, until, context.specs):
            seen += sequences.tolist()
    for writer in writers:
        writer.join()
    assert seen == list(range(1, 31))
