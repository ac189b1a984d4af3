"""Reads back what a kept search says that it covered, so that it can be told in another language.

A search keeps the English sentence that stood under its answer, since that is what somebody relied on. What cannot be
read back, letter for letter, is not told in other words.
"""

import re
from dataclasses import dataclass
from datetime import UTC, datetime

from heritage.domain.hits import Coverage

_COUNT = r"\d{1,3}(?:,\d{3})*"
_COVERAGE = re.compile(
    rf"(?:Searched (?P<objects>{_COUNT}) registered objects? with (?P<images>{_COUNT}) photographs? in "
    r"(?P<registries>.+?)(?:, newest record (?P<newest>\d{4}-\d\d-\d\d))?\.|Nothing was searched\.)"
    rf"(?: Not searched: (?P<unsearched>{_COUNT}) registered objects? that the model in use has not described; "
    r"ingest the registry again\.)?"
    r"(?P<restricted> Not searched: objects that other agencies keep to themselves\.)?"
    r"(?P<narrowed> Not searched: objects that do not meet the criteria asked for\.)?"
    r"(?: Nothing is registered that could be searched\.)? Not found is not a clearance\."
)
_REGISTRY = re.compile(rf"(.+?) \(({_COUNT})\)(?:, |$)")
_COMPARED = re.compile(
    r"Compared with (?:one record|the record (?P<record>.+)), which is new or changed, and with nothing else; "
    rf"judged as one of (?P<count>{_COUNT}) comparisons\. Not found is not a clearance\."
)


@dataclass(frozen=True, slots=True)
class ComparedWith:
    """A photo seen before was searched again for one record and for nothing else.

    The record has no name here: everybody of the agency reads this, and its hit says it to whom it may be shown.
    ``record_id`` is of statements that were kept when it had.
    """

    count: int
    record_id: str = ""

    @property
    def statement(self) -> str:
        record = f"the record {self.record_id}" if self.record_id else "one record"
        return (
            f"Compared with {record}, which is new or changed, and with nothing else; "
            f"judged as one of {self.count:,} comparisons. Not found is not a clearance."
        )


def read_statement(statement: str) -> Coverage | ComparedWith | None:
    """What ``statement`` was made of; None for one that nothing of ours would make."""
    made = _coverage(statement) or _compared(statement)
    return made if made is not None and made.statement == statement else None


def _compared(statement: str) -> ComparedWith | None:
    found = _COMPARED.fullmatch(statement)
    return ComparedWith(_count(found["count"]), found["record"] or "") if found else None


def _coverage(statement: str) -> Coverage | None:
    found = _COVERAGE.fullmatch(statement)
    if found is None:
        return None
    registries = _REGISTRY.findall(found["registries"] or "")
    return Coverage(
        object_count=_count(found["objects"]),
        image_count=_count(found["images"]),
        object_count_by_registry=tuple((name, _count(count)) for name, count in registries),
        newest_record=_day(found["newest"]),
        unsearched_count=_count(found["unsearched"]),
        is_restricted=found["restricted"] is not None,
        is_narrowed=found["narrowed"] is not None,
    )


def _count(text: str | None) -> int:
    return int(text.replace(",", "")) if text else 0


def _day(text: str | None) -> datetime | None:
    try:
        return datetime.strptime(text, "%Y-%m-%d").replace(tzinfo=UTC) if text else None
    except ValueError:
        return None
