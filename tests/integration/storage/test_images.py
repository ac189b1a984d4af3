import os
import stat
import threading
from pathlib import Path

import pytest

from heritage.domain.images import ImageDigest
from heritage.errors import NotFoundError, StorageError
from heritage.storage.images import Images


def test_originals_come_back_untouched(tmp_path: Path) -> None:
    images = Images(tmp_path)
    digest = images.put(b"original bytes")
    assert digest == ImageDigest.of(b"original bytes")
    assert digest in images
    assert images.read(digest) == b"original bytes"
    assert images.path(digest) == tmp_path / "images" / digest.hex[:2] / digest.hex[2:4] / digest.hex
    assert stat.S_IMODE(images.path(digest).stat().st_mode) == 0o444


def test_putting_twice_changes_nothing(tmp_path: Path) -> None:
    images = Images(tmp_path)
    digest = images.put(b"bytes")
    before = images.path(digest).stat()
    assert images.put(b"bytes") == digest
    after = images.path(digest).stat()
    assert (before.st_ino, before.st_mtime_ns) == (after.st_ino, after.st_mtime_ns)
    assert _files(tmp_path) == [digest.hex]


def test_an_image_that_is_not_there(tmp_path: Path) -> None:
    digest = ImageDigest.of(b"never stored")
    images = Images(tmp_path)
    assert digest not in images
    with pytest.raises(NotFoundError, match=str(digest)):
        images.read(digest)


def test_an_altered_original_is_refused_and_repaired(tmp_path: Path) -> None:
    images = Images(tmp_path)
    digest = images.put(b"bytes")
    images.path(digest).chmod(0o644)
    images.path(digest).write_bytes(b"bytez")
    with pytest.raises(StorageError, match="altered"):
        images.read(digest)
    images.put(b"bytes")
    assert images.read(digest) == b"bytes"


def test_leftovers_of_a_killed_process_go(tmp_path: Path) -> None:
    digest = Images(tmp_path).put(b"kept")
    (tmp_path / "images" / "incoming" / "half").write_bytes(b"kep")
    images = Images(tmp_path)
    assert images.read(digest) == b"kept"
    assert _files(tmp_path) == [digest.hex]


def test_stores_opened_while_another_writes_lose_nothing(tmp_path: Path) -> None:
    """An opening takes any unfinished file for a leftover; the writer must notice and write it again."""
    done = threading.Event()

    def keep_opening() -> None:
        while not done.is_set():
            Images(tmp_path)

    opener = threading.Thread(target=keep_opening)
    opener.start()
    images = Images(tmp_path)
    try:
        digests = [images.put(f"image {number}".encode()) for number in range(40)]
    finally:
        done.set()
        opener.join()
    assert [images.read(digest) for digest in digests] == [f"image {number}".encode() for number in range(40)]


def test_a_store_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    (tmp_path / "images").write_text("a file where the folder should be")
    with pytest.raises(StorageError, match="cannot be written"):
        Images(tmp_path).put(b"bytes")


def _files(home: Path) -> list[str]:
    return [name for _, _, names in os.walk(home) for name in names]
