"""Writes records as a table that `heritage.registries.spreadsheet` reads back equal, or as a document."""

from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import BinaryIO

from heritage.domain.images import ImageDigest
from heritage.domain.records import RegistryRecord
from heritage.errors import InputError, StorageError
from heritage.registries.columns import COLUMNS, COMPLETENESS, completeness_of, values_of
from heritage.registries.lido_writer import write_lido
from heritage.registries.linked_art_writer import write_linked_art
from heritage.registries.table_writer import TableFormat, table_writer

ImageName = Callable[[ImageDigest], str]
"""How the table is to name a photograph: its path beside it, or by ``str`` its digest."""


_DOCUMENTS: dict[str, Callable[..., None]] = {".xml": write_lido, ".json": write_linked_art}


def write_records(
    records: Iterable[RegistryRecord], target: BinaryIO, kind: TableFormat, image_name: ImageName = str
) -> int:
    """Write one line a record to ``target``, which stays open; how many. Raises `InputError`."""
    count = 0
    with table_writer(target, kind, (*COLUMNS, COMPLETENESS)) as lines:
        for record in records:
            images = [image_name(digest) for digest in record.images]
            try:
                lines.write((*values_of(record, images), completeness_of(record)))
            except InputError as error:
                raise InputError(f"record {record.record_id}: {error}") from error
            count += 1
    return count


def write_file(records: Iterable[RegistryRecord], path: Path, image_name: ImageName = str) -> int:
    """Write a table, LIDO (.xml) or Linked Art (.json); how many. ``path`` is there whole or as it was before.

    Raises `InputError` for any other suffix, `StorageError`.
    """
    document = _DOCUMENTS.get(path.suffix.lower())
    kind = TableFormat.CSV if document else TableFormat.of(path)
    begun = path.with_name(f".{path.name}.part")
    try:
        with begun.open("wb") as file:
            if document:
                count = _write_document(document, records, file, image_name)
            else:
                count = write_records(records, file, kind, image_name)
        begun.replace(path)
    except OSError as error:
        raise StorageError(f"{path} cannot be written: {error.strerror}") from error
    finally:
        begun.unlink(missing_ok=True)
    return count


def _write_document(
    write: Callable[..., None], records: Iterable[RegistryRecord], target: BinaryIO, image_name: ImageName
) -> int:
    count = 0

    def counted() -> Iterator[RegistryRecord]:
        nonlocal count
        for record in records:
            count += 1
            yield record

    write(counted(), target, None if image_name is str else image_name)  # documents have a place of its own for digests
    return count
