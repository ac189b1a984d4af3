"""Sellers over time: who offers what in an agency's scans, and which pictures are used again."""

from collections.abc import Iterable, Sequence

from heritage.domain.access import Scope, Viewer
from heritage.domain.audit import Action, event
from heritage.domain.duplicates import DuplicateKind
from heritage.domain.images import ImageDigest
from heritage.domain.pictures import Likeness, SamePicture, picture_by_photo
from heritage.domain.sellers import Match, Reused, Seller, SellerGraph, Sighting
from heritage.service import auditing
from heritage.service.context import Context
from heritage.service.reading import log_restricted
from heritage.service.same_pictures import MAX_COMPARED, alike, nearly_same, same_pictures
from heritage.storage.sellers import Sellers

READ_TOGETHER = 500


def find_sellers(
    sellers: Sellers, viewer: Viewer, text: str = "", start: int = 0, limit: int = 100
) -> Sequence[Seller]:
    """Those that the scans of ``viewer``'s agency came across, most strong hits first. Raises `ForbiddenError`."""
    viewer.require(Scope.MATCH)
    return sellers.find(viewer, text, start, limit)


def reused_pictures(context: Context, viewer: Viewer, seller: str) -> tuple[Reused, ...]:
    """Pictures of the seller's that stand in several listings, theirs or others'; what is only alike comes last.

    Compared are the newest `MAX_COMPARED` photos of the agency's scans. What is alike is told of each picture for
    itself: likeness from one to the next would in the end join everything.
    """
    viewer.require(Scope.MATCH)
    own = {photo for one in context.sellers.sightings(viewer, seller) for photo in one.photos}
    photos = dict.fromkeys((*own, *context.sellers.photos(viewer, MAX_COMPARED)))
    picture = picture_by_photo(photos, nearly_same(context, photos, own))
    wanted = sorted({picture[photo] for photo in own})
    shown_by_them = {photo for photo in photos if picture[photo] in set(wanted)}
    neighbours = _neighbours(picture, alike(context, photos, shown_by_them), set(wanted))
    shown = {*wanted, *(other for one in neighbours.values() for other in one)}
    by_picture = _by_picture(context.sellers.showing([one for one in photos if picture[one] in shown], viewer), picture)
    same = [_reused(by_picture, [one], "") for one in wanted]
    like = [_reused(by_picture, [one, *sorted(neighbours[one])], Likeness.ALIKE) for one in wanted if one in neighbours]
    found = [sorted(part, key=lambda one: -len(one.sightings)) for part in (same, like)]
    return tuple(one for part in found for one in part if len(one.sightings) > 1)


_Shown = tuple[Sighting, ImageDigest]  # a listing, and the photo in it


def _neighbours(
    picture: dict[ImageDigest, ImageDigest], pairs: Iterable[SamePicture], wanted: set[ImageDigest]
) -> dict[ImageDigest, set[ImageDigest]]:
    """Other pictures that are alike, for those of the ``wanted`` that have any."""
    found: dict[ImageDigest, set[ImageDigest]] = {}
    for pair in pairs:
        first, second = picture[pair.first], picture[pair.second]
        for one, other in ((first, second), (second, first)):
            if one != other and one in wanted:
                found.setdefault(one, set()).add(other)
    return found


def _by_picture(
    sightings: Iterable[Sighting], picture: dict[ImageDigest, ImageDigest]
) -> dict[ImageDigest, list[_Shown]]:
    found: dict[ImageDigest, list[_Shown]] = {}
    for one in sightings:
        for photo in one.photos:
            if photo in picture:
                found.setdefault(picture[photo], []).append((one, photo))
    return found


def _reused(by_picture: dict[ImageDigest, list[_Shown]], pictures: Sequence[ImageDigest], likeness: str) -> Reused:
    """``likeness`` empty: the pictures are one, in one file or in several that are nearly the same."""
    shown = [one for picture in pictures for one in by_picture.get(picture, ())]
    photos = tuple(dict.fromkeys(photo for _, photo in shown))
    sightings = sorted({one.listing_id: one for one, _ in shown}.values(), key=lambda one: one.at)
    of_one = DuplicateKind.SAME.value if len(photos) == 1 else Likeness.NEARLY.value
    return Reused(photos, tuple(sightings), str(likeness) or of_one)


def seller_matches(context: Context, viewer: Viewer, seller: str) -> tuple[Match, ...]:
    """The hits in the seller's listings, the strongest first."""
    found = context.sellers.matches(viewer, seller)
    log_restricted(context, viewer, list({one.record.record_id: one.record for one in found if one.record}.values()))
    return found


def seller_graph(context: Context, viewer: Viewer) -> SellerGraph:
    """All of it, to be taken elsewhere, which leaves a trace. Raises `ForbiddenError`."""
    viewer.require(Scope.EXPORT)
    auditing.record(context.audit, event(viewer, Action.EXPORT, "sellers", "graph of sellers and listings"))
    sightings = context.sellers.sightings(viewer)
    photos = dict.fromkeys(photo for one in reversed(sightings) for photo in one.photos)
    return SellerGraph(sightings, context.sellers.matches(viewer), tuple(same_pictures(context, photos)))


def export_sellers(context: Context, viewer: Viewer) -> tuple[Seller, ...]:
    """All of them, to be taken elsewhere, which leaves a trace. Raises `ForbiddenError`."""
    viewer.require(Scope.EXPORT)
    auditing.record(context.audit, event(viewer, Action.EXPORT, "sellers", "table of sellers"))
    found: list[Seller] = []
    while page := context.sellers.find(viewer, "", len(found), READ_TOGETHER):
        found += page
    return tuple(found)
