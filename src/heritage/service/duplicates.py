"""Duplicates: whether a photograph is registered already, as the same file or as nearly the same picture."""

import threading
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from itertools import islice
from typing import Protocol

from heritage.domain.access import Viewer
from heritage.domain.duplicates import Duplicate, DuplicateKind
from heritage.domain.images import ImageDigest, Photo, PhotoHash
from heritage.domain.ports import Decoder, Hasher, HashIndex, Progress
from heritage.domain.records import RecordId
from heritage.errors import ImageError, NotFoundError, StorageError
from heritage.settings import Settings
from heritage.storage.image_hashes import ImageHashes
from heritage.storage.images import Images

BATCH_SIZE = 16  # images hashed in one transaction
BLOCK_SIZE = 50_000  # hashes read at once
MAX_NEAR = 100  # images looked at
MAX_FOUND = 10  # images reported, and records of each
MAX_NAMED = 3  # records of each kind in a remark


class Duplicates:
    """Finds duplicates among all images, those too that other processes store. Safe to share between threads."""

    def __init__(self, hashes: ImageHashes, index: HashIndex) -> None:
        self._hashes = hashes
        self._index = index
        self._last_serial = 0
        self._lock = threading.Lock()

    def find(
        self,
        digest: ImageDigest,
        viewer: Viewer,
        photo_hash: PhotoHash | None = None,
        besides: RecordId | None = None,
    ) -> tuple[Duplicate, ...]:
        """Registered photographs that are this one, nearest first, ten at most, each with ten records at most.

        Only records that ``viewer`` may see.

        ``photo_hash`` may be left out for an image that is stored; the record ``besides`` does not count.
        """
        same, stored_hash = self._hashes.of(digest)
        known_hash = photo_hash or stored_hash
        near = self._near(known_hash) if known_hash else ()
        candidates = [(same, DuplicateKind.SAME, 0)] if same else []
        candidates += [(sequence, DuplicateKind.NEARLY, distance) for sequence, distance in near if sequence != same]
        return tuple(islice(self._shown(candidates, viewer, besides), MAX_FOUND))

    def _shown(
        self, candidates: Iterable[tuple[int, DuplicateKind, int]], viewer: Viewer, besides: RecordId | None
    ) -> Iterator[Duplicate]:
        for sequence, kind, distance in candidates:
            if record_ids := self._hashes.records_showing(sequence, viewer, besides, MAX_FOUND):
                yield Duplicate(record_ids, kind, distance)

    def _near(self, photo_hash: PhotoHash) -> tuple[tuple[int, int], ...]:
        with self._lock:
            self._follow()
            return self._index.nearest(photo_hash, MAX_NEAR)

    def _follow(self) -> None:
        until = self._hashes.last_serial()
        if until < self._last_serial:  # the database was restored from an older copy
            self._index.clear()
            self._last_serial = 0
        while self._last_serial < until:
            block = self._hashes.block(self._last_serial, BLOCK_SIZE)
            self._index.add(block.sequences, block.bits, block.qualities)
            self._last_serial = block.last_serial


class HashParts(Protocol):
    """What hashing needs of the context."""

    @property
    def settings(self) -> Settings: ...
    @property
    def images(self) -> Images: ...
    @property
    def hashes(self) -> ImageHashes: ...
    @property
    def duplicates(self) -> Duplicates: ...
    @property
    def decode(self) -> Decoder: ...
    @property
    def hash_photo(self) -> Hasher: ...


def duplicates_of(
    context: HashParts, photo: Photo, viewer: Viewer, besides: RecordId | None = None
) -> tuple[Duplicate, ...]:
    """Registered photographs that are this one, which need not be stored; as `Duplicates.find`."""
    return context.duplicates.find(photo.digest, viewer, context.hash_photo(photo.pixels), besides)


def hash_missing(context: HashParts, progress: Progress | None = None) -> int:
    """Hash the images that were stored without; how many could not be, as their originals are lost or damaged.

    ``progress`` is told ("hash", images done, images). Stopped at any moment, the next call does the rest.
    """
    total = context.hashes.missing_count()
    done = failed_count = after = 0
    with ThreadPoolExecutor(context.settings.thread_count) as pool:
        while page := context.hashes.missing(after, BATCH_SIZE):
            sequences = [sequence for sequence, _ in page]
            hashed = pool.map(lambda digest: _hash_stored(context, digest), [digest for _, digest in page])
            good = [(sequence, one) for sequence, one in zip(sequences, hashed, strict=True) if one]
            context.hashes.add(good)
            done += len(page)
            failed_count += len(page) - len(good)
            after = sequences[-1]
            if progress:
                progress("hash", done, max(done, total))
    return failed_count


def remark(duplicates: Iterable[Duplicate]) -> str:
    """What to tell whoever registers photographs that have these duplicates; nothing when there are none."""
    names_by_kind: dict[DuplicateKind, dict[str, None]] = {kind: {} for kind in DuplicateKind}
    for duplicate in sorted(duplicates, key=lambda one: one.kind is not DuplicateKind.SAME):
        for record_id in map(str, duplicate.record_ids):
            if record_id not in names_by_kind[DuplicateKind.SAME]:
                names_by_kind[duplicate.kind][record_id] = None
    return "; ".join(f"{kind.value} as {_listed(list(names))}" for kind, names in names_by_kind.items() if names)


def _listed(names: list[str]) -> str:
    return ", ".join(names[:MAX_NAMED]) + (" and others" if len(names) > MAX_NAMED else "")


def _hash_stored(context: HashParts, digest: ImageDigest) -> PhotoHash | None:
    try:
        return context.hash_photo(context.decode(context.images.read(digest)).pixels)
    except (ImageError, NotFoundError, StorageError):
        return None
