"""Hits of a scan folded together: where several listings show one picture, it is looked at once."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from heritage.domain.access import Viewer
from heritage.domain.images import ImageDigest, PhotoHash
from heritage.domain.pictures import picture_by_photo
from heritage.domain.review import KeptHit
from heritage.domain.scans import FoundHit, KeptListing
from heritage.service.same_pictures import PictureParts, near_pairs
from heritage.storage.listings import Listings


@dataclass(frozen=True, slots=True)
class Fold:
    """What was found of one record in listings with the same picture, best first; there is at least one."""

    found: tuple[FoundHit, ...]

    @property
    def best(self) -> FoundHit:
        return self.found[0]

    @property
    def sellers(self) -> tuple[str, ...]:
        """Each once; empty for those nobody is told of."""
        return tuple(dict.fromkeys(one.seller for one in self.found))

    @property
    def is_one_file(self) -> bool:
        """Whether all show the same photo, byte for byte: then the evidence is the same, too."""
        return len({one.photo for one in self.found}) == 1


@dataclass(frozen=True, slots=True)
class ShownFold:
    """A fold with all that is kept of its hits, or of the best of them, and of their listings."""

    fold: Fold
    found: tuple[tuple[KeptListing, KeptHit], ...]

    @property
    def best(self) -> KeptHit:
        return self.found[0][1]

    @property
    def listings(self) -> tuple[KeptListing, ...]:
        return tuple(one for one, _ in self.found)


def photo_of(hit: KeptHit) -> ImageDigest:
    """The photo that it was found in."""
    return hit.search.photos[hit.view].digest


def fold(context: PictureParts, groups: Iterable[Sequence[FoundHit]]) -> list[tuple[Fold, ...]]:
    """The folds of each group, whose hits are best first as the folds are then.

    What was found of records that are not shown goes together only where it is the same registered photograph.
    """
    given = list(groups)
    photos = [frozenset(one.photo for one in group) for group in given]
    hashes = context.photo_hashes.find(photo for ones in photos if len(ones) > 1 for photo in ones)
    return [_folds(context, group, ones, hashes) for group, ones in zip(given, photos, strict=True)]


def show(
    listings: Listings, scan_id: str, viewer: Viewer, folds: Sequence[Fold], most: int = 1_000_000
) -> list[ShownFold]:
    """These folds with what is kept of the best ``most`` of each. Raises `NotFoundError`."""
    wanted = [one for each in folds for one in each.found[:most]]
    by_place = {one.listing.place: one for one in listings.at(scan_id, {one.place for one in wanted}, viewer)}
    hits = {hit.hit_id: (one, hit) for one in by_place.values() for hit in one.hits}
    return [ShownFold(each, tuple(hits[one.hit_id] for one in each.found[:most])) for each in folds]


def _folds(
    context: PictureParts,
    group: Sequence[FoundHit],
    photos: frozenset[ImageDigest],
    hashes: dict[ImageDigest, PhotoHash],
) -> tuple[Fold, ...]:
    own = {photo: hashes[photo] for photo in photos if photo in hashes}
    picture = picture_by_photo(photos, near_pairs(context, own) if len(own) > 1 else ())
    found: dict[tuple[str, ImageDigest], list[FoundHit]] = {}
    for one in group:
        found.setdefault((one.record or one.registered.hex, picture[one.photo]), []).append(one)
    return tuple(Fold(tuple(ones)) for ones in found.values())
