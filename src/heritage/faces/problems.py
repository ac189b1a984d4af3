"""Errors as RFC 9457 describes them: one table from the error tree to HTTP, used by the API and ``match --json``."""

from dataclasses import dataclass

from pydantic import ConfigDict, Field

from heritage.errors import (
    ConflictError,
    DeliveryError,
    FieldError,
    ForbiddenError,
    HeritageError,
    ImageError,
    InputError,
    ModelError,
    NotFoundError,
    SignInError,
    StaleError,
    StorageError,
    TooOftenError,
)
from heritage.faces import examples
from heritage.faces.schemas.base import Model


class FieldProblem(Model):
    """What is wrong with one field of the request."""

    field: str
    message: str


class Problem(Model):
    """An error, as RFC 9457 describes it."""

    model_config = ConfigDict(json_schema_extra={"examples": [examples.PROBLEM]})

    type: str = Field(default="about:blank", description="names the kind of problem")
    title: str
    status: int
    detail: str = Field(description="one sentence for a person")
    instance: str | None = Field(default=None, description="the path asked for")
    request_id: str | None = Field(default=None, description="to quote when asking the operator about it")
    errors: list[FieldProblem] | None = Field(default=None, description="field by field, if the request is wrong")


class PhotoProblem(Model):
    """The line that ``heritage match --json`` prints for a photo that could not be searched."""

    photo: str
    problem: Problem


TYPE_PREFIX = "urn:heritage:problem:"


@dataclass(frozen=True, slots=True)
class _Kind:
    """A branch of the error tree, as HTTP sees it."""

    error: type[HeritageError]
    status: int
    slug: str
    title: str


_KINDS = (  # the first that fits wins, so causes come before their parents
    _Kind(ImageError, 422, "image", "The photo cannot be used"),
    _Kind(InputError, 422, "input", "The request cannot be used"),
    _Kind(SignInError, 401, "sign-in", "Not signed in"),
    _Kind(ForbiddenError, 403, "forbidden", "Not allowed"),
    _Kind(TooOftenError, 429, "too-often", "Too often"),
    _Kind(StaleError, 412, "stale", "Changed meanwhile"),
    _Kind(ConflictError, 409, "conflict", "Not possible as things are"),
    _Kind(NotFoundError, 404, "not-found", "Not found"),
    _Kind(DeliveryError, 424, "delivery", "The message was not taken"),
    _Kind(StorageError, 503, "storage", "The registry cannot be read at present"),
    _Kind(ModelError, 503, "model", "The model cannot be used at present"),
    _Kind(HeritageError, 500, "internal", "The server failed"),
)
_STATUS_BY_IMAGE_CAUSE = {"too large": 413, "not an image": 415, "unsupported format": 415}


def problem_of(error: HeritageError) -> Problem:
    """The problem to answer for an error of ours."""
    kind = next(kind for kind in _KINDS if isinstance(error, kind.error))
    status = _STATUS_BY_IMAGE_CAUSE.get(error.cause, kind.status) if isinstance(error, ImageError) else kind.status
    fields = [FieldProblem(field=error.field, message=str(error))] if isinstance(error, FieldError) else None
    return Problem(type=TYPE_PREFIX + kind.slug, title=kind.title, status=status, detail=str(error), errors=fields)
