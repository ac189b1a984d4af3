"""What every face asks alike: photos of one object, with the boxes that somebody drew in them."""

import re
from collections.abc import Sequence

from heritage.domain.access import Viewer
from heritage.domain.criteria import ANYTHING, Criteria
from heritage.domain.hits import Query, View
from heritage.domain.images import Photo, Region
from heritage.domain.ports import Decoder
from heritage.errors import ImageError, InputError

MAX_PHOTOS = 10  # of one object
MAX_BOXES = 20  # in all of them: each is a search of its own
TOGETHER = 2  # photos of one object, all in memory at once, may have so many times the pixels that one may have


def query_of(
    photos: Sequence[Photo], boxes: Sequence[str], limit: int, viewer: Viewer, criteria: Criteria = ANYTHING
) -> Query:
    """The question about the one object that ``photos`` show. Raises `InputError` for a box that cannot be used."""
    boxes_by_view = place_boxes(boxes, len(photos))
    return Query(tuple(map(View, photos, boxes_by_view)), limit, viewer=viewer, criteria=criteria)


def place_boxes(texts: Sequence[str], photo_count: int) -> list[tuple[Region, ...]]:
    """The boxes in each photo. ``left,top,width,height``, after ``place:`` (from 0) where there are several photos."""
    if len(texts) > MAX_BOXES:
        raise InputError(f"{len(texts)} boxes are too many; draw at most {MAX_BOXES}")
    boxes: list[list[Region]] = [[] for _ in range(photo_count)]
    for text in texts:
        place, colon, box = text.rpartition(":")
        boxes[_place(place if colon else None, text, photo_count)].append(Region.parse(box))
    return [tuple(ones) for ones in boxes]


def _place(given: str | None, text: str, photo_count: int) -> int:
    if given is None:
        if photo_count > 1:
            raise InputError(
                f"box {text[:80]!r} does not say which photo it lies in: with several photos, write 0:{text[:80]} for "
                "the first, 1: for the second"
            )
        return 0
    if not re.fullmatch(r"\s*\d{1,3}\s*", given, re.ASCII) or int(given) >= photo_count:
        raise InputError(f"box {text[:80]!r} lies in no photo; photos are counted from 0 to {photo_count - 1}")
    return int(given)


def decode_together(decode: Decoder, files: Sequence[bytes], max_pixels: int) -> list[Photo]:
    """Photos of one object, decoded; with several, an `ImageError` says which of them cannot be used.

    ``max_pixels`` is what one photo may have.
    """
    photos: list[Photo] = []
    for place, data in enumerate(files, start=1):
        try:
            photos.append(decode(data))
            check_size(photos, max_pixels)
        except ImageError as error:
            if len(files) == 1:
                raise
            detail = f"photo {place} of {len(files)}: {error.detail}"
            raise ImageError(error.cause, detail if error.detail else f"photo {place} of {len(files)}") from error
    return photos


def check_size(photos: Sequence[Photo], max_pixels: int) -> None:
    """Raises `ImageError` when photos of one object have too many pixels to be held together."""
    total = sum(photo.width * photo.height for photo in photos)
    if len(photos) > 1 and total > TOGETHER * max_pixels:
        raise ImageError(
            "too large",
            f"the photos together have {total / 1e6:.3g} megapixels, limit {TOGETHER * max_pixels / 1e6:g}; "
            "send fewer or smaller ones",
        )
