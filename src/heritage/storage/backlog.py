"""Images that are stored but not described under some specs, and their descriptions when they come."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection, Select, exists, func, select

from heritage.domain.descriptors import LateDescription, Specs, UndescribedImage
from heritage.domain.images import ImageDigest
from heritage.storage.database import Database
from heritage.storage.image_rows import store_late, under
from heritage.storage.schema import described, image, keypoint_set


class Backlog:
    """What a model still has to describe. Images of withdrawn records count: they may be listed again."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def count(self, specs: Specs) -> int:
        """How many images are not described under ``specs``."""
        with self._database.read() as connection:
            return count_undescribed(connection, specs)

    def image_count(self) -> int:
        """How many images there are at all."""
        with self._database.read() as connection:
            return int(connection.execute(select(func.count()).select_from(image)).scalar_one())

    def page(self, specs: Specs, after: int, limit: int) -> tuple[UndescribedImage, ...]:
        """Up to ``limit`` images that are not described under ``specs``, by sequence, following sequence ``after``."""
        of_image = keypoint_set.c.sequence == image.c.sequence
        has_keypoints = exists().where(of_image, keypoint_set.c.spec == specs.keypoint.digest)
        columns = (image.c.sequence, image.c.digest, image.c.width, image.c.height, has_keypoints.label("keypoints"))
        statement = _undescribed(select(*columns), specs).where(image.c.sequence > after)
        with self._database.read() as connection:
            rows = connection.execute(statement.order_by(image.c.sequence).limit(limit)).all()
        return tuple(
            UndescribedImage(row.sequence, ImageDigest(row.digest), row.width * row.height, bool(row.keypoints))
            for row in rows
        )

    def describe(self, late: Sequence[LateDescription], specs: Specs) -> None:
        """Write these descriptions, all or none. One that somebody else wrote meanwhile stays as it is."""
        if not late:
            return
        with self._database.begin() as connection:
            store_late(connection, late, specs)


def count_undescribed(connection: Connection, specs: Specs) -> int:
    """How many images are not described under ``specs``, within the caller's transaction."""
    statement = _undescribed(select(func.count()).select_from(image), specs)
    return int(connection.execute(statement).scalar_one())


def _undescribed(statement: Select[Any], specs: Specs) -> Select[Any]:
    # Asked image by image of an index, rather than of a list of all that are described, made for every page.
    return statement.where(~exists().where(under(specs), described.c.sequence == image.c.sequence))
