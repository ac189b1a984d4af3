"""Criteria as options: what records must be like, in words."""

import inspect
from collections.abc import Callable
from functools import wraps
from typing import TYPE_CHECKING, Annotated, Any

import typer

from heritage.errors import InputError

if TYPE_CHECKING:
    from heritage.domain.criteria import Criteria


def _text(metavar: str, help: str) -> Any:
    return Annotated[str, typer.Option(metavar=metavar, help=help)]


_OPTIONS = {
    "category": _text("TERM", "A kind of object, and all below it."),
    "material": _text("TERM", "A material or technique."),
    "period": _text("TERM", "A period."),
    "place": _text("WORDS", "Words of the place of theft or of origin."),
    "since": _text("DATE", "Not lost, or found, before: 1998, 1998-05, 1998-05-21."),
    "until": _text("DATE", "Not lost, or found, after."),
    "status": Annotated[list[str] | None, typer.Option(metavar="STATUS", help="Any of these; repeatable.")],
    "registry": _text("NAME", "Records of this registry only."),
    "owner": _text("AGENCY", "Records that this agency owns."),
}


def with_criteria(command: Callable[..., None]) -> Callable[..., None]:
    """``command``, which takes ``criteria`` by name, as one that takes an option for each of them in their place.

    Typer reads options off a function's parameters, and has no way to share some of them.
    """
    parameters: list[inspect.Parameter] = []
    for one in inspect.signature(command).parameters.values():
        parameters += _options() if one.name == "criteria" else [one]

    @wraps(command)
    def run(**given: Any) -> None:
        asked = {name: given.pop(name) for name in _OPTIONS}
        command(**given, criteria=_criteria_of(asked.pop("status"), **asked))

    run.__signature__ = inspect.Signature(parameters)  # type: ignore[attr-defined]
    run.__annotations__ = {one.name: one.annotation for one in parameters}
    return run


def _options() -> list[inspect.Parameter]:
    kind, default_by_name = inspect.Parameter.KEYWORD_ONLY, dict.fromkeys(_OPTIONS, "") | {"status": None}
    return [
        inspect.Parameter(name, kind, default=default_by_name[name], annotation=annotation)
        for name, annotation in _OPTIONS.items()
    ]


def _criteria_of(statuses: list[str] | None, **others: str) -> "Criteria":
    """Raises `InputError` for a status that there is not, and as `Criteria` does."""
    from heritage.domain.criteria import Criteria
    from heritage.domain.records import Status

    unknown = set(statuses or []) - set(Status)
    if unknown:
        raise InputError(f"there is no status {min(unknown)[:40]!r}; there are: {', '.join(Status)}")
    return Criteria(statuses=frozenset(map(Status, statuses or [])), **others)
