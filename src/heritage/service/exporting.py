"""Export: the records that criteria ask for, page by page, and their original photographs as files."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Protocol

from heritage.domain.access import Viewer
from heritage.domain.criteria import Criteria
from heritage.domain.images import ImageDigest
from heritage.domain.ports import OriginalFinder
from heritage.domain.records import RecordId, RegistryRecord
from heritage.errors import StorageError
from heritage.storage.images import Images
from heritage.storage.records import Records

PAGE_SIZE = 500
# The first bytes of the formats that are taken in; what is left is AVIF or HEIF.
_SUFFIX_BY_START = {
    b"\xff\xd8": ".jpg", b"\x89PNG": ".png", b"RIFF": ".webp", b"II*\0": ".tif", b"MM\0*": ".tif",
}  # fmt: skip


class ImageParts(Protocol):
    """What finding originals needs of the context."""

    @property
    def records(self) -> Records: ...
    @property
    def images(self) -> Images: ...


def found_records(records: Records, criteria: Criteria, viewer: Viewer) -> Iterator[RegistryRecord]:
    """All that meet ``criteria`` and that ``viewer`` may see, in order of their ids, a page at a time in memory."""
    after: RecordId | None = None
    while page := records.find(criteria, viewer, after, PAGE_SIZE):
        yield from page
        after = page[-1].record_id


def original_finder(context: ImageParts, viewer: Viewer) -> OriginalFinder:
    """Finds originals for ``viewer``: by a digest alone nobody gets at a photograph that they may not see."""

    def find(digest: ImageDigest) -> Path | None:
        is_shown = viewer.is_unrestricted or context.records.shows(digest, viewer)
        return context.images.path(digest) if is_shown and digest in context.images else None

    return find


def image_copier(images: Images, table: Path) -> Callable[[ImageDigest], str]:
    """Copies originals into a folder beside ``table``; gives their paths as the table is to name them.

    Raises `NotFoundError`, `StorageError`.
    """
    folder = table.with_name(f"{table.stem}_images")

    def copied(digest: ImageDigest) -> str:
        data = images.read(digest)
        path = folder / f"{digest.hex}{_suffix(data)}"
        try:
            folder.mkdir(parents=True, exist_ok=True)
            path.write_bytes(data)
        except OSError as error:
            raise StorageError(f"{path} cannot be written: {error.strerror}") from error
        return f"{folder.name}/{path.name}"

    return copied


def _suffix(data: bytes) -> str:
    known = (suffix for start, suffix in _SUFFIX_BY_START.items() if data.startswith(start))
    return next(known, ".avif" if data[4:12] == b"ftypavif" else ".heic")
