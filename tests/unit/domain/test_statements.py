"""What a kept search says that it covered is read back whole, or not at all."""

from dataclasses import replace
from datetime import UTC, datetime
from itertools import product

import pytest

from heritage.domain.hits import Coverage
from heritage.domain.statements import ComparedWith, read_statement

WHOLE = Coverage(1312, 1, (("north", 1300), ("south (old), (3)", 12)), datetime(2026, 5, 4, tzinfo=UTC))
NOTHING = Coverage(0, 0, (), None)


@pytest.mark.parametrize("base", [WHOLE, replace(WHOLE, newest_record=None), NOTHING], ids=["whole", "undated", "none"])
def test_what_was_covered_is_read_back(base: Coverage) -> None:
    for unsearched, restricted, narrowed in product((0, 1, 20_000), (False, True), (False, True)):
        coverage = replace(base, unsearched_count=unsearched, is_restricted=restricted, is_narrowed=narrowed)
        assert read_statement(coverage.statement) == coverage


def test_what_a_photo_was_compared_with_is_read_back() -> None:
    for one in (ComparedWith(20_340), ComparedWith(20_340, "north/12, which is new, or so")):
        assert read_statement(one.statement) == one


@pytest.mark.parametrize(
    "statement",
    [
        "",
        "Searched 312 registered objects.",
        WHOLE.statement + " ",
        WHOLE.statement.replace("1,312", "1312"),
        WHOLE.statement.replace("2026-05-04", "2026-02-30"),
        WHOLE.statement.replace("photograph ", "photographs "),
        "Nothing was searched. Not found is not a clearance.",
        WHOLE.statement.replace("Not found is not a clearance.", "It is cleared."),
    ],
)
def test_what_nothing_of_ours_would_say_is_not_read(statement: str) -> None:
    assert read_statement(statement) is None


def test_a_long_statement_is_read_or_refused_at_once() -> None:
    many = replace(WHOLE, object_count_by_registry=tuple((f"registry {place}", 1) for place in range(2000)))
    assert read_statement(many.statement) == many
    assert read_statement("Searched 1 registered object with 1 photograph in " + "x (1), newest record " * 5000) is None
