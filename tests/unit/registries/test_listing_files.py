"""Photos in folders and ZIP archives: what is a picture is told by its bytes, and all else is counted."""

import io
import os
import stat
import tempfile
import zipfile
from datetime import UTC, datetime
from pathlib import Path

import pytest

from heritage.domain.images import ImageDigest
from heritage.domain.listings import Listing, ListingPhoto, SkippedKind
from heritage.errors import ImageError, InputError, TableError
from heritage.registries import listing_files
from heritage.registries.listing_files import FileListings, FileReading, open_files
from heritage.service.archives import open_archive

PNG = b"\x89PNG\r\n\x1a\n"
VIDEO = b"\0\0\0\x18ftypisom"


def cause(head: bytes) -> str:
    """As the decoder's own test, for the few formats that are used here."""
    return "" if head.startswith(PNG) else "unsupported format" if head.startswith(b"GIF8") else "not an image"


READING = FileReading(cause, open_archive, max_bytes=10_000, max_unpacked_bytes=100_000)

TREE = {
    "DCIM/Camera/IMG_1.jpg": PNG + b"1",  # a PNG by any other name
    "DCIM/Camera/IMG_2": PNG + b"2",
    "DCIM/.thumbnails/IMG_1.jpg": PNG,
    "DCIM/Camera/._IMG_1.jpg": PNG,
    "Thumbs.db": b"\xd0\xcf\x11\xe0",
    "WhatsApp/clip.mp4": VIDEO,
    "WhatsApp/voice.opus": b"OggS",
    "WhatsApp/sticker.gif": b"GIF89a",
    "WhatsApp/broken.jpg": b"\0\0\0",
    "WhatsApp/empty.png": b"",
    "messages.json": b'{"a": 1}',
    "msgstore.db": b"SQLite format 3\0",
    "letter.docx": b"PK\3\4",
    "backup.tar.gz": b"\x1f\x8b",
    "unknown.bin": b"\0\1\2",
}
COUNTED = {
    SkippedKind.OTHER_PICTURES: 1,
    SkippedKind.NO_PICTURES: 1,
    SkippedKind.THUMBNAILS: 2,
    SkippedKind.VIDEOS: 1,
    SkippedKind.SOUND: 1,
    SkippedKind.DOCUMENTS: 2,
    SkippedKind.DATABASES: 1,
    SkippedKind.ARCHIVES: 1,
    SkippedKind.RESOURCE_FORKS: 1,
    SkippedKind.EMPTY: 1,
    SkippedKind.OTHERS: 1,
}
KEYS = ["DCIM/Camera/IMG_1.jpg", "DCIM/Camera/IMG_2"]


def planted(root: Path, tree: dict[str, bytes]) -> Path:
    for name, data in tree.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
    return root


def zipped(tree: dict[str, bytes], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", method) as archive:
        for name, data in tree.items():
            archive.writestr(zipfile.ZipInfo(name, (2024, 5, 21, 17, 3, 0)), data, method)
    return stream.getvalue()


def counted(source: FileListings) -> dict[SkippedKind, int]:
    return {one.kind: one.count for one in source.skipped}


@pytest.mark.parametrize("kind", ["folder", "archive"])
def test_pictures_are_listings_and_all_else_is_counted(tmp_path: Path, kind: str) -> None:
    if kind == "folder":
        place = planted(tmp_path / "phone", TREE)
    else:
        place = tmp_path / "phone.zip"
        place.write_bytes(zipped(TREE))
    source = open_files(place, READING)
    assert [one.key for one in source.listings()] == KEYS
    assert source.listing_count == 2
    assert list(source.listings(1)) == [Listing(1, KEYS[1], (ListingPhoto(KEYS[1]),))]
    assert list(source.listings(2)) == []
    assert counted(source) == COUNTED
    found = source.read(ListingPhoto(KEYS[0]))
    assert (found.data, found.digest, found.web) == (PNG + b"1", ImageDigest.of(PNG + b"1"), None)
    source.close()


def test_when_a_file_was_modified_is_kept(tmp_path: Path) -> None:
    folder = planted(tmp_path / "a", {"1.png": PNG})
    os.utime(folder / "1.png", (1_000_000_000, 1_000_000_000))
    assert open_files(folder, READING).read(ListingPhoto("1.png")).modified_at == datetime(
        2001, 9, 9, 1, 46, 40, tzinfo=UTC
    )
    archive = tmp_path / "a.zip"
    archive.write_bytes(zipped({"1.png": PNG}))
    assert open_files(archive, READING).read(ListingPhoto("1.png")).modified_at == datetime(2024, 5, 21, 17, 3)


@pytest.mark.parametrize("kind", ["folder", "archive"])
def test_archives_in_the_tree_are_looked_into_but_not_those_in_them(
    tmp_path: Path, kind: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "temporary").mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "temporary"))
    innermost = zipped({"c.png": PNG})
    tree = {
        "a.png": PNG + b"a",
        "more/old.zip": zipped({"b.png": PNG + b"b", "deep.zip": innermost, "x.mp4": VIDEO}),
        "torn.zip": b"PK\3\4 torn",
    }
    if kind == "folder":
        place = planted(tmp_path / "all", tree)
    else:
        place = tmp_path / "all.zip"
        place.write_bytes(zipped(tree))
    source = open_files(place, READING)
    assert [one.key for one in source.listings()] == ["a.png", "more/old.zip/b.png"]
    assert source.read(ListingPhoto("more/old.zip/b.png")).data == PNG + b"b"
    assert counted(source) == {SkippedKind.ARCHIVES: 2, SkippedKind.VIDEOS: 1}
    assert any("torn.zip: this is not a ZIP file" in warning for warning in source.warnings)
    source.close()
    assert not list((tmp_path / "temporary").iterdir())


