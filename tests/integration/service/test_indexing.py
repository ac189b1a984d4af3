"""The life of the gallery index: built, followed, damaged, stale, rebuilt; against brute force over the database."""

import logging
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from heritage.domain.access import AT_THE_MACHINE
from heritage.domain.descriptors import DescribedImage, ImageDescription
from heritage.domain.images import ImageDigest
from heritage.domain.records import Photograph, RecordId, RegistryRecord
from heritage.service.indexing import MAX_TAIL_SEGMENTS, Gallery, Snapshot
from heritage.vision.lanes import FaissLanes
from tests.toys import ToyContext, ToyEmbedder, pixels, png


@pytest.fixture
def context(tmp_path: Path) -> ToyContext:
    return ToyContext.open(tmp_path / "home")


def gallery_of(context: ToyContext) -> Gallery:
    """As a new process would open it."""
    return Gallery(context.settings.home / "main", context.descriptors, context.specs, FaissLanes())


def add(context: ToyContext, *seeds: int) -> None:
    for seed in seeds:
        digest = ImageDigest.of(png(seed))
        vector = context.embedder.embed([pixels(seed)])[0]
        description = ImageDescription(vector, context.extractor.extract(pixels(seed)))
        described = DescribedImage(digest, "image/png", len(png(seed)), 48, 32, description)
        context.records.save(
            RegistryRecord(RecordId("r", str(seed)), photographs=(Photograph(digest),)), [described], context.specs
        )


def found(context: ToyContext, snapshot: Snapshot, seed: int) -> list[str]:
    """Record numbers in order of similarity to the picture ``seed``."""
    vectors = context.embedder.embed([pixels(seed)])
    images = context.records.of_images(snapshot.retrieve(vectors, 50), AT_THE_MACHINE)
    return [image.record.record_id.number for image in images]


def voted(context: ToyContext, snapshot: Snapshot, seed: int) -> str:
    """Record number of the image that most local descriptors of picture ``seed`` are nearest to."""
    local_descriptors = context.extractor.extract_query(pixels(seed)).local_descriptors
    nearest = snapshot.nearest(local_descriptors, 3)[1][:, 0]
    [image] = context.records.of_images([int(np.bincount(nearest).argmax())], AT_THE_MACHINE)
    return image.record.record_id.number


def oracle(context: ToyContext, seeds: range, seed: int) -> list[str]:
    vectors = context.embedder.embed([pixels(one) for one in seeds])
    order = np.argsort(-(vectors @ context.embedder.embed([pixels(seed)])[0]), kind="stable")
    return [str(seeds[index]) for index in order]


def test_built_index_answers_as_brute_force(context: ToyContext) -> None:
    add(context, *range(30))
    snapshot = gallery_of(context).build()
    assert snapshot.tail_count == 0
    for seed in (0, 7, 29, 77):
        assert found(context, snapshot, seed)[:5] == oracle(context, range(30), seed)[:5]
    assert voted(context, snapshot, 12) == "12"


def test_a_narrowed_snapshot_answers_as_if_the_rest_were_not_there(context: ToyContext) -> None:
    """What is passed over takes no place from what is allowed, in the version on disk and in the tail alike."""
    add(context, *range(20))
    gallery = gallery_of(context)
    gallery.build()
    add(context, *range(20, 30))
    allowed = [3, 17, 25]
    sequences = np.array([seed + 1 for seed in allowed], np.int64)
    narrowed = gallery.snapshot().narrowed(sequences)
    assert narrowed.image_count == 3
    vectors = context.embedder.embed([pixels(seed) for seed in allowed])
    for seed in (0, 17, 25):
        nearness = vectors @ context.embedder.embed([pixels(seed)])[0]
        assert found(context, narrowed, seed) == [str(allowed[place]) for place in np.argsort(-nearness)]
        local_descriptors = context.extractor.extract_query(pixels(seed)).local_descriptors
        assert set(narrowed.nearest(local_descriptors, 3)[1].ravel().tolist()) <= set(sequences.tolist())
    assert voted(context, narrowed, 25) == "25"
    nothing = gallery.snapshot().narrowed(np.zeros(0, np.int64))
    assert (nothing.image_count, found(context, nothing, 3)) == (0, [])


def test_several_vectors_retrieve_what_is_nearest_to_any_of_them(context: ToyContext) -> None:
    add(context, *range(20))
    snapshot = gallery_of(context).build()
    vectors = context.embedder.embed([pixels(4), pixels(11)])
    images = context.records.of_images(snapshot.retrieve(vectors, 2), AT_THE_MACHINE)
    assert {image.record.record_id.number for image in images} == {"4", "11"}


def test_without_any_index_the_database_answers(context: ToyContext) -> None:
    add(context, *range(10))
    snapshot = gallery_of(context).snapshot()
    assert (snapshot.version, snapshot.tail_count) == ("", 10)
    assert found(context, snapshot, 3) == oracle(context, range(10), 3)


