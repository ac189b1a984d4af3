"""Reads photos from a folder or a ZIP archive: a dealer's pictures, a device's extraction, a social network's export.

Every picture in the tree is a listing, whatever its name says. All else is counted by kind, so that nobody takes what
was not searched for searched. Archives in the tree are looked into as well, but not those within them.
"""

import hashlib
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import islice
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import NoReturn

from heritage.domain.images import ImageDigest
from heritage.domain.listings import Captured, Listing, ListingPhoto, Skipped, SkippedKind
from heritage.domain.ports import PictureTest
from heritage.errors import ImageError, InputError, TableError
from heritage.registries.file_kinds import HEAD_BYTES, junk_kind, kind_of
from heritage.registries.file_stores import ArchiveOpener, ArchiveStore, FileStore, FolderStore, StoredFile

MAX_NESTED = 200  # archives in the tree; each keeps its directory in memory
MAX_NESTED_ENTRIES = 500_000  # of all of them
MAX_WARNINGS = 20
_ZIP = b"PK\3\4"


@dataclass(frozen=True, slots=True)
class FileReading:
    """How to read files: what a picture is, how archives are opened, and how many bytes of anything are taken.

    ``max_bytes`` for one picture, ``max_unpacked_bytes`` for all archives within an archive, which go to disk.
    """

    test: PictureTest
    open_archive: ArchiveOpener
    max_bytes: int = 50_000_000
    max_unpacked_bytes: int = 4_000_000_000


@dataclass(frozen=True, slots=True)
class _Found:
    store: FileStore
    name: str


@dataclass(frozen=True, slots=True)
class FileListings:
    """The pictures of a tree as listings. Make it with `open_files`, which has looked at every file once."""

    name: str
    fingerprint: str
    found_by_key: dict[str, _Found]
    skipped: tuple[Skipped, ...]
    warnings: tuple[str, ...]
    max_bytes: int
    opened: ExitStack

    @property
    def listing_count(self) -> int:
        return len(self.found_by_key)

    def listings(self, start: int = 0) -> Iterator[Listing]:
        for place, key in enumerate(islice(self.found_by_key, start, None), start):
            yield Listing(place, key, (ListingPhoto(key),))

    def read(self, photo: ListingPhoto, earlier: Captured | None = None) -> Captured:
        """Raises `InputError`."""
        found = self.found_by_key.get(photo.name)
        if found is None:
            raise ImageError("not found", f"there is no {photo.name[:200]!r} in {self.name}")
        data = found.store.read(found.name, self.max_bytes)
        return Captured(data, ImageDigest.of(data), datetime.now(UTC), found.store.modified_at(found.name))

    def close(self) -> None:
        self.opened.close()


def open_files(path: Path, reading: FileReading) -> FileListings:
    """The pictures in a folder or a ZIP archive. Raises `TableError`, also when there is none."""
    with ExitStack() as opened:
        search = _Search(reading, opened)
        search.look_through(_opened(path, reading, opened))
        if not search.found_by_key:
            _refuse(path.name, search)
        return FileListings(
            name=path.name or str(path.resolve()),
            fingerprint=f"sha256:{search.digest.hexdigest()}",
            found_by_key=search.found_by_key,
            skipped=tuple(Skipped(kind, search.counts[kind]) for kind in SkippedKind if search.counts[kind]),
            warnings=some_of(search.warnings),
            max_bytes=reading.max_bytes,
            opened=opened.pop_all(),
        )
    raise AssertionError  # for mypy: an exit stack could swallow an error, this one does not


def _opened(path: Path, reading: FileReading, opened: ExitStack) -> FileStore:
    store: FileStore = FolderStore(path) if path.is_dir() else ArchiveStore(path, reading.open_archive)
    opened.callback(store.close)
    return store


class _Search:
    """Goes through a store and the archives in it."""

    def __init__(self, reading: FileReading, opened: ExitStack) -> None:
        self.found_by_key: dict[str, _Found] = {}
        self.counts: Counter[SkippedKind] = Counter()
        self.warnings: list[str] = []
        self.digest = hashlib.sha256()
        self._reading = reading
        self._opened = opened
        self._nested_count = 0
        self._entries_left = MAX_NESTED_ENTRIES
        self._bytes_left = reading.max_unpacked_bytes

    def look_through(self, store: FileStore, within: str = "") -> None:
        for file in store.files():
            self._look_at(store, file, within)
        self.warnings += (f"{within}{warning}" for warning in store.warnings())

    def _look_at(self, store: FileStore, file: StoredFile, within: str) -> None:
        key = within + printable(file.name)
        self.digest.update(f"{key}\0{file.size}\0{file.mark}\0".encode())
        try:
            kind = file.refusal or junk_kind(file.name)
            head = b"" if kind else store.head(file.name)
            if kind is None and not within and head.startswith(_ZIP) and file.name.lower().endswith(".zip"):
                self._look_into(store, file, key)
                return
            kind = kind or kind_of(head[:HEAD_BYTES], file.name, self._reading.test)
        except InputError as error:
            self.warnings.append(f"{key}: {error}")
            kind = SkippedKind.REFUSED
        if kind:
            self.counts[kind] += 1
        else:
            self.found_by_key[key] = _Found(store, file.name)

    def _look_into(self, store: FileStore, file: StoredFile, key: str) -> None:
        """An archive in the tree; one that cannot be opened is counted, and told."""
        try:
            if self._nested_count >= MAX_NESTED:
                raise TableError(f"only {MAX_NESTED} archives are opened; give it by itself")
            nested = ArchiveStore(self._path(store, file), self._reading.open_archive)
            self._opened.callback(nested.close)
            if nested.entry_count > self._entries_left:
                nested.close()
                raise TableError(f"archives in it have more than {MAX_NESTED_ENTRIES:,} entries; give it by itself")
            self._entries_left -= nested.entry_count
            self._nested_count += 1
        except InputError as error:
            self.warnings.append(f"{key}: {error}")
            self.counts[SkippedKind.ARCHIVES] += 1
        else:
            self.look_through(nested, f"{key}/")

    def _path(self, store: FileStore, file: StoredFile) -> Path:
        """Where on disk an archive is; one within an archive is unpacked first."""
        if isinstance(store, FolderStore):
            return store.path(file.name)
        assert isinstance(store, ArchiveStore)
        folder = Path(self._opened.enter_context(TemporaryDirectory(prefix="heritage-")))
        store.save(file.name, folder / "nested.zip", self._bytes_left)
        self._bytes_left -= file.size
        return folder / "nested.zip"


def _refuse(name: str, search: _Search) -> NoReturn:
    if search.counts:
        told = ", ".join(f"{count} {kind}" for kind, count in search.counts.most_common())
        raise TableError(f"{name} holds no pictures to search, only {told}")
    if search.warnings:
        raise TableError(f"{name} holds nothing that can be read: {search.warnings[0]}")
    raise TableError(f"{name} holds no files; give a folder or an archive of photos")


def printable(name: str) -> str:
    """A path as any report or database can hold it: file systems allow names that are no text."""
    if name.isprintable():
        return name
    return "".join(
        sign if sign.isprintable() else sign.encode("unicode_escape", "surrogatepass").decode() for sign in name
    )


def some_of(warnings: Sequence[str]) -> tuple[str, ...]:
    """The first of them, and how many more there are."""
    more = len(warnings) - MAX_WARNINGS
    return (*warnings[:MAX_WARNINGS], *([f"and {more} more of that kind"] if more > 0 else []))
