"""Original files, untouched, each under its digest. The only maker of paths in the stores of images and of photos."""

import contextlib
import fcntl
import os
import tempfile
from collections.abc import Iterator
from pathlib import Path

from heritage.domain.images import ImageDigest
from heritage.errors import InputError, NotFoundError, StorageError

_ATTEMPTS = 5


class Originals:
    """``<root>/ab/cd/<hex>``. A file under its final name is complete: it was synced before it was renamed."""

    def __init__(self, root: Path, noun: str) -> None:
        """``noun``: what its files are called in messages."""
        self._root = root
        self._noun = noun
        self._incoming = self._root / "incoming"
        self._remove_leftovers()

    def path(self, digest: ImageDigest) -> Path:
        """Where the original is kept, whether or not it is there. A digest is 64 hex digits, so it cannot escape."""
        return self._root / digest.hex[:2] / digest.hex[2:4] / digest.hex

    def __contains__(self, digest: ImageDigest) -> bool:
        return self.path(digest).is_file()

    def put(self, data: bytes) -> ImageDigest:
        """Keep ``data``; on return it survives a power cut. Doing so twice changes nothing, unless to repair damage.

        Raises `StorageError`.
        """
        digest = ImageDigest.of(data)
        final = self.path(digest)
        try:
            if not (final.is_file() and final.read_bytes() == data):
                self._store(data, final)
        except OSError as error:
            raise StorageError(f"the {self._noun} store {self._root} cannot be written: {error.strerror}") from error
        return digest

    def read(self, digest: ImageDigest) -> bytes:
        """The original's bytes, checked. Raises `NotFoundError`, or `StorageError` when they were altered."""
        try:
            data = self.path(digest).read_bytes()
        except FileNotFoundError as error:
            raise NotFoundError(f"there is no {self._noun} {digest}") from error
        except OSError as error:
            raise StorageError(f"the {self._noun} {digest} cannot be read: {error.strerror}") from error
        if ImageDigest.of(data) != digest:
            raise StorageError(
                f"the {self._noun} file {self.path(digest)} was altered or damaged; restore it from a backup"
            )
        return data

    def digests(self) -> Iterator[ImageDigest]:
        """Of all files that are there, in no order; what does not belong there is left alone."""
        for path in self._root.glob("[0-9a-f][0-9a-f]/[0-9a-f][0-9a-f]/*"):
            with contextlib.suppress(InputError):
                yield ImageDigest(path.name)

    def remove(self, digest: ImageDigest) -> None:
        """Doing so twice changes nothing. Raises `StorageError`."""
        try:
            self.path(digest).unlink(missing_ok=True)
        except OSError as error:
            raise StorageError(f"the {self._noun} {digest} cannot be removed: {error.strerror}") from error

    def _store(self, data: bytes, final: Path) -> None:
        _make_folder(final.parent)
        _make_folder(self._incoming)
        for _ in range(_ATTEMPTS):
            with tempfile.NamedTemporaryFile(dir=self._incoming, delete=False) as file:
                fcntl.flock(file, fcntl.LOCK_EX)  # held until renamed: says that this is no leftover
                file.write(data)
                file.flush()
                os.fchmod(file.fileno(), 0o444)  # an original is never altered
                os.fsync(file.fileno())
                try:
                    Path(file.name).replace(final)
                except FileNotFoundError:
                    continue  # another process opened the store before we had the lock, and took it for a leftover
            sync_folder(final.parent)
            return
        raise StorageError(f"something keeps removing files from {self._incoming}; find out what, and run again")

    def _remove_leftovers(self) -> None:
        """Remove what killed processes left half-written: files that nobody holds a lock on any more."""
        if self._incoming.is_dir():
            for leftover in self._incoming.iterdir():
                with contextlib.suppress(OSError), leftover.open("rb") as file:
                    fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
                    leftover.unlink()


class Images(Originals):
    """The photographs of records, in ``home/images``."""

    def __init__(self, home: Path) -> None:
        super().__init__(home / "images", "image")


class PhotoFiles(Originals):
    """The photos of searches, in ``home/photos``."""

    def __init__(self, home: Path) -> None:
        super().__init__(home / "photos", "photo")


class CasePhotoFiles(Originals):
    """The photos of cases, in ``home/case-photos``: kept as long as their cases."""

    def __init__(self, home: Path) -> None:
        super().__init__(home / "case-photos", "case photo")


def _make_folder(folder: Path) -> None:
    """Make ``folder`` and its parents so that their names survive a power cut too."""
    if folder.is_dir():
        return
    _make_folder(folder.parent)
    folder.mkdir(exist_ok=True)
    sync_folder(folder.parent)


def sync_folder(folder: Path) -> None:
    """Make the names in ``folder`` survive a power cut."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
