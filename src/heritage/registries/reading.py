"""What the readers of documents (LIDO, Linked Art, IIIF) share: their pictures, their dates, no record twice."""

import os
import re
from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from shutil import rmtree
from tempfile import mkdtemp, mkstemp
from weakref import finalize

from heritage.domain.access import Handling
from heritage.domain.records import (
    MAX_LINE_LENGTH,
    PARTIAL_DATE,
    PhotoView,
    RegistryRecord,
    SourceRow,
    Status,
    check_text,
)
from heritage.errors import RecordError
from heritage.registries.fetching import PICTURE_TYPES, Fetcher
from heritage.registries.spreadsheet import MAX_PICTURES, find_picture

KEPT_ROWS = 64  # whoever reads the rows may look at that many together, pictures and all


@dataclass(frozen=True, slots=True)
class PictureLink:
    """A picture as a document names it: a path beside the document, or an address."""

    name: str
    view: PhotoView = PhotoView.UNSPECIFIED


class Pictures:
    """Finds the pictures of a document beside it in ``folder``, and fetches those with an address.

    What was fetched lies in a folder that goes away with this object; the pictures of a row, `KEPT_ROWS` rows later.
    """

    def __init__(self, folder: Path | None, fetcher: Fetcher | None = None) -> None:
        """``folder`` is None where the document itself came from an address."""
        self._folder = folder.resolve() if folder else None
        self._fetcher = fetcher or Fetcher()
        self._recent: deque[list[Path]] = deque()

    def row(self, number: int, record: RegistryRecord, links: Sequence[PictureLink]) -> SourceRow:
        """The row of a record. Raises `RecordError`, `FetchError` when one of its pictures cannot be had."""
        if len(links) > MAX_PICTURES:
            raise RecordError(f"{len(links)} images are given; at most {MAX_PICTURES} are kept for one record")
        self._forget_the_oldest()
        paths = tuple(self._find(link.name) for link in links)
        return SourceRow(number, record, paths, tuple(link.view for link in links), label=str(record.record_id))

    def _find(self, name: str) -> Path:
        check_text("image", name, MAX_LINE_LENGTH)
        if re.match(r"https?://", name, re.I):
            return self._fetch(name)
        if self._folder is None:
            raise RecordError(f"image {name[:200]!r} is not an address that starts with https://")
        return find_picture(name, self._folder)

    def _fetch(self, address: str) -> Path:
        fetched = self._fetcher.fetch(address, PICTURE_TYPES)
        last = re.sub(r"[^\w.-]", "_", address.rpartition("/")[2])[-40:]  # what a report can call it
        handle, name = mkstemp(suffix=f"-{last}", dir=self._temporary)
        with os.fdopen(handle, "wb") as file:
            file.write(fetched.data)
        self._recent[-1].append(Path(name))
        return Path(name)

    @cached_property
    def _temporary(self) -> Path:
        path = Path(mkdtemp(prefix="heritage-"))
        finalize(self, rmtree, path, ignore_errors=True)
        return path

    def _forget_the_oldest(self) -> None:
        self._recent.append([])
        if len(self._recent) > KEPT_ROWS:
            for path in self._recent.popleft():
                path.unlink(missing_ok=True)


def without_doubles(rows: Iterable[SourceRow]) -> Iterator[SourceRow]:
    """``rows``; a record that an earlier row had is an error of the later one."""
    seen: set[int] = set()
    for row in rows:
        if row.record is not None:
            # Hashes, not keys: a million of these take 60 MB, and two that collide are a chance in 10 million.
            key = hash(row.record.record_id)
            if key in seen:
                row = replace(row, record=None, pictures=(), views=(), error=f"record {row.label} is there before too")
            seen.add(key)
        yield row


def common_date(earliest: str, latest: str) -> str:
    """The date, to the precision that both ends of a span of ISO 8601 dates agree in; empty when there is none."""
    for length in (10, 7, 4):
        if earliest[:length] == latest[:length] and PARTIAL_DATE.fullmatch(earliest[:length]):
            return earliest[:length]
    return ""


def view_of(name: str) -> PhotoView:
    """The view called ``name``; unspecified for any word that is none of ours."""
    word = name.strip().lower()
    return PhotoView(word) if word in set(PhotoView) else PhotoView.UNSPECIFIED


def read_status(text: str) -> Status:
    """The status called ``text``; stolen when nothing is said. Raises `RecordError`."""
    try:
        return Status(text or Status.STOLEN)
    except ValueError:
        raise RecordError(f"status {text[:40]!r} is not one of {', '.join(Status)}") from None


def read_handling(text: str) -> Handling:
    """The handling called ``text``; green when nothing is said. Raises `RecordError`: no typo makes a record public."""
    try:
        return Handling(text or Handling.GREEN)
    except ValueError:
        raise RecordError(f"handling {text[:40]!r} is not one of {', '.join(Handling)}") from None


def number_of(address: str) -> str:
    """The record number of something that has only an address: that, without the scheme. Raises `RecordError`."""
    if not address:
        raise RecordError("it has no id, and no record number of its own")
    return re.sub(r"^https?://", "", address)
