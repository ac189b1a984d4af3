"""Examples of searches and hits that are kept."""

from typing import Any, Final

from heritage.faces.examples.answers import COVERAGE, EVIDENCE, HIT, MATCH, VERSIONS
from heritage.faces.examples.records import DIGEST, IMAGE_URL, RECORD

SEARCH: Final[dict[str, Any]] = {
    "search_id": "c2a9407f51de8b36a4d1e907",
    "at": "2026-05-05T10:02:11Z",
    "origin": "counterpart",
    "agency": "Customs of the South",
    "actor": "counterparts",
    "source": "customs-finds/2026-77",
    "photos": [{name: value for name, value in MATCH["photos"][0].items() if name not in ("name", "advice")}],
    "criteria": {
        **dict.fromkeys(("text", "category", "material", "period", "place", "since", "until", "registry", "owner"), ""),
        "statuses": ["looted", "missing", "stolen"],
    },
    "gallery_count": 340,
    "coverage": COVERAGE["statement"],
    "versions": VERSIONS,
}

KEPT_HIT: Final[dict[str, Any]] = {
    **EVIDENCE,
    "hit_id": "5d0c7be1f2a94c3d8e61a07b",
    "state": "confirmed",
    "record": RECORD,
    "record_version": 3,
    "image": {"digest": DIGEST, "url": IMAGE_URL},
    "search": SEARCH,
    "decisions": [
        {
            "decision": "confirmed",
            "side": "owner",
            "at": "2026-05-05T11:40:00Z",
            "agency": "National Bureau of Cultural Property",
            "actor": "",
            "note": "The scratch above the halo is in our photograph of 1987.",
        }
    ],
    "next_step": HIT["next_step"],
}

HIT_PAGE: Final[dict[str, Any]] = {"hits": [KEPT_HIT], "next": "Zm9sbG93aW5nIGhpdHM"}

KEPT_SEARCH: Final[dict[str, Any]] = {
    "search": SEARCH,
    "photo_urls": [f"/v1/photos/{photo['digest']}" for photo in SEARCH["photos"]],
    "hits": [],
}

SEARCH_PAGE: Final[dict[str, Any]] = {"searches": [SEARCH], "next": "Zm9sbG93aW5nIHNlYXJjaGVz"}
