"""Examples for the API's documentation; a test holds each against its schema."""

from typing import Any, Final

DIGEST: Final = "sha256:8f1d6c2a4be05d7391a0c8e5f6b7d2c3a4958677e1f0d2b3c4a5968778695a4b"
IMAGE_URL: Final = f"/v1/images/{DIGEST}"

RECORD: Final[dict[str, Any]] = {
    "record_id": "national-register/2019-0417",
    "registry": "national-register",
    "number": "2019-0417",
    "label": "Saint George and the dragon",
    "status": "stolen",
    "owner_agency": "National Bureau of Cultural Property",
    "theft_date": "2019-05",
    "theft_place": "parish church",
    "category": "icon",
    "terms": ["tempera", "wood"],
    "handling": "TLP:GREEN",
    "shared_with": [],
    "icg_reference": "",
    "card": {"object_type": "icon", "materials": "tempera on wood", "title": "Saint George and the dragon"},
    "photographs": [{"digest": DIGEST, "url": IMAGE_URL, "view": "front"}],
    "completeness": {
        "score": 0.41,
        "missing": [
            *("measurements", "distinguishing_features", "inscriptions", "further_views", "period", "maker"),
            *("subject", "description"),
        ],
    },
    "version": 3,
    "updated_at": "2026-05-04T09:30:00Z",
}

RECORD_PAGE: Final[dict[str, Any]] = {"records": [RECORD], "next": "Zm9sbG93aW5nIHJlY29yZHM"}

FACETS: Final[dict[str, Any]] = {
    "record_count": 312,
    "is_partial": False,
    "category": {
        "counts": [{"value": "painting", "record_count": 190}, {"value": "sculpture", "record_count": 84}],
        "is_partial": False,
    },
    "material": {"counts": [{"value": "wood", "record_count": 101}], "is_partial": False},
    "period": {"counts": [{"value": "baroque", "record_count": 60}], "is_partial": False},
    "status": {"counts": [{"value": "stolen", "record_count": 312}], "is_partial": False},
    "registry": {"counts": [{"value": "national-register", "record_count": 312}], "is_partial": False},
    "owner": {
        "counts": [{"value": "National Bureau of Cultural Property", "record_count": 312}],
        "is_partial": False,
    },
}

HISTORY: Final[dict[str, Any]] = {
    "record_id": "national-register/2019-0417",
    "steps": [
        {"status": "missing", "at": "2019-05-06T08:00:00Z", "agency": "National Bureau of Cultural Property"},
        {"status": "stolen", "at": "2019-05-21T14:12:00Z", "agency": "National Bureau of Cultural Property"},
    ],
}

ADDED_IMAGE: Final[dict[str, Any]] = {
    "digest": DIGEST,
    "url": IMAGE_URL,
    "width": 1200,
    "height": 1600,
    "duplicates": [],
    "record": RECORD,
}

CAPTURE: Final[dict[str, Any]] = {
    "digest": DIGEST,
    "taken_at": "2019:04:02 10:15:00",
    "camera_make": "Canon",
    "camera_model": "EOS 5D",
    "latitude": 41.89,
    "longitude": 12.4925,
    "is_place_withheld": False,
}

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

EXPORT: Final[dict[str, Any]] = {"format": "csv", "criteria": {"text": "icon", "statuses": ["stolen"]}}

OPERATION: Final[dict[str, Any]] = {
    "id": "5f0c1a7e9b3d2c485f0c1a7e9b3d2c48",
    "kind": "import",
    "state": "done",
    "done": 312,
    "total": 312,
    "message": "310 added, 0 updated, 0 unchanged, 2 rejected",
    "actor": "border-7",
    "created_at": "2026-05-04T09:30:00Z",
    "changed_at": "2026-05-04T09:31:12Z",
    "links": {
        "self": "/v1/operations/5f0c1a7e9b3d2c485f0c1a7e9b3d2c48",
        "result": "/v1/operations/5f0c1a7e9b3d2c485f0c1a7e9b3d2c48/result",
    },
}

