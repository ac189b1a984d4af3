"""Examples of the audit log."""

from typing import Any, Final

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
