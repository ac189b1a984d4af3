from dataclasses import replace

import pytest

from heritage.domain.completeness import completeness
from heritage.domain.images import ImageDigest
from heritage.domain.records import ObjectIdCard, Photograph, PhotoView, RecordId, RegistryRecord

FULL_CARD = ObjectIdCard(**dict.fromkeys(ObjectIdCard.__dataclass_fields__, "known"))
ONE, OTHER = (ImageDigest.of(bytes([number])) for number in (1, 2))
FULL = RegistryRecord(
    RecordId("r", "1"),
    card=FULL_CARD,
    photographs=(Photograph(ONE, PhotoView.FRONT), Photograph(OTHER, PhotoView.BACK)),
)


def test_a_full_record_lacks_nothing() -> None:
    assert completeness(FULL).score == 1
    assert completeness(FULL).missing == ()


def test_an_empty_record_lacks_everything_the_weightiest_first() -> None:
    found = completeness(RegistryRecord(RecordId("r", "1")))
    assert found.score == 0
    assert found.missing[0] == "photographs"
    assert found.missing[-1] in ("subject", "description")
    assert {"measurements", "inscriptions", "further_views"} < set(found.missing)


def test_what_identifies_weighs_more_than_what_accounts_for_the_record() -> None:
    def without(name: str) -> float:
        return completeness(replace(FULL, card=replace(FULL_CARD, **{name: " "}))).score

    assert without("measurements") < without("title") < 1
    assert without("distinguishing_features") < without("maker")
    assert without("inventory_number") == 1


@pytest.mark.parametrize(
    ("views", "missing"),
    [
        ((), ("photographs", "further_views")),
        ((PhotoView.FRONT,), ("further_views",)),
        ((PhotoView.FRONT, PhotoView.FRONT), ("further_views",)),
        ((PhotoView.FRONT, PhotoView.BACK), ()),
        ((PhotoView.UNSPECIFIED, PhotoView.UNSPECIFIED), ()),
    ],
)
def test_photographs_count_by_what_they_show(views: tuple[PhotoView, ...], missing: tuple[str, ...]) -> None:
    photographs = tuple(Photograph(digest, view) for digest, view in zip((ONE, OTHER), views, strict=False))
    assert completeness(replace(FULL, photographs=photographs)).missing == missing
