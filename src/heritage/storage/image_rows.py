"""Writing images and what describes them, inside a transaction of the caller's."""

import json
from collections.abc import Sequence
from dataclasses import asdict
from datetime import UTC, datetime

from sqlalchemy import Connection, Select, Table, and_, delete, func, insert, select, update

from heritage.domain.descriptors import DescribedImage, DescriptorSpec, KeypointSpec, Specs
from heritage.domain.images import ImageDigest
from heritage.storage.packing import pack_keypoints, pack_vector
from heritage.storage.schema import descriptor, image, keypoint_set, spec


def store_described(connection: Connection, described: Sequence[DescribedImage], specs: Specs) -> None:
    """Write images that are new, and descriptions that are missing; what is there already stays as it is.

    Sequences are given out here, in the transaction that makes the rows visible and while it holds the write lock.
    So they become visible in order, and "rows after sequence S" is everything an index up to S lacks.
    """
    if not described:
        return
    _store_spec(connection, specs.descriptor)
    _store_spec(connection, specs.keypoint)
    indexed_until = last_sequence(connection, specs)
    for item in described:
        sequence = sequence_of(connection, item.digest)
        if sequence is None:
            sequence = _new_row(connection, item)
        elif is_described(connection, sequence, specs):
            continue
        elif sequence <= indexed_until:
            # Stored long ago, described under these specs only now: an index may have passed it by. As the last
            # image it is in the tail of every index.
            sequence = _moved_to_end(connection, sequence)
        _store_description(connection, sequence, item, specs)


def sequence_of(connection: Connection, digest: ImageDigest) -> int | None:
    return connection.execute(select(image.c.sequence).where(image.c.digest == digest.hex)).scalar()


def is_described(connection: Connection, sequence: int, specs: Specs) -> bool:
    """Whether the image has a descriptor and keypoints under ``specs``."""
    return connection.execute(described_under(specs).where(descriptor.c.sequence == sequence)).first() is not None


def last_sequence(connection: Connection, specs: Specs) -> int:
    """The greatest sequence described under both specs; 0 when there is none."""
    newest = select(func.max(keypoint_set.c.sequence)).where(keypoint_set.c.spec == specs.keypoint.digest)
    # Bounded and ordered, so that it is read off the end of two indexes: every search asks this.
    statement = described_under(specs).where(descriptor.c.sequence <= newest.scalar_subquery())
    return connection.execute(statement.order_by(descriptor.c.sequence.desc()).limit(1)).scalar() or 0


def described_under(specs: Specs) -> Select[int]:
    """Selects the sequences of images with a descriptor and keypoints under ``specs``."""
    both = and_(keypoint_set.c.sequence == descriptor.c.sequence, keypoint_set.c.spec == specs.keypoint.digest)
    joined = descriptor.join(keypoint_set, both)
    return select(descriptor.c.sequence).select_from(joined).where(descriptor.c.spec == specs.descriptor.digest)


def _store_spec(connection: Connection, described_by: DescriptorSpec | KeypointSpec) -> None:
    if connection.execute(select(spec.c.digest).where(spec.c.digest == described_by.digest)).first() is None:
        kind = "descriptor" if isinstance(described_by, DescriptorSpec) else "keypoint"
        values = json.dumps(asdict(described_by), sort_keys=True)
        connection.execute(insert(spec).values(digest=described_by.digest, kind=kind, json=values))


def _new_row(connection: Connection, item: DescribedImage) -> int:
    row = insert(image).values(
        digest=item.digest.hex,
        media_type=item.media_type,
        byte_count=item.byte_count,
        width=item.width,
        height=item.height,
        stored_at=datetime.now(UTC),
    )
    return int(connection.execute(row.returning(image.c.sequence)).scalar_one())


def _moved_to_end(connection: Connection, sequence: int) -> int:
    """Give the image a sequence after all others; links and descriptions follow by their foreign keys."""
    place_holder = insert(image).values(
        digest="moving", media_type="", byte_count=0, width=0, height=0, stored_at=datetime.now(UTC)
    )
    new_sequence = int(connection.execute(place_holder.returning(image.c.sequence)).scalar_one())
    connection.execute(delete(image).where(image.c.sequence == new_sequence))
    connection.execute(update(image).where(image.c.sequence == sequence).values(sequence=new_sequence))
    return new_sequence


def _store_description(connection: Connection, sequence: int, item: DescribedImage, specs: Specs) -> None:
    keypoints = item.description.keypoints
    if not _has(connection, descriptor, sequence, specs.descriptor.digest):
        vector = pack_vector(item.description.vector)
        connection.execute(insert(descriptor).values(spec=specs.descriptor.digest, sequence=sequence, vector=vector))
    if not _has(connection, keypoint_set, sequence, specs.keypoint.digest):
        row = insert(keypoint_set).values(
            spec=specs.keypoint.digest,
            sequence=sequence,
            width=keypoints.width,
            height=keypoints.height,
            keypoint_count=len(keypoints),
            packed=pack_keypoints(keypoints),
        )
        connection.execute(row)


def _has(connection: Connection, table: Table, sequence: int, spec_digest: str) -> bool:
    statement = select(table.c.sequence).where(table.c.spec == spec_digest, table.c.sequence == sequence)
    return connection.execute(statement).first() is not None
