"""What is exported is read back equal."""

import io
from pathlib import Path

import pytest

from heritage.domain.access import Handling
from heritage.domain.images import ImageDigest
from heritage.domain.records import ObjectIdCard, Photograph, PhotoView, RecordId, RegistryRecord, Status
from heritage.errors import InputError, StorageError
from heritage.registries.columns import CARD_COLUMNS
from heritage.registries.exporting import write_file, write_records
from heritage.registries.spreadsheet import Reading, open_spreadsheet
from heritage.registries.table_writer import TableFormat

SIGNS = "=+-@'abcdefghij"
FULL = RegistryRecord(
    RecordId("interpol", "0012/a"),
    Status.LOOTED,
    "Unit 4",
    "1998-05",
    "Torino",
    "painting",
    ("oil", "canvas"),
    Handling.AMBER_STRICT,
    ("North", "South"),
    "IL-7",
    ObjectIdCard(*(f'{sign}{name}\n„Žena“ 聖; "x", y' for name, sign in zip(CARD_COLUMNS, SIGNS, strict=True))),
)
RECORDS = (FULL, RegistryRecord(RecordId("r", "007")), RegistryRecord(RecordId("r", "1e5"), Status.WITHDRAWN))


@pytest.mark.parametrize("suffix", [".csv", ".xlsx"])
def test_records_come_back_equal(tmp_path: Path, suffix: str) -> None:
    path = tmp_path / f"out{suffix}"
    assert write_file(RECORDS, path) == 3
    source = open_spreadsheet(path)
    assert source.warnings == ()
    assert [row.record for row in source.rows()] == list(RECORDS)
    assert [one.name for one in tmp_path.iterdir()] == [path.name]


def test_photographs_come_back_in_order_with_their_views(tmp_path: Path) -> None:
    digests = [ImageDigest.of(bytes([number])) for number in range(3)]
    views = (PhotoView.UNSPECIFIED, PhotoView.BACK, PhotoView.UNSPECIFIED)
    shown = RegistryRecord(RecordId("r", "1"), photographs=tuple(map(Photograph, digests, views)))
    write_file([shown], tmp_path / "out.csv")
    reading = Reading(find_original=lambda digest: Path("/originals") / digest.hex)
    (row,) = open_spreadsheet(tmp_path / "out.csv", reading=reading).rows()
    assert [path.name for path in row.pictures] == [digest.hex for digest in digests]
    assert row.views == views


def test_records_are_streamed_to_a_stream_that_stays_open() -> None:
    stream = io.BytesIO()
    assert write_records(iter(RECORDS), stream, TableFormat.CSV) == 3
    assert not stream.closed
    lines = stream.getvalue().decode("utf-8-sig").splitlines()
    assert lines[0].startswith("registry,number,status,")
    assert lines[0].endswith(",images,views,completeness")
    assert lines[-1].endswith(",0.00")


def test_an_export_that_fails_leaves_the_old_one(tmp_path: Path) -> None:
    path = tmp_path / "out.xlsx"
    write_file(RECORDS, path)
    before = path.read_bytes()
    wide = RegistryRecord(RecordId("r", "9"), shared_with=tuple(f"{'x' * 180}{number}" for number in range(190)))
    with pytest.raises(InputError, match="record r/9: a text is longer"):
        write_file([wide], path)
    assert path.read_bytes() == before
    assert len(list(tmp_path.iterdir())) == 1
    with pytest.raises(StorageError, match="cannot be written"):
        write_file(RECORDS, tmp_path / "none" / "out.csv")
