"""Records as research benchmarks give them: a number, and photographs by their paths in a folder; no other facts."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from heritage.domain.evaluation import LabelledPhoto
from heritage.domain.records import RecordId, RegistryRecord, SourceRow
from heritage.errors import InputError, TableError
from heritage.registries.spreadsheet import find_picture


@dataclass(frozen=True, slots=True)
class ListedRecords:
    """A source of ``paths_by_number``: for each record its photographs, under ``root``, which is resolved."""

    registry: str
    root: Path
    paths_by_number: Mapping[str, tuple[str, ...]]
    warnings: tuple[str, ...] = ()

    @property
    def row_count(self) -> int:
        return len(self.paths_by_number)

    def rows(self) -> Iterator[SourceRow]:
        for place, (number, paths) in enumerate(self.paths_by_number.items(), start=1):
            label = f"{self.registry}/{number}"[:200]
            try:
                record = RegistryRecord(RecordId(self.registry, number))
                pictures = tuple(find_picture(path, self.root) for path in paths)
            except InputError as error:
                yield SourceRow(place, None, error=str(error), label=label)
            else:
                yield SourceRow(place, record, pictures, label=label)

    def record_ids(self) -> frozenset[RecordId]:
        """All of them. Raises `TableError` on the first record that cannot be used."""
        ids = set()
        for row in self.rows():
            if row.record is None:
                raise TableError(f"record {row.label}: {row.error}")
            ids.add(row.record.record_id)
        return frozenset(ids)


def label_photos(
    gallery: ListedRecords, root: Path, asked: Iterable[tuple[str, str | None]]
) -> tuple[tuple[LabelledPhoto, ...], tuple[str, ...]]:
    """Photos under ``root``, from their paths and the number of the record each shows, or None; and warnings.

    A number that the gallery has not is an object not in the gallery, with a warning. Raises `TableError` when a
    photograph of either is missing: a figure over half of a benchmark would mislead.
    """
    ids = gallery.record_ids()
    photos: list[LabelledPhoto] = []
    warnings: list[str] = []
    for path, number in asked:
        try:
            shown = set() if number is None else {RecordId(gallery.registry, number)}
            photos.append(LabelledPhoto(path, find_picture(path, root), ids & shown))
        except InputError as error:
            raise TableError(f"query {path}: {error}") from error
        if shown - ids:
            warnings.append(f"query {path}: record {number} is not in the gallery and counts as not registered")
    return tuple(photos), tuple(warnings)
