"""Photographs that are registered already: found by digest, by look, across processes, and after an old database."""

from collections.abc import Iterator
from dataclasses import replace
from io import BytesIO
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from heritage.domain.access import AT_THE_MACHINE
from heritage.domain.descriptors import DescribedImage
from heritage.domain.duplicates import Duplicate, DuplicateKind
from heritage.domain.images import ImageDigest, Photo
from heritage.domain.records import Photograph, RecordId, RegistryRecord
from heritage.service.duplicates import MAX_FOUND, Duplicates, duplicates_of, hash_missing, remark
from heritage.storage.schema import image_hash
from heritage.vision.near_duplicates import PdqIndex, hash_photo
from tests.pictures import encoded, picture
from tests.toys import ToyContext, describe, toy_decode

SAME, NEARLY = DuplicateKind.SAME, DuplicateKind.NEARLY


@pytest.fixture
def context(tmp_path: Path) -> Iterator[ToyContext]:
    context = ToyContext.open(tmp_path / "home")
    yield context
    context.database.close()


def png(seed: int) -> bytes:
    """A picture with enough in it for PDQ."""
    return encoded(picture(seed, 240, 180))


def recompressed(data: bytes) -> bytes:
    """The same picture as another file."""
    file = BytesIO()
    with Image.open(BytesIO(data)) as image:
        image.save(file, "JPEG", quality=80)
    return file.getvalue()


def register(context: ToyContext, number: str, *files: bytes, hashed: bool = True) -> RecordId:
    described: list[DescribedImage] = []
    for data in files:
        context.images.put(data)
        one = describe(data)
        described.append(replace(one, photo_hash=hash_photo(toy_decode(data).pixels)) if hashed else one)
    record_id = RecordId("r", number)
    photographs = tuple(Photograph(ImageDigest.of(data)) for data in files)
    context.records.save(RegistryRecord(record_id, photographs=photographs), described, context.specs)
    return record_id


def kinds_and_records(found: tuple[Duplicate, ...]) -> list[tuple[DuplicateKind, tuple[RecordId, ...]]]:
    return [(one.kind, one.record_ids) for one in found]


def test_the_same_file_and_nearly_the_same_picture(context: ToyContext) -> None:
    first, second = register(context, "1", png(1)), register(context, "2", recompressed(png(1)))
    register(context, "3", png(3))
    found = duplicates_of(context, toy_decode(png(1)), AT_THE_MACHINE)
    assert kinds_and_records(found) == [(SAME, (first,)), (NEARLY, (second,))]
    assert 0 == found[0].distance <= found[1].distance <= 31
    assert duplicates_of(context, toy_decode(png(4)), AT_THE_MACHINE) == ()


def test_a_photo_that_is_not_stored_finds_all_records_that_show_it(context: ToyContext) -> None:
    ids = tuple(register(context, number, png(1)) for number in ("1", "2"))
    assert kinds_and_records(duplicates_of(context, toy_decode(recompressed(png(1))), AT_THE_MACHINE)) == [
        (NEARLY, ids)
    ]


def test_a_record_is_no_duplicate_of_itself(context: ToyContext) -> None:
    """Two near-twins in one record are two views; withdrawn records show nothing."""
    first = register(context, "1", png(1), recompressed(png(1)))
    digest = ImageDigest.of(png(1))
    assert context.duplicates.find(digest, AT_THE_MACHINE, besides=first) == ()
    second = register(context, "2", png(1))
    assert kinds_and_records(context.duplicates.find(digest, AT_THE_MACHINE, besides=first)) == [(SAME, (second,))]
    context.records.withdraw(second)
    assert context.duplicates.find(digest, AT_THE_MACHINE, besides=first) == ()


def test_what_another_process_stores_is_seen(context: ToyContext) -> None:
    other = ToyContext.open(context.settings.home)
    assert other.duplicates.find(ImageDigest.of(png(1)), AT_THE_MACHINE) == ()
    assert duplicates_of(other, toy_decode(png(1)), AT_THE_MACHINE) == ()
    first = register(context, "1", recompressed(png(1)))
    assert kinds_and_records(duplicates_of(other, toy_decode(png(1)), AT_THE_MACHINE)) == [(NEARLY, (first,))]
    other.database.close()


def test_hashes_of_a_database_restored_from_an_older_copy_are_read_again(context: ToyContext) -> None:
    register(context, "1", png(1))
    second = register(context, "2", png(2))
    assert kinds_and_records(duplicates_of(context, toy_decode(recompressed(png(2))), AT_THE_MACHINE)) == [
        (NEARLY, (second,))
    ]
    with context.database.begin() as connection:
        connection.execute(image_hash.delete().where(image_hash.c.sequence == 2))
    assert duplicates_of(context, toy_decode(recompressed(png(2))), AT_THE_MACHINE) == ()


def test_a_placeholder_in_many_records_stays_small(context: ToyContext) -> None:
    for number in range(MAX_FOUND + 5):
        register(context, str(number), png(1))
    (found,) = duplicates_of(context, toy_decode(png(1)), AT_THE_MACHINE)
    assert len(found.record_ids) == MAX_FOUND
    assert remark([found]) == "same photograph as r/0, r/1, r/2 and others"


def test_a_remark_names_a_record_once() -> None:
    a, b, c = (RecordId("r", letter) for letter in "abc")
    found = [Duplicate((b, a), NEARLY, 9), Duplicate((a,), SAME, 0), Duplicate((b, c), NEARLY, 12)]
    assert remark(found) == "same photograph as r/a; nearly the same photograph as r/b, r/c"
    assert remark([]) == ""


def test_images_stored_without_a_hash_get_one_and_a_stopped_run_goes_on(context: ToyContext) -> None:
    files = [png(seed) for seed in range(40)]
    for seed, data in enumerate(files):
        register(context, str(seed), data, hashed=False)
    assert context.hashes.missing_count() == 40

    def stop(stage: str, done: int, total: int) -> None:
        assert (stage, total) == ("hash", 40)
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        hash_missing(context, stop)
    assert context.hashes.missing_count() == 24

    seen: list[int] = []

    def decode(data: bytes) -> Photo:
        seen.append(len(data))
        return toy_decode(data)

    assert hash_missing(replace(context, decode=decode)) == 0
    assert len(seen) == 24
    assert context.hashes.missing_count() == 0
    assert [context.hashes.of(ImageDigest.of(data))[1] for data in files] == [
        hash_photo(toy_decode(data).pixels) for data in files
    ]


def test_lost_originals_are_counted_and_tried_again(context: ToyContext) -> None:
    for seed in range(3):
        register(context, str(seed), png(seed), hashed=False)
    context.images.path(ImageDigest.of(png(1))).unlink()
    assert hash_missing(context) == 1
    assert context.hashes.missing_count() == 1
    context.images.put(png(1))
    assert hash_missing(context) == 0


def test_blocks_are_read_in_their_order(context: ToyContext, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("heritage.service.duplicates.BLOCK_SIZE", 3)
    for seed in range(8):
        register(context, str(seed), png(seed))
    found = Duplicates(context.hashes, PdqIndex())
    assert [one.distance for seed in range(8) for one in found.find(ImageDigest.of(png(seed)), AT_THE_MACHINE)] == [
        0
    ] * 8
    block = context.hashes.block(3, 3)
    assert block.last_serial == 6
    assert np.array_equal(block.sequences, [4, 5, 6])
