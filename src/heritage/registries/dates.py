"""Dates as a table writes them, made ISO 8601."""

import re
from collections.abc import Callable

from heritage.domain.digits import western
from heritage.domain.records import PARTIAL_DATE
from heritage.errors import RecordError

DateReader = Callable[[str], str]

_PARTS = re.compile(r"DD|MM|YYYY")
_MOMENT = re.compile(r"(\d{4}-\d\d-\d\d)[ T]\d\d:\d\d.*", re.S)


def date_parts(layout: str) -> tuple[str, ...]:
    """The order in a layout such as ``DD/MM/YYYY``; empty when it is none."""
    parts = tuple(_PARTS.findall(layout))
    is_layout = set(parts) == {"DD", "MM", "YYYY"} and len(parts) == 3 and not re.search(r"\w", _PARTS.sub("", layout))
    return parts if is_layout else ()


def read_iso_date(text: str) -> str:
    """``text``, and of a moment its day. What is no date is given back: the record then says what is wrong with it."""
    moment = _MOMENT.fullmatch(western(text))
    return moment[1] if moment else western(text)


def date_reader(layout: str) -> DateReader:
    """Reads dates of that layout too, with or without day and month; as `read_iso_date` when ``layout`` is empty."""
    parts = date_parts(layout)

    def read(text: str) -> str:
        day = read_iso_date(text)
        return day if not text or PARTIAL_DATE.fullmatch(day) else _iso(text, parts)

    return read if parts else read_iso_date


def _iso(text: str, parts: tuple[str, ...]) -> str:
    """``text`` as ISO 8601. Raises `RecordError`."""
    numbers = re.split(r"[^\d]+", western(text).strip(" ."))
    kept = [part for part in parts if part != "DD"] if len(numbers) == 2 else list(parts)
    if len(numbers) != len(kept) or not all(numbers):
        return text
    number_by_part = dict(zip(kept, numbers, strict=True))
    if len(number_by_part["YYYY"]) != 4:
        raise RecordError(f"theft_date {text[:40]!r}: write the year with four digits")
    return "-".join(number_by_part[part].zfill(2) for part in ("YYYY", "MM", "DD") if part in number_by_part)
