"""What a running server holds: the open context, and turns at the processor."""

import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Annotated, cast

import numpy as np
from fastapi import Depends
from starlette.exceptions import HTTPException
from starlette.requests import Request

from heritage.domain.access import Viewer
from heritage.domain.cases import Case, EntryContent, EntryKind
from heritage.domain.criteria import ANYTHING, Criteria
from heritage.domain.hits import Query, SearchResult
from heritage.domain.images import ImageDigest, Photo
from heritage.domain.review import Kept
from heritage.errors import ImageError, StorageError
from heritage.faces.api.metrics import Metrics
from heritage.faces.asking import decode_together, query_of
from heritage.service.cases import add_entries, case_photo, check_addable, photo_contents
from heritage.service.context import Context, open_context
from heritage.service.operation_worker import OperationWorker
from heritage.service.photos import check_photo, read_photo
from heritage.service.reading import ShownCapture, check_image, shown_capture
from heritage.service.review import search_and_keep
from heritage.service.scan_worker import ScanWorker
from heritage.settings import Settings

DERIVATIVE_VERSION = 1  # raise it when derivatives look different, so that caches ask again
WAITING_LIMIT = 12  # requests; below the size of the thread pool, so that /readyz always finds a thread
PATIENCE_S = 30.0
RETRY_AFTER_S = 5
LAST_POLL_S = 0.02
SIGN_IN_SLOTS = 2  # a password is hashed with 64 MiB of memory
SIGN_IN_PATIENCE_S = 10.0
OPENING_SLOTS = 2  # files for scans: taking a PDF apart, or asking for a catalogue's parts, holds a thread for minutes
CASE_HIT_LIMIT = 10
WARM_UP_SEARCHES = 3  # the model's first two runs take three times as long as any later one


class Turns:
    """Lets ``slots`` threads compute at a time and ``WAITING_LIMIT`` wait; turns others away with 503.

    Without it every upload would be decoded at once: a few bombs just under the pixel limit would fill the memory.
    """

    def __init__(self, slots: int, patience_s: float = PATIENCE_S) -> None:
        self._free = threading.Semaphore(slots)
        self._patience_s = patience_s
        self._lock = threading.Lock()
        self.waiting_count = 0

    @contextmanager
    def take(self) -> Iterator[None]:
        if not (self._free.acquire(blocking=False) or self._wait()):
            detail = f"the server is busy; try again in {RETRY_AFTER_S} seconds"
            raise HTTPException(503, detail, {"Retry-After": str(RETRY_AFTER_S)})
        try:
            yield
        finally:
            self._free.release()

    @contextmanager
    def take_last(self) -> Iterator[None]:
        """For work that nobody waits for: everybody who waits goes first, and it is never turned away."""
        while True:
            if self.waiting_count == 0 and self._free.acquire(timeout=LAST_POLL_S):
                if self.waiting_count == 0:
                    break
                self._free.release()
            time.sleep(LAST_POLL_S)
        try:
            yield
        finally:
            self._free.release()

    def _wait(self) -> bool:
        with self._lock:
            if self.waiting_count >= WAITING_LIMIT:
                return False
            self.waiting_count += 1
        try:
            return self._free.acquire(timeout=self._patience_s)
        finally:
            with self._lock:
                self.waiting_count -= 1