OPERATION_WAITING: Final[dict[str, Any]] = {
    **OPERATION,
    "state": "waiting",
    "done": 0,
    "total": 0,
    "message": "",
    "changed_at": OPERATION["created_at"],
    "links": {**OPERATION["links"], "result": None},
}

OPERATION_CANCELLED: Final[dict[str, Any]] = {**OPERATION_WAITING, "state": "cancelled", "message": "cancelled"}

OPERATIONS: Final[dict[str, Any]] = {"operations": [OPERATION]}

REPORT: Final = (
    "number,title,images,outcome,remark\r\n"
    "2024-0118,Standing figure,photos/0118.jpg,rejected,image 'photos/0118.jpg' does not exist\r\n"
)

SCAN: Final[dict[str, Any]] = {
    "id": "8c41d7e05b9a4f238c41d7e05b9a4f23",
    "source": "dealers-2026-05.csv",
    "state": "finished",
    "counts": {
        "total": 500,
        "waiting": 0,
        "strong": 2,
        "possible": 5,
        "nothing": 484,
        "unreadable": 3,
        "unreachable": 6,
    },
    "message": "",
    "actor": "border-7",
    "created_at": "2026-05-04T09:30:00Z",
    "changed_at": "2026-05-04T09:41:12Z",
    "finished_at": "2026-05-04T09:41:12Z",
    "links": {
        "self": "/v1/scans/8c41d7e05b9a4f238c41d7e05b9a4f23",
        "listings": "/v1/scans/8c41d7e05b9a4f238c41d7e05b9a4f23/listings",
    },
}

SCAN_RUNNING: Final[dict[str, Any]] = {
    **SCAN,
    "state": "running",
    "counts": dict.fromkeys(SCAN["counts"], 0) | {"total": 500, "waiting": 500},
    "changed_at": SCAN["created_at"],
    "finished_at": None,
}

SCAN_PAUSED: Final[dict[str, Any]] = {**SCAN_RUNNING, "state": "paused"}
SCAN_CANCELLED: Final[dict[str, Any]] = {**SCAN_RUNNING, "state": "cancelled", "finished_at": SCAN["finished_at"]}
SCANS: Final[dict[str, Any]] = {"scans": [SCAN]}

LISTINGS: Final[dict[str, Any]] = {
    "listings": [
        {
            "place": 17,
            "key": "lot 117",
            "title": "Standing figure, bronze",
            "seller": "Galerie X",
            "address": "https://auction.example/lots/117",
            "columns": [["price", "1200 EUR"]],
            "state": "strong",
            "why": "",
            "photos": [
                {
                    "name": "https://auction.example/lots/117.jpg",
                    "address": "https://auction.example/lots/117.jpg",
                    "digest": "sha256:9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
                    "captured_at": "2026-05-04T09:31:40Z",
                    "why": "",
                }
            ],
            "hits": [
                {
                    "hit_id": "5d0c7be1f2a94c3d8e61a07b",
                    "record": "national-register/2019-0417",
                    "verdict": "strong",
                    "false_alarm_rate": 3e-09,
                }
            ],
        }
    ],
    "next": None,
}

SCAN_EXPORT: Final = (
    "key,title,seller,address,photos,price,heritage_state,heritage_why,heritage_verdict,heritage_record,"
    "heritage_false_alarm_rate,heritage_decision,heritage_hit,heritage_further_records\r\n"
    "lot 117,Standing figure,Galerie X,https://auction.example/lots/117,https://auction.example/lots/117.jpg,"
    "1200 EUR,strong,,strong,national-register/2019-0417,3e-09,open,/hits/5d0c7be1f2a94c3d8e61a07b,\r\n"
)

