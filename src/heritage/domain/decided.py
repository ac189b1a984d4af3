"""What people decided on hits, to fit a calibration to: confirmed ones are genuine pairs, rejected ones are not."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum

import numpy as np
import numpy.typing as npt

from heritage.domain.calibration import MEASUREMENTS, Measured, measure
from heritage.domain.descriptors import Specs
from heritage.domain.hits import Candidate, Evidence
from heritage.domain.images import ImageDigest
from heritage.domain.review import HitState, KeptHit, state_of

Pair = tuple[ImageDigest, ImageDigest]
"""A photo that was searched, and the registered photograph that was found."""


class LeftOut(StrEnum):
    """Why a kept hit teaches nothing."""

    UNDECIDED = "nobody confirmed or rejected it"
    OTHER_SPECS = "another model or keypoint method found it"
    KEPT_BEFORE = "kept by a heritage that did not keep all its measurements"
    NO_COHORT = "found without a cohort to measure its similarity against"
    SAME_FILE = "the photo is the registered file itself"
    SAID_AGAIN = "another hit of the same two photographs is used"


@dataclass(frozen=True, slots=True, eq=False)
class Decided:
    """Pairs that people decided on: ``measured`` (count, measurements) and ``is_genuine`` (count,).

    ``left_out`` says how many hits are not among them, by why.
    """

    measured: Measured
    is_genuine: npt.NDArray[np.bool_]
    left_out: tuple[tuple[LeftOut, int], ...] = ()

    @property
    def confirmed_count(self) -> int:
        return int(self.is_genuine.sum())

    @property
    def rejected_count(self) -> int:
        return len(self.is_genuine) - self.confirmed_count


def decided_pairs(hits: Iterable[KeptHit], specs: Specs) -> Decided:
    """The pairs of those ``hits`` that were found under ``specs`` and decided on; as one sees them who may see all.

    A photo that was searched again counts once: as all decisions on the pair come to, by what its newest hit measured.
    """
    hits_by_pair: dict[Pair, list[KeptHit]] = {}
    left_out: Counter[LeftOut] = Counter()
    for one in hits:
        if reason := _reason(one, specs):
            left_out[reason] += 1
        else:
            hits_by_pair.setdefault((_photo(one), one.digest), []).append(one)
    left_out[LeftOut.SAID_AGAIN] = sum(len(ones) - 1 for ones in hits_by_pair.values())
    newest = [max(ones, key=lambda one: one.search.at) for ones in hits_by_pair.values()]
    is_genuine = [_state(ones) is HitState.CONFIRMED for ones in hits_by_pair.values()]
    return Decided(
        np.array([_measured(one) for one in newest], np.float64).reshape(-1, len(MEASUREMENTS)),
        np.array(is_genuine, bool),
        tuple((why, left_out[why]) for why in LeftOut if left_out[why]),
    )


def _reason(one: KeptHit, specs: Specs) -> LeftOut | None:
    """Why ``one`` is left out, whatever the others are; None: it is not."""
    versions = one.search.versions
    if one.state is HitState.OPEN:
        return LeftOut.UNDECIDED
    if (versions.descriptor_spec, versions.keypoint_spec) != (specs.descriptor.digest, specs.keypoint.digest):
        return LeftOut.OTHER_SPECS
    if one.vote_lead is None:
        return LeftOut.KEPT_BEFORE
    if one.lift is None:
        return LeftOut.NO_COHORT
    return LeftOut.SAME_FILE if _photo(one) == one.digest else None


def _photo(one: KeptHit) -> ImageDigest:
    return one.search.photos[one.view].digest


def _state(ones: Sequence[KeptHit]) -> HitState:
    """What all decisions on hits of one pair come to, whichever hit they were on."""
    return state_of(sorted((made for one in ones for made in one.decisions), key=lambda made: made.at))


def _measured(one: KeptHit) -> Measured:
    """As when it was found: of the photo that shows the object best, not fused with the others."""
    candidate = Candidate((), one.votes, one.vote_lead or 0.0)
    return measure(Evidence(candidate, one.similarity, one.lift, one.verification, one.view, one.region, one.turn))


NOTHING_DECIDED = Decided(np.zeros((0, len(MEASUREMENTS))), np.zeros(0, bool))
