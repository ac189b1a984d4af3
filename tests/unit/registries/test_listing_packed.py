"""ZIP archives of a table and its photos, and of photos with tables that are none of listings."""

from pathlib import Path

import pytest

from heritage.domain.listings import ListingPhoto, ListingSource
from heritage.errors import ImageError, TableError
from heritage.registries.fetching import Fetcher
from heritage.registries.listing_files import FileReading
from heritage.registries.listing_place import ListingReading, open_listings
from heritage.service.archives import open_archive
from tests.unit.registries.test_listing_files import PNG, cause, zipped


def opened(folder: Path, tree: dict[str, bytes], mapping: str = "") -> ListingSource:
    path = folder / "sent.zip"
    path.write_bytes(zipped(tree))
    (folder / "map.toml").write_text(mapping)
    told = folder / "map.toml" if mapping else None
    return open_listings(path, ListingReading(FileReading(cause, open_archive), Fetcher(), told))


@pytest.mark.parametrize("top", ["", "sale/"])
def test_a_table_and_its_photos(tmp_path: Path, top: str) -> None:
    tree = {
        f"{top}lots.csv": b"lot,image\n1,p/1.png; ./p/2.png\n2,../../etc/passwd\n3,P\\3.png\n",
        f"{top}p/1.png": PNG + b"1",
        f"{top}p/2.png": PNG + b"2",
        f"{top}p/other.png": PNG,
        "__MACOSX/._lots.csv": b"x",
    }
    source = opened(tmp_path, tree)
    first, second, third = source.listings()
    assert [source.read(photo).data for photo in first.photos] == [PNG + b"1", PNG + b"2"]
    for missing in (second, third):
        with pytest.raises(ImageError, match="not found"):
            source.read(missing.photos[0])
    (warning,) = source.warnings
    assert "1 pictures that lots.csv does not name are not searched" in warning
    source.close()
    again = opened(tmp_path, tree | {f"{top}p/1.png": PNG + b"changed"})
    assert again.fingerprint != source.fingerprint
    again.close()


@pytest.mark.parametrize(
    "tables",
    [{"a.csv": b"image\n1.png\n", "b.csv": b"image\n1.png\n"}, {"deep/er/a.csv": b"image\n1.png\n"}],
    ids=["two", "deep"],
)
def test_without_one_table_at_the_top_all_pictures_are_listings(tmp_path: Path, tables: dict[str, bytes]) -> None:
    source = opened(tmp_path, {**tables, "1.png": PNG, "2.png": PNG})
    assert [one.photos for one in source.listings()] == [(ListingPhoto("1.png"),), (ListingPhoto("2.png"),)]
    with pytest.raises(TableError, match="has no one table"):
        opened(tmp_path, {**tables, "1.png": PNG}, '[columns]\nimage = "images"\n')


def test_a_table_of_something_else_leaves_the_pictures_to_be_searched(tmp_path: Path) -> None:
    source = opened(tmp_path, {"calls.csv": b"date,number\n1,2\n", "1.png": PNG})
    assert [one.key for one in source.listings()] == ["1.png"]
    assert source.warnings[0].startswith("read as pictures, not by a table: calls.csv has no column that is known")
    with pytest.raises(TableError, match="has no such column"):
        opened(tmp_path, {"calls.csv": b"date,number\n1,2\n", "1.png": PNG}, '[columns]\nfoto = "images"\n')
