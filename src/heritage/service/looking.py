"""What a search sees of its photos: each region of each, its descriptors in every turn, its keypoints."""

from collections.abc import Sequence
from concurrent.futures import Executor, ThreadPoolExecutor
from dataclasses import dataclass

from heritage.domain.descriptors import KeypointSet, RegionDescription, Vectors
from heritage.domain.hits import AS_TAKEN, Query, Turn, View
from heritage.domain.images import Photo, Region, Rgb
from heritage.service.context import Context

TURNS = (AS_TAKEN, Turn(1), Turn(2), Turn(3), Turn(0, mirrored=True))
"""Phones lose their orientation, dealers mirror photos. Local descriptors need no turning, global ones do."""
NEW_KEYPOINTS_BELOW = 0.35  # of the photo's area: a smaller region has too few of the photo's keypoints


@dataclass(frozen=True, slots=True, eq=False)
class Look:
    """One region of one photo. ``vectors`` (len(TURNS), dimension); ``keypoints`` None: the whole photo's will do."""

    view: int
    region: Region
    vectors: Vectors
    keypoints: KeypointSet | None


def look(context: Context, query: Query) -> list[Look]:
    """The whole of each photo first, then the boxes that were drawn in it, or those that are proposed."""
    return [one for place, view in enumerate(query.views) for one in _look_at(context, place, view)]


def describe_photos(context: Context, pool: Executor, photos: Sequence[Photo]) -> list[tuple[RegionDescription, ...]]:
    """What `look` would see in each of many photos, all descriptors in one go, all else side by side in ``pool``."""
    proposed = pool.map(lambda photo: (Region.whole(photo.pixels), *context.propose(photo.pixels)), photos)
    regions = list(proposed)
    found = [
        pool.submit(_all_keypoints, context, photo.pixels, ones[1:])
        for photo, ones in zip(photos, regions, strict=True)
    ]
    cuts = [region.cut(photo.pixels) for photo, ones in zip(photos, regions, strict=True) for region in ones]
    vectors = iter(context.embedder.embed_turned(cuts, TURNS))
    return [
        tuple(
            RegionDescription(region, next(vectors), keypoints)
            for region, keypoints in zip(ones, own.result(), strict=True)
        )
        for ones, own in zip(regions, found, strict=True)
    ]


def looks_of(descriptions: Sequence[Sequence[RegionDescription]]) -> list[Look]:
    """What is seen of a query whose photos are described so, in their order."""
    return [
        Look(view, one.region, one.vectors, one.keypoints) for view, ones in enumerate(descriptions) for one in ones
    ]


def _look_at(context: Context, place: int, view: View) -> list[Look]:
    pixels = view.photo.pixels
    whole = Region.whole(pixels)
    regions = (whole, *(view.boxes or context.propose(pixels)))
    with ThreadPoolExecutor(1) as pool:  # side by side: neither keeps every core busy alone
        keypoints = pool.submit(_all_keypoints, context, pixels, regions[1:])
        vectors = context.embedder.embed_turned([region.cut(pixels) for region in regions], TURNS)
        return [Look(place, *one) for one in zip(regions, vectors, keypoints.result(), strict=True)]


def _all_keypoints(context: Context, pixels: Rgb, boxes: Sequence[Region]) -> list[KeypointSet | None]:
    """Of the whole photo, then of each box that needs its own."""
    return [context.extractor.extract_query(pixels), *(_own_keypoints(context, pixels, box) for box in boxes)]


def _own_keypoints(context: Context, pixels: Rgb, region: Region) -> KeypointSet | None:
    if region.width * region.height > NEW_KEYPOINTS_BELOW * pixels.shape[0] * pixels.shape[1]:
        return None
    return context.extractor.extract_region(region.cut(pixels))
