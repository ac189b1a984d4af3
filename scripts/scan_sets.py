"""Generated listings for measuring and disturbing scans: photos of registered objects, of others, and what is none."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import cv2
import numpy as np

from heritage.domain.images import ImageDigest, Rgb
from heritage.domain.listings import Captured, Listing, ListingPhoto, Skipped
from heritage.errors import ImageError

REGISTERED_SHARE = 5  # every fifth listing shows a registered object
REPEATED_SHARE = 7  # every seventh shows a photo that another one showed
BROKEN_SHARE = 11


def picture(seed: int, side: int) -> Rgb:
    """Blots on a ground, others for each seed."""
    random = np.random.default_rng(seed)
    canvas = np.full((side * 3 // 4, side, 3), random.integers(120, 230, 3), np.uint8)
    for _ in range(140):
        centre = (int(random.integers(side)), int(random.integers(side * 3 // 4)))
        axes = (int(random.integers(side // 100, side // 14)), int(random.integers(side // 160, side // 20)))
        colour = random.integers(0, 255, 3).tolist()
        cv2.ellipse(canvas, centre, axes, float(random.integers(180)), 0, 360, colour, -1)
    return canvas


def write_set(folder: Path, registered_count: int, listing_count: int, side: int = 480) -> None:
    """``registry/`` with a picture for each record, ``listings/`` with one for each listing, photographed anew."""
    for name in ("registry", "listings"):
        (folder / name).mkdir(parents=True, exist_ok=True)
    for number in range(registered_count):
        cv2.imwrite(str(folder / "registry" / f"{number}.jpg"), picture(number, side))
    for place in range(listing_count):
        _write_listing(folder / "listings" / f"{place:06}.jpg", place, registered_count, side)


def _write_listing(path: Path, place: int, registered_count: int, side: int) -> None:
    if place % BROKEN_SHARE == BROKEN_SHARE - 1:
        path.write_bytes(b"no picture" * 20)
    elif place % REPEATED_SHARE == REPEATED_SHARE - 1:
        path.write_bytes(path.with_name(f"{place - place % REPEATED_SHARE:06}.jpg").read_bytes())
    else:
        is_registered = place % REGISTERED_SHARE == 0
        shown = picture(place // REGISTERED_SHARE % registered_count if is_registered else 10**6 + place, side)
        turn = cv2.getRotationMatrix2D((side / 2, side * 3 / 8), place % 40 - 20, 0.85)
        cv2.imwrite(str(path), cv2.warpAffine(shown, turn, shown.shape[1::-1], borderValue=(96, 98, 102)))


@dataclass(frozen=True)
class PicturesOfListings:
    """A listing for each file in a folder, in the order of their names."""

    folder: Path

    @property
    def name(self) -> str:
        return self.folder.name

    @property
    def fingerprint(self) -> str:
        return str(self.listing_count)

    @property
    def warnings(self) -> tuple[str, ...]:
        return ()

    @property
    def skipped(self) -> tuple[Skipped, ...]:
        return ()

    @property
    def listing_count(self) -> int:
        return len(self._names())

    def listings(self, start: int = 0) -> Iterator[Listing]:
        for place, name in enumerate(self._names()[start:], start):
            yield Listing(place, name, (ListingPhoto(name),), seller=f"seller {place % 10}")

    def read(self, photo: ListingPhoto, earlier: Captured | None = None) -> Captured:
        try:
            data = (self.folder / photo.name).read_bytes()
        except OSError as error:
            raise ImageError("cannot be read", error.strerror or "") from error
        return Captured(data, ImageDigest.of(data), datetime.now(UTC))

    def close(self) -> None:
        pass

    def _names(self) -> list[str]:
        return sorted(path.name for path in self.folder.iterdir())
