"""Writing images and what describes them, inside a transaction of the caller's."""

import json
from collections.abc import Sequence
from dataclasses import asdict
from datetime import UTC, datetime

import numpy as np
import numpy.typing as npt
from sqlalchemy import ColumnElement, Connection, Select, Table, and_, func, insert, select

from heritage.domain.descriptors import (
    DescribedImage,
    DescriptorSpec,
    KeypointSet,
    KeypointSpec,
    LateDescription,
    Specs,
)
from heritage.domain.images import ImageDigest, PhotoHash
from heritage.storage.packing import pack_keypoints, pack_vector
from heritage.storage.schema import described, descriptor, image, image_hash, keypoint_set, spec


def store_described(connection: Connection, items: Sequence[DescribedImage], specs: Specs) -> None:
    """Write images that are new, and descriptions that are missing; what is there already stays as it is.

    Sequences and serials are given out here, in the transaction that makes the rows visible and while it holds the
    write lock. So they become visible in order, and "serials after S" is everything an index up to S lacks.
    """
    if not items:
        return
    _store_specs(connection, specs)
    for item in items:
        sequence = sequence_of(connection, item.digest)
        if sequence is None:
            sequence = _new_row(connection, item)
            if item.photo_hash:
                store_hash(connection, sequence, item.photo_hash)
        elif is_described(connection, sequence, specs):
            continue
        late = LateDescription(sequence, item.description.vector, item.description.keypoints)
        _store_description(connection, late, specs)


def store_late(connection: Connection, items: Sequence[LateDescription], specs: Specs) -> None:
    """Write descriptions of images that were stored earlier; what is there already stays as it is."""
    _store_specs(connection, specs)
    for item in items:
        if not is_described(connection, item.sequence, specs):
            _store_description(connection, item, specs)


def store_hash(connection: Connection, sequence: int, photo_hash: PhotoHash) -> None:
    """Write a hash unless the image has one, in a transaction that holds the write lock: serials appear in order."""
    if connection.execute(select(image_hash.c.serial).where(image_hash.c.sequence == sequence)).first() is None:
        values = {"sequence": sequence, "pdq": photo_hash.bits, "quality": photo_hash.quality}
        connection.execute(insert(image_hash).values(values))


def sequence_of(connection: Connection, digest: ImageDigest) -> int | None:
    return connection.execute(select(image.c.sequence).where(image.c.digest == digest.hex)).scalar()


def is_described(connection: Connection, sequence: int, specs: Specs) -> bool:
    """Whether the image has a descriptor and keypoints under ``specs``."""
    return connection.execute(described_under(specs).where(described.c.sequence == sequence)).first() is not None


def last_serial(connection: Connection, specs: Specs) -> int:
    """The serial of the image that was described last under both specs; 0 when there is none."""
    return connection.execute(select(func.max(described.c.serial)).where(under(specs))).scalar() or 0


def described_under(specs: Specs) -> Select[int]:
    """Selects the sequences of images with a descriptor and keypoints under ``specs``."""
    return select(described.c.sequence).where(under(specs))


def under(specs: Specs) -> ColumnElement[bool]:
    """Whether a row of ``described`` is of these specs."""
    is_descriptor = described.c.descriptor_spec == specs.descriptor.digest
    return and_(is_descriptor, described.c.keypoint_spec == specs.keypoint.digest)


def _store_specs(connection: Connection, specs: Specs) -> None:
    _store_spec(connection, specs.descriptor)
    _store_spec(connection, specs.keypoint)


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


def _store_description(connection: Connection, item: LateDescription, specs: Specs) -> None:
    _store_vector(connection, item.sequence, item.vector, specs.descriptor)
    if item.keypoints is not None:
        _store_keypoints(connection, item.sequence, item.keypoints, specs.keypoint)
    row = insert(described).values(
        descriptor_spec=specs.descriptor.digest,
        keypoint_spec=specs.keypoint.digest,
        serial=last_serial(connection, specs) + 1,
        sequence=item.sequence,
    )
    connection.execute(row)


def _store_vector(
    connection: Connection, sequence: int, vector: npt.NDArray[np.float32], described_by: DescriptorSpec
) -> None:
    if not _has(connection, descriptor, sequence, described_by.digest):
        values = {"spec": described_by.digest, "sequence": sequence, "vector": pack_vector(vector)}
        connection.execute(insert(descriptor).values(values))


def _store_keypoints(connection: Connection, sequence: int, keypoints: KeypointSet, described_by: KeypointSpec) -> None:
    if not _has(connection, keypoint_set, sequence, described_by.digest):
        row = insert(keypoint_set).values(
            spec=described_by.digest,
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
