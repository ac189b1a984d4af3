"""A look at a photo before any search: where objects are in it, and how a better one would be taken."""

from heritage.domain.advice import Inspection
from heritage.domain.images import Photo
from heritage.service.context import Context


def inspect(context: Context, photo: Photo) -> Inspection:
    """What a search of the photo would look at, and what to do better; asks no registry and no model."""
    regions = context.propose(photo.pixels)
    return Inspection(photo.width, photo.height, regions, context.advise(photo.pixels, regions))
