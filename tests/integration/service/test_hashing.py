"""Photos of scans that an earlier version kept are hashed later, piece by piece."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import delete, select

from heritage.domain.access import AT_THE_MACHINE
from heritage.domain.images import ImageDigest
from heritage.domain.scans import ScanSource
from heritage.service import hashing
from heritage.service.context import Context, open_context
from heritage.service.hashing import hash_photos
from heritage.service.scan_stages import Pace
from heritage.service.scanning import work_on
from heritage.service.scans import ScanWish, begin
from heritage.settings import Settings
from heritage.storage.images import PhotoFiles
from heritage.storage.schema import photo_hash
from tests.listing_folders import FolderOfListings
from tests.pictures import encoded, picture
from tests.toys import ToyEmbedder

COUNT = 5


@pytest.fixture
def context(tmp_path: Path) -> Iterator[Context]:
    """After a scan of an earlier version: its photos have no hashes."""
    folder = tmp_path / "listings"
    folder.mkdir()
    for seed in range(COUNT):
        (folder / f"{seed}.png").write_bytes(encoded(picture(seed, 200, 150)))
    source = FolderOfListings.of_files(folder, [[f"{seed}.png"] for seed in range(COUNT)])
    with open_context(Settings(home=tmp_path / "home", threads=1, decode_processes=0), ToyEmbedder()) as context:
        work_on(context, begin(context, AT_THE_MACHINE, ScanWish(ScanSource("x")), source), source, Pace())
        with context.database.begin() as connection:
            connection.execute(delete(photo_hash))
        yield context


def hashed(context: Context) -> set[ImageDigest]:
    with context.database.read() as connection:
        return {ImageDigest(one) for one in connection.execute(select(photo_hash.c.digest)).scalars()}


def test_all_that_is_kept_is_hashed_and_goes_on_where_it_was_interrupted(
    context: Context, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(hashing, "HASHED_TOGETHER", 2)
    assert next(hash_photos(context)) == 2
    assert len(hashed(context)) == 2
    assert list(hash_photos(context)) == [2, 1]
    assert len(hashed(context)) == COUNT
    assert list(hash_photos(context)) == []


def test_a_photo_that_is_lost_hinders_no_other(context: Context, caplog: pytest.LogCaptureFixture) -> None:
    [lost, *_] = context.photo_hashes.missing(None, COUNT)
    PhotoFiles(context.settings.home).remove(lost)
    assert sum(hash_photos(context)) == COUNT - 1
    assert str(lost) in caplog.text
    assert lost not in hashed(context)