SELLER: Final[dict[str, Any]] = {
    "name": "Galerie X",
    "listing_count": 42,
    "strong_count": 1,
    "possible_count": 2,
    "first_seen": "2026-03-01T08:00:00Z",
    "last_seen": "2026-05-04T09:41:12Z",
    "hosts": ["auction.example"],
    "pages": ["https://auction.example/lots/117"],
}
SELLERS: Final[dict[str, Any]] = {"sellers": [SELLER], "next": None}
SELLER_DETAIL: Final[dict[str, Any]] = {
    "seller": SELLER,
    "reused": [
        {
            "likeness": "nearly the same photograph",
            "photos": ["sha256:9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"],
            "listings": [
                {
                    "scan": SCAN["id"],
                    "place": 17,
                    "title": "Standing figure, bronze",
                    "seller": "Galerie X",
                    "address": "https://auction.example/lots/117",
                    "state": "strong",
                    "at": "2026-05-04T09:31:40Z",
                }
            ],
        }
    ],
}
SELLER_EXPORT_BY_KIND: Final = {
    "csv": "seller,listings,strong,possible,first_seen,last_seen,hosts,pages\r\n",
    "xlsx": "(the bytes of a workbook)",
    "graphml": '<graphml xmlns="http://graphml.graphdrawing.org/xmlns">...</graphml>',
}
SCAN_REPORT_BY_KIND: Final = {"html": "<!doctype html><html>...</html>", "pdf": "(the bytes of a PDF file)"}

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

_NORTH: Final = "Customs of the North"

CASE: Final[dict[str, Any]] = {
    "reference": "H-2026-7K3M9",
    "standing": "holder",
    "holder": _NORTH,
    "status": "open",
    "facts": {"title": "Icon in a lorry", "date": "2026-05-21", "place": "Port of the North"},
    "references": [{"kind": "court", "reference": "12/2026"}],
    "offered_to": "",
    "offer_note": "",
    "entries": [
        {
            "number": 41,
            "at": "2026-05-21T14:12:00Z",
            "agency": _NORTH,
            "actor": "border-7",
            "kind": kind,
            "text": "",
            "facts": None,
            "reference": None,
            "photo": None,
            "search_id": None,
            "hit_id": None,
            "hit": None,
            "to_agency": "",
            **filled,
        }
        for kind, filled in (
            ("opened", {"facts": {"title": "Icon in a lorry", "date": "2026-05-21", "place": "Port of the North"}}),
            ("reference", {"reference": {"kind": "court", "reference": "12/2026"}}),
            ("note", {"text": "Wrapped in a blanket behind the spare wheel."}),
            ("photo", {"photo": {"digest": DIGEST, "url": f"/v1/cases/H-2026-7K3M9/photos/{DIGEST}"}}),
            ("hit", {"hit_id": KEPT_HIT["hit_id"], "hit": KEPT_HIT}),
        )
    ],
}

CASE_PAGE: Final[dict[str, Any]] = {
    "cases": [
        {
            "reference": "H-2026-7K3M9",
            "standing": "holder",
            "holder": _NORTH,
            "title": "Icon in a lorry",
            "status": "open",
            "changed_at": "2026-05-21T14:12:00Z",
        }
    ],
    "next": "Zm9sbG93aW5nIGNhc2Vz",
}

CASE_DECLINED: Final[dict[str, Any]] = {"reference": "H-2026-7K3M9"}

ALERT: Final[dict[str, Any]] = {
    "alert_id": "0b61c4d7e93f42a8b5d0127c",
    "raised_at": "2026-05-21T06:12:00Z",
    "side": "searcher",
    "verdict": "strong",
    "false_alarm_rate": 2.1e-09,
    "origin": "watch",
    "hit_id": KEPT_HIT["hit_id"],
    "record": "national-register/2019-0417",
}

ALERT_PAGE: Final[dict[str, Any]] = {"alerts": [ALERT], "next": "Zm9sbG93aW5nIGFsZXJ0cw"}

FEED: Final = "<feed xmlns='http://www.w3.org/2005/Atom'>...</feed>"

CHANNEL: Final[dict[str, Any]] = {
    "channel_id": "7f20a9c35be84d16a0c2e871",
    "kind": "webhook",
    "address": "https://desk.example/heritage",
    "least": "strong",
    "language": "en",
    "created_by": "north-admin",
    "created_at": "2026-05-04T09:30:00Z",
    "ended_at": None,
}

NEW_CHANNEL: Final[dict[str, Any]] = {"channel": CHANNEL, "secret": "whsec_(44 characters)"}

