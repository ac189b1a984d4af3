"""How the server is."""

from pydantic import Field

from heritage.faces.schemas.base import Model
from heritage.faces.schemas.coverage import CoverageModel


class AliveModel(Model):
    status: str = Field(default="alive", examples=["alive"])


class ReadyModel(Model):
    status: str = Field(default="ready", examples=["ready"])
    index: str | None = Field(
        default=None,
        description="the index version in use; only where there are no accounts",
        examples=["000000000312-5f0c1a7e9b3d2c48+312"],
    )
    coverage: CoverageModel | None = Field(default=None, description="only where there are no accounts")
