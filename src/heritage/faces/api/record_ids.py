"""Which record the path of a request names."""

from typing import Annotated

from fastapi import Depends, Path

from heritage.domain.records import RecordId


def _record_id(
    registry: Annotated[str, Path(examples=["national-register"])],
    number: Annotated[str, Path(examples=["2019-0417"], description="may contain slashes")],
) -> RecordId:
    return RecordId(registry, number)


RecordIdAsked = Annotated[RecordId, Depends(_record_id)]
