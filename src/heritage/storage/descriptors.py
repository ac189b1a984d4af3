"""Descriptors and keypoints of the stored images, read in order of their sequence.

An image counts here once it is described under both specs. Whether a record still shows it does not matter:
withdrawn records are left out where sequences become records, so that re-listing one needs no new index.
"""

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

import numpy as np
from sqlalchemy import Row, Select, func, select

from heritage.domain.descriptors import KeypointSet, KeypointSpec, LocalDescriptors, Specs, Vectors
from heritage.domain.images import ImageDigest
from heritage.domain.ports import Sequences
from heritage.storage.database import Database, in_chunks
from heritage.storage.image_rows import described_under, last_sequence
from heritage.storage.packing import unpack_keypoints, unpack_local_descriptors, unpack_vectors
from heritage.storage.schema import descriptor, image, keypoint_set

BLOCK_SIZE = 512  # images: about 30 MB of keypoints


class Descriptors:
    """What describes the images. ``after`` is excluded, ``until`` included, everywhere."""

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

    def last_sequence(self, specs: Specs) -> int:
        """The greatest described sequence, 0 when there is none. Cheap: every search asks."""
        with self._database.read() as connection:
            return last_sequence(connection, specs)

    def digest_at(self, sequence: int) -> ImageDigest | None:
        """The image with that sequence: whether two databases agree on it tells whether an index fits."""
        with self._database.read() as connection:
            found = connection.execute(select(image.c.digest).where(image.c.sequence == sequence)).scalar()
        return ImageDigest(found) if found else None

    def count(self, after: int, until: int, specs: Specs) -> int:
        """How many images `blocks` will yield."""
        return self._number(_within(described_under(specs), after, until).with_only_columns(func.count()))

    def keypoint_count(self, after: int, until: int, specs: Specs) -> int:
        """How many local descriptors `keypoint_blocks` will yield."""
        total = func.sum(keypoint_set.c.keypoint_count)
        return self._number(_within(described_under(specs), after, until).with_only_columns(total))

    def blocks(
        self, after: int, until: int, specs: Specs, block_size: int = BLOCK_SIZE
    ) -> Iterator[tuple[Sequences, Vectors]]:
        """Sequences (count,), ascending, and descriptors (count, dimension), up to ``block_size`` images at a time."""
        statement = described_under(specs).add_columns(descriptor.c.vector)
        for rows in self._pages(statement, after, until, block_size):
            yield _sequences(rows), unpack_vectors([row.vector for row in rows], specs.descriptor.dimension)

    def keypoint_blocks(
        self, after: int, until: int, specs: Specs, block_size: int = BLOCK_SIZE
    ) -> Iterator[tuple[Sequences, LocalDescriptors]]:
        """Local descriptors (count, 128) of up to ``block_size`` images, and for each the sequence of its image."""
        statement = described_under(specs).add_columns(keypoint_set.c.packed)
        for rows in self._pages(statement, after, until, block_size):
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

    def _pages(self, statement: Select[Any], after: int, until: int, size: int) -> Iterator[Sequence[Row[Any]]]:
        # One short transaction a page: a long one would keep the write-ahead log from being folded in.
        while True:
            page = _within(statement, after, until).order_by(descriptor.c.sequence).limit(size)
            with self._database.read() as connection:
                rows = connection.execute(page).all()
            if not rows:
                return
            yield rows
            after = rows[-1].sequence

    def _rows(self, statement: Select[Any], sequences: Iterable[int]) -> list[Row[Any]]:
        column = statement.selected_columns["sequence"]
        rows: list[Row[Any]] = []
        with self._database.read() as connection:
            for chunk in in_chunks(sorted(set(sequences))):
                rows += connection.execute(statement.where(column.in_(chunk)).order_by(column)).all()
        return rows


def _within(statement: Select[Any], after: int, until: int) -> Select[Any]:
    return statement.where(descriptor.c.sequence > after, descriptor.c.sequence <= until)


def _sequences(rows: Sequence[Row[Any]]) -> Sequences:
    return np.array([row.sequence for row in rows], np.int64)
