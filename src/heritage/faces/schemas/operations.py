"""Imports and exports, as they are asked for and as they go on."""

from collections.abc import Sequence
from datetime import datetime
from typing import Self

from pydantic import ConfigDict, Field

from heritage.domain.criteria import Criteria
from heritage.domain.operations import ExportFormat, Operation, OperationKind, OperationState
from heritage.domain.records import Status
from heritage.faces import examples
from heritage.faces.schemas.base import Model


class CriteriaDraft(Model):
    """What records must be like; all that are given must hold."""

    text: str = Field(default="", description="words, each the beginning of one in the card; in any script")
    category: str = Field(default="", description="a kind of object: a term, which stands for all below it too")
    material: str = Field(default="", description="a material or technique: a term")
    period: str = Field(default="", description="a period: a term")
    place: str = Field(default="", description="words of the place of theft or of origin")
    since: str = Field(default="", description="not lost, or found, before: 1998, 1998-05 or 1998-05-21")
    until: str = Field(default="", description="not lost, or found, after")
    statuses: frozenset[Status] = Field(default=frozenset(), description="any of these")
    registry: str = Field(default="", description="this one only")
    owner: str = Field(default="", description="the agency that owns the record")

    @property
    def criteria(self) -> Criteria:
        """Raises `InputError`."""
        return Criteria(**self.model_dump())


class ExportDraft(Model):
    """What is to be exported: every record that you may see, unless criteria are given."""

    model_config = ConfigDict(json_schema_extra={"examples": [examples.EXPORT]})

    format: ExportFormat = Field(description="a table, LIDO 1.1 or Linked Art")
    criteria: CriteriaDraft = CriteriaDraft()


class LinksModel(Model):
    self: str = Field(description="where to ask how far it is")
    result: str | None = Field(
        default=None, description="where the report or the file is; null as long as there is none"
    )


class OperationModel(Model):
    """An import or an export."""

    model_config = ConfigDict(json_schema_extra={"examples": [examples.OPERATION]})

    id: str
    kind: OperationKind
    state: OperationState = Field(description="`done`, `failed` and `cancelled` are final")
    done: int = Field(description="records dealt with so far")
    total: int = Field(description="of so many; 0 or growing as long as it is not known")
    message: str = Field(description="how it ended, in a sentence; empty before")
    actor: str = Field(description="who asked for it")
    created_at: datetime
    changed_at: datetime
    links: LinksModel

    @classmethod
    def of(cls, operation: Operation) -> Self:
        own = operation_url(operation)
        is_done = operation.state is OperationState.DONE
        return cls(
            id=operation.operation_id,
            kind=operation.kind,
            state=operation.state,
            done=operation.done,
            total=operation.total,
            message=operation.message,
            actor=operation.viewer.actor,
            created_at=operation.created_at,
            changed_at=operation.changed_at,
            links=LinksModel(self=own, result=f"{own}/result" if is_done else None),
        )


class OperationList(Model):
    model_config = ConfigDict(json_schema_extra={"examples": [examples.OPERATIONS]})

    operations: list[OperationModel] = Field(description="the newest first")

    @classmethod
    def of(cls, operations: Sequence[Operation]) -> Self:
        return cls(operations=list(map(OperationModel.of, operations)))


def operation_url(operation: Operation) -> str:
    return f"/v1/operations/{operation.operation_id}"