@dataclass(frozen=True, slots=True, eq=False)
class Running:
    """The open context of a server. Safe to share between threads."""

    context: Context
    turns: Turns
    worker: OperationWorker
    scan_worker: ScanWorker
    metrics: Metrics = field(default_factory=Metrics)
    sign_in_turns: Turns = field(default_factory=lambda: Turns(SIGN_IN_SLOTS, SIGN_IN_PATIENCE_S))
    opening_turns: Turns = field(default_factory=lambda: Turns(OPENING_SLOTS))

    def search(
        self, files: Sequence[bytes], boxes: Sequence[str], limit: int, viewer: Viewer, criteria: Criteria = ANYTHING
    ) -> tuple[Query, SearchResult, Kept]:
        """Decode photos of one object, search for it and keep what was found, in turn; ``boxes`` as `query_of` reads.

        Raises `InputError`, or HTTPException 503 when too many wait.
        """
        with self.turns.take():
            photos = decode_together(self.context.decode, files, self.context.settings.max_image_pixels)
            query = query_of(photos, boxes, limit, viewer, criteria)
            result, kept = search_and_keep(self.context, query, files)
        self.metrics.searched(result)
        return query, result, kept

    def derivative(self, digest: ImageDigest, size: int, viewer: Viewer) -> bytes:
        """A JPEG of a registered image, long side ``size`` px at most, without the original's metadata.

        Raises `NotFoundError` for any image that no listed record shows to ``viewer``: the store holds more than that.
        """
        check_image(self.context, digest, viewer)
        kept = self.context.derivatives.read(digest, size, DERIVATIVE_VERSION)
        if kept is not None:
            return kept
        with self.turns.take():
            made = self.context.thumbnail(self._original(digest).pixels, size)
        self.context.derivatives.keep(digest, size, DERIVATIVE_VERSION, made)
        return made

    def photo(self, digest: ImageDigest, size: int, viewer: Viewer) -> bytes:
        """A JPEG of a kept photo, as `derivative` makes it. Raises `NotFoundError` unless it is ``viewer``'s to see."""
        check_photo(self.context, digest, viewer)
        with self.turns.take():
            return read_photo(self.context, digest, size)

    def capture(self, digest: ImageDigest, viewer: Viewer) -> ShownCapture:
        """When and with what a registered image was taken. Raises `NotFoundError` as `derivative` does."""
        check_image(self.context, digest, viewer)
        with self.turns.take():
            photo = self._original(digest)
        return shown_capture(self.context, photo, viewer)

    def add_case_photos(self, key: str, files: Sequence[bytes], viewer: Viewer, once: str = "") -> Case:
        """Keep photos with a case, in turn. Raises as `heritage.service.cases.add_entries`, and `ImageError`."""
        check_addable(self.context, key, viewer)  # before anything is kept for a case that takes nothing
        with self.turns.take():
            contents = photo_contents(self.context, files)
        return add_entries(self.context, key, contents, viewer, once)

    def case_photo(self, key: str, digest: ImageDigest, size: int, viewer: Viewer) -> bytes:
        """A JPEG of a case's photo, as `derivative`."""
        data = case_photo(self.context, key, digest, viewer)
        with self.turns.take():
            return self.context.thumbnail(self._decoded(data, digest).pixels, size)

    def search_case_photo(self, key: str, digest: ImageDigest, viewer: Viewer, once: str = "") -> tuple[Case, int]:
        """Search with a case's photo, and file that it was done and the hits that are a match; how many there were."""
        check_addable(self.context, key, viewer)
        if self.context.cases.has_done(once):
            return add_entries(self.context, key, [], viewer), 0
        data = case_photo(self.context, key, digest, viewer)
        _, _, kept = self.search([data], [], CASE_HIT_LIMIT, viewer)
        hit_ids = [one for one in kept.hit_ids if one]
        contents = [EntryContent(EntryKind.SEARCHED, digest=digest, search_id=kept.search_id)]
        contents += [EntryContent(EntryKind.HIT, hit_id=one) for one in hit_ids]
        return add_entries(self.context, key, contents, viewer, once), len(hit_ids)

    def _original(self, digest: ImageDigest) -> Photo:
        return self._decoded(self.context.images.read(digest), digest)

    def _decoded(self, data: bytes, digest: ImageDigest) -> Photo:
        try:
            return self.context.decode(data)
        except ImageError as error:
            raise StorageError(f"the kept image {digest} cannot be decoded: {error}") from error


@contextmanager
def open_warm(settings: Settings) -> Iterator[Context]:
    """The context with its model and index loaded, so that the first photo is answered as fast as any."""
    with open_context(settings) as context:
        context.embedder.embed([np.zeros((64, 64, 3), np.uint8)])
        context.gallery.update(settings.tail_limit)
        yield context


def _running(request: Request) -> Running:
    return cast(Running, request.app.state.running)


RunningNow = Annotated[Running, Depends(_running)]
