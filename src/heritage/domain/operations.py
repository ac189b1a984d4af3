"""Imports and exports: asked for in one request, carried out afterwards by whichever server is free."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from heritage.domain.access import NAMED_ROLES, Scope, Viewer
from heritage.domain.criteria import ANYTHING, Criteria


class OperationKind(StrEnum):
    IMPORT = "import"
    EXPORT = "export"

    @property
    def scope(self) -> Scope:
        """The right that it takes to ask for one, to cancel it and to get what it made."""
        return Scope.WRITE if self is OperationKind.IMPORT else Scope.EXPORT


class OperationState(StrEnum):
    WAITING = "waiting"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"
    CANCELLED = "cancelled"

    @property
    def is_final(self) -> bool:
        return self not in (OperationState.WAITING, OperationState.RUNNING)


class ExportFormat(StrEnum):
    CSV = "csv"
    XLSX = "xlsx"
    LIDO = "lido"
    LINKED_ART = "linked-art"

    @property
    def suffix(self) -> str:
        """Of a file in this format."""
        return {"lido": ".xml", "linked-art": ".json"}.get(self.value, f".{self.value}")


@dataclass(frozen=True, slots=True)
class ImportTask:
    """``file_name`` is the last part of the uploaded file's name; ``registry`` is of rows that name none."""

    file_name: str
    registry: str


@dataclass(frozen=True, slots=True)
class ExportTask:
    format: ExportFormat
    criteria: Criteria = ANYTHING


Task = ImportTask | ExportTask


@dataclass(frozen=True, slots=True)
class Operation:
    """One import or export. ``viewer`` is whoever asked, with the rights they had then; ``done`` of ``total`` records.

    ``message`` says how it ended. Times are UTC.
    """

    operation_id: str
    viewer: Viewer
    task: Task
    created_at: datetime
    changed_at: datetime
    state: OperationState = OperationState.WAITING
    done: int = 0
    total: int = 0
    message: str = ""

    @property
    def kind(self) -> OperationKind:
        return OperationKind.IMPORT if isinstance(self.task, ImportTask) else OperationKind.EXPORT

    def may_be_read_by(self, viewer: Viewer) -> bool:
        """Whether ``viewer`` may have the result: it holds what the one who asked may see, which others may not."""
        # Somebody who kept records when they asked, and does so no more, is not to read what those who do may see.
        sees_as_much = viewer.role in NAMED_ROLES or self.viewer.role not in NAMED_ROLES
        is_own = self.viewer.agency == viewer.agency and self.viewer.actor == viewer.actor and sees_as_much
        keeps_all = self.viewer.agency == viewer.agency and viewer.role in NAMED_ROLES
        return viewer.is_unrestricted or is_own or keeps_all
