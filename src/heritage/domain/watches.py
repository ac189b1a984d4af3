"""Watches: a standing query for one photo."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from heritage.domain.images import ImageDigest

WATCHED = timedelta(days=365)
SECOND_PASS_AFTER = timedelta(minutes=10)
"""Between two comparisons of a registered photograph: longer than a search takes, until what it found is kept."""


@dataclass(frozen=True, slots=True)
class Watch:
    """Tell ``agency`` if what the photo shows is registered before ``until``; ``actor`` asked. Times are UTC."""

    watch_id: str
    digest: ImageDigest
    agency: str
    actor: str
    created_at: datetime
    until: datetime
