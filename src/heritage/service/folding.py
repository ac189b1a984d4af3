"""Hits of a scan folded together: where several listings show one picture, it is looked at once."""

from collections.abc import Sequence
from dataclasses import dataclass

from heritage.domain.images import ImageDigest
from heritage.domain.pictures import picture_by_photo
from heritage.domain.review import KeptHit
from heritage.domain.scans import KeptListing
from heritage.service.same_pictures import PictureParts, nearly_same

Found = tuple[KeptListing, KeptHit]


@dataclass(frozen=True, slots=True)
class Fold:
    """What was found of one record in listings with the same picture, best first; there is at least one."""

    found: tuple[Found, ...]

    @property
    def best(self) -> KeptHit:
        return self.found[0][1]

    @property
    def listings(self) -> tuple[KeptListing, ...]:
        return tuple(one for one, _ in self.found)

    @property
    def hits(self) -> tuple[KeptHit, ...]:
        return tuple(hit for _, hit in self.found)

    @property
    def sellers(self) -> tuple[str, ...]:
        """Each once; empty for those nobody is told of."""
        return tuple(dict.fromkeys(one.listing.seller for one in self.listings))

    @property
    def is_one_file(self) -> bool:
        """Whether all show the same photo, byte for byte: then the evidence is the same, too."""
        return len({photo_of(hit) for hit in self.hits}) == 1


def photo_of(hit: KeptHit) -> ImageDigest:
    """The photo that it was found in."""
    return hit.search.photos[hit.view].digest


def fold(context: PictureParts, found: Sequence[Found]) -> tuple[Fold, ...]:
    """``found``, which is best first, in folds, the best of which are in the same order.

    What was found of records that are not shown goes together only where it is the same registered photograph.
    """
    photos = [photo_of(hit) for _, hit in found]
    picture = picture_by_photo(photos, nearly_same(context, photos))
    folds: dict[tuple[str, ImageDigest], list[Found]] = {}
    for one, hit in found:
        record = str(hit.record.record_id) if hit.record else hit.digest.hex
        folds.setdefault((record, picture[photo_of(hit)]), []).append((one, hit))
    return tuple(Fold(tuple(ones)) for ones in folds.values())
