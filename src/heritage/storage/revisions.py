"""The changes to records, written in the transaction that makes them."""

from collections.abc import Sequence
from datetime import datetime
from json import dumps, loads
from typing import Any

from sqlalchemy import Connection, Row, insert, select

from heritage.domain.access import Viewer
from heritage.domain.records import RegistryRecord
from heritage.domain.revisions import FieldChange, Revision, differences
from heritage.storage.schema import record_revision

Edit = tuple[Row[Any], RegistryRecord, RegistryRecord, str]
"""The record's row as it was, the record before and after, and why it was changed."""


def write_revisions(connection: Connection, edits: Sequence[Edit], at: datetime, by: Viewer) -> None:
    """Keep what each edit changes."""
    rows = [
        {
            "record_id": row.id,
            "version": row.version + 1,
            "at": at,
            "actor": by.actor,
            "agency": by.agency,
            "changes": dumps([[one.name, one.before, one.after] for one in differences(before, after)]),
            "note": note,
        }
        for row, before, after, note in edits
    ]
    if rows:
        connection.execute(insert(record_revision), rows)


def read_revisions(connection: Connection, record_row: int, since: int = 0) -> tuple[Revision, ...]:
    """Those that led to versions after ``since``, oldest first."""
    asked = select(record_revision).where(record_revision.c.record_id == record_row, record_revision.c.version > since)
    return tuple(
        Revision(
            version=row.version,
            at=row.at,
            actor=row.actor,
            agency=row.agency,
            changes=tuple(FieldChange(*one) for one in loads(row.changes)),
            note=row.note,
        )
        for row in connection.execute(asked.order_by(record_revision.c.version))
    )
