"""Ingest: a source's records and pictures into the database and the image store.

Some records at a time are one transaction, and their original files are stored before it: whatever moment the process
is killed at, every record is there whole or not at all. Running again costs reading and hashing for what is there
already, so that is also how an interrupted run resumes.
"""

from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from itertools import chain, islice, repeat
from pathlib import Path
from typing import Protocol

from heritage.domain.access import AT_THE_MACHINE, Viewer
from heritage.domain.completeness import completeness
from heritage.domain.descriptors import DescribedImage, Specs
from heritage.domain.images import ImageDigest, Photo
from heritage.domain.ports import Decoder, Embedder, Hasher, KeypointExtractor, Progress, RowReport, Source
from heritage.domain.records import Photograph, PhotoView, RegistryRecord, SourceRow
from heritage.errors import HeritageError, ImageError
from heritage.service.describing import describe
from heritage.service.duplicates import Duplicates, remark
from heritage.service.ingest_report import IngestReport, Outcome, RowOutcome
from heritage.settings import Settings
from heritage.storage.descriptors import Descriptors
from heritage.storage.images import Images
from heritage.storage.records import Change, Records

BATCH_SIZE = 16  # images described at once
BATCH_ROWS = 500  # saved in one transaction
BATCH_PIXELS = 64_000_000  # decoded and waiting at once, about: 200 MB
DECODED_AT_ONCE = 4
NO_PHOTOGRAPH = "no photograph: it cannot be found by a photo"
CHANGED = "was changed while it was being ingested; run again"


class IngestParts(Protocol):
    """What ingest needs of the context."""

    @property
    def settings(self) -> Settings: ...
    @property
    def records(self) -> Records: ...
    @property
    def images(self) -> Images: ...
    @property
    def descriptors(self) -> Descriptors: ...
    @property
    def decode(self) -> Decoder: ...
    @property
    def embedder(self) -> Embedder: ...
    @property
    def extractor(self) -> KeypointExtractor: ...
    @property
    def hash_photo(self) -> Hasher: ...
    @property
    def duplicates(self) -> Duplicates: ...
    @property
    def specs(self) -> Specs: ...
    def current(self) -> "IngestParts": ...


def ingest(
    context: IngestParts,
    source: Source,
    *,
    progress: Progress | None = None,
    report: RowReport | None = None,
    by: Viewer = AT_THE_MACHINE,
) -> IngestReport:
    """Ingest every row that is good, on behalf of ``by``; say of every other why not.

    A row that names no owner is ``by``'s agency's; one that is not ``by``'s to change is rejected. ``progress`` is told
    ("ingest", rows done, rows), ``report`` what became of every row. Raises `TableError` when the source cannot be read
    on, `StorageError` when the home cannot take more.
    """
    done = IngestReport()
    with ThreadPoolExecutor(context.settings.thread_count) as pool:
        for group in _groups(source.rows()):
            now = context.current()  # a long ingest follows the home to another model
            outcomes = _Ingester(now, now.specs, pool, by).outcomes(group)
            for row, outcome in zip(group, outcomes, strict=True):
                done = done.with_row(outcome)
                if report:
                    report.write(row, outcome.outcome, outcome.detail)
                if progress:
                    progress("ingest", done.row_count, source.row_count)
    return done


@dataclass(frozen=True, slots=True)
class _Hashed:
    """A row whose pictures were read once, for their digests; ``error`` when one of them could not be."""

    row: SourceRow
    digests: tuple[ImageDigest, ...] = ()
    error: str = ""


