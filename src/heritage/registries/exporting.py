"""Writes records as a table that `heritage.registries.spreadsheet` reads back equal."""

from collections.abc import Callable, Iterable
from pathlib import Path
from typing import BinaryIO

from heritage.domain.images import ImageDigest
from heritage.domain.records import RegistryRecord
from heritage.errors import InputError, StorageError
from heritage.registries.columns import COLUMNS, COMPLETENESS, completeness_of, values_of
from heritage.registries.table_writer import TableFormat, table_writer

ImageName = Callable[[ImageDigest], str]
"""How the table is to name a photograph: its path beside it, or by ``str`` its digest."""


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
    """`write_records` into ``path``, which is there whole or as it was before. Raises `StorageError` too."""
    kind = TableFormat.of(path)
    begun = path.with_name(f".{path.name}.part")
    try:
        with begun.open("wb") as file:
            count = write_records(records, file, kind, image_name)
        begun.replace(path)
    except OSError as error:
        raise StorageError(f"{path} cannot be written: {error.strerror}") from error
    finally:
        begun.unlink(missing_ok=True)
    return count
