"""Where files are: a tree of folders, or a ZIP archive. Nothing of either is written anywhere."""

import os
import stat
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Protocol
from zipfile import ZipFile, ZipInfo

from heritage.domain.listings import SkippedKind
from heritage.errors import ImageError, TableError
from heritage.registries.file_kinds import HEAD_BYTES
from heritage.registries.spreadsheet import find_within

ArchiveOpener = Callable[[Path], tuple[ZipFile, list[tuple[str, ZipInfo]], list[str]]]
"""An archive, its harmless files by their paths, and why others are refused. Raises `TableError`."""

MAX_RATIO = 200  # of a picture, unpacked to packed
_HARMLESS_BYTES = 10_000_000  # plain drawings of such a size may well pack better
_NO_LINK = os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0)


@dataclass(frozen=True, slots=True)
class StoredFile:
    """One file: ``name`` finds it in its store; ``mark`` changes with its contents, as far as the store tells."""

    name: str
    size: int  # bytes
    mark: str
    refusal: SkippedKind | None = None  # what may not be opened


class FileStore(Protocol):
    """Files by their names. Safe to read from several threads."""

    def files(self) -> Iterator[StoredFile]:
        """In an order that stays the same as long as the files do."""
        ...

    def warnings(self) -> list[str]:
        """What could not be looked at; complete once the files were."""
        ...

    def head(self, name: str) -> bytes: ...

    def read(self, name: str, max_bytes: int) -> bytes:
        """Raises `ImageError`."""
        ...

    def modified_at(self, name: str) -> datetime | None: ...

    def close(self) -> None: ...


class FolderStore:
    """The files under a folder. Links are not followed: they may lead out of it."""

    def __init__(self, root: Path) -> None:
        self._root = root.resolve()
        self._warnings: list[str] = []

    def files(self) -> Iterator[StoredFile]:
        for folder, subfolders, names in os.walk(self._root, onerror=self._warn):
            links = {name for name in subfolders if Path(folder, name).is_symlink()}
            subfolders[:] = sorted(set(subfolders) - links)
            for name in sorted([*names, *links]):
                yield self._file(Path(folder, name))

    def _file(self, path: Path) -> StoredFile:
        name = path.relative_to(self._root).as_posix()
        try:
            found = path.lstat()
        except OSError as error:
            self._warn(error)
            return StoredFile(name, 0, "", SkippedKind.REFUSED)
        refusal = None if stat.S_ISREG(found.st_mode) else SkippedKind.LINKS
        return StoredFile(name, found.st_size, str(found.st_mtime_ns), refusal)

    def _warn(self, error: OSError) -> None:
        self._warnings.append(f"{str(error.filename)[-200:]!r} cannot be looked at: {error.strerror}")

    def warnings(self) -> list[str]:
        return self._warnings

    def path(self, name: str) -> Path:
        """Raises `RecordError` for what is not in the folder, or no more."""
        return find_within(name, self._root)

    def head(self, name: str) -> bytes:
        return self._start(name, HEAD_BYTES)

    def read(self, name: str, max_bytes: int) -> bytes:
        data = self._start(name, max_bytes + 1)
        if len(data) > max_bytes:
            raise ImageError("too large", f"over {max_bytes / 1e6:g} MB")
        return data

    def _start(self, name: str, count: int) -> bytes:
        try:
            with os.fdopen(os.open(self.path(name), _NO_LINK), "rb") as file:
                return file.read(count)
        except OSError as error:
            raise ImageError("cannot be read", error.strerror or "the disk does not answer") from error

    def modified_at(self, name: str) -> datetime | None:
        try:
            return datetime.fromtimestamp(self.path(name).stat().st_mtime, UTC)
        except (OSError, OverflowError, ValueError):
            return None

    def close(self) -> None:
        pass


class ArchiveStore:
    """The files in a ZIP archive."""

    def __init__(self, path: Path, open_archive: ArchiveOpener) -> None:
        """Raises `TableError`."""
        self._archive, entries, self._refused = open_archive(path)
        self._entry_by_name = dict(entries)

    @property
    def entry_count(self) -> int:
        """How many are held in memory."""
        return len(self._entry_by_name) + len(self._refused)

    def files(self) -> Iterator[StoredFile]:
        for name, entry in sorted(self._entry_by_name.items()):
            yield StoredFile(name, entry.file_size, f"{entry.CRC:08x}")
        for refused in self._refused:
            yield StoredFile(refused, 0, "", SkippedKind.REFUSED)

    def warnings(self) -> list[str]:
        return self._refused

    def head(self, name: str) -> bytes:
        return self._start(name, HEAD_BYTES)

    def read(self, name: str, max_bytes: int) -> bytes:
        entry = self._entry(name)
        if entry.file_size > max_bytes:
            raise ImageError("too large", f"{entry.file_size / 1e6:.0f} MB, limit {max_bytes / 1e6:g}")
        if entry.file_size > max(_HARMLESS_BYTES, MAX_RATIO * entry.compress_size):
            raise ImageError("damaged", f"it unpacks to more than {MAX_RATIO} times its size: no picture packs so")
        return self._start(name, -1)

    def _start(self, name: str, count: int) -> bytes:
        """Never more than the size that the entry declares."""
        try:
            with self._archive.open(self._entry(name)) as file:
                return file.read(count)
        except ImageError:
            raise
        except Exception as error:  # whatever a damaged archive leads into
            raise ImageError("damaged", f"it cannot be unpacked: {str(error)[:100]}") from error

    def _entry(self, name: str) -> ZipInfo:
        if name not in self._entry_by_name:
            raise ImageError("not found", f"there is no {name[:200]!r} in the ZIP file")
        return self._entry_by_name[name]

    def modified_at(self, name: str) -> datetime | None:
        try:
            return datetime(*self._entry(name).date_time)
        except ValueError:
            return None

    def save(self, name: str, path: Path, max_bytes: int) -> None:
        """Write the file to ``path``. Raises `TableError` when it is larger than ``max_bytes``, or damaged."""
        entry = self._entry(name)
        if entry.file_size > max_bytes:
            raise TableError(f"it is larger than {max_bytes / 1e6:,.0f} MB; give it by itself")
        try:
            with self._archive.open(entry) as file, path.open("xb") as target:
                while block := file.read(1 << 20):
                    target.write(block)
        except Exception as error:  # as above
            raise TableError(f"it cannot be unpacked: {str(error)[:100]}") from error

    def close(self) -> None:
        self._archive.close()