def test_a_nested_archive_that_is_too_large_is_told(tmp_path: Path) -> None:
    place = tmp_path / "all.zip"
    large = zipped({"b.png": PNG + os.urandom(200_000)}, zipfile.ZIP_STORED)
    place.write_bytes(zipped({"a.png": PNG, "large.zip": large}))
    source = open_files(place, READING)
    assert [one.key for one in source.listings()] == ["a.png"]
    assert counted(source) == {SkippedKind.ARCHIVES: 1}
    assert "large.zip: it is larger than 0 MB" in source.warnings[0]
    source.close()


def test_links_lead_nowhere(tmp_path: Path) -> None:
    planted(tmp_path / "outside", {"secret.png": PNG})
    folder = planted(tmp_path / "inside", {"a.png": PNG})
    (folder / "file.png").symlink_to(tmp_path / "outside" / "secret.png")
    (folder / "folder").symlink_to(tmp_path / "outside")
    os.mkfifo(folder / "pipe.png")
    source = open_files(folder, READING)
    assert [one.key for one in source.listings()] == ["a.png"]
    assert counted(source) == {SkippedKind.LINKS: 3}
    (folder / "a.png").unlink()
    (folder / "a.png").symlink_to(tmp_path / "outside" / "secret.png")
    with pytest.raises(InputError, match="outside the folder"):
        source.read(ListingPhoto("a.png"))


@pytest.mark.parametrize("name", ["../out.png", "/etc/out.png", "a/../../out.png", "a\nb.png", "n" * 201])
def test_an_entry_with_a_bad_name_is_refused_and_the_others_are_read(tmp_path: Path, name: str) -> None:
    place = tmp_path / "sent.zip"
    place.write_bytes(zipped({"a.png": PNG, name: PNG}))
    source = open_files(place, READING)
    assert [one.key for one in source.listings()] == ["a.png"]
    assert counted(source) == {SkippedKind.REFUSED: 1}
    assert "no path within it" in source.warnings[0]


def test_links_in_archives_and_encrypted_files_are_refused(tmp_path: Path) -> None:
    place = tmp_path / "sent.zip"
    link = zipfile.ZipInfo("link.png")
    link.external_attr = (stat.S_IFLNK | 0o777) << 16
    with zipfile.ZipFile(place, "w") as archive:
        archive.writestr("a.png", PNG)
        archive.writestr(link, "/etc/passwd")
    assert counted(open_files(place, READING)) == {SkippedKind.REFUSED: 1}