@dataclass(frozen=True, slots=True)
class _Described:
    """What the new pictures of some rows turned out to be."""

    images: dict[ImageDigest, DescribedImage] = field(default_factory=dict)
    errors: dict[ImageDigest, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class _Ingester:
    context: IngestParts
    specs: Specs
    pool: ThreadPoolExecutor
    by: Viewer

    def outcomes(self, group: Sequence[SourceRow]) -> list[RowOutcome]:
        """Row by row in their order. What is in memory at once does not grow with the source."""
        if not any(row.pictures for row in group):
            return self._saved([_Hashed(row, error=row.error) for row in group], _Described())
        hashed = list(self.pool.map(self._hash, group))
        described = self._describe_new(hashed)
        # All at once, because each waits for the disk.
        problems = self.pool.map(self._keep_originals, hashed, repeat(described))
        return self._saved(
            [replace(one, error=problem) for one, problem in zip(hashed, problems, strict=True)], described
        )

    def _hash(self, row: SourceRow) -> _Hashed:
        if row.record is None:
            return _Hashed(row, error=row.error)
        digests = []
        for path in row.pictures:
            try:
                digests.append(ImageDigest.of(self._read(path)))
            except ImageError as error:
                return _Hashed(row, error=f"image {path.name!r}: {error}")
        return _Hashed(row, tuple(digests))

    def _read(self, path: Path) -> bytes:
        """The file's bytes. Raises `ImageError` before reading on when there are too many of them."""
        limit = self.context.settings.max_image_bytes
        try:
            with path.open("rb") as file:
                data = file.read(limit + 1)
        except OSError as error:
            raise ImageError("cannot be read", error.strerror or "") from error
        if len(data) > limit:
            raise ImageError("too large", f"more than {limit / 1e6:.0f} MB")
        return data

    def _describe_new(self, hashed: Sequence[_Hashed]) -> _Described:
        paths = {
            digest: path
            for one in hashed
            if not one.error
            for digest, path in zip(one.digests, one.row.pictures, strict=True)
        }
        known = self.context.descriptors.described(paths, self.specs)
        described = _Described()
        waiting: list[tuple[Photo, int]] = []
        for digests in _runs([digest for digest in paths if digest not in known], DECODED_AT_ONCE):
            decoded = self.pool.map(lambda digest: self._decode(digest, paths[digest]), digests)
            for digest, result in zip(digests, decoded, strict=True):
                if isinstance(result, str):
                    described.errors[digest] = result
                else:
                    waiting.append(result)
            if len(waiting) >= BATCH_SIZE or _pixel_count(waiting) >= BATCH_PIXELS:
                described.images.update(describe(self.context, self.pool, waiting))
                waiting.clear()
        described.images.update(describe(self.context, self.pool, waiting))
        return described

    def _decode(self, digest: ImageDigest, path: Path) -> tuple[Photo, int] | str:
        """The photo and its original's byte count, or why there is none."""
        try:
            data = self._read(path)
            photo = self.context.decode(data)
        except ImageError as error:
            return str(error)
        return (photo, len(data)) if photo.digest == digest else CHANGED

    def _keep_originals(self, one: _Hashed, described: _Described) -> str:
        """Store the originals of a row whose pictures are all good, or say what is wrong with one of them.

        They are read again rather than kept in memory. No original is stored for a row that is rejected.
        """
        if one.error:
            return one.error
        for digest, path in zip(one.digests, one.row.pictures, strict=True):
            if digest in described.errors:
                return f"image {path.name!r}: {described.errors[digest]}"
        for digest, path in zip(one.digests, one.row.pictures, strict=True):
            try:
                if digest not in self.context.images:
                    self._keep_original(digest, path)
            except ImageError as error:
                return f"image {path.name!r}: {error}"
        return ""

    def _keep_original(self, digest: ImageDigest, path: Path) -> None:
        data = self._read(path)
        if ImageDigest.of(data) != digest:
            raise ImageError(CHANGED)
        self.context.images.put(data)

    def _saved(self, hashed: Sequence[_Hashed], described: _Described) -> list[RowOutcome]:
        batch = [
            (
                self._owned(one.row.record, _photographs(one)),
                [described.images[digest] for digest in dict.fromkeys(one.digests) if digest in described.images],
            )
            for one in hashed
            if one.row.record and not one.error
        ]
        changes = iter(self.context.records.save_each(batch, self.specs, self.by) if batch else ())
        records = iter(batch)
        return [
            _rejected(one.row, one.error) if one.error else self._outcome(one.row, next(records)[0], next(changes))
            for one in hashed
        ]

    def _owned(self, given: RegistryRecord, photographs: tuple[Photograph, ...]) -> RegistryRecord:
        return replace(given, photographs=photographs, owner_agency=given.owner_agency or self.by.agency)

    def _outcome(self, row: SourceRow, saved: RegistryRecord, change: Change | HeritageError) -> RowOutcome:
        if isinstance(change, HeritageError):
            return _rejected(row, str(change))
        told = NO_PHOTOGRAPH
        if saved.photographs:
            told = "" if change is Change.UNCHANGED else self._duplicates(saved)
        return RowOutcome(row.number, row.label, Outcome(change.value), told, completeness(saved).score)

    def _duplicates(self, saved: RegistryRecord) -> str:
        """Which other records show the same photographs: two records all the same, but somebody should know."""
        found = [self.context.duplicates.find(one, self.by, besides=saved.record_id) for one in saved.images]
        return remark(chain.from_iterable(found))


def _rejected(row: SourceRow, reason: str) -> RowOutcome:
    return RowOutcome(row.number, row.label, Outcome.REJECTED, reason)


def _photographs(one: _Hashed) -> tuple[Photograph, ...]:
    views = one.row.views or [PhotoView.UNSPECIFIED] * len(one.digests)
    return tuple(map(Photograph, one.digests, views))


def _groups(rows: Iterator[SourceRow]) -> Iterator[list[SourceRow]]:
    """Rows with `BATCH_SIZE` pictures together, or as few rows more as it takes; at most `BATCH_ROWS` rows."""
    group: list[SourceRow] = []
    picture_count = 0
    for row in rows:
        group.append(row)
        picture_count += len(row.pictures)
        if picture_count >= BATCH_SIZE or len(group) >= BATCH_ROWS:
            yield group
            group, picture_count = [], 0
    if group:
        yield group


def _runs(items: Iterable[ImageDigest], size: int) -> Iterator[list[ImageDigest]]:
    remaining = iter(items)
    while run := list(islice(remaining, size)):
        yield run


def _pixel_count(waiting: Iterable[tuple[Photo, int]]) -> int:
    return sum(photo.width * photo.height for photo, _ in waiting)
