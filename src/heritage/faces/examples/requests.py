"""Examples of what is sent."""

from typing import Any, Final

from heritage.faces.examples.alerts import WATCH
from heritage.faces.examples.cases import CASE
from heritage.faces.examples.hits import KEPT_HIT
from heritage.faces.examples.operations import EXPORT
from heritage.faces.examples.records import RECORD

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
