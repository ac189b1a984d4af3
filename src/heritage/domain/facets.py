"""How many records there are behind each further step of a question."""

from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any

from heritage.domain.criteria import ANYTHING, Criteria

MAX_COUNTED = 50_000
"""Records that are looked at for one breakdown: beyond, its figures are the least that there are."""


class FacetName(StrEnum):
    """By what records are told apart; each value is the field of `Criteria` that chooses within it."""

    STATUS = "statuses"
    CATEGORY = "category"
    MATERIAL = "material"
    PERIOD = "period"
    REGISTRY = "registry"
    OWNER = "owner"


@dataclass(frozen=True, slots=True)
class FacetCount:
    """``record_count`` records have the ``value``: a term, a status, a registry or an agency."""

    value: str
    record_count: int


@dataclass(frozen=True, slots=True)
class Breakdown:
    """The values of one facet, the most frequent first. A record may have several terms, and so count several times.

    ``is_partial``: there are more records than were looked at, so each figure may be higher.
    """

    name: FacetName
    counts: tuple[FacetCount, ...]
    is_partial: bool = False


@dataclass(frozen=True, slots=True)
class Facets:
    """``record_count`` records meet the criteria, or more than that when ``is_partial``.

    Each breakdown respects every criterion but its own, so that another choice within it can be made at once.
    """

    record_count: int
    is_partial: bool
    breakdowns: tuple[Breakdown, ...]


def without(criteria: Criteria, name: FacetName) -> Criteria:
    """``criteria`` with nothing chosen in the facet."""
    emptied: dict[str, Any] = {name.value: getattr(ANYTHING, name.value)}
    return replace(criteria, **emptied)
