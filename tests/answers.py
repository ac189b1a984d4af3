"""Hand-made answers, with text in them that would break a page or a terminal that trusted it."""

from dataclasses import replace
from datetime import UTC, datetime

import numpy as np

from heritage.domain.hits import (
    AS_TAKEN,
    Coverage,
    Hit,
    SearchedPhoto,
    SearchResult,
    Turn,
    Verdict,
    Verification,
    Versions,
)
from heritage.domain.images import ImageDigest, Region
from heritage.domain.records import ObjectIdCard, Photograph, RecordId, RegisteredImage, RegistryRecord, Status
from heritage.domain.rules import Rules

PHOTO = ImageDigest.of(b"photo")
HOSTILE = "<script>alert(1)</script>"
WHOLE = Region(0, 0, 1000, 900)
PART = Region(100, 40, 600, 800)
RULES = Rules(strong_rate=1e-4, possible_rate=0.05, gallery_count=340, search_count=2400)

COVERAGE = Coverage(312, 340, (("north", 300), ("south", 12)), datetime(2026, 5, 4, tzinfo=UTC))


def record(number: str = "12", owner_agency: str = "Bureau of the North") -> RegistryRecord:
    return RegistryRecord(
        RecordId("north", number),
        Status.STOLEN,
        owner_agency,
        "2019-05",
        "parish church",
        card=ObjectIdCard(object_type="icon", title=f"Saint George {HOSTILE}", materials="tempera on wood"),
        photographs=(Photograph(ImageDigest.of(number.encode())),),
    )


def verification(inlier_count: int) -> Verification:
    """Gallery image of 300 x 400 px at half the photo's scale, its corner at (100, 40) of the photo."""
    if not inlier_count:
        return Verification.nothing(match_count=3)
    rng = np.random.default_rng(1)
    gallery = rng.uniform(0, 300, (inlier_count, 2)).astype(np.float32)
    query = gallery * 2 + np.array([100, 40], np.float32)
    homography = ((0.5, 0.0, -50.0), (0.0, 0.5, -20.0), (0.0, 0.0, 1.0))
    found = Verification.nothing(inlier_count + 20)
    return replace(
        found,
        inlier_count=inlier_count,
        cell_count=inlier_count,
        agreeing_cell_count=inlier_count + 3,
        support=0.42,
        homographies=(homography,),
        query_points=query,
        gallery_points=gallery,
        correlation=0.8127,
    )


def hit(verdict: Verdict, number: str = "12", owner_agency: str = "Bureau of the North") -> Hit:
    found = {Verdict.STRONG: 150, Verdict.POSSIBLE: 9, Verdict.NONE: 0}[verdict]
    registered = record(number, owner_agency)
    return Hit(
        image=RegisteredImage(1, registered.images[0], 300, 400, registered),
        view=0,
        region=WHOLE,
        turn=AS_TAKEN,
        similarity=0.8312,
        votes=12.5,
        verification=verification(found),
        score=42.0,
        false_alarm_rate={Verdict.STRONG: 1e-9, Verdict.POSSIBLE: 0.0247, Verdict.NONE: 1.0}[verdict],
        verdict=verdict,
    )


def mirrored(shown: Hit) -> Hit:
    """The same hit, had it been the photo's mirror image that fits."""
    return replace(shown, turn=Turn(mirrored=True), verification=shown.verification.flipped(WHOLE.width))


def answer(
    *hits: Hit, coverage: Coverage = COVERAGE, regions: tuple[Region, ...] = (), view_count: int = 1
) -> SearchResult:
    return SearchResult(
        photos=tuple(SearchedPhoto(PHOTO, 1000, 900, regions) for _ in range(view_count)),
        hits=hits,
        coverage=coverage,
        rules=RULES,
        versions=Versions("0.1.0", "d" * 16, "k" * 16, "000000000340-x+340", "fitted-1"),
        latency_ms=(("describe", 140.25), ("retrieve", 30.0)),
    )
