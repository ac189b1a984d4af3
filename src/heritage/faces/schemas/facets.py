"""How many records there are behind each further criterion."""

from typing import Self

from pydantic import ConfigDict, Field

from heritage.domain.facets import FacetName, Facets
from heritage.faces import examples
from heritage.faces.schemas.base import Model


class FacetCountModel(Model):
    value: str = Field(description="a term, a status, a registry or an agency: what the criterion takes")
    record_count: int


class BreakdownModel(Model):
    counts: list[FacetCountModel] = Field(description="the most frequent first")
    is_partial: bool = Field(description="whether each figure may be higher, since not all records were looked at")


class FacetsModel(Model):
    """Only what you may see is counted. Each breakdown respects every criterion but its own."""

    model_config = ConfigDict(json_schema_extra={"examples": [examples.FACETS]})

    record_count: int = Field(description="records that meet the criteria")
    is_partial: bool = Field(description="whether there are more than that")
    category: BreakdownModel = Field(description="kinds of object right below the one asked for")
    material: BreakdownModel = Field(description="materials right below the one asked for")
    period: BreakdownModel = Field(description="periods right below the one asked for")
    status: BreakdownModel
    registry: BreakdownModel
    owner: BreakdownModel

    @classmethod
    def of(cls, facets: Facets) -> Self:
        model_by_name = {
            one.name: BreakdownModel(
                counts=[FacetCountModel(value=it.value, record_count=it.record_count) for it in one.counts],
                is_partial=one.is_partial,
            )
            for one in facets.breakdowns
        }
        return cls(
            record_count=facets.record_count,
            is_partial=facets.is_partial,
            category=model_by_name[FacetName.CATEGORY],
            material=model_by_name[FacetName.MATERIAL],
            period=model_by_name[FacetName.PERIOD],
            status=model_by_name[FacetName.STATUS],
            registry=model_by_name[FacetName.REGISTRY],
            owner=model_by_name[FacetName.OWNER],
        )
