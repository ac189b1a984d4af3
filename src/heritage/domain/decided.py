"""What people decided on hits, as trials to fit a calibration on: confirmed are genuine pairs, rejected are not."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum

import numpy as np
import numpy.typing as npt

from heritage.domain.calibration import MEASUREMENTS, Measured, measure
from heritage.domain.descriptors import Specs
from heritage.domain.fitting import Trials
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
    """``trials``, one for each pair that was decided on, and how many hits were left out, by why."""

    trials: Trials
    left_out: tuple[tuple[LeftOut, int], ...]

    @property
    def confirmed_count(self) -> int:
        return int(self.trials.is_genuine.sum())

    @property
    def rejected_count(self) -> int:
        return len(self.trials.is_genuine) - self.confirmed_count


def trials_of(hits: Iterable[KeptHit], specs: Specs) -> Decided:
    """Trials of those ``hits`` that were found under ``specs`` and decided on; as one sees them who may see all.

    Only hits that were shown get decided: those rejected are the strangers that looked most like a match, and whatever
    no search showed is not among those confirmed. So decisions tell what sets the one apart from the other where that
    is hard, but not how often either comes. Therefore all are marked as twins: they teach the weights, and the
    false-alarm rate under the weights that come out is measured on random objects of labelled sets alone. Nobody knows
    what was missed, so ``genuine_count`` is of the confirmed only, which makes scores a little too high; that rate is
    measured afterwards, and is not.

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
    return Decided(_trials(newest, is_genuine), tuple((why, left_out[why]) for why in LeftOut if left_out[why]))


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


def _trials(hits: Sequence[KeptHit], is_genuine: Sequence[bool]) -> Trials:
    """Of hits of different pairs."""
    searches = _numbers([one.search.search_id for one in hits])
    confirmed_count = sum(is_genuine)
    return Trials(
        measured=np.array([_measured(one) for one in hits], np.float64).reshape(-1, len(MEASUREMENTS)),
        is_genuine=np.array(is_genuine, bool),
        search=searches,
        group=_numbers(_objects(hits, is_genuine)),
        is_twin=np.ones(len(hits), bool),
        search_count=len(np.unique(searches)),
        genuine_count=confirmed_count,
        impostor_count=len(hits) - confirmed_count,
    )


def _measured(one: KeptHit) -> Measured:
    """As when it was found: of the photo that shows the object best, not fused with the others."""
    candidate = Candidate((), one.votes, one.vote_lead or 0.0)
    return measure(Evidence(candidate, one.similarity, one.lift, one.verification, one.view, one.region, one.turn))


def _objects(hits: Sequence[KeptHit], is_genuine: Sequence[bool]) -> list[str]:
    """A name of the object that each was asked about: the record that a photo was confirmed to show, else the photo."""
    confirmed = [one for one, is_confirmed in zip(hits, is_genuine, strict=True) if is_confirmed]
    name_by_photo = {
        photo.digest: str(one.record.record_id if one.record else one.digest)
        for one in confirmed
        for photo in one.search.photos
    }
    return [name_by_photo.get(_photo(one), str(one.search.photos[0].digest)) for one in hits]


def _numbers(names: Sequence[str]) -> npt.NDArray[np.int64]:
    """Of each, the number of its name."""
    return np.unique(np.array(names, str), return_inverse=True)[1].astype(np.int64)
