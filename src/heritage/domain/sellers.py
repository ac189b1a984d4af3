"""Sellers, as an agency's scans came across them: a name in listings, which may be a person's. No registry has it."""

from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urlsplit

from heritage.domain.hits import Verdict
from heritage.domain.images import ImageDigest
from heritage.domain.pictures import SamePicture
from heritage.domain.records import RegistryRecord
from heritage.domain.review import HitState


@dataclass(frozen=True, slots=True)
class Seller:
    """What all listings under one name come to. Two people may use one name, and one person several.

    ``pages`` are addresses of listings, the newest first, not all of them. ``first_seen`` and ``last_seen`` (UTC): when
    a listing of theirs was searched.
    """

    name: str
    listing_count: int
    strong_count: int
    possible_count: int
    first_seen: datetime
    last_seen: datetime
    hosts: tuple[str, ...] = ()
    pages: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Sighting:
    """One listing of a seller in a scan. ``listing_id`` is ``<scan>/<place>``; ``seller`` may be empty."""

    scan_id: str
    place: int
    key: str
    title: str
    seller: str
    address: str
    state: str
    at: datetime
    photos: tuple[ImageDigest, ...] = ()

    @property
    def listing_id(self) -> str:
        return f"{self.scan_id}/{self.place}"


@dataclass(frozen=True, slots=True)
class Match:
    """A hit in short; ``record`` is None where the one who asks may not see it."""

    listing_id: str
    photo: ImageDigest
    hit_id: str
    record: RegistryRecord | None
    verdict: Verdict
    false_alarm_rate: float
    state: HitState


@dataclass(frozen=True, slots=True)
class Reused:
    """A picture in several listings; ``photos`` are the files that show it, ``sightings`` where, the oldest first.

    ``likeness`` says how far the files are the same: "same photograph", or a `Likeness`.
    """

    photos: tuple[ImageDigest, ...]
    sightings: tuple[Sighting, ...]
    likeness: str

    @property
    def sellers(self) -> tuple[str, ...]:
        """Each once, in the order in which they showed it."""
        return tuple(dict.fromkeys(one.seller for one in self.sightings))


@dataclass(frozen=True, slots=True)
class SellerGraph:
    """Who offers what, which photos show it, what those match, and which show the same picture."""

    sightings: tuple[Sighting, ...]
    matches: tuple[Match, ...]
    pairs: tuple[SamePicture, ...]


def host_of(address: str) -> str:
    """The host of a page's address, in lower case; empty where there is none."""
    try:
        return (urlsplit(address).hostname or "").removeprefix("www.")
    except ValueError:  # whatever the input called an address
        return ""
