"""The cache of small copies: bounded, and never more than a cache."""

import os
from pathlib import Path

from heritage.domain.images import ImageDigest
from heritage.storage.derivatives import Derivatives

ONE, TWO, THREE = (ImageDigest.of(name) for name in (b"one", b"two", b"three"))


def test_what_was_kept_is_read_again(tmp_path: Path) -> None:
    kept = Derivatives(tmp_path)
    assert kept.read(ONE, 240, 1) is None
    kept.keep(ONE, 240, 1, b"jpeg")
    assert Derivatives(tmp_path).read(ONE, 240, 1) == b"jpeg"
    assert kept.read(ONE, 240, 2) is None
    assert kept.read(ONE, 800, 1) is None


def test_only_sizes_of_the_pages_are_kept(tmp_path: Path) -> None:
    kept = Derivatives(tmp_path)
    for size in range(16, 40):
        kept.keep(ONE, size, 1, b"jpeg")
    assert not list(tmp_path.glob("derivatives/*/*"))


def test_the_longest_unused_go_when_there_is_no_room(tmp_path: Path) -> None:
    kept = Derivatives(tmp_path, max_bytes=250)
    for age, digest in enumerate((ONE, TWO, THREE)):
        kept.keep(digest, 240, 1, b"x" * 100)
        [path] = tmp_path.glob(f"derivatives/*/{digest.hex}*")
        os.utime(path, (1000 + age, 1000 + age))
    assert kept.read(ONE, 240, 1)  # used now
    kept.trim()
    assert kept.read(TWO, 240, 1) is None
    assert kept.read(ONE, 240, 1)
    assert kept.read(THREE, 240, 1)


def test_a_file_cut_off_by_a_power_cut_is_made_again(tmp_path: Path) -> None:
    kept = Derivatives(tmp_path)
    kept.keep(ONE, 240, 1, b"")
    assert kept.read(ONE, 240, 1) is None


def test_a_disk_that_cannot_be_written_keeps_nothing_back(tmp_path: Path) -> None:
    (tmp_path / "derivatives").write_text("in the way")
    Derivatives(tmp_path).keep(ONE, 240, 1, b"jpeg")
