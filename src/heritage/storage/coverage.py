"""What a search covers, and the count of changes by which it is known whether that is still so."""

from sqlalchemy import ColumnElement, Connection, distinct, exists, func, insert, select, update

from heritage.domain.descriptors import Specs
from heritage.domain.hits import Coverage
from heritage.domain.records import Status
from heritage.storage.image_rows import described_under
from heritage.storage.schema import meta, record, record_image

Condition = ColumnElement[bool]
LISTED = record.c.status != Status.WITHDRAWN.value
_CHANGES = meta.c.key == "change_count"


def counted(connection: Connection, specs: Specs, searched: Condition, hidden: Condition) -> Coverage:
    """Count the ``searched`` records that show an image described under ``specs``; no search could find another."""
    shows_image = exists().where(record_image.c.record_id == record.c.id)
    is_described = record_image.c.sequence.in_(described_under(specs))
    is_searched = shows_image.where(is_described)
    statement = select(record.c.registry, func.count(), func.max(record.c.updated_at)).where(searched, is_searched)
    rows = connection.execute(statement.group_by(record.c.registry).order_by(record.c.registry)).all()
    images = select(func.count(distinct(record_image.c.sequence))).join_from(record_image, record)
    unsearched = select(func.count()).select_from(record).where(searched, shows_image, ~is_searched)
    restricted = select(record.c.id).where(LISTED, hidden).limit(1)
    return Coverage(
        object_count=sum(count for _, count, _ in rows),
        image_count=connection.execute(images.where(searched, is_described)).scalar_one(),
        object_count_by_registry=tuple((registry, count) for registry, count, _ in rows),
        newest_record=max((newest for _, _, newest in rows), default=None),
        unsearched_count=connection.execute(unsearched).scalar_one(),
        is_restricted=connection.execute(restricted).first() is not None,
    )


def change_count(connection: Connection) -> int:
    """How many changes to records were committed before this transaction."""
    return int(connection.execute(select(meta.c.value).where(_CHANGES)).scalar() or 0)


def count_change(connection: Connection) -> None:
    """Call once in every transaction that changes a record or its images."""
    value = str(change_count(connection) + 1)
    if value == "1":
        connection.execute(insert(meta).values(key="change_count", value=value))
    else:
        connection.execute(update(meta).where(_CHANGES).values(value=value))
