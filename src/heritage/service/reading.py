"""Reading the registry on somebody's behalf."""

from collections.abc import Sequence

from heritage.domain.access import ANYBODY, OPEN_HANDLING, Viewer
from heritage.domain.audit import Action, event
from heritage.domain.criteria import Criteria
from heritage.domain.images import ImageDigest
from heritage.domain.records import RecordId, RegistryRecord, StatusChange
from heritage.errors import NotFoundError
from heritage.service import auditing
from heritage.service.context import Context


def find_records(
    context: Context, criteria: Criteria, viewer: Viewer, after: RecordId | None = None, limit: int = 100
) -> tuple[RegistryRecord, ...]:
    """See `heritage.storage.records.Records.find`."""
    found = context.records.find(criteria, viewer, after, limit)
    _log_restricted(context, viewer, found)
    return found


def read_record(context: Context, record_id: RecordId, viewer: Viewer) -> RegistryRecord:
    """Raises `NotFoundError`, also when ``viewer`` must not know of it."""
    found = context.records.get(record_id, viewer)
    _log_restricted(context, viewer, [found])
    return found


def read_history(context: Context, record_id: RecordId, viewer: Viewer) -> tuple[StatusChange, ...]:
    """The record's statuses, oldest first. Raises `NotFoundError`."""
    return context.records.history(record_id, viewer)


def _log_restricted(context: Context, viewer: Viewer, found: Sequence[RegistryRecord]) -> None:
    """Reading what is restricted leaves a trace; reading what every agency may read does not."""
    restricted = [one for one in found if one.handling not in OPEN_HANDLING]
    if restricted:
        auditing.record(context.audit, *(event(viewer, Action.READ, one.record_id) for one in restricted))


def check_image(context: Context, digest: ImageDigest, viewer: Viewer) -> None:
    """Raises `NotFoundError` for an image that no listed record shows to ``viewer``: the store holds more than that."""
    if not context.records.shows(digest, viewer):
        raise NotFoundError(f"no registered record shows an image {digest}")
    if not context.records.shows(digest, ANYBODY):
        auditing.record(context.audit, event(viewer, Action.READ, digest))
