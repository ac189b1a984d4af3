"""How complete a record is: how well its object could be told from all others by what is on record."""

from dataclasses import dataclass

from heritage.domain.records import PhotoView, RegistryRecord

_PHOTOGRAPHS, _FURTHER_VIEWS = "photographs", "further_views"
WEIGHTS = {
    _PHOTOGRAPHS: 20,
    "measurements": 12,
    "distinguishing_features": 12,
    "object_type": 10,
    "inscriptions": 10,
    _FURTHER_VIEWS: 10,
    "materials": 7,
    "period": 5,
    "title": 4,
    "maker": 4,
    "subject": 3,
    "description": 3,
}
"""Of 100; see `completeness`."""


@dataclass(frozen=True, slots=True)
class Completeness:
    """``score`` 0..1, and what is missing: card fields, ``photographs``, ``further_views``; the weightiest first."""

    score: float
    missing: tuple[str, ...] = ()


def completeness(record: RegistryRecord) -> Completeness:
    """How much of Object ID the record has, weighted by how well each part identifies an object.

    Of 100: a photograph 20, a second one from another side 10; measurements 12, distinguishing features 12, type of
    object 10, inscriptions and markings 10; materials and techniques 7, date or period 5, title 4, maker 4, subject 3,
    description 3. The order follows Introduction to Object ID (Getty Information Institute, 1999), which asks for
    photographs before all else and then for what tells this object from others of its kind. What only accounts for the
    record, such as an inventory number, does not count.
    """
    missing = tuple(name for name in WEIGHTS if not _has(record, name))
    return Completeness(1 - sum(WEIGHTS[name] for name in missing) / 100, missing)


def _has(record: RegistryRecord, name: str) -> bool:
    if name == _PHOTOGRAPHS:
        return bool(record.photographs)
    if name == _FURTHER_VIEWS:
        views = {one.view for one in record.photographs}
        return len(record.photographs) > 1 and (len(views) > 1 or PhotoView.UNSPECIFIED in views)
    return bool(getattr(record.card, name).strip())
