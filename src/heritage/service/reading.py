"""Reading the registry on somebody's behalf."""

from heritage.domain.access import Viewer
from heritage.domain.criteria import Criteria
from heritage.domain.records import RecordId, RegistryRecord, StatusChange
from heritage.service.context import Context


def find_records(
    context: Context, criteria: Criteria, viewer: Viewer, after: RecordId | None = None, limit: int = 100
) -> tuple[RegistryRecord, ...]:
    """See `heritage.storage.records.Records.find`."""
    return context.records.find(criteria, viewer, after, limit)


def read_record(context: Context, record_id: RecordId, viewer: Viewer) -> RegistryRecord:
    """Raises `NotFoundError`, also when ``viewer`` must not know of it."""
    return context.records.get(record_id, viewer)


def read_history(context: Context, record_id: RecordId, viewer: Viewer) -> tuple[StatusChange, ...]:
    """The record's statuses, oldest first. Raises `NotFoundError`."""
    return context.records.history(record_id, viewer)
