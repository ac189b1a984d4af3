"""Examples of agencies, people and keys."""

from typing import Any, Final

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
