"""Examples of cases."""

from typing import Any, Final

from heritage.faces.examples.hits import KEPT_HIT
from heritage.faces.examples.records import DIGEST

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
