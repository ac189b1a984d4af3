"""Small copies of registered photographs, kept so that a page of hundreds need not decode the originals each time.

A cache: whatever is missing is made again. Who may see a photograph is asked before anything here is read.
"""

import contextlib
import os
import tempfile
import threading
from pathlib import Path

from heritage.domain.images import ImageDigest

SIZES = frozenset({192, 240, 800, 1600})
"""Long sides in px that are kept: those of the pages, so that nobody fills the disk by asking for all others."""
MAX_BYTES = 2_000_000_000
_CHECKED_EVERY = 500  # files written


class Derivatives:
    """``home/derivatives/ab/<hex>-<size>-<version>.jpg``, the longest unused ones removed beyond ``max_bytes``."""

    def __init__(self, home: Path, max_bytes: int = MAX_BYTES) -> None:
        self._root = home / "derivatives"
        self._max_bytes = max_bytes
        self._lock = threading.Lock()
        self._written_count = 0

    def read(self, digest: ImageDigest, size: int, version: int) -> bytes | None:
        """The JPEG, or None when it is not there."""
        path = self._path(digest, size, version)
        try:
            data = path.read_bytes()
        except OSError:
            return None
        with contextlib.suppress(OSError):
            os.utime(path)  # used now
        return data or None  # an empty one was cut off by a power cut

    def keep(self, digest: ImageDigest, size: int, version: int, jpeg: bytes) -> None:
        """Keep it if there is room and it is of a size that is kept; whatever fails leaves it to be made again."""
        if size not in SIZES:
            return
        path = self._path(digest, size, version)
        with contextlib.suppress(OSError):
            path.parent.mkdir(parents=True, exist_ok=True)
            with tempfile.NamedTemporaryFile(dir=path.parent, suffix=".tmp", delete=False) as file:
                file.write(jpeg)
            Path(file.name).replace(path)
        with self._lock:
            self._written_count += 1
            is_due = self._written_count % _CHECKED_EVERY == 0
        if is_due:
            self.trim()

    def trim(self) -> None:
        """Remove the longest unused until a tenth of the room is free."""
        found = []
        for path in self._root.glob("*/*"):
            with contextlib.suppress(OSError):  # another process removes some too
                status = path.stat()
                found.append((status.st_mtime, status.st_size, path))
        excess = sum(size for _, size, _ in found) - self._max_bytes
        if excess <= 0:
            return
        excess += self._max_bytes // 10
        for _, size, path in sorted(found):
            if excess <= 0:
                return
            with contextlib.suppress(OSError):
                path.unlink()
            excess -= size

    def _path(self, digest: ImageDigest, size: int, version: int) -> Path:
        """A digest is 64 hex digits, so it cannot escape."""
        return self._root / digest.hex[:2] / f"{digest.hex}-{size}-{version}.jpg"