def test_bombs_are_told_by_their_ratio_and_their_size(tmp_path: Path) -> None:
    place = tmp_path / "sent.zip"
    place.write_bytes(zipped({"a.png": PNG + bytes(20_000_000), "b.png": PNG + os.urandom(20_000)}))
    source = open_files(place, READING)
    with pytest.raises(ImageError, match="too large: 20 MB, limit"):
        source.read(ListingPhoto("a.png"))
    with pytest.raises(ImageError, match="too large"):
        source.read(ListingPhoto("b.png"))
    roomy = open_files(place, FileReading(cause, open_archive))
    with pytest.raises(ImageError, match="no picture packs so"):
        roomy.read(ListingPhoto("a.png"))
    assert len(roomy.read(ListingPhoto("b.png")).data) == 20_008


def test_one_part_used_by_many_entries_is_refused(tmp_path: Path) -> None:
    place = tmp_path / "sent.zip"
    with zipfile.ZipFile(place, "w") as archive:
        archive.writestr("a.png", PNG + os.urandom(5_000))
        first = archive.infolist()[0]
        for number in range(5):
            again = zipfile.ZipInfo(f"{number}.png")
            again.file_size, again.compress_size, again.CRC = first.file_size, first.compress_size, first.CRC
            again.header_offset = first.header_offset
            archive.filelist.append(again)
        archive._didModify = True
    with pytest.raises(TableError, match="same bytes for many entries"):
        open_files(place, READING)


def test_an_archive_of_the_64_bit_variant_is_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Such as is written where there are more entries than 16 bits can count: here the end says that there are."""
    place = tmp_path / "sent.zip"
    with monkeypatch.context() as patched:
        patched.setattr(zipfile, "ZIP_FILECOUNT_LIMIT", 2)
        place.write_bytes(zipped({"1.txt": b"x", "2.txt": b"x", "a.png": PNG}))
    data = bytearray(place.read_bytes())
    assert data[-42:-38] == b"PK\6\7", "the 64-bit end stands before the ordinary one"
    data[-14:-2] = b"\xff" * 12  # entries on this part, entries, bytes of the directory, its place: see the other end
    place.write_bytes(data)
    source = open_files(place, READING)
    assert [one.key for one in source.listings()] == ["a.png"]
    assert counted(source) == {SkippedKind.DOCUMENTS: 2}


def test_the_fingerprint_changes_with_the_files(tmp_path: Path) -> None:
    folder = planted(tmp_path / "a", {"1.png": PNG, "2.png": PNG})
    first = open_files(folder, READING).fingerprint
    assert open_files(folder, READING).fingerprint == first
    (folder / "2.png").write_bytes(PNG + b"x")
    assert open_files(folder, READING).fingerprint != first


def test_nothing_to_search_is_an_error_that_says_what_is_there(tmp_path: Path) -> None:
    folder = planted(tmp_path / "a", {"1.mp4": VIDEO, "2.mp4": VIDEO})
    with pytest.raises(TableError, match="holds no pictures to search, only 2 videos"):
        open_files(folder, READING)


def test_names_that_are_no_text_are_kept_readable(tmp_path: Path) -> None:
    (tmp_path / "a").mkdir()
    (tmp_path / "a" / os.fsdecode(b"caf\xe9.png")).write_bytes(PNG)
    source = open_files(tmp_path / "a", READING)
    (only,) = source.listings()
    assert only.key == "caf\\udce9.png"
    assert source.read(only.photos[0]).data == PNG


def test_a_large_file_in_a_folder_is_not_read_whole(tmp_path: Path) -> None:
    folder = planted(tmp_path / "a", {"1.png": PNG + bytes(10_000)})
    source = open_files(folder, READING)
    with pytest.raises(ImageError, match="too large"):
        source.read(ListingPhoto("1.png"))
    with pytest.raises(ImageError, match="not found"):
        source.read(ListingPhoto("../a/1.png"))


def test_archives_in_archives_have_so_many_entries_together(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each entry takes memory as long as the scan lasts, and a million of them pack into very little."""
    monkeypatch.setattr(listing_files, "MAX_NESTED_ENTRIES", 5)
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as nested:
        for number in range(3):
            nested.writestr(f"{number}.png", PNG + bytes([number]))
    for name in ("a.zip", "b.zip"):
        (tmp_path / name).write_bytes(packed.getvalue())
    source = open_files(tmp_path, READING)
    assert source.listing_count == 3
    assert [one.kind for one in source.skipped] == [SkippedKind.ARCHIVES]
    assert "give it by itself" in source.warnings[0]
