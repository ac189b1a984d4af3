"""Examples of scans, and of the sellers in them."""

from typing import Any, Final

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
            "search_id": "c2a9407f51de8b36a4d1e907",
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

SCAN_REPORT_BY_KIND: Final = {"html": "<!doctype html><html>...</html>", "pdf": "(the bytes of a PDF file)"}

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
