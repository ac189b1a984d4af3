"""Records as lines of text: CSV with the columns that an import understands, or one JSON object a line."""

import csv
import json
from collections.abc import Callable, Iterable
from dataclasses import asdict, fields
from typing import TextIO

from heritage.domain.operations import ExportFormat
from heritage.domain.records import ObjectIdCard, RegistryRecord

CARD_COLUMNS = tuple(one.name for one in fields(ObjectIdCard))
COLUMNS = ("registry", "number", "status", "owner_agency", "theft_date", "theft_place", *CARD_COLUMNS, "images")
_FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")


def write_lines(export_format: ExportFormat, records: Iterable[RegistryRecord], file: TextIO) -> Iterable[None]:
    """Write ``records`` to ``file``, which was opened with ``newline=""``; yields after each."""
    write = _csv_writer(file) if export_format is ExportFormat.CSV else _json_writer(file)
    for record in records:
        write(record)
        yield


def _csv_writer(file: TextIO) -> Callable[[RegistryRecord], object]:
    rows = csv.writer(file)
    rows.writerow(COLUMNS)
    return lambda record: rows.writerow([_inert(text) for text in _cells(record)])


def _json_writer(file: TextIO) -> Callable[[RegistryRecord], object]:
    return lambda record: file.write(json.dumps(_members(record), ensure_ascii=False) + "\n")


def _cells(record: RegistryRecord) -> list[str]:
    facts = (*record.record_id.key, record.status.value, record.owner_agency, record.theft_date, record.theft_place)
    return [*facts, *asdict(record.card).values(), ";".join(map(str, record.images))]


def _members(record: RegistryRecord) -> dict[str, object]:
    return {
        "record_id": str(record.record_id),
        "registry": record.record_id.registry,
        "number": record.record_id.number,
        "status": record.status.value,
        "owner_agency": record.owner_agency,
        "theft_date": record.theft_date,
        "theft_place": record.theft_place,
        "category": record.category,
        "terms": record.terms,
        "handling": record.handling.value,
        "shared_with": record.shared_with,
        "icg_reference": record.icg_reference,
        "card": asdict(record.card),
        "photographs": [{"digest": str(one.digest), "view": one.view.value} for one in record.photographs],
        "version": record.version,
        "updated_at": record.updated_at.isoformat() if record.updated_at else None,
    }


def _inert(text: str) -> str:
    """``text`` for a cell that a spreadsheet must not take for a formula: what cards say comes from outside."""
    return f"'{text}" if text.startswith(_FORMULA_STARTS) else text
