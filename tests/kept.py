"""Searches and hits as they are kept, without a search having been made."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import numpy as np

from heritage.domain.access import SCOPES_BY_ROLE, Role, Viewer
from heritage.domain.criteria import Criteria
from heritage.domain.hits import Hit, SearchedPhoto, Turn, Verdict, Verification, Versions
from heritage.domain.images import ImageDigest, Region
from heritage.domain.records import LOST, RegisteredImage, RegistryRecord
from heritage.domain.review import DecisionKind, KeptSearch, Origin
from heritage.storage.hits import Hits

HOMOGRAPHY = ((0.5, 0.0, -50.0), (0.25, 0.5, -20.0), (0.0, 0.0, 1.0))


def viewer(agency: str, role: Role = Role.REGISTRAR) -> Viewer:
    return Viewer(f"{role}@{agency}", agency, role, SCOPES_BY_ROLE[role])


def found(record: RegistryRecord, verdict: Verdict = Verdict.STRONG) -> Hit:
    verified = replace(
        Verification.nothing(164),
        inlier_count=121,
        cell_count=88,
        agreeing_cell_count=93,
        support=0.5,
        homographies=(HOMOGRAPHY,),
        query_points=np.ones((121, 2), np.float32),
        correlation=0.75,
        mirrored=True,
    )
    image = RegisteredImage(1, (*record.images, ImageDigest.of(b"registered"))[0], 300, 400, record)
    return Hit(image, 1, Region(1, 2, 3, 4), Turn(2, True), 0.83, 41.5, verified, 24.5, 3e-9, verdict, 5.25, 1.75)


def search_by(who: Viewer, days_ago: int = 0, **more: object) -> KeptSearch:
    photos = (
        SearchedPhoto(ImageDigest.of(b"front"), 640, 520, (Region(5, 6, 7, 8),)),
        SearchedPhoto(ImageDigest.of(b"photo"), 640, 520, ()),
    )
    kept = KeptSearch(
        at=datetime.now(UTC) - timedelta(days=days_ago),
        actor=who.actor,
        agency=who.agency,
        origin=Origin.QUERY,
        photos=photos,
        criteria=Criteria(text="cup", statuses=LOST),
        versions=Versions("1", "d", "k", "i", "r"),
        gallery_count=340,
        coverage="Searched 312 registered objects.",
    )
    return replace(kept, **more)  # type: ignore[arg-type]


def keep_decided(hits: Hits, found: Hit, kind: DecisionKind, count: int, versions: Versions) -> None:
    """``found`` in ``count`` photos, the owner of its record having said ``kind`` to each."""
    for number in range(count):
        photo = SearchedPhoto(ImageDigest.of(f"{kind} {number}".encode()), 640, 520, ())
        search = search_by(viewer("south"), photos=(photo, photo), versions=versions)
        [hit_id] = hits.add(search, [found]).hit_ids
        hits.decide(hit_id or "", kind, "", viewer(found.record.owner_agency))
