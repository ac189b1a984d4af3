"""Examples of records and their photographs."""

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

DOCUMENT_BY_FORM: Final = {
    "lido": "<lido:lidoWrap xmlns:lido='http://www.lido-schema.org'>...</lido:lidoWrap>",
    "linked-art": '[{"@context": "https://linked.art/ns/v1/linked-art.json", "type": "HumanMadeObject"}]',
    "iiif": '{"@context": "http://iiif.io/api/presentation/3/context.json", "type": "Manifest"}',
    "pdf": "(the bytes of a PDF file)",
}
