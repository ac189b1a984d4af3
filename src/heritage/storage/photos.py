"""The photos of searches: kept for the agency that searched, for so many days, and for the hits found in them."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Row, and_, delete, exists, not_, or_, select

from heritage.domain.access import AT_THE_MACHINE, Viewer
from heritage.domain.audit import Action, event
from heritage.domain.images import ImageDigest
from heritage.domain.photos import EndedKeeping, KeptPhoto
from heritage.errors import NotFoundError
from heritage.storage.audit import append_events
from heritage.storage.database import Database
from heritage.storage.images import PhotoFiles
from heritage.storage.photo_rows import Keeping, is_kept, photo_days, photo_of, row_of
from heritage.storage.schema import hit, photo, photo_keeping, record, search, search_photo, seen
from heritage.storage.visibility import Condition, hit_shown_to, own_keeping

SWEPT_TOGETHER = 200
FORGOTTEN_AFTER = timedelta(days=1)  # descriptions of what is not kept


class Photos:
    """Original bytes in files, and rows that say for whom each is kept. Each call is one transaction, or none."""

    def __init__(self, database: Database, home: Path, default_days: int) -> None:
        """``default_days``: where there are no accounts, for how many days photos are kept."""
        self._database = database
        self._files = PhotoFiles(home)
        self._default_days = default_days

    def days_of(self, agency: str) -> int:
        """For how many days the agency keeps photos; 0: not at all."""
        with self._database.read() as connection:
            return photo_days(connection, agency, self._default_days)

    def keeping(self, agency: str, photos: Sequence[tuple[KeptPhoto, bytes]]) -> Keeping | None:
        """Write the files first; what is handed back then writes their rows, with those of the search.

        A file without a row is harmless, and swept away; a row without its file would be a broken promise. None where
        the agency keeps no photos. Raises `StorageError`.
        """
        if not self.days_of(agency):
            return None
        data_by_digest = {one.digest: data for one, data in photos}
        for data in data_by_digest.values():
            self._files.put(data)
        different = tuple({one.digest: one for one, _ in photos}.values())
        return Keeping(self._files, different, data_by_digest, self._default_days)

    def get(self, digest: ImageDigest, viewer: Viewer) -> KeptPhoto:
        """Raises `NotFoundError`, also for a photo that is not ``viewer``'s to see."""
        is_shown = exists().where(_is_of_photo(), is_kept(_now()), or_(own_keeping(viewer), _shown_in_hit(viewer)))
        return photo_of(self._selected(digest, is_shown))

    def get_own(self, digest: ImageDigest, viewer: Viewer) -> KeptPhoto:
        """A photo that ``viewer``'s own agency keeps. Raises `NotFoundError`."""
        return photo_of(self._selected(digest, exists().where(_is_of_photo(), is_kept(_now()), own_keeping(viewer))))

    def read(self, digest: ImageDigest) -> bytes:
        """The bytes as they were sent, checked; whoever asks must have been shown the photo by `get`.

        Raises `NotFoundError` and `StorageError`.
        """
        return self._files.read(digest)

    def sweep(self) -> tuple[EndedKeeping, ...]:
        """Remove what nobody keeps any more, rows and files, and files that no row is of; what was ended.

        May be interrupted: the rows go first, and a file that is left behind goes with the next sweep.
        """
        ended: list[EndedKeeping] = []
        while some := self._end_some():
            ended += some
        for digest in [*(one.digest for one in ended if one.is_removed), *self._leftovers()]:
            self._remove_unkept(digest)
        while self._forget_some():
            pass
        return tuple(ended)

    def _selected(self, digest: ImageDigest, is_shown: Condition) -> Row[Any]:
        with self._database.read() as connection:
            found = connection.execute(select(photo).where(photo.c.digest == digest.hex, is_shown)).first()
        if found is None:
            raise NotFoundError(f"there is no kept photo {digest}")
        return found

    def _end_some(self) -> list[EndedKeeping]:
        over = select(photo_keeping, photo.c.digest).join(photo).where(not_(is_kept(_now()))).limit(SWEPT_TOGETHER)
        with self._database.begin() as connection:
            ended = [_end(connection, row) for row in connection.execute(over).all()]
            append_events(connection, *map(_removal, ended))
        return ended

    def _forget_some(self) -> int:
        """Remove some descriptions of photos that nobody ever kept; how many. A scan may still be at younger ones."""
        is_kept_by_some = exists().where(photo.c.digest == seen.c.digest)
        unkept = select(seen.c.serial).where(seen.c.seen_at < _now() - FORGOTTEN_AFTER, not_(is_kept_by_some))
        with self._database.begin() as connection:
            serials = connection.execute(unkept.limit(SWEPT_TOGETHER)).scalars().all()
            if serials:
                connection.execute(delete(seen).where(seen.c.serial.in_(serials)))
        return len(serials)

    def _leftovers(self) -> list[ImageDigest]:
        """Files that no row is of; none where there are no rows at all, which may well be the wrong database."""
        with self._database.read() as connection:
            known = set(connection.execute(select(photo.c.digest)).scalars())
        return [digest for digest in self._files.digests() if digest.hex not in known] if known else []

    def _remove_unkept(self, digest: ImageDigest) -> None:
        with self._database.begin() as connection:  # under the lock: somebody may just have searched with it
            if not row_of(connection, digest):
                self._files.remove(digest)


def _now() -> datetime:
    return datetime.now(UTC)


def _is_of_photo() -> Condition:
    return photo_keeping.c.photo_id == photo.c.id


def _shown_in_hit(viewer: Viewer) -> Condition:
    """Whether the agency that keeps the photo found in it a hit that ``viewer`` may see.

    Several photos of a search are views of one object, and its hits rest on all of them.
    """
    of_photo = search_photo.c.photo_id == photo_keeping.c.photo_id
    joined = search_photo.join(search, search.c.id == search_photo.c.search_id)
    joined = joined.join(hit, hit.c.search_id == search.c.id).join(record, record.c.id == hit.c.record_id)
    of_agency = search.c.agency == photo_keeping.c.agency
    return exists().select_from(joined).where(of_photo, of_agency, hit_shown_to(viewer))


def _end(connection: Connection, row: Row[Any]) -> EndedKeeping:
    """End one agency's keeping, and remove the photo when it was the last."""
    of_agency = select(search.c.id).where(search.c.agency == row.agency)
    links = and_(search_photo.c.photo_id == row.photo_id, search_photo.c.search_id.in_(of_agency))
    connection.execute(delete(search_photo).where(links))
    of_both = and_(photo_keeping.c.photo_id == row.photo_id, photo_keeping.c.agency == row.agency)
    connection.execute(delete(photo_keeping).where(of_both))
    is_kept_by_others = exists().where(photo_keeping.c.photo_id == row.photo_id)
    removed = connection.execute(delete(photo).where(photo.c.id == row.photo_id, not_(is_kept_by_others)))
    if removed.rowcount:
        connection.execute(delete(seen).where(seen.c.digest == row.digest))  # it would describe what nobody keeps
    return EndedKeeping(ImageDigest(row.digest), row.agency, row.until, is_removed=removed.rowcount == 1)


def _removal(ended: EndedKeeping) -> Any:
    by = replace(AT_THE_MACHINE, agency=ended.agency)  # so that the agency reads of it in its own log
    detail = f"photo kept until {ended.until:%Y-%m-%d}" + ("" if ended.is_removed else ", others keep it")
    return event(by, Action.REMOVE, ended.digest, detail)
