"""Perceptual hashes of images, in the order in which they came, and which records show an image."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from sqlalchemy import exists, func, or_, select

from heritage.domain.access import Viewer
from heritage.domain.images import HASH_BYTES, ImageDigest, PhotoHash
from heritage.domain.ports import HashBits, Sequences
from heritage.domain.records import RecordId
from heritage.storage.coverage import LISTED
from heritage.storage.database import Database
from heritage.storage.image_rows import store_hash
from heritage.storage.schema import image, image_hash, record, record_image
from heritage.storage.visibility import visible_to


@dataclass(frozen=True, slots=True, eq=False)
class HashBlock:
    """Hashes up to ``last_serial``: ``sequences`` (count,), ``bits`` (count, 32) uint8, ``qualities`` (count,)."""

    last_serial: int
    sequences: Sequences
    bits: HashBits
    qualities: npt.NDArray[np.int64]


class ImageHashes:
    """One hash per image at most; images stored by an earlier version have none until they are filled in."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def last_serial(self) -> int:
        """The number of the hash that came last; 0 when there is none."""
        with self._database.read() as connection:
            return connection.execute(select(func.max(image_hash.c.serial))).scalar() or 0

    def block(self, after: int, limit: int) -> HashBlock:
        """Up to ``limit`` hashes that came after serial ``after``, of which there is one at least."""
        statement = select(image_hash).where(image_hash.c.serial > after).order_by(image_hash.c.serial).limit(limit)
        with self._database.read() as connection:
            rows = connection.execute(statement).all()
        return HashBlock(
            rows[-1].serial,
            np.array([row.sequence for row in rows], np.int64),
            np.frombuffer(b"".join(row.pdq for row in rows), np.uint8).reshape(-1, HASH_BYTES),
            np.array([row.quality for row in rows], np.int64),
        )

    def of(self, digest: ImageDigest) -> tuple[int | None, PhotoHash | None]:
        """The sequence of an image if it is stored, and its hash if it has one."""
        columns = (image.c.sequence, image_hash.c.pdq, image_hash.c.quality)
        statement = select(*columns).select_from(image.outerjoin(image_hash)).where(image.c.digest == digest.hex)
        with self._database.read() as connection:
            row = connection.execute(statement).first()
        if row is None:
            return None, None
        return row.sequence, PhotoHash(row.pdq, row.quality) if row.pdq else None

    def records_showing(
        self, sequence: int, viewer: Viewer, besides: RecordId | None, limit: int
    ) -> tuple[RecordId, ...]:
        """The first ``limit`` listed records that show the image to ``viewer``, ``besides`` not among them."""
        statement = select(record.c.registry, record.c.number).select_from(record_image.join(record))
        statement = statement.where(LISTED, visible_to(viewer), record_image.c.sequence == sequence)
        if besides:
            statement = statement.where(or_(record.c.registry != besides.registry, record.c.number != besides.number))
        with self._database.read() as connection:
            rows = connection.execute(statement.order_by(record.c.id).limit(limit))
            return tuple(RecordId(row.registry, row.number) for row in rows)

    def missing_count(self) -> int:
        """How many images have no hash."""
        with self._database.read() as connection:
            statement = select(func.count()).select_from(image).where(~_HAS_HASH)
            return int(connection.execute(statement).scalar_one())

    def missing(self, after: int, limit: int) -> tuple[tuple[int, ImageDigest], ...]:
        """Sequences and digests of up to ``limit`` images without a hash, following sequence ``after``."""
        statement = select(image.c.sequence, image.c.digest).where(~_HAS_HASH, image.c.sequence > after)
        with self._database.read() as connection:
            rows = connection.execute(statement.order_by(image.c.sequence).limit(limit)).all()
        return tuple((row.sequence, ImageDigest(row.digest)) for row in rows)

    def add(self, hashes: Sequence[tuple[int, PhotoHash]]) -> None:
        """Write the hashes of these sequences, all or none; one that is there already stays."""
        with self._database.begin() as connection:
            for sequence, photo_hash in hashes:
                store_hash(connection, sequence, photo_hash)


_HAS_HASH = exists().where(image_hash.c.sequence == image.c.sequence)
