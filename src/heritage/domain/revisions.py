"""What became of a record, change by change."""

from dataclasses import dataclass, fields
from datetime import datetime

from heritage.domain.access import NAMED_ROLES, Viewer
from heritage.domain.records import ObjectIdCard, RegistryRecord

CARD_FIELDS = tuple(one.name for one in fields(ObjectIdCard))
PHOTOGRAPHS = "photographs"
RECORD_FIELDS = (
    *("status", "owner_agency", "theft_date", "theft_place", "category", "terms", "handling", "shared_with"),
    *("icg_reference", *CARD_FIELDS, PHOTOGRAPHS),
)
"""Everything of a record but its key, which never changes."""


@dataclass(frozen=True, slots=True)
class FieldChange:
    """A field of the record or its card, and what it said before and after; empty: nothing."""

    name: str
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class Revision:
    """The change that led to ``version``, on whose behalf and when (UTC); ``note`` is the reason, where one was given.

    ``actor`` is empty where it is not for whoever reads it.
    """

    version: int
    at: datetime
    actor: str
    agency: str
    changes: tuple[FieldChange, ...]
    note: str = ""


def written(record: RegistryRecord, name: str) -> str:
    """A field of the record, or of its card, as text; lists one entry a line, photographs by digest and view."""
    if name in CARD_FIELDS:
        return str(getattr(record.card, name))
    value = getattr(record, name)
    if name == PHOTOGRAPHS:
        return "\n".join(f"{one.digest} {one.view}".strip() for one in value)
    return "\n".join(value) if isinstance(value, tuple) else str(value)


def differences(before: RegistryRecord, after: RegistryRecord) -> tuple[FieldChange, ...]:
    """The fields in which two states of one record differ."""
    pairs = ((name, written(before, name), written(after, name)) for name in RECORD_FIELDS)
    return tuple(FieldChange(*pair) for pair in pairs if pair[1] != pair[2])


def may_read_revisions(viewer: Viewer, record: RegistryRecord) -> bool:
    """Whether ``viewer`` may read what the record said before.

    It may have been more closely held then: so only those may who see it under every label.
    """
    return viewer.is_unrestricted or (viewer.owns(record) and viewer.role in NAMED_ROLES)
