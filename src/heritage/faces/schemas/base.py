"""The base of every model."""

from pydantic import BaseModel, ConfigDict


class Model(BaseModel):
    """Nothing unforeseen in, nothing changed afterwards."""

    model_config = ConfigDict(extra="forbid", frozen=True)
