"""Hand-made answers, with text in them that would break a page or a terminal that trusted it."""

from datetime import UTC, datetime

import numpy as np

from heritage.domain.hits import Coverage, Hit, SearchResult, Verdict, Verification, Versions
from heritage.domain.images import ImageDigest, Region
from heritage.domain.records import ObjectIdCard, RecordId, RegisteredImage, RegistryRecord, Status

PHOTO = ImageDigest.of(b"photo")
HOSTILE = "<script>alert(1)</script>"

COVERAGE = Coverage(312, 340, (("north", 300), ("south", 12)), datetime(2026, 5, 4, tzinfo=UTC))


def record(number: str = "12", owner_agency: str = "Bureau of the North") -> RegistryRecord:
    return RegistryRecord(
        RecordId("north", number),
        Status.STOLEN,
        owner_agency,
        "2019-05",
        "parish church",
        ObjectIdCard(object_type="icon", title=f"Saint George {HOSTILE}", materials="tempera on wood"),
        (ImageDigest.of(number.encode()),),
    )


def verification(inlier_count: int) -> Verification:
    """Gallery image at half the photo's scale, its corner at (100, 40) of the photo."""
    if not inlier_count:
        return Verification.nothing(match_count=3)
    rng = np.random.default_rng(1)
    gallery = rng.uniform(0, 300, (inlier_count, 2)).astype(np.float32)
    query = gallery * 2 + np.array([100, 40], np.float32)
    homography = ((0.5, 0.0, -50.0), (0.0, 0.5, -20.0), (0.0, 0.0, 1.0))
    return Verification(inlier_count + 20, inlier_count, inlier_count, homography, query, gallery)


def hit(verdict: Verdict, number: str = "12", owner_agency: str = "Bureau of the North") -> Hit:
    found = {Verdict.STRONG: 150, Verdict.POSSIBLE: 9, Verdict.NONE: 0}[verdict]
    registered = record(number, owner_agency)
    image = RegisteredImage(1, registered.images[0], 300, 400, registered)
    return Hit(image, Region(0, 0, 1000, 900), 0.8312, 12.5, verification(found), 42.0, verdict)


def answer(*hits: Hit, coverage: Coverage = COVERAGE) -> SearchResult:
    return SearchResult(
        query=PHOTO,
        width=1000,
        height=900,
        hits=hits,
        coverage=coverage,
        versions=Versions("0.1.0", "d" * 16, "k" * 16, "000000000340-x+340", "provisional-1"),
        latency_ms=(("describe", 140.25), ("retrieve", 30.0)),
    )
