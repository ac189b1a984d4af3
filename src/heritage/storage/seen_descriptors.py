"""Photos that were seen, as a gallery has them: their descriptors and keypoints in the order in which they came.

A photo's *sequence* here is its serial. It has several descriptors, one of the whole and one of each region, as it was
taken. Serials of photos that are not kept any more stay in an index until it is built anew, and lead to nothing.
"""

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

import numpy as np
from sqlalchemy import Row, Select, func, select

from heritage.domain.descriptors import KeypointSet, KeypointSpec, LocalDescriptors, Specs, Vectors
from heritage.domain.images import ImageDigest
from heritage.domain.ports import Sequences
from heritage.storage.database import Database, in_chunks
from heritage.storage.packing import unpack_keypoints, unpack_local_descriptors, unpack_vectors
from heritage.storage.schema import seen, seen_region
from heritage.storage.seen import specs_key

BLOCK_SIZE = 256  # photos


class SeenDescriptors:
    """What `heritage.service.indexing.Gallery` needs. ``after`` and ``until`` are serials; the first is excluded."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def last_serial(self, specs: Specs) -> int:
        """The greatest serial, 0 when nothing was seen."""
        return self._number(select(func.max(seen.c.serial)).where(seen.c.specs == specs_key(specs)))

    def digest_at(self, serial: int, specs: Specs) -> ImageDigest | None:
        """The photo with that serial."""
        statement = select(seen.c.digest).where(seen.c.specs == specs_key(specs), seen.c.serial == serial)
        with self._database.read() as connection:
            found = connection.execute(statement).scalar()
        return ImageDigest(found) if found else None

    def digests_at(self, serials: Iterable[int], specs: Specs) -> dict[int, ImageDigest]:
        """By serial, those photos that are there."""
        found: dict[int, ImageDigest] = {}
        with self._database.read() as connection:
            for chunk in in_chunks(sorted(set(serials))):
                is_asked = (seen.c.specs == specs_key(specs), seen.c.serial.in_(chunk))
                rows = connection.execute(select(seen.c.serial, seen.c.digest).where(*is_asked))
                found |= {row.serial: ImageDigest(row.digest) for row in rows}
        return found

    def sequences_at(self, serials: Iterable[int], specs: Specs) -> list[int]:
        """Those of ``serials`` that there are."""
        return sorted(self.digests_at(serials, specs))

    def count(self, after: int, until: int, specs: Specs) -> int:
        """How many photos `blocks` will yield."""
        return self._number(_within(select(func.count()).select_from(seen), after, until, specs))

    def keypoint_count(self, after: int, until: int, specs: Specs) -> int:
        """How many local descriptors `keypoint_blocks` will yield."""
        return sum(len(sequences) for sequences, _ in self.keypoint_blocks(after, until, specs))

    def blocks(self, after: int, until: int, specs: Specs) -> Iterator[tuple[Sequences, Vectors]]:
        """Descriptors (count, dimension) of photos and their regions, and for each the serial of its photo."""
        dimension = specs.descriptor.dimension
        for rows in self._pages(after, until, specs):
            as_taken = [row.vectors[: 4 * dimension] for row in rows]  # float32; the first turn
            yield _serials(rows), unpack_vectors(as_taken, dimension)

    def keypoint_blocks(self, after: int, until: int, specs: Specs) -> Iterator[tuple[Sequences, LocalDescriptors]]:
        """Local descriptors (count, 128) of whole photos, and for each the serial of its photo."""
        for rows in self._pages(after, until, specs):
            whole = [row for row in rows if row.place == 0]
            sets = [unpack_local_descriptors(row.keypoints) for row in whole]
            yield np.repeat(_serials(whole), [len(one) for one in sets]), np.concatenate(sets)

    def keypoints(self, sequences: Iterable[int], spec: KeypointSpec) -> tuple[tuple[int, KeypointSet], ...]:
        """(serial, keypoints) of whole photos, ascending. A serial is of one pair of specs only."""
        statement = _regions().where(seen_region.c.place == 0)
        rows: list[Row[Any]] = []
        with self._database.read() as connection:
            for chunk in in_chunks(sorted(set(sequences))):
                rows += connection.execute(statement.where(seen.c.serial.in_(chunk)).order_by(seen.c.serial)).all()
        return tuple(
            (row.serial, unpack_keypoints(row.keypoints, row.keypoints_width, row.keypoints_height)) for row in rows
        )

    def _pages(self, after: int, until: int, specs: Specs) -> Iterator[Sequence[Row[Any]]]:
        # One short transaction a page: a long one would keep the write-ahead log from being folded in.
        while True:
            some = _within(select(seen.c.serial), after, until, specs).order_by(seen.c.serial).limit(BLOCK_SIZE)
            with self._database.read() as connection:
                serials = connection.execute(some).scalars().all()
                if not serials:
                    return
                is_next = seen.c.serial.between(after + 1, serials[-1])
                wanted = _regions().where(seen.c.specs == specs_key(specs), is_next)
                rows = connection.execute(wanted.order_by(seen.c.serial, seen_region.c.place)).all()
            yield rows
            after = serials[-1]

    def _number(self, statement: Select[Any]) -> int:
        with self._database.read() as connection:
            return int(connection.execute(statement).scalar() or 0)


def _within(statement: Select[Any], after: int, until: int, specs: Specs) -> Select[Any]:
    return statement.where(seen.c.specs == specs_key(specs), seen.c.serial > after, seen.c.serial <= until)


def _regions() -> Select[Any]:
    of_photo = (seen_region.c.digest == seen.c.digest) & (seen_region.c.specs == seen.c.specs)
    return select(seen.c.serial, seen_region).join_from(seen, seen_region, of_photo)


def _serials(rows: Sequence[Row[Any]]) -> Sequences:
    return np.array([row.serial for row in rows], np.int64)
