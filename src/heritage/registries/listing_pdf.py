"""Reads a sale catalogue that is a PDF: every picture in it is a listing, called by its page.

The PDF is taken apart by a child process (`heritage.registries.pdf_child`) when it is opened; its pictures then lie in
a folder that goes away with the source. When the child does not survive a page, another goes on after it.
"""

import hashlib
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import astuple, dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from threading import Timer
from typing import IO

from heritage.domain.images import ImageDigest
from heritage.domain.listings import Captured, Listing, ListingPhoto, Skipped, SkippedKind
from heritage.errors import ImageError, TableError
from heritage.registries.listing_files import some_of
from heritage.registries.pdf_messages import FAULT, FRAME, MAX_FAULT, PAGE_DONE, PAGES, PICTURE, SMALL, PdfBounds

MAX_CRASHES = 5
MAX_TIMES = 2  # that one child may take, for all of them
MAX_WARNED = 10_000
MAX_PICTURES = 20_000
_CODE = "import sys; sys.path[:] = {!r}; from heritage.registries.pdf_child import main; main()"


@dataclass(frozen=True, slots=True)
class PdfReading:
    """``max_bytes`` for one picture, ``max_total_bytes`` for all of them, which go to disk."""

    max_bytes: int = 50_000_000
    max_total_bytes: int = 4_000_000_000
    bounds: PdfBounds = field(default_factory=PdfBounds)


@dataclass(frozen=True, slots=True)
class PdfListings:
    """The pictures of a PDF as listings. Make it with `open_pdf`."""

    name: str
    fingerprint: str
    page_by_name: dict[str, int]  # of pictures
    folder: TemporaryDirectory[str]
    skipped: tuple[Skipped, ...]
    warnings: tuple[str, ...]

    @property
    def listing_count(self) -> int:
        return len(self.page_by_name)

    def listings(self, start: int = 0) -> Iterator[Listing]:
        for place, (name, page) in list(enumerate(self.page_by_name.items()))[start:]:
            yield Listing(place, name, (ListingPhoto(name),), columns=(("page", str(page)),))

    def read(self, photo: ListingPhoto, earlier: Captured | None = None) -> Captured:
        """Raises `ImageError`."""
        if photo.name not in self.page_by_name:
            raise ImageError("not found", f"there is no {photo.name[:200]!r} in {self.name}")
        data = _file(self.folder, photo.name).read_bytes()
        return Captured(data, ImageDigest.of(data), datetime.now(UTC))

    def close(self) -> None:
        self.folder.cleanup()


def open_pdf(path: Path, reading: PdfReading) -> PdfListings:
    """The pictures in a PDF. Raises `TableError`, also when there is none."""
    folder = TemporaryDirectory(prefix="heritage-")
    try:
        taking = _Taking(path, folder, reading)
        taking.run()
        if not taking.page_by_name:
            told = "; ".join(taking.warnings[:2]) or "print its pages into pictures, and send those"
            raise TableError(f"{path.name} has no pictures to search, on {taking.page_count} pages: {told}")
        with path.open("rb") as file:
            fingerprint = f"sha256:{hashlib.file_digest(file, 'sha256').hexdigest()}"
    except BaseException:
        folder.cleanup()
        raise
    return PdfListings(
        name=path.name,
        fingerprint=fingerprint,
        page_by_name=taking.page_by_name,
        folder=folder,
        skipped=tuple(Skipped(kind, count) for kind, count in sorted(taking.counts.items())),
        warnings=some_of(taking.warnings),
    )


