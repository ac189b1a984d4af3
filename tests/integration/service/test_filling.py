"""A second model describes what the first has described: resumable, from the originals, without moving anything."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import pytest

from heritage.domain.descriptors import KeypointSet, Vectors
from heritage.domain.images import ImageDigest, Rgb
from heritage.domain.records import Photograph, RecordId, RegistryRecord
from heritage.service.filling import BATCH_SIZE, fill
from heritage.service.indexing import Gallery
from heritage.vision.lanes import FaissLanes
from tests.toys import ToyContext, ToyEmbedder, ToyExtractor, describe, pixels, png

COUNT = 2 * BATCH_SIZE + 3


@dataclass(eq=False)
class Killed(ToyEmbedder):
    """Dies in its second batch."""

    def embed(self, images: Sequence[Rgb]) -> Vectors:
        if self.described_count:
            raise KeyboardInterrupt
        return super().embed(images)


@dataclass(eq=False)
class Unwanted(ToyExtractor):
    def extract(self, image: Rgb) -> KeypointSet:
        raise AssertionError("keypoints that are there were computed again")


@pytest.fixture
def context(tmp_path: Path) -> Iterator[ToyContext]:
    context = ToyContext.open(tmp_path / "home")
    add(context, *range(COUNT))
    yield context
    context.database.close()


def add(context: ToyContext, *seeds: int) -> None:
    for seed in seeds:
        context.images.put(png(seed))
        described = describe(png(seed), context.embedder)
        record = RegistryRecord(RecordId("r", str(seed)), photographs=(Photograph(described.digest),))
        context.records.save(record, [described], context.specs)


def second(context: ToyContext, embedder: ToyEmbedder | None = None) -> ToyContext:
    return replace(context, embedder=embedder or ToyEmbedder("2"), extractor=Unwanted())


def gallery_of(context: ToyContext) -> Gallery:
    return Gallery(context.settings.home / "main", context.descriptors, context.specs, FaissLanes())


def test_every_image_is_described_once_and_keypoints_are_not(context: ToyContext) -> None:
    other = second(context)
    steps: list[tuple[str, int, int]] = []
    report = fill(other, lambda *step: steps.append(step))
    assert (report.described_count, report.failed_count) == (COUNT, 0)
    assert steps[-1] == ("fill", COUNT, COUNT)
    assert other.backlog.count(other.specs) == 0
    sequences, vectors = other.descriptors.vectors(range(99), other.specs)
    assert sequences.tolist() == list(range(1, COUNT + 1))
    assert np.array_equal(vectors, ToyEmbedder().embed([pixels(seed) for seed in range(COUNT)]))
    assert fill(other).described_count == 0


def test_the_first_models_index_stays_as_it_is(context: ToyContext) -> None:
    gallery_of(context).build()
    before = gallery_of(context).snapshot()
    held = gallery_of(context)
    held.snapshot()
    fill(second(context))
    for gallery in (held, gallery_of(context)):
        now = gallery.snapshot()
        assert (now.name, now.tail_count) == (before.name, 0)


def test_killed_in_the_middle_it_goes_on_where_it_stopped(context: ToyContext) -> None:
    killed = Killed("2")
    with pytest.raises(KeyboardInterrupt):
        fill(second(context, killed))
    other = second(context)
    assert other.backlog.count(other.specs) == COUNT - BATCH_SIZE
    assert fill(other).described_count == COUNT - BATCH_SIZE
    assert [block[0].tolist() for block in other.descriptors.blocks(0, 99, other.specs)] == [list(range(1, COUNT + 1))]


def test_what_is_ingested_meanwhile_is_described_by_the_same_run_or_the_next(context: ToyContext) -> None:
    added: list[int] = []

    def ingest_one(_stage: str, _done: int, _total: int) -> None:
        if not added:
            added.append(100)
            add(context, 100)

    other = second(context)
    assert fill(other, ingest_one).described_count == COUNT + 1
    add(context, 101)
    assert other.backlog.count(other.specs) == 1
    assert fill(other).described_count == 1


def test_an_image_described_out_of_order_is_in_no_index_that_lacks_it(context: ToyContext) -> None:
    """Somebody ingests under the second model while it is being filled: a late sequence is described first."""
    other = second(context)
    late = context.backlog.page(other.specs, COUNT - 1, 1)
    with pytest.raises(KeyboardInterrupt):
        fill(second(context, Killed("2")))
    add(replace(other, extractor=ToyExtractor()), 200)
    built = gallery_of(other).build()
    assert built.tail_count == 0
    fill(other)
    snapshot = gallery_of(other).snapshot()
    assert snapshot.version == built.version
    assert snapshot.tail_count == COUNT - BATCH_SIZE
    vectors = ToyEmbedder().embed([pixels(COUNT - 1)])
    assert snapshot.retrieve(vectors, 1) == [late[0].sequence]


def test_a_lost_original_is_named_passed_over_and_described_once_it_is_back(context: ToyContext) -> None:
    lost, torn = context.images.path(ImageDigest.of(png(3))), context.images.path(ImageDigest.of(png(5)))
    lost.unlink()
    torn.chmod(0o644)
    torn.write_bytes(b"torn")
    other = second(context)
    report = fill(other)
    assert (report.described_count, report.failed_count) == (COUNT - 2, 2)
    assert "there is no image" in report.failures[0]
    assert "damaged" in report.failures[1]
    context.images.put(png(3))
    context.images.put(png(5))
    assert fill(other).described_count == 2
    assert gallery_of(other).build().tail_count == 0


def test_keypoints_of_an_older_kind_are_made_anew(context: ToyContext) -> None:
    other = replace(context, extractor=ToyExtractor(version="2", max_keypoints=9))
    assert fill(other).described_count == COUNT
    found = other.descriptors.keypoints([1], other.specs.keypoint)
    assert len(found[0][1]) == 9