def test_an_empty_gallery_finds_nothing(context: ToyContext) -> None:
    snapshot = gallery_of(context).build()
    assert found(context, snapshot, 1) == []
    assert snapshot.nearest(np.zeros((4, 128), np.uint8), 5)[0].shape == (0, 5)


def test_new_records_are_found_at_once_in_every_process(context: ToyContext) -> None:
    add(context, *range(10))
    first, second = gallery_of(context), gallery_of(context)
    first.build()
    for seed in range(10, 14 + MAX_TAIL_SEGMENTS):
        add(context, seed)
        for gallery in (first, second):
            assert found(context, gallery.snapshot(), seed)[0] == str(seed)
            assert voted(context, gallery.snapshot(), seed) == str(seed)
    assert len(first.snapshot().tail) <= MAX_TAIL_SEGMENTS
    assert found(context, second.snapshot(), 5) == oracle(context, range(14 + MAX_TAIL_SEGMENTS), 5)


def test_another_process_adopts_the_next_version(context: ToyContext) -> None:
    add(context, *range(5))
    one, other = gallery_of(context), gallery_of(context)
    before = one.build().version
    assert other.snapshot().version == before
    add(context, *range(5, 9))
    assert one.build().version > before
    assert other.snapshot().version == one.snapshot().version
    assert other.snapshot().tail_count == 0


def test_an_old_snapshot_stays_as_it_was(context: ToyContext) -> None:
    add(context, *range(5))
    gallery = gallery_of(context)
    held = gallery.build()
    add(context, *range(5, 9))
    gallery.build()
    assert found(context, held, 2) == oracle(context, range(5), 2)


def test_withdrawn_records_are_not_found_and_come_back_without_a_rebuild(context: ToyContext) -> None:
    add(context, *range(6))
    snapshot = gallery_of(context).build()
    record = context.records.get(RecordId("r", "3"), AT_THE_MACHINE)
    context.records.withdraw(record.record_id)
    assert "3" not in found(context, snapshot, 3)
    rebuilt = gallery_of(context).build()
    assert "3" not in found(context, rebuilt, 3)
    context.records.save(record, [], context.specs)
    assert found(context, rebuilt, 3)[0] == found(context, snapshot, 3)[0] == "3"


@pytest.mark.parametrize("name", ["vectors.faiss", "keypoints.faiss", "manifest.json"])
@pytest.mark.parametrize("damage", ["torn", "flipped", "gone", "emptied"])
def test_a_damaged_version_is_set_aside_and_answers_stay_right(
    context: ToyContext, caplog: pytest.LogCaptureFixture, name: str, damage: str
) -> None:
    add(context, *range(8))
    version = gallery_of(context).build().version
    file = context.settings.home / "main" / version / name
    data = file.read_bytes()
    middle = len(data) // 2
    damaged = {
        "torn": data[:middle],
        "flipped": data[:middle] + bytes([data[middle] ^ 0xFF]) + data[middle + 1 :],
        "emptied": b"",
        "gone": None,
    }[damage]
    file.unlink()
    if damaged is not None:
        file.write_bytes(damaged)
    gallery = gallery_of(context)
    with caplog.at_level(logging.WARNING):
        assert found(context, gallery.snapshot(), 4) == oracle(context, range(8), 4)
    assert "will be rebuilt" in caplog.text
    assert gallery.build().version == version
    assert not list((context.settings.home / "main").glob(".damaged-*"))


def test_an_index_of_another_database_is_not_believed(context: ToyContext, tmp_path: Path) -> None:
    add(context, *range(8))
    gallery_of(context).build()
    other = ToyContext.open(tmp_path / "other")
    add(other, *range(100, 108))
    (context.settings.home / "main").rename(other.settings.home / "main")
    assert found(other, gallery_of(other).snapshot(), 103)[0] == "103"


def test_a_half_built_version_is_never_opened(context: ToyContext) -> None:
    add(context, *range(4))
    root = context.settings.home / "main"
    (root / ".building-999999999").mkdir(parents=True)
    assert gallery_of(context).snapshot().version == ""
    gallery_of(context).build()
    assert not list(root.glob(".building-*"))


def test_another_model_has_versions_of_its_own(context: ToyContext) -> None:
    add(context, *range(4))
    version = gallery_of(context).build().version
    other = replace(context, embedder=ToyEmbedder("2"))
    assert gallery_of(other).snapshot().version == ""
    assert gallery_of(context).snapshot().version == version


def test_update_builds_only_when_much_is_new(context: ToyContext) -> None:
    add(context, *range(6))
    gallery = gallery_of(context)
    assert gallery.update(10).version == ""
    built = gallery.update(5)
    assert (built.tail_count, built.last_serial) == (0, 6)
    add(context, 6)
    assert gallery.update(5).tail_count == 1
    assert gallery.update(0).tail_count == 0
