"""What ``POST /v1/inspect`` answers."""

from typing import Self

from pydantic import ConfigDict, Field

from heritage.domain.advice import Inspection
from heritage.faces import examples
from heritage.faces.schemas.base import Model
from heritage.faces.schemas.evidence import AdviceModel, RegionModel


class InspectionModel(Model):
    """A photo before it is searched."""

    model_config = ConfigDict(json_schema_extra={"examples": [examples.INSPECTION]})

    width: int = Field(description="px of the upright photo")
    height: int
    regions: list[RegionModel] = Field(
        description="boxes around objects, the likeliest first; none: the photo shows one object, or nothing stands out"
    )
    advice: list[AdviceModel] = Field(description="how a better photo is taken; empty for a good one")

    @classmethod
    def of(cls, inspection: Inspection) -> Self:
        return cls(
            width=inspection.width,
            height=inspection.height,
            regions=[RegionModel.of(region) for region in inspection.regions],
            advice=[AdviceModel.of(advice) for advice in inspection.advice],
        )
