"""Gets the photos that a table or a catalogue names: files beside it, or addresses, which are fetched politely."""

from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path, PurePosixPath

from heritage.domain.images import ImageDigest
from heritage.domain.listings import Captured, ListingPhoto
from heritage.errors import ImageError
from heritage.registries.fetching import PHOTO_TYPES, Fetched, Fetcher
from heritage.registries.file_stores import FileStore, FolderStore


@dataclass(frozen=True, slots=True)
class NamedPhotos:
    """``store`` holds what has no address, under ``folder``; None where only addresses can be meant."""

    store: FileStore | None
    fetcher: Fetcher
    folder: str = ""  # the beginning of all names in the store

    def read(self, photo: ListingPhoto, earlier: Captured | None = None) -> Captured:
        """Raises `InputError`."""
        if photo.address:
            return self._fetch(photo.address, earlier)
        if self.store is None:
            raise ImageError("not found", f"{photo.name[:200]!r} is not an address that starts with https://")
        name = self.folder + plain_path(photo.name)
        data = self.store.read(name, self.fetcher.max_bytes)
        return Captured(data, ImageDigest.of(data), datetime.now(UTC), self.store.modified_at(name))

    def close(self) -> None:
        """Nothing is held open here; the store is whose that opened it."""

    def _fetch(self, address: str, earlier: Captured | None) -> Captured:
        before = Fetched("", earlier.data, earlier.web) if earlier and earlier.web else None
        fetched = self.fetcher.fetch(address, PHOTO_TYPES, before)
        return Captured(fetched.data, fetched.web.digest, fetched.web.captured_at, web=fetched.web)


def plain_path(name: str) -> str:
    """A path as a store has it, however it was written; one that leads elsewhere still does, and is refused there."""
    return PurePosixPath(name.replace("\\", "/")).as_posix()


def beside(path: Path, fetcher: Fetcher) -> NamedPhotos:
    """The photos that the file at ``path`` names: in its folder, or at addresses."""
    return NamedPhotos(FolderStore(path.parent), fetcher)
