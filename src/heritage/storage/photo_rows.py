"""The rows of kept photos, inside a transaction of the caller's; and until when a photo is kept, in SQL."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Row, and_, exists, func, insert, not_, or_, select, update

from heritage.domain.images import ImageDigest
from heritage.domain.photos import KeptPhoto
from heritage.domain.review import HitState, KeptSearch
from heritage.domain.watches import SECOND_PASS_AFTER
from heritage.storage.images import PhotoFiles
from heritage.storage.schema import agency, hit, looked_back, photo, photo_keeping, search, search_photo, watch
from heritage.storage.visibility import Condition

_LATE = SECOND_PASS_AFTER / 2


@dataclass(frozen=True, slots=True)
class Keeping:
    """Photos whose files are written already, to be kept for the agency that searches.

    ``data_by_digest`` are their bytes: a sweep in another process may just have taken a file for a leftover, and
    whoever holds the write lock puts it back.
    """

    files: PhotoFiles
    photos: tuple[KeptPhoto, ...]
    data_by_digest: Mapping[ImageDigest, bytes]
    default_days: int

    def write(self, connection: Connection, search_row: int, kept: KeptSearch) -> None:
        """In the transaction that keeps the search. Searched again, a photo is kept from now on for its days."""
        days = photo_days(connection, kept.agency, self.default_days)
        for one in self.photos if days else ():  # it may have been set to 0 since the files were written
            row = _photo_row(connection, one, kept.at)
            connection.execute(insert(search_photo).values(photo_id=row, search_id=search_row))
            _extend(connection, row, kept.agency, kept.at, kept.at + timedelta(days=days))
            if one.digest not in self.files:
                self.files.put(self.data_by_digest[one.digest])
        if datetime.now(UTC) - kept.at > _LATE:
            _compare_again(connection, kept.at)


def _compare_again(connection: Connection, since: datetime) -> None:
    """Let what was compared with all photos ``since`` then, for good, be compared once more.

    A listing may wait for hours between its search and this, behind another one's slow server. What was registered
    meanwhile was in no gallery when it was searched, and its photo was not among those seen.
    """
    was_done = and_(looked_back.c.at >= since, looked_back.c.pass_count > 1)
    connection.execute(update(looked_back).where(was_done).values(pass_count=1))


def photo_days(connection: Connection, of_agency: str, default: int) -> int:
    """For how many days the agency keeps photos; ``default`` where there are no accounts."""
    found = connection.execute(select(agency.c.photo_days).where(agency.c.name == of_agency)).scalar()
    return default if found is None else int(found)


def is_kept(now: datetime) -> Condition:
    """Whether a row of ``photo_keeping`` still holds: its days are not over, or the agency's search has a hit that
    nobody has rejected.
    """
    of_agency = and_(search_photo.c.photo_id == photo_keeping.c.photo_id, search.c.agency == photo_keeping.c.agency)
    joined = search_photo.join(search, search.c.id == search_photo.c.search_id)
    joined = joined.join(hit, hit.c.search_id == search.c.id)
    is_needed = exists().select_from(joined).where(of_agency, hit.c.state != HitState.REJECTED.value)
    return or_(photo_keeping.c.until > now, is_needed)


def shorten_keepings(connection: Connection, of_agency: str, latest: datetime) -> None:
    """None of the agency's photos is kept beyond ``latest``, but for the hits that need them, and those it watches."""
    of_photo = and_(photo.c.id == photo_keeping.c.photo_id, watch.c.digest == photo.c.digest)
    is_watched = exists().where(of_photo, watch.c.agency == of_agency, watch.c.until > latest)
    longer = and_(photo_keeping.c.agency == of_agency, photo_keeping.c.until > latest, not_(is_watched))
    connection.execute(update(photo_keeping).where(longer).values(until=latest))


def row_of(connection: Connection, digest: ImageDigest) -> Row[Any] | None:
    return connection.execute(select(photo).where(photo.c.digest == digest.hex)).first()


def photo_of(row: Row[Any]) -> KeptPhoto:
    return KeptPhoto(ImageDigest(row.digest), row.media_type, row.byte_count, row.width, row.height)


def _photo_row(connection: Connection, one: KeptPhoto, at: datetime) -> int:
    known = row_of(connection, one.digest)
    if known:
        return int(known.id)
    values = {
        "digest": one.digest.hex,
        "media_type": one.media_type,
        "byte_count": one.byte_count,
        "width": one.width,
        "height": one.height,
        "kept_at": at,
    }
    return int(connection.execute(insert(photo).values(**values).returning(photo.c.id)).scalar_one())


def _extend(connection: Connection, row: int, of_agency: str, since: datetime, until: datetime) -> None:
    of_both = and_(photo_keeping.c.photo_id == row, photo_keeping.c.agency == of_agency)
    if connection.execute(select(func.count()).select_from(photo_keeping).where(of_both)).scalar_one():
        shorter = and_(of_both, photo_keeping.c.until < until)
        connection.execute(update(photo_keeping).where(shorter).values(until=until))
    else:
        values = {"photo_id": row, "agency": of_agency, "since": since, "until": until}
        connection.execute(insert(photo_keeping).values(**values))