DELIVERY: Final[dict[str, Any]] = {
    "delivery_id": "c81d2f60a7b34e95912ed04f",
    "alert_id": ALERT["alert_id"],
    "channel_id": CHANNEL["channel_id"],
    "address": CHANNEL["address"],
    "state": "dead",
    "attempt_count": 10,
    "due_at": "2026-05-25T06:12:00Z",
    "problem": "desk.example answers 502",
}

WATCH: Final[dict[str, Any]] = {
    "watch_id": "e4a90c27d1b35f688a7c02d9",
    "digest": SEARCH["photos"][0]["digest"],
    "agency": "Customs / Port of the North",
    "actor": "border-7",
    "created_at": "2026-05-04T09:35:00Z",
    "until": "2027-05-04T09:35:00Z",
    "photo_url": f"/v1/photos/{SEARCH['photos'][0]['digest']}",
}

WATCHES: Final[dict[str, Any]] = {"watches": [WATCH]}

KEPT_SEARCH: Final[dict[str, Any]] = {
    "search": SEARCH,
    "photo_urls": [f"/v1/photos/{photo['digest']}" for photo in SEARCH["photos"]],
    "hits": [],
}

SEARCH_PAGE: Final[dict[str, Any]] = {"searches": [SEARCH], "next": "Zm9sbG93aW5nIHNlYXJjaGVz"}

ME: Final[dict[str, Any]] = {
    "actor": "hk_q2x7c5ma",
    "agency": "National Bureau of Cultural Property",
    "is_operator": True,
    "role": "investigator",
    "scopes": ["decisions", "exports", "match", "records:read"],
}

AGENCY: Final[dict[str, Any]] = {
    "name": "Customs of the North",
    "is_operator": False,
    "created_at": "2026-05-04T09:30:00Z",
    "suspended_at": None,
    "photo_days": 365,
}

PERSON: Final[dict[str, Any]] = {
    "login": "border-7",
    "agency": "Customs of the North",
    "role": "officer",
    "has_totp": False,
    "must_choose_password": True,
    "created_at": "2026-05-04T09:30:00Z",
    "suspended_at": None,
}

INVITATION: Final[dict[str, Any]] = {"person": PERSON, "password": "7kqhm-wz3vd-9rtcn-b5xpj"}

FOUNDED: Final[dict[str, Any]] = {"agency": AGENCY, "admin": {**INVITATION, "person": {**PERSON, "role": "admin"}}}

KEY: Final[dict[str, Any]] = {
    "prefix": "q2x7c5ma",
    "agency": "Customs of the North",
    "role": "officer",
    "scopes": ["match", "records:read"],
    "label": "scanner at gate 4",
    "expires_at": "2027-05-04T00:00:00Z",
    "created_by": "border-7",
    "created_at": "2026-05-04T09:30:00Z",
    "last_used_at": None,
    "revoked_at": None,
}

NEW_KEY: Final[dict[str, Any]] = {"key": KEY, "text": "hk_q2x7c5ma_(43 characters)_(6 characters)"}

_EVENT: Final[dict[str, Any]] = {
    "sequence": 3,
    "at": "2026-05-04T09:30:00.250000Z",
    "agency": "Customs of the North",
    "actor": "border-7",
    "action": "read",
    "subject": "national-register/2019-0417",
    "detail": "",
}

EVENT_PAGE: Final[dict[str, Any]] = {"events": [_EVENT], "next": "Zm9sbG93aW5nIGV2ZW50cw"}

_ROOT: Final = "5bfa3c2e7d1940b68fe2a1c05d7693b84e0f1a2d3c4b5a69788796a5b4c3d2e1"
_SIGNATURE: Final = 4 * "c4a17e02b95d3f68d1e0a2b7c6f59384"

CHECKPOINT: Final[dict[str, Any]] = {
    "size": 3,
    "root": _ROOT,
    "signed_at": "2026-05-04T10:00:00Z",
    "key_id": "3f9a0c5d7e1b2846",
    "signature": _SIGNATURE,
    "line": f"heritage-audit-1 3 {_ROOT} 2026-05-04T10:00:00.000000Z 3f9a0c5d7e1b2846 {_SIGNATURE}",
    "public_key": "-----BEGIN PUBLIC KEY-----\n(60 characters)\n-----END PUBLIC KEY-----\n",
}

