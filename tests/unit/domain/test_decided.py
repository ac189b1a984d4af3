"""Decisions become pairs to learn from: which do, as what, and what is left out."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import numpy as np
import pytest

from heritage.domain.calibration import MEASUREMENTS, measure
from heritage.domain.decided import LeftOut, decided_pairs
from heritage.domain.descriptors import DescriptorSpec, KeypointSpec, Specs
from heritage.domain.hits import AS_TAKEN, Candidate, Evidence, SearchedPhoto, Verdict, Verification, Versions
from heritage.domain.images import ImageDigest, Region
from heritage.domain.records import RecordId, RegistryRecord
from heritage.domain.review import Decision, DecisionKind, KeptHit, Side
from tests.kept import search_by, viewer

SPECS = Specs(DescriptorSpec("m", "w", "p", 8), KeypointSpec("k", 64, 12))
VERSIONS = Versions("1", SPECS.descriptor.digest, SPECS.keypoint.digest, "i", "r")
NOW = datetime(2026, 11, 1, tzinfo=UTC)
CONFIRMED, REJECTED, ASKED = DecisionKind.CONFIRMED, DecisionKind.REJECTED, DecisionKind.ASK_OWNER
OWNER, SEARCHER = Side.OWNER, Side.SEARCHER
WHOLE = Region(0, 0, 640, 520)


def hit(photo: str, registered: str, *said: tuple[DecisionKind, Side], days: int = 0, **more: object) -> KeptHit:
    """Found ``days`` after the others, and decided on at once."""
    search = search_by(
        viewer("south"),
        at=NOW + timedelta(days),
        photos=(SearchedPhoto(ImageDigest.of(photo.encode()), 640, 520, ()),),
        versions=VERSIONS,
        search_id=f"{photo} {days}",
    )
    kept = KeptHit(
        hit_id=f"{photo} {registered}",
        search=search,
        record=RegistryRecord(RecordId("r", registered)),
        record_version=1,
        digest=ImageDigest.of(registered.encode()),
        image_width=300,
        image_height=400,
        view=0,
        region=WHOLE,
        turn=AS_TAKEN,
        similarity=0.5,
        votes=12.0,
        verification=replace(Verification.nothing(30), cell_count=20, agreeing_cell_count=25, support=0.4),
        score=9.0,
        false_alarm_rate=1e-3,
        verdict=Verdict.POSSIBLE,
        decisions=tuple(
            Decision(kind, side, NOW + timedelta(days, hours), "actor", "agency")
            for hours, (kind, side) in enumerate(said)
        ),
        lift=3.5,
        vote_lead=1.25,
    )
    return replace(kept, **more)  # type: ignore[arg-type]


def test_the_confirmed_are_genuine_and_the_rejected_are_impostors() -> None:
    decided = decided_pairs([hit("a", "cup", (CONFIRMED, SEARCHER)), hit("b", "cup", (REJECTED, OWNER))], SPECS)
    assert decided.is_genuine.tolist() == [True, False]
    assert (decided.confirmed_count, decided.rejected_count, decided.left_out) == (1, 1, ())


def test_the_owner_goes_before_the_searcher() -> None:
    said = ((REJECTED, OWNER), (CONFIRMED, SEARCHER), (ASKED, SEARCHER))
    assert decided_pairs([hit("a", "cup", *said)], SPECS).is_genuine.tolist() == [False]


def test_a_pair_measures_what_the_search_measured() -> None:
    one = hit("a", "cup", (CONFIRMED, OWNER))
    found = Evidence(Candidate((), 12.0, 1.25), 0.5, 3.5, one.verification, 0, WHOLE)
    measured = decided_pairs([one], SPECS).measured
    assert np.array_equal(measured, [measure(found)])
    assert {"lift", "cells", "votes", "vote_lead"} <= {MEASUREMENTS[place] for place in np.flatnonzero(measured[0])}


@pytest.mark.parametrize(
    ("change", "why"),
    [
        ({"decisions": ()}, LeftOut.UNDECIDED),
        ({"search": {"versions": replace(VERSIONS, descriptor_spec="another")}}, LeftOut.OTHER_SPECS),
        ({"search": {"versions": replace(VERSIONS, keypoint_spec="another")}}, LeftOut.OTHER_SPECS),
        ({"vote_lead": None, "lift": None}, LeftOut.KEPT_BEFORE),
        ({"lift": None}, LeftOut.NO_COHORT),
        ({"digest": ImageDigest.of(b"a")}, LeftOut.SAME_FILE),
    ],
    ids=["undecided", "other model", "other keypoints", "kept before", "no cohort", "same file"],
)
def test_what_cannot_be_used_is_left_out_and_told(change: dict[str, object], why: LeftOut) -> None:
    one = hit("a", "cup", (CONFIRMED, OWNER))
    if isinstance(of_search := change.get("search"), dict):
        change = {"search": replace(one.search, **of_search)}
    decided = decided_pairs([replace(one, **change), hit("b", "cup", (CONFIRMED, OWNER))], SPECS)  # type: ignore[arg-type]
    assert decided.left_out == ((why, 1),)
    assert decided.confirmed_count == 1


def test_a_photo_that_was_searched_again_counts_once() -> None:
    """By all that was said of the pair, the owner's word first, and by what the newest search measured."""
    first = hit("a", "cup", (REJECTED, OWNER))
    again = hit("a", "cup", (CONFIRMED, SEARCHER), days=3, lift=7.0)
    decided = decided_pairs([again, first], SPECS)
    assert decided.is_genuine.tolist() == [False]
    assert decided.measured[:, MEASUREMENTS.index("lift")].tolist() == [7.0]
    assert decided.left_out == ((LeftOut.SAID_AGAIN, 1),)


def test_no_decision_is_no_pair() -> None:
    decided = decided_pairs([], SPECS)
    assert decided.measured.shape == (0, len(MEASUREMENTS))
    assert (decided.confirmed_count, decided.rejected_count) == (0, 0)
