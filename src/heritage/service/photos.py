"""Photos that somebody searched with: who is shown them, and what is removed when its time is over."""

from heritage.domain.access import Scope, Viewer
from heritage.domain.audit import Action, event
from heritage.domain.images import ImageDigest
from heritage.domain.photos import EndedKeeping, KeptPhoto
from heritage.errors import ImageError, NotFoundError, StorageError
from heritage.service import auditing
from heritage.service.context import Context
from heritage.storage.photos import Photos


def check_photo(context: Context, digest: ImageDigest, viewer: Viewer) -> KeptPhoto:
    """The photo, if it is kept and shown to ``viewer``: to the agency that keeps it, and to both sides of a hit in it.

    Raises `NotFoundError`. Whoever is shown a photo of another agency leaves a trace.
    """
    found = context.photos.get(digest, viewer)
    try:
        context.photos.get_own(digest, viewer)
    except NotFoundError:
        auditing.record(context.audit, event(viewer, Action.READ, digest, "photo of a search"))
    return found


def read_photo(context: Context, digest: ImageDigest, size: int) -> bytes:
    """A JPEG of a photo that `check_photo` has shown, long side ``size`` px at most, without the original's metadata.

    Raises `NotFoundError` when it was removed meanwhile, and `StorageError`.
    """
    try:
        photo = context.decode(context.photos.read(digest))
    except ImageError as error:
        raise StorageError(f"the kept photo {digest} cannot be decoded: {error}") from error
    return context.thumbnail(photo.pixels, size)


def export_photo(context: Context, digest: ImageDigest, viewer: Viewer) -> tuple[KeptPhoto, bytes]:
    """The bytes as they were sent, with all that the camera wrote: for the agency that keeps them, and on record.

    Raises `ForbiddenError` and `NotFoundError`.
    """
    viewer.require(Scope.EXPORT)
    found = context.photos.get_own(digest, viewer)
    data = context.photos.read(digest)
    auditing.record(context.audit, event(viewer, Action.EXPORT, digest, "photo of a search, as it was sent"))
    return found, data


def sweep_photos(photos: Photos) -> tuple[EndedKeeping, ...]:
    """Remove the photos that nobody keeps any more; see `heritage.storage.photos.Photos.sweep`."""
    return photos.sweep()
