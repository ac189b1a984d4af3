"""Criteria, as the keyword arguments of several methods."""

from collections.abc import Sequence
from typing import TypedDict


class CriteriaAsked(TypedDict, total=False):
    """What records must be like; see ``GET /v1/records`` in the API's documentation. All that are given must hold."""

    text: str
    category: str
    material: str
    period: str
    place: str
    since: str
    until: str
    status: Sequence[str]
    registry: str
    owner: str


class SeenAsked(TypedDict, total=False):
    """What you see of the object, beside its photos; ``measurements`` in cm where no unit is given."""

    object_type: str
    materials: str
    measurements: str
