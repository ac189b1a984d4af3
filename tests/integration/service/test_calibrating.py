"""What was decided in a home, read and learnt from beside labelled trials."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from heritage.domain.access import AT_THE_MACHINE
from heritage.domain.calibration import MEASUREMENTS
from heritage.domain.decided import LeftOut
from heritage.domain.fitting import Trials, fit
from heritage.domain.hits import Hit, Versions
from heritage.domain.records import Photograph, RecordId, RegistryRecord
from heritage.domain.review import DecisionKind
from heritage.errors import InputError
from heritage.service import calibrating
from heritage.service.calibrating import LEAST_DECIDED, check_enough, collect_decided
from heritage.storage.hits import Hits
from tests.kept import found, keep_decided
from tests.toys import ToyContext, describe, png

CONFIRMED, REJECTED, ASKED = DecisionKind.CONFIRMED, DecisionKind.REJECTED, DecisionKind.ASK_OWNER
LIFT, CELLS = MEASUREMENTS.index("lift"), MEASUREMENTS.index("loose_cells")


@pytest.fixture
def context(tmp_path: Path) -> Iterator[ToyContext]:
    context = ToyContext.open(tmp_path)
    yield context
    context.database.close()


def registered(context: ToyContext) -> RegistryRecord:
    image = describe(png(1))
    record = RegistryRecord(RecordId("r", "1"), owner_agency="north", photographs=(Photograph(image.digest),))
    context.records.save(record, [image], context.specs)
    return context.records.get(record.record_id, AT_THE_MACHINE)


def with_evidence(hit: Hit, lift: float, cells: int) -> Hit:
    """Of likeness and of loose geometry only."""
    verification = replace(hit.verification, cell_count=0, agreeing_cell_count=cells, support=0.0, correlation=None)
    return replace(hit, lift=lift, verification=verification, votes=0.0, vote_lead=0.0)


def versions(context: ToyContext) -> Versions:
    return Versions("1", context.specs.descriptor.digest, context.specs.keypoint.digest, "i", "r")


def labelled() -> Trials:
    """Lift and cells say equally much: 100 genuine pairs and 300 strangers, each in a search of its own."""
    rng = np.random.default_rng(0)
    is_genuine = np.arange(400) < 100
    measured = np.zeros((400, len(MEASUREMENTS)))
    for place in (LIFT, CELLS):
        measured[:, place] = np.maximum(0, rng.normal(1.0, 1.0, 400) + 1.5 * is_genuine)
    search = np.arange(400)
    return Trials(measured, is_genuine, search, search, np.zeros(400, bool), 400, 120, 40_000)


def test_all_that_was_decided_is_read_page_by_page(context: ToyContext, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(calibrating, "PAGE", 2)
    hits, one = Hits(context.database), found(registered(context))
    for kind, count in ((CONFIRMED, 5), (REJECTED, 3), (ASKED, 2)):
        keep_decided(hits, one, kind, count, versions(context))
    decided = collect_decided(context.database, context.specs)
    assert (decided.confirmed_count, decided.rejected_count) == (5, 3)
    assert decided.left_out == ((LeftOut.UNDECIDED, 2),)


def test_too_few_decisions_are_refused_in_words(context: ToyContext) -> None:
    hits, one = Hits(context.database), found(registered(context))
    keep_decided(hits, one, CONFIRMED, LEAST_DECIDED, versions(context))
    keep_decided(hits, one, REJECTED, LEAST_DECIDED - 1, versions(context))
    with pytest.raises(InputError, match=r"10 confirmed and 9 rejected.*takes 10 of each"):
        check_enough(collect_decided(context.database, context.specs))
    keep_decided(hits, replace(one, view=0), REJECTED, LEAST_DECIDED, versions(context))
    check_enough(collect_decided(context.database, context.specs))


@pytest.mark.parametrize("by_lift", [True, False], ids=["lift tells", "cells tell"])
def test_what_tells_the_decisions_apart_comes_to_weigh_more(context: ToyContext, by_lift: bool) -> None:
    hits, one = Hits(context.database), found(registered(context))
    alike, fitting = with_evidence(one, 4.0, 0), with_evidence(one, 0.0, 50)
    keep_decided(hits, alike if by_lift else fitting, CONFIRMED, 40, versions(context))
    keep_decided(hits, fitting if by_lift else alike, REJECTED, 40, versions(context))
    before = fit(labelled(), "v", "m")
    after = fit(labelled(), "v", "m", collect_decided(context.database, context.specs))
    more, less = (LIFT, CELLS) if by_lift else (CELLS, LIFT)
    assert after.weights[more] > before.weights[more]
    assert after.weights[less] < before.weights[less]
