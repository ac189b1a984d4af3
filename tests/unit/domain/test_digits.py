"""Figures in other digits than 0 to 9."""

import pytest

from heritage.domain.cases import CaseFacts, read_case_key
from heritage.domain.criteria import Criteria
from heritage.domain.digits import western
from heritage.domain.records import RecordId, RegistryRecord
from heritage.errors import RecordError

ARABIC = "١٩٩٨-٠٥-٢١"


@pytest.mark.parametrize(
    ("typed", "read"), [("1998", "1998"), (ARABIC, "1998-05-21"), ("۱۹۹۸", "1998"), ("²½٫é", "²½٫é")]
)
def test_digits_of_every_script_are_read_and_nothing_else_is_changed(typed: str, read: str) -> None:
    assert western(typed) == read


def test_a_date_is_kept_as_it_is_compared_whatever_keyboard_typed_it() -> None:
    """Kept as typed, it would lie behind every other date, and no search by date would find the record."""
    assert RegistryRecord(RecordId("r", "1"), theft_date=ARABIC).theft_date == "1998-05-21"
    assert Criteria(since=ARABIC).since == "1998-05-21"
    assert CaseFacts("Cup", ARABIC).date == "1998-05-21"
    assert read_case_key("h-٢٠٢٦-7k3m9") == "H-2026-7K3M9"
    with pytest.raises(RecordError):
        RegistryRecord(RecordId("r", "1"), theft_date="١٩٩٨-٥")
