"""Versions of records in HTTP: ``ETag`` and ``If-Match`` (RFC 9110, sections 8.8.3 and 13.1.1)."""

import re
from typing import Annotated

from fastapi import Header, Response
from starlette.exceptions import HTTPException

from heritage.domain.records import RegistryRecord
from heritage.errors import StaleError
from heritage.faces.schemas.records import RecordModel

IfMatch = Annotated[
    str | None,
    Header(description='the `ETag` of the record as you read it, as `"3"`; `*`: whichever it is', examples=['"3"']),
]


def tagged(response: Response, record: RegistryRecord) -> RecordModel:
    """The record as it is answered, its version in ``ETag``."""
    response.headers["ETag"] = f'"{record.version}"'
    return RecordModel.of(record)


def check_match(if_match: str, record: RegistryRecord) -> None:
    """Raises `StaleError` when ``record`` is not as the caller read it."""
    tags = re.findall(r'(?:W/)?"[^"]*"|\*', if_match)  # a weak tag never matches
    if f'"{record.version}"' not in tags and "*" not in tags:
        raise StaleError(f"record {record.record_id} is not as you read it; read it again and repeat your change")


def require_match(if_match: str | None) -> str:
    """Raises 428 (RFC 6585) when it is missing: a change of what somebody else changed meanwhile would undo that."""
    if if_match is None:
        raise HTTPException(428, 'send the version that you read in If-Match, as "3"')
    return if_match
