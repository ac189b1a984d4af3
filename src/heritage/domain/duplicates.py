"""Photographs that are in the registry already."""

from dataclasses import dataclass
from enum import StrEnum

from heritage.domain.records import RecordId


class DuplicateKind(StrEnum):
    """How two photographs are the same: in every byte, or to the eye."""

    SAME = "same photograph"
    NEARLY = "nearly the same photograph"


@dataclass(frozen=True, slots=True)
class Duplicate:
    """A registered photograph that is the one asked about: the first listed records that show it.

    ``distance`` is the number of bits, of 256, in which the two perceptual hashes differ; 0 for the same bytes.
    """

    record_ids: tuple[RecordId, ...]
    kind: DuplicateKind
    distance: int
