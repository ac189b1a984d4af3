"""What was searched."""

from datetime import datetime
from typing import Self

from pydantic import Field

from heritage.domain.hits import Coverage
from heritage.faces.schemas.base import Model


class RegistryCountModel(Model):
    registry: str
    object_count: int


class CoverageModel(Model):
    """What was searched. Not found is not a clearance."""

    object_count: int
    image_count: int
    registries: list[RegistryCountModel]
    newest_record: datetime | None
    unsearched_count: int = Field(description="records that the model in use has not described: no search finds them")
    is_restricted: bool = Field(description="whether other agencies keep records to themselves: not searched either")
    is_narrowed: bool = Field(description="whether only records that meet criteria were searched")
    statement: str = Field(description="the same in one sentence, to be shown with every answer")

    @classmethod
    def of(cls, coverage: Coverage) -> Self:
        counts = coverage.object_count_by_registry
        return cls(
            object_count=coverage.object_count,
            image_count=coverage.image_count,
            registries=[RegistryCountModel(registry=name, object_count=count) for name, count in counts],
            newest_record=coverage.newest_record,
            unsearched_count=coverage.unsearched_count,
            is_restricted=coverage.is_restricted,
            is_narrowed=coverage.is_narrowed,
            statement=coverage.statement,
        )
