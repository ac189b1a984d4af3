"""Listings: objects offered for sale or found on a device, as batches of them come in, and where their photos are from.

A source only says what is there. Its photos are read one by one, by whichever thread has time, and each comes with
what must be known of it later: when and from where it came, and the digest of its bytes.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Protocol

from heritage.domain.images import ImageDigest


@dataclass(frozen=True, slots=True)
class ListingPhoto:
    """One photo of a listing. It says all that `ListingSource.read` needs, so that it can be kept and read later.

    ``address`` is where it is fetched from; empty for a photo in the source itself, where ``name`` finds it: a path
    with ``/`` between its parts, or the page and the number of a picture.
    """

    name: str
    address: str = ""


@dataclass(frozen=True, slots=True)
class Listing:
    """One object offered, or one picture found.

    ``place`` counts from 0 and stays, as ``key`` does, as long as the source's fingerprint does. ``columns`` are the
    other columns of its input, (name, text) in their order. ``error`` says why it cannot be searched; then it may have
    no photos.
    """

    place: int
    key: str
    photos: tuple[ListingPhoto, ...] = ()
    title: str = ""
    seller: str = ""
    address: str = ""  # of the page that shows it
    columns: tuple[tuple[str, str], ...] = ()
    error: str = ""


@dataclass(frozen=True, slots=True)
class Hop:
    """One request on the way to a file: what was asked for, the IP address that answered, and its status."""

    address: str
    ip: str
    status: int


@dataclass(frozen=True, slots=True)
class WebCapture:
    """How a file came from the web, as evidence must tell it (Berkeley Protocol on Digital Open Source Investigations).

    ``hops`` are all requests that led to it, redirects first, the one that gave it last. ``headers`` are those of the
    last answer, each on one line. ``is_unchanged``: the server said that what was captured before at the address still
    stands.
    """

    requested: str
    hops: tuple[Hop, ...]
    captured_at: datetime  # UTC, when the last byte was there
    headers: tuple[tuple[str, str], ...]
    digest: ImageDigest
    byte_count: int
    is_unchanged: bool = False

    @property
    def address(self) -> str:
        """The last one, after redirects."""
        return self.hops[-1].address

    @property
    def status(self) -> int:
        return self.hops[-1].status

    def header(self, name: str) -> str:
        """The header's value, in whatever case its name was sent; "" when there is none."""
        return next((value for one, value in self.headers if one.lower() == name.lower()), "")


@dataclass(frozen=True, slots=True)
class Captured:
    """The original bytes of a photo, and where they came from.

    ``modified_at`` is what the folder or archive says of the file, without a time zone where that does not tell one.
    """

    data: bytes
    digest: ImageDigest
    captured_at: datetime  # UTC, when they were read
    modified_at: datetime | None = None
    web: WebCapture | None = None  # of what came from an address


class SkippedKind(StrEnum):
    """What else is found among photos, told by content; names tell only what a cache or a file manager left."""

    OTHER_PICTURES = "pictures of other formats"
    NO_PICTURES = "files named as pictures that are none"
    THUMBNAILS = "thumbnails"
    VIDEOS = "videos"
    SOUND = "sound"
    DOCUMENTS = "documents"
    DATABASES = "databases"
    ARCHIVES = "archives not opened"
    RESOURCE_FORKS = "resource forks and other notes of a file manager"
    EMPTY = "empty files"
    LINKS = "links and devices"
    REFUSED = "files that are refused or cannot be read"
    SMALL = "pictures too small to show an object"
    REPEATED = "pictures that are there before"
    OTHERS = "other files"


@dataclass(frozen=True, slots=True)
class Skipped:
    """Files of one kind that are not searched, and how many there were."""

    kind: SkippedKind
    count: int


class PhotoSource(Protocol):
    """Where the photos of listings are had from."""

    def read(self, photo: ListingPhoto, earlier: Captured | None = None) -> Captured:
        """The photo's original bytes; for any thread. Raises `InputError`.

        ``earlier`` is what was read of it before: a web server is then asked whether that still stands.
        """
        ...

    def close(self) -> None:
        """Give back what it holds open. Nothing can be read any more."""
        ...


class ListingSource(PhotoSource, Protocol):
    """Where listings come from. Opening it looks it through once, so that everything but the photos is known."""

    @property
    def name(self) -> str: ...

    @property
    def fingerprint(self) -> str:
        """Changes when any listing may have changed: only with the same one does a place mean the same listing."""
        ...

    @property
    def warnings(self) -> tuple[str, ...]: ...

    @property
    def listing_count(self) -> int: ...

    @property
    def skipped(self) -> tuple[Skipped, ...]: ...

    def listings(self, start: int = 0) -> Iterator[Listing]:
        """Those from the place ``start`` on, streamed, in the order of their places. Raises `TableError`."""
        ...
