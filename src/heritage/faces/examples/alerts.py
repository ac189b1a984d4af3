"""Examples of watches, alerts and where they are told."""

from typing import Any, Final

from heritage.faces.examples.hits import KEPT_HIT, SEARCH

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
