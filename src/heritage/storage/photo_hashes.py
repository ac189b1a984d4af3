"""Perceptual hashes of the photos of listings, by their digest, so that one picture in several listings is known."""

from collections.abc import Iterable, Mapping

from sqlalchemy import exists, insert, select

from heritage.domain.images import ImageDigest, PhotoHash
from heritage.storage.database import Database, in_chunks
from heritage.storage.schema import listing_photo, photo, photo_hash


class PhotoHashes:
    """One of each photo. It goes with the last listing that shows the photo, when its scan is deleted."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def find(self, digests: Iterable[ImageDigest]) -> dict[ImageDigest, PhotoHash]:
        """Those that are known."""
        found: dict[ImageDigest, PhotoHash] = {}
        with self._database.read() as connection:
            for chunk in in_chunks(sorted({digest.hex for digest in digests})):
                rows = connection.execute(select(photo_hash).where(photo_hash.c.digest.in_(chunk)))
                found |= {ImageDigest(row.digest): PhotoHash(row.pdq, row.quality) for row in rows}
        return found

    def missing(self, after: ImageDigest | None, limit: int) -> tuple[ImageDigest, ...]:
        """Photos of listings that are kept and have no hash: up to ``limit``, in order, those after ``after``."""
        is_known = exists().where(photo_hash.c.digest == listing_photo.c.digest)
        wanted = select(listing_photo.c.digest).join_from(
            listing_photo, photo, photo.c.digest == listing_photo.c.digest
        )
        wanted = wanted.where(~is_known, listing_photo.c.digest > (after.hex if after else "")).distinct()
        with self._database.read() as connection:
            rows = connection.execute(wanted.order_by(listing_photo.c.digest).limit(limit))
            return tuple(map(ImageDigest, rows.scalars()))

    def add(self, hashes: Mapping[ImageDigest, PhotoHash]) -> None:
        """Keep those that are new."""
        with self._database.begin() as connection:
            known = set[str]()
            for chunk in in_chunks([digest.hex for digest in hashes]):
                known.update(
                    connection.execute(select(photo_hash.c.digest).where(photo_hash.c.digest.in_(chunk))).scalars()
                )
            rows = [
                {"digest": digest.hex, "pdq": one.bits, "quality": one.quality}
                for digest, one in hashes.items()
                if digest.hex not in known
            ]
            if rows:
                connection.execute(insert(photo_hash), rows)
