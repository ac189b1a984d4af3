"""Criteria as options: what records must be like, in words."""

from typing import TYPE_CHECKING, Annotated

import typer

from heritage.errors import InputError

if TYPE_CHECKING:
    from heritage.domain.criteria import Criteria

CategoryOption = Annotated[str, typer.Option(metavar="TERM", help="A kind of object, and all below it.")]
MaterialOption = Annotated[str, typer.Option(metavar="TERM", help="A material or technique.")]
PeriodOption = Annotated[str, typer.Option(metavar="TERM", help="A period.")]
PlaceOption = Annotated[str, typer.Option(metavar="WORDS", help="Words of the place of theft or of origin.")]
SinceOption = Annotated[
    str, typer.Option(metavar="DATE", help="Not lost, or found, before: 1998, 1998-05, 1998-05-21.")
]
UntilOption = Annotated[str, typer.Option(metavar="DATE", help="Not lost, or found, after.")]
StatusOption = Annotated[list[str] | None, typer.Option(metavar="STATUS", help="Any of these; repeatable.")]
RegistryOption = Annotated[str, typer.Option(metavar="NAME", help="Records of this registry only.")]
OwnerOption = Annotated[str, typer.Option(metavar="AGENCY", help="Records that this agency owns.")]


def criteria_of(statuses: list[str] | None, **others: str) -> "Criteria":
    """Raises `InputError` for a status that there is not, and as `Criteria` does."""
    from heritage.domain.criteria import Criteria
    from heritage.domain.records import Status

    unknown = set(statuses or []) - set(Status)
    if unknown:
        raise InputError(f"there is no status {min(unknown)[:40]!r}; there are: {', '.join(Status)}")
    return Criteria(statuses=frozenset(map(Status, statuses or [])), **others)
