"""Photos that were described once, by their digest, so that the same photo is never described again."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Row, insert, select

from heritage.domain.descriptors import RegionDescription, Specs
from heritage.domain.images import ImageDigest, Region
from heritage.storage.database import Database, in_chunks
from heritage.storage.packing import pack_keypoints, pack_vector, unpack_keypoints, unpack_vectors
from heritage.storage.schema import seen, seen_region

LOOK = "1"  # how regions are proposed and turned; another way of it sees other things in the same photo
Regions = tuple[RegionDescription, ...]


class Seen:
    """What is kept of each photo is what a search sees of it: the whole, then its regions."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def find(self, digests: Iterable[ImageDigest], specs: Specs) -> dict[ImageDigest, Regions]:
        """What is known of those of ``digests`` that were described under ``specs``."""
        rows_by_digest: dict[str, list[Row[Any]]] = {}
        with self._database.read() as connection:
            for chunk in in_chunks(sorted({digest.hex for digest in digests})):
                is_asked = (seen_region.c.specs == _key(specs), seen_region.c.digest.in_(chunk))
                rows = select(seen_region).where(*is_asked).order_by(seen_region.c.digest, seen_region.c.place)
                for row in connection.execute(rows):
                    rows_by_digest.setdefault(row.digest, []).append(row)
        return {
            ImageDigest(digest): tuple(_description_of(row._mapping, specs) for row in rows)
            for digest, rows in rows_by_digest.items()
        }

    def add(
        self, described: Mapping[ImageDigest, Sequence[RegionDescription]], specs: Specs
    ) -> dict[ImageDigest, Regions]:
        """Keep what is new of this; all of it as `find` will give it, so that a search is the same every time."""
        packed = {digest: [_packed(one) for one in ones] for digest, ones in described.items()}
        with self._database.begin() as connection:
            known = set[str]()
            for chunk in in_chunks([digest.hex for digest in packed]):
                is_asked = (seen.c.specs == _key(specs), seen.c.digest.in_(chunk))
                known.update(connection.execute(select(seen.c.digest).where(*is_asked)).scalars())
            for digest, rows in packed.items():
                if digest.hex not in known:
                    key = {"digest": digest.hex, "specs": _key(specs)}
                    connection.execute(insert(seen).values(**key, seen_at=datetime.now(UTC)))
                    connection.execute(
                        insert(seen_region), [key | row | {"place": place} for place, row in enumerate(rows)]
                    )
        return {digest: tuple(_description_of(row, specs) for row in rows) for digest, rows in packed.items()}


def _key(specs: Specs) -> str:
    return f"{specs.digest}-{LOOK}"


def _packed(one: RegionDescription) -> dict[str, Any]:
    keypoints = one.keypoints
    return {
        "region": str(one.region),
        "vectors": pack_vector(one.vectors),
        "keypoints": None if keypoints is None else pack_keypoints(keypoints),
        "keypoints_width": 0 if keypoints is None else keypoints.width,
        "keypoints_height": 0 if keypoints is None else keypoints.height,
    }


def _description_of(row: Mapping[Any, Any], specs: Specs) -> RegionDescription:
    dimension, packed, keypoints = specs.descriptor.dimension, row["vectors"], row["keypoints"]
    size = 4 * dimension
    return RegionDescription(
        Region.parse(row["region"]),
        unpack_vectors([packed[start : start + size] for start in range(0, len(packed), size)], dimension),
        None if keypoints is None else unpack_keypoints(keypoints, row["keypoints_width"], row["keypoints_height"]),
    )
