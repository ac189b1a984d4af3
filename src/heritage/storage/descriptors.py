"""Descriptors and keypoints of the stored images, read in the order in which the images were described.

An image counts here once it is described under both specs; its *serial* is its place in that order, which is another
one for every pair of specs. A second model may describe the images at any time and in any order without moving them
for the first. Whether a record still shows it does not matter:
withdrawn records are left out where sequences become records, so that re-listing one needs no new index.
"""

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

import numpy as np
from sqlalchemy import Row, Select, and_, func, select

from heritage.domain.descriptors import KeypointSet, KeypointSpec, LocalDescriptors, Specs, Vectors
from heritage.domain.images import ImageDigest
from heritage.domain.ports import Sequences
from heritage.storage.database import Database, in_chunks
from heritage.storage.image_rows import described_under, last_serial, under
from heritage.storage.packing import unpack_keypoints, unpack_local_descriptors, unpack_vectors
from heritage.storage.schema import described, descriptor, image, keypoint_set

BLOCK_SIZE = 512  # images: about 30 MB of keypoints


class Descriptors:
    """What describes the images. ``after`` and ``until`` are serials; the first is excluded, the other included."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def described(self, digests: Iterable[ImageDigest], specs: Specs) -> set[ImageDigest]:
        """Those of ``digests`` that are described under both specs."""
        found: set[ImageDigest] = set()
        with self._database.read() as connection:
            for chunk in in_chunks(sorted(digest.hex for digest in digests)):
                sequences = described_under(specs)
                statement = select(image.c.digest).where(image.c.digest.in_(chunk), image.c.sequence.in_(sequences))
                found.update(ImageDigest(hex_digits) for hex_digits in connection.execute(statement).scalars())
        return found

    def last_serial(self, specs: Specs) -> int:
        """The greatest serial, 0 when nothing is described. Cheap: every search asks."""
        with self._database.read() as connection:
            return last_serial(connection, specs)

    def digest_at(self, serial: int, specs: Specs) -> ImageDigest | None:
        """The image with that serial: whether two databases agree on it tells whether an index fits."""
        statement = select(image.c.digest).join_from(described, image, image.c.sequence == described.c.sequence)
        with self._database.read() as connection:
            found = connection.execute(statement.where(under(specs), described.c.serial == serial)).scalar()
        return ImageDigest(found) if found else None

    def sequences_at(self, serials: Iterable[int], specs: Specs) -> list[int]:
        """The images with these serials; a serial that there is not is left out."""
        with self._database.read() as connection:
            found: list[int] = []
            for chunk in in_chunks(sorted(set(serials))):
                found += connection.execute(described_under(specs).where(described.c.serial.in_(chunk))).scalars()
        return found

    def count(self, after: int, until: int, specs: Specs) -> int:
        """How many images `blocks` will yield."""
        return self._number(_within(select(func.count()).select_from(described), after, until, specs))

    def keypoint_count(self, after: int, until: int, specs: Specs) -> int:
        """How many local descriptors `keypoint_blocks` will yield."""
        statement = select(func.sum(keypoint_set.c.keypoint_count)).join_from(described, keypoint_set, _OF_KEYPOINTS)
        return self._number(_within(statement, after, until, specs))

    def blocks(
        self, after: int, until: int, specs: Specs, block_size: int = BLOCK_SIZE
    ) -> Iterator[tuple[Sequences, Vectors]]:
        """Sequences (count,) and descriptors (count, dimension), by serial, up to ``block_size`` images at a time."""
        columns = (described.c.serial, described.c.sequence, descriptor.c.vector)
        statement = _within(select(*columns).join_from(described, descriptor, _OF_DESCRIPTOR), after, until, specs)
        for rows in self._pages(statement, block_size):
            yield _sequences(rows), unpack_vectors([row.vector for row in rows], specs.descriptor.dimension)

    def keypoint_blocks(
        self, after: int, until: int, specs: Specs, block_size: int = BLOCK_SIZE
    ) -> Iterator[tuple[Sequences, LocalDescriptors]]:
        """Local descriptors (count, 128) of up to ``block_size`` images, and for each the sequence of its image."""
        columns = (described.c.serial, described.c.sequence, keypoint_set.c.packed)
        statement = _within(select(*columns).join_from(described, keypoint_set, _OF_KEYPOINTS), after, until, specs)
        for rows in self._pages(statement, block_size):
            sets = [unpack_local_descriptors(row.packed) for row in rows]
            yield np.repeat(_sequences(rows), [len(one) for one in sets]), np.concatenate(sets)

    def vectors(self, sequences: Iterable[int], specs: Specs) -> tuple[Sequences, Vectors]:
        """Descriptors (count, dimension) of those images that have one, with their sequences (count,), ascending."""
        statement = select(descriptor.c.sequence, descriptor.c.vector).where(
            descriptor.c.spec == specs.descriptor.digest
        )
        rows = self._rows(statement, sequences)
        return _sequences(rows), unpack_vectors([row.vector for row in rows], specs.descriptor.dimension)

    def keypoints(self, sequences: Iterable[int], spec: KeypointSpec) -> tuple[tuple[int, KeypointSet], ...]:
        """(sequence, keypoints) of those images that have keypoints, ascending."""
        columns = (keypoint_set.c.sequence, keypoint_set.c.width, keypoint_set.c.height, keypoint_set.c.packed)
        rows = self._rows(select(*columns).where(keypoint_set.c.spec == spec.digest), sequences)
        return tuple((row.sequence, unpack_keypoints(row.packed, row.width, row.height)) for row in rows)

    def _number(self, statement: Select[Any]) -> int:
        with self._database.read() as connection:
            return int(connection.execute(statement).scalar() or 0)

    def _pages(self, statement: Select[Any], size: int) -> Iterator[Sequence[Row[Any]]]:
        # One short transaction a page: a long one would keep the write-ahead log from being folded in.
        after = 0
        while True:
            page = statement.where(described.c.serial > after).order_by(described.c.serial).limit(size)
            with self._database.read() as connection:
                rows = connection.execute(page).all()
            if not rows:
                return
            yield rows
            after = rows[-1].serial

    def _rows(self, statement: Select[Any], sequences: Iterable[int]) -> list[Row[Any]]:
        column = statement.selected_columns["sequence"]
        rows: list[Row[Any]] = []
        with self._database.read() as connection:
            for chunk in in_chunks(sorted(set(sequences))):
                rows += connection.execute(statement.where(column.in_(chunk)).order_by(column)).all()
        return rows


_OF_DESCRIPTOR = and_(descriptor.c.spec == described.c.descriptor_spec, descriptor.c.sequence == described.c.sequence)
_OF_KEYPOINTS = and_(keypoint_set.c.spec == described.c.keypoint_spec, keypoint_set.c.sequence == described.c.sequence)


def _within(statement: Select[Any], after: int, until: int, specs: Specs) -> Select[Any]:
    return statement.where(under(specs), described.c.serial > after, described.c.serial <= until)


def _sequences(rows: Sequence[Row[Any]]) -> Sequences:
    return np.array([row.sequence for row in rows], np.int64)