@dataclass(slots=True)
class _Taking:
    """Takes one document apart."""

    path: Path
    folder: TemporaryDirectory[str]
    reading: PdfReading
    page_by_name: dict[str, int] = field(default_factory=dict)
    counts: Counter[SkippedKind] = field(default_factory=Counter)
    warnings: list[str] = field(default_factory=list)
    page_count: int = 0
    _seen: set[ImageDigest] = field(default_factory=set)
    _total: int = 0
    _done: int = 0  # the last page that was read to its end

    def run(self) -> None:
        deadline = time.monotonic() + MAX_TIMES * self.reading.bounds.seconds
        for _ in range(MAX_CRASHES):
            left = min(self.reading.bounds.seconds, round(deadline - time.monotonic()))
            if left <= 0:
                break
            with _child(self.path, self._done + 1, replace(self.reading.bounds, seconds=left)) as out:
                while self._take(out):
                    pass
            if self.page_count and self._done >= self.page_count:
                return
            # The child is gone: whatever was on that page did it.
            self._done += 1
            self.warnings.append(f"page {self._done}: the PDF reader did not survive it, or took too long; look at it")
            if self._done >= self.page_count:
                break
        if self._done < self.page_count or not self.page_count:
            raise TableError(f"{self.path.name} cannot be read as a PDF; print it into a new one, or send its pictures")

    def _take(self, out: IO[bytes]) -> bool:
        """One frame; whether there was one. The child is believed nothing: the PDF may have taken it over."""
        head = out.read(FRAME.size)
        if len(head) < FRAME.size:
            return False
        kind, page, place, size = FRAME.unpack(head)
        if size > (self.reading.max_bytes if kind == PICTURE else MAX_FAULT):
            if kind != PICTURE:
                return False
            self._pass_over(out, size)
            self.warnings.append(f"page {page}, picture {place}: larger than {self.reading.max_bytes / 1e6:g} MB")
            return True
        data = out.read(size)
        if len(data) < size:
            return False
        self._keep(kind, page, place, data)
        return True

    def _keep(self, kind: bytes, page: int, place: int, data: bytes) -> None:
        if kind == PAGES:
            self._check_pages(page)
        elif kind == PAGE_DONE:
            self._done = max(self._done, page)
        elif kind == SMALL:
            self.counts[SkippedKind.SMALL] += 1
        elif kind == PICTURE:
            self._write(page, place, data)
        elif kind == FAULT:
            self._fault(page, place, data.decode(errors="replace"))

    def _check_pages(self, count: int) -> None:
        if count > self.reading.bounds.max_pages:
            raise TableError(f"{self.path.name} has {count:,} pages, limit {self.reading.bounds.max_pages:,}; split it")
        self.page_count = count

    def _fault(self, page: int, place: int, told: str) -> None:
        told = "".join(sign for sign in told if sign.isprintable())
        if not page:
            hint = "save it without its password" if "assword" in told else "print it into a new one"
            raise TableError(f"{self.path.name} cannot be read as a PDF ({told}); {hint}")
        if len(self.warnings) < MAX_WARNED:
            self.warnings.append(f"page {page}, picture {place}: {told or 'cannot be read'}")

    def _write(self, page: int, place: int, data: bytes) -> None:
        digest = ImageDigest.of(data)
        if digest in self._seen:
            self.counts[SkippedKind.REPEATED] += 1
            return
        self._seen.add(digest)
        self._total += len(data)
        if self._total > self.reading.max_total_bytes or len(self._seen) > MAX_PICTURES:
            raise TableError(
                f"{self.path.name} has more than {MAX_PICTURES:,} pictures, or over "
                f"{self.reading.max_total_bytes / 1e6:,.0f} MB of them; split it"
            )
        name = f"page {page}, picture {place}"
        _file(self.folder, name).write_bytes(data)
        self.page_by_name[name] = page

    def _pass_over(self, out: IO[bytes], size: int) -> None:
        while size and (block := out.read(min(size, 1 << 20))):
            size -= len(block)


@contextmanager
def _child(path: Path, first: int, bounds: PdfBounds) -> Iterator[IO[bytes]]:
    """What the child says, until it ends or is ended."""
    command = [sys.executable, "-I", "-S", "-c", _CODE.format(sys.path), str(first)]
    command += [str(number) for number in astuple(bounds)]
    try:
        with path.open("rb") as file:
            process = subprocess.Popen(
                command,
                stdin=file,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                env={"OPENBLAS_NUM_THREADS": "1"},
                start_new_session=True,
            )
    except OSError as error:
        raise TableError(f"{path} cannot be read: {error.strerror}") from error
    timer = Timer(bounds.seconds, process.kill)
    timer.daemon = True
    try:
        timer.start()
        assert process.stdout is not None
        yield process.stdout
    finally:
        timer.cancel()
        process.kill()
        process.communicate()


def _file(folder: TemporaryDirectory[str], name: str) -> Path:
    return Path(folder.name, name.replace(" ", "-"))
