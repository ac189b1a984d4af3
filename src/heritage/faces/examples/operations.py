"""Examples of imports and exports."""

from typing import Any, Final

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
