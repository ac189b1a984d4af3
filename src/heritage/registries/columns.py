"""The columns of a table of records: what they are called, and how one line of them becomes a record and back."""

import re
from collections.abc import Callable, Sequence
from enum import StrEnum
from typing import TypeVar

from heritage.domain.access import Handling
from heritage.domain.completeness import completeness
from heritage.domain.records import ObjectIdCard, PhotoView, RecordId, RegistryRecord, Status
from heritage.errors import RecordError
from heritage.registries.dates import DateReader

CARD_COLUMNS = tuple(ObjectIdCard.__dataclass_fields__)
FACT_COLUMNS = (
    *("registry", "number", "status", "owner_agency", "theft_date", "theft_place"),
    *("category", "terms", "handling", "shared_with", "icg_reference"),
)
COLUMNS = (*FACT_COLUMNS, *CARD_COLUMNS, "images", "views")
LIST_COLUMNS = frozenset({"terms", "shared_with", "images", "views"})
"""Their cells hold several values, separated by ``;``."""
ALIASES = {"record_id": "number", "image": "images"}
REPORT_COLUMNS = ("outcome", "remark")
"""What a report adds at the right of the table, and what is left out again when it is read."""
COMPLETENESS = "completeness"
"""Only written: it follows from the others."""

Word = TypeVar("Word", bound=StrEnum)
Values = tuple[str, ...]
"""One line of a table in the order of `COLUMNS`, "" where it says nothing."""


def plain(name: str) -> str:
    """A column's name as it is compared: ``Owner Agency`` is ``owner_agency``."""
    return re.sub(r"[\s_]+", "_", name.strip().lower())


def record_of(values: Values, read_date: DateReader) -> RegistryRecord:
    """The record of a line, without its photographs. Raises `RecordError`."""
    if any("\0" in value for value in values):
        raise RecordError("has a NUL character; is the file damaged?")
    facts = dict(zip(FACT_COLUMNS, values, strict=False))
    return RegistryRecord(
        record_id=RecordId(facts["registry"], facts["number"]),
        status=_word(Status, "status", facts["status"], Status.STOLEN),
        owner_agency=facts["owner_agency"],
        theft_date=read_date(facts["theft_date"]),
        theft_place=facts["theft_place"],
        category=facts["category"],
        terms=tuple(pieces(facts["terms"])),
        handling=read_handling(facts["handling"]),
        shared_with=tuple(pieces(facts["shared_with"])),
        icg_reference=facts["icg_reference"],
        card=ObjectIdCard(*values[len(FACT_COLUMNS) : len(FACT_COLUMNS) + len(CARD_COLUMNS)]),
    )


def values_of(record: RegistryRecord, images: Sequence[str]) -> Values:
    """The record as a line; ``images`` says for each of its photographs where it is."""
    views = [one.view.value for one in record.photographs]
    return (
        record.record_id.registry,
        record.record_id.number,
        record.status.value,
        record.owner_agency,
        record.theft_date,
        record.theft_place,
        record.category,
        ";".join(record.terms),
        record.handling.value,
        ";".join(record.shared_with),
        record.icg_reference,
        *(getattr(record.card, name) for name in CARD_COLUMNS),
        ";".join(images),
        ";".join(views) if any(views) else "",
    )


def completeness_of(record: RegistryRecord) -> str:
    return f"{completeness(record).score:.2f}"


def pieces(cell: str) -> list[str]:
    return [piece.strip() for piece in cell.split(";") if piece.strip()]


def views_of(cell: str, count: int) -> tuple[PhotoView, ...]:
    """The views of ``count`` images; those that the cell does not come to are unspecified. Raises `RecordError`."""
    names = [name.strip() for name in cell.split(";")] if cell else []
    if len(names) > count:
        raise RecordError(f"{len(names)} views are given for {count} images; give one for each, in the same order")
    names += [""] * (count - len(names))
    return tuple(_word(PhotoView, "view", name, PhotoView.UNSPECIFIED) for name in names)


def read_handling(text: str) -> Handling:
    """``TLP:GREEN``, ``green`` or ``AMBER + STRICT``; GREEN when nothing is said. Raises `RecordError`."""
    label = re.sub(r"\s", "", text).upper()
    return _word(Handling, "handling", label and f"TLP:{label.removeprefix('TLP:')}", Handling.GREEN, str.upper)


def _word(kind: type[Word], name: str, text: str, default: Word, folded: Callable[[str], str] = str.lower) -> Word:
    try:
        return kind(folded(text)) if text else default
    except ValueError:
        raise RecordError(f"{name} {text[:40]!r} is not one of {', '.join(filter(None, kind))}") from None
