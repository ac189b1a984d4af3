"""A source of listings for tests: what a dictionary says, its photos in a folder; and a registry to find them in."""

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from heritage.domain.images import ImageDigest
from heritage.domain.listings import Captured, Listing, ListingPhoto, Skipped
from heritage.errors import FetchError, ImageError


@dataclass(eq=False)
class FolderOfListings:
    """Listings given one by one; each photo's name is a file of the folder, each address leads nowhere."""

    folder: Path
    given: Sequence[Listing]
    read_names: list[str] = field(default_factory=list)

    @classmethod
    def of_files(cls, folder: Path, listings: Sequence[Sequence[str]]) -> "FolderOfListings":
        """One listing for each list of files' names."""
        made = [
            Listing(place, f"key {place}", tuple(map(ListingPhoto, names)), seller=f"seller {place % 3}")
            for place, names in enumerate(listings)
        ]
        return cls(folder, made)

    @property
    def name(self) -> str:
        return self.folder.name

    @property
    def fingerprint(self) -> str:
        return hashlib.sha256(repr(self.given).encode()).hexdigest()

    @property
    def warnings(self) -> tuple[str, ...]:
        return ()

    @property
    def listing_count(self) -> int:
        return len(self.given)

    @property
    def skipped(self) -> tuple[Skipped, ...]:
        return ()

    def listings(self, start: int = 0) -> Iterator[Listing]:
        yield from self.given[start:]

    def read(self, photo: ListingPhoto, earlier: Captured | None = None) -> Captured:
        self.read_names.append(photo.name)
        if photo.address:
            raise FetchError(f"{photo.address} does not answer")
        path = self.folder / photo.name
        if not path.exists():
            raise ImageError("no such file", photo.name)
        data = path.read_bytes()
        return Captured(data, ImageDigest.of(data), datetime.now(UTC))

    def close(self) -> None:
        pass
