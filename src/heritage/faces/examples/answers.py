"""Examples of what a search is answered."""

from typing import Any, Final

from heritage.faces.examples.records import DIGEST, IMAGE_URL, RECORD

COVERAGE: Final[dict[str, Any]] = {
    "object_count": 312,
    "image_count": 340,
    "registries": [{"registry": "national-register", "object_count": 312}],
    "newest_record": "2026-05-04T09:30:00Z",
    "unsearched_count": 0,
    "is_restricted": False,
    "is_narrowed": False,
    "statement": (
        "Searched 312 registered objects with 340 photographs in national-register (312), "
        "newest record 2026-05-04. Not found is not a clearance."
    ),
}

FALSE_ALARMS: Final[dict[str, Any]] = {
    "strong_rate": 0.0001,
    "possible_rate": 0.05,
    "gallery_count": 340,
    "search_count": 2400,
    "proven_rate": 0.00125,
    "statement": (
        "Of searches of these 340 photographs for objects that are not among them, fewer than 1 in 10,000 should bring "
        "a strong match, fewer than 1 in 20 a possible one; near-twins, such as casts from one mould, are mistaken "
        "more often. These rates are calculated from 2,400 measured searches; no false alarm in that many would "
        "by itself prove only fewer than 1 in 800 (95 % confidence)."
    ),
}

EVIDENCE: Final[dict[str, Any]] = {
    "verdict": "strong",
    "false_alarm_rate": 3.1e-09,
    "score": 24.7311,
    "image_width": 1200,
    "image_height": 1600,
    "view": 0,
    "region": {"left": 610, "top": 190, "width": 2280, "height": 2700},
    "mirrored": False,
    "quarter_turns": 0,
    "similarity": 0.8312,
    "votes": 41.7,
    "match_count": 164,
    "inlier_count": 121,
    "cell_count": 88,
    "agreeing_cell_count": 93,
    "support": 0.4812,
    "correlation": 0.8127,
    "homographies": [[[0.52, 0.01, -310.4], [-0.02, 0.53, -95.1], [0.0, 0.0, 1.0]]],
}

HIT: Final[dict[str, Any]] = {
    **EVIDENCE,
    "hit_id": "5d0c7be1f2a94c3d8e61a07b",
    "record": RECORD,
    "image": {"digest": DIGEST, "url": IMAGE_URL},
    "inliers": [{"query": [1520.4, 880.2], "gallery": [488.1, 341.9]}],
    "comparisons": [{"field": "materials", "agreement": "agrees", "seen": "wood", "registered": "tempera on wood"}],
    "next_step": (
        "Do not act on this alone; ask National Bureau of Cultural Property, quoting national-register/2019-0417."
    ),
}

VERSIONS: Final[dict[str, Any]] = {
    "heritage": "0.1.0",
    "descriptor_spec": "5f0c1a7e9b3d2c48",
    "keypoint_spec": "0a1b2c3d4e5f6071",
    "index": "000000000340-77aa0c1d2e3f4051+340",
    "rules": "heritage-1, 2026-05-02",
}

MATCH: Final[dict[str, Any]] = {
    "search_id": "c2a9407f51de8b36a4d1e907",
    "photos": [
        {
            "name": "seized.jpg",
            "digest": "sha256:1b2c3d4e5f60718293a4b5c6d7e8f9001122334455667788990a0b0c0d0e0f10",
            "width": 4032,
            "height": 3024,
            "regions": [{"left": 610, "top": 190, "width": 2280, "height": 2700}],
            "advice": [],
        }
    ],
    "verdict": "strong",
    "hits": [HIT],
    "coverage": COVERAGE,
    "false_alarms": FALSE_ALARMS,
    "versions": VERSIONS,
    "latency_ms": [{"stage": "describe", "ms": 142.3}, {"stage": "retrieve", "ms": 35.9}],
}

INSPECTION: Final[dict[str, Any]] = {
    "width": 4032,
    "height": 3024,
    "regions": [{"left": 610, "top": 190, "width": 2280, "height": 2700}],
    "advice": [
        {
            "kind": "blurred",
            "sentence": "The photo is blurred.",
            "retake": "Hold the camera still, and tap on the object so that it focuses there.",
            "measure": 1.1432,
            "threshold": 1.3,
        }
    ],
}

PROBLEM: Final[dict[str, Any]] = {
    "type": "urn:heritage:problem:image",
    "title": "The photo cannot be used",
    "status": 415,
    "detail": "not an image",
    "instance": "/v1/match",
}
