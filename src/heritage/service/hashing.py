"""Perceptual hashes of photos that were scanned before such hashes were kept: they are compared as all others then."""

import logging
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, nullcontext

from heritage.domain.images import ImageDigest, PhotoHash
from heritage.errors import HeritageError
from heritage.service.context import Context

HASHED_TOGETHER = 16

log = logging.getLogger("heritage.scanning")


def hash_photos(
    context: Context,
    turn: Callable[[], AbstractContextManager[None]] = nullcontext,
    goes_on: Callable[[], bool] = lambda: True,
) -> Iterator[int]:
    """Hash the photos of listings that are kept and have no hash yet; yields how many, after each piece.

    May be killed at any moment, and goes on where it was. What cannot be read is left out, and said in the log.
    """
    after: ImageDigest | None = None
    while goes_on() and (photos := context.photo_hashes.missing(after, HASHED_TOGETHER)):
        with turn():
            found = {photo: one for photo in photos if (one := _hash_of(context, photo))}
        context.photo_hashes.add(found)
        after = photos[-1]
        yield len(found)


def _hash_of(context: Context, photo: ImageDigest) -> PhotoHash | None:
    try:
        return context.hash_photo(context.decode(context.photos.read(photo)).pixels)
    except HeritageError as error:
        log.warning("photo %s cannot be compared with those of other listings: %s", photo, error)
        return None