INCLUSION: Final[dict[str, Any]] = {
    "event": _EVENT,
    "hashed": '{"action":"read","actor":"border-7","agency":"Customs of the North","at":"2026-05-04T09:30:00.250000Z",'
    '"detail":"","subject":"national-register/2019-0417"}',
    "leaf_hash": "a7d03e5b8c1f4296e0b7d3c58f1a2e4960c7b5d8e3f1a09284756b3c2d1e0f9a",
    "leaf_index": 2,
    "path": ["17c5e90b3d8a4f6270e1b2c3d4a5f6978811029384a5b6c7d8e9f0a1b2c3d4e5"],
    "size": 3,
    "root": _ROOT,
}

CONSISTENCY: Final[dict[str, Any]] = {
    "old": 2,
    "old_root": INCLUSION["path"][0],
    "new": 3,
    "new_root": _ROOT,
    "path": [INCLUSION["leaf_hash"]],
}

_PHOTO = "(the bytes of a photo)"
REQUESTS: Final[dict[str, dict[str, Any]]] = {
    "match": {"image": [_PHOTO], "box": ["610,190,2280,2700"], "category": "icon", "status": ["stolen"], "limit": 10},
    "photos.inspect": {"image": _PHOTO},
    "watches.create": {"digest": WATCH["digest"]},
    "records.create": {
        "registry": "national-register",
        "number": "2019-0417",
        "theft_date": "2019-05",
        "theft_place": "parish church",
        "category": "icon",
        "terms": ["tempera", "wood"],
        "card": RECORD["card"],
    },
    "images.add": {"image": _PHOTO, "record_id": "national-register/2019-0417", "view": "front"},
    "hits.decide": {"decision": "confirmed", "note": "The scratch above the halo is in our photograph of 1987."},
    "cases.open": {
        **CASE["facts"],
        "references": CASE["references"],
        "note": "Wrapped in a blanket behind the spare wheel.",
        "hit": KEPT_HIT["hit_id"],
    },
    "cases.note": {"note": "Wrapped in a blanket behind the spare wheel."},
    "cases.change": CASE["facts"],
    "cases.refer": {"kind": "notice", "reference": "2019-0417/N"},
    "cases.file": {"hit": KEPT_HIT["hit_id"]},
    "cases.photograph": {"image": [_PHOTO]},
    "cases.offer": {"agency": "Police of the East", "note": "The carrier lives in your district."},
    "cases.withdraw": {"note": "We keep it after all."},
    "cases.accept": {"note": "Our file 77/2026."},
    "cases.decline": {"reason": "Not our district."},
    "cases.close": {"reason": "Returned to its owner."},
    "cases.reopen": {"reason": "A second object came to light."},
    "channels.create": {"kind": "webhook", "address": "https://desk.example/heritage", "least": "strong"},
    "imports.start": {"file": "(the bytes of a CSV or ZIP file)", "registry": "national-register"},
    "exports.start": EXPORT,
    "scans.start": {"file": "(the bytes of a CSV, XLSX, JSON or ZIP file)", "category": "icon"},
    "agencies.create": {"name": "Customs of the North", "admin": "north-admin"},
    "agencies.change": {"photo_days": 90},
    "people.create": {"login": "border-7", "role": "officer"},
    "people.role": {"role": "registrar"},
    "keys.create": {"role": "investigator", "label": "nightly searches", "scopes": ["match", "records:read"]},
    "keys.rotate": {"overlap_hours": 24},
}
"""The body of a request, by the operation's id."""

DOCUMENT_BY_FORM: Final = {
    "lido": "<lido:lidoWrap xmlns:lido='http://www.lido-schema.org'>...</lido:lidoWrap>",
    "linked-art": '[{"@context": "https://linked.art/ns/v1/linked-art.json", "type": "HumanMadeObject"}]',
    "iiif": '{"@context": "http://iiif.io/api/presentation/3/context.json", "type": "Manifest"}',
    "pdf": "(the bytes of a PDF file)",
}
