"""Watches, as the API tells of them."""

from collections.abc import Sequence
from datetime import datetime
from typing import Self

from pydantic import ConfigDict, Field

from heritage.domain.watches import Watch
from heritage.faces import examples
from heritage.faces.schemas.base import Model
from heritage.faces.schemas.records import photo_url


class WatchDraft(Model):
    """Which photo to watch."""

    digest: str = Field(
        pattern="^sha256:[0-9a-f]{64}$",
        description="`sha256:<hex>` of a photo that your agency searched with and keeps",
        examples=[examples.DIGEST],
    )


class WatchModel(Model):
    """Your agency is alerted if what the photo shows is registered before `until`."""

    model_config = ConfigDict(json_schema_extra={"examples": [examples.WATCH]})

    watch_id: str
    digest: str = Field(description="of the photo")
    agency: str
    actor: str = Field(description="who asked for it")
    created_at: datetime = Field(description="UTC")
    until: datetime = Field(description="UTC; the photo is kept as long")
    photo_url: str = Field(description="where the API serves derivatives of the photo")

    @classmethod
    def of(cls, watch: Watch) -> Self:
        return cls(
            watch_id=watch.watch_id,
            digest=str(watch.digest),
            agency=watch.agency,
            actor=watch.actor,
            created_at=watch.created_at,
            until=watch.until,
            photo_url=photo_url(watch.digest),
        )


class WatchList(Model):
    model_config = ConfigDict(json_schema_extra={"examples": [examples.WATCHES]})

    watches: list[WatchModel] = Field(description="those that have not ended, the newest first, 200 at most")

    @classmethod
    def of(cls, watches: Sequence[Watch]) -> Self:
        return cls(watches=list(map(WatchModel.of, watches)))
