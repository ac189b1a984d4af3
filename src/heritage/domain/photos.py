"""Photos of searches, as they are kept: for an agency, and no longer than it says."""

from dataclasses import dataclass
from datetime import datetime

from heritage.domain.images import ImageDigest
from heritage.errors import InputError

PHOTO_DAYS = 365  # unless an agency says otherwise
MAX_PHOTO_DAYS = 36_500


def check_photo_days(days: int) -> int:
    """For how many days photos are to be kept; 0: not at all. Raises `InputError`."""
    if not 0 <= days <= MAX_PHOTO_DAYS:
        raise InputError(f"photos are kept for 0 (not at all) to {MAX_PHOTO_DAYS} days, not {days}")
    return days


@dataclass(frozen=True, slots=True)
class KeptPhoto:
    """A photo that somebody searched with; size in px of the upright photo."""

    digest: ImageDigest
    media_type: str
    byte_count: int
    width: int
    height: int


@dataclass(frozen=True, slots=True)
class EndedKeeping:
    """That an agency no longer keeps a photo; ``is_removed``: nobody does, and it is gone."""

    digest: ImageDigest
    agency: str
    until: datetime
    is_removed: bool
