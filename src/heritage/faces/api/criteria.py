"""Criteria as query parameters of a list, and as form fields beside photos."""

from collections.abc import Callable
from typing import Annotated, Any

from fastapi import Depends, Form, Query

from heritage.domain.criteria import Criteria
from heritage.domain.records import Status

MAX_LENGTH = 500


def _reader(kind: Callable[..., Any]) -> Callable[..., Criteria]:
    """Reads criteria from parameters of a ``kind``: `Query` or `Form`."""

    def asked(description: str) -> Any:
        return kind(max_length=MAX_LENGTH, description=description)

    def criteria(
        text: Annotated[str, asked("words, each the beginning of one in the card; in any script")] = "",
        category: Annotated[str, asked("a kind of object: a term, which stands for all below it too")] = "",
        material: Annotated[str, asked("a material or technique: a term")] = "",
        period: Annotated[str, asked("a period: a term")] = "",
        place: Annotated[str, asked("words of the place of theft or of origin")] = "",
        since: Annotated[str, asked("not lost, or found, before: 1998, 1998-05 or 1998-05-21")] = "",
        until: Annotated[str, asked("not lost, or found, after")] = "",
        status: Annotated[list[Status], kind(description="repeatable: any of these")] = [],  # noqa: B006
        registry: Annotated[str, asked("this one only")] = "",
        owner: Annotated[str, asked("the agency that owns the record")] = "",
    ) -> Criteria:
        return Criteria(
            text=text,
            category=category,
            material=material,
            period=period,
            place=place,
            since=since,
            until=until,
            statuses=frozenset(status),
            registry=registry,
            owner=owner,
        )

    return criteria


CriteriaAsked = Annotated[Criteria, Depends(_reader(Query))]
CriteriaSent = Annotated[Criteria, Depends(_reader(Form))]
