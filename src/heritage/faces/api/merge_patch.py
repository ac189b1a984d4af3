"""JSON Merge Patch (RFC 7396): a body that names what is to change, and null what is to be empty again."""

import json
from typing import Annotated, Any

from fastapi import Depends, Request
from starlette.exceptions import HTTPException

MAX_DEPTH = 10
MEDIA_TYPE = "application/merge-patch+json"


async def _patch(request: Request) -> dict[str, Any]:
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind not in (MEDIA_TYPE, "application/json"):
        raise HTTPException(415, f"send {MEDIA_TYPE}", {"Accept-Patch": MEDIA_TYPE})
    try:
        patch = json.loads(await request.body())
    except (ValueError, RecursionError) as error:  # RecursionError: brackets within brackets
        raise HTTPException(400, "the body is not JSON") from error
    if not isinstance(patch, dict):
        raise HTTPException(400, "the body is not a JSON object")
    return patch


PatchSent = Annotated[dict[str, Any], Depends(_patch)]


def merged(target: Any, patch: Any, depth: int = MAX_DEPTH) -> Any:
    """``target`` with ``patch`` merged into it, as section 2 of the RFC says; neither is changed."""
    if not isinstance(patch, dict):
        return patch
    if not depth:
        raise HTTPException(400, "the body has objects within objects within objects; a record has not")
    kept = dict(target) if isinstance(target, dict) else {}
    for name, value in patch.items():
        if value is None:
            kept.pop(name, None)
        else:
            kept[name] = merged(kept.get(name), value, depth - 1)
    return kept
