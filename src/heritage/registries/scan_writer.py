"""Writes what became of listings: a table with the columns that they came with, or JSON Lines with all hits."""

import json
from collections.abc import Iterable
from itertools import chain
from pathlib import Path
from typing import Any

from heritage.domain.review import KeptHit
from heritage.domain.scans import KeptListing
from heritage.errors import StorageError
from heritage.registries.table_writer import table_file

OWN = ("key", "title", "seller", "address")
ADDED = ("state", "why", "verdict", "record", "false_alarm_rate", "hit", "further_records")
_PREFIX = "heritage_"  # the input may have a column of its own that is called state


def write_scan(listings: Iterable[KeptListing], path: Path, base: str = "") -> int:
    """A line for each listing into a .csv, .xlsx or .jsonl file; how many. ``base`` is where hits are shown.

    Raises `InputError` for another suffix, `StorageError`.
    """
    if path.suffix.lower() in (".jsonl", ".ndjson"):
        return _write_lines(listings, path, base)
    remaining = iter(listings)
    first = next(remaining, None)
    columns = [name for name, _ in first.listing.columns] if first else []
    header = (*OWN, "photos", *columns, *(f"{_PREFIX}{name}" for name in ADDED))
    count = 0
    with table_file(path, header) as table:
        for one in chain([first] if first else [], remaining):
            own = [getattr(one.listing, name) for name in OWN]
            photos = "; ".join(photo.address or photo.name for photo in one.listing.photos)
            others = [text for _, text in one.listing.columns[: len(columns)]]
            others += [""] * (len(columns) - len(others))
            table.write([*own, photos, *others, *_found(one, base)])
            count += 1
    return count


def _found(one: KeptListing, base: str) -> list[str]:
    best = one.hits[0] if one.hits else None
    if best is None:
        return [one.state.value, one.why, "", "", "", "", ""]
    further = "; ".join(dict.fromkeys(filter(None, map(_record, one.hits[1:]))))
    rate = f"{best.false_alarm_rate:.3g}"
    return [one.state.value, one.why, best.verdict.value, _record(best), rate, hit_address(best, base), further]


def hit_address(found: KeptHit, base: str) -> str:
    return f"{base.rstrip('/')}/hits/{found.hit_id}"


def _record(found: KeptHit) -> str:
    """Empty where it is not for the one who asks."""
    return str(found.record.record_id) if found.record else ""


def _write_lines(listings: Iterable[KeptListing], path: Path, base: str) -> int:
    count = 0
    try:
        with path.open("w", encoding="utf-8") as file:
            for one in listings:
                file.write(json.dumps(_told(one, base), ensure_ascii=False) + "\n")
                count += 1
    except OSError as error:
        raise StorageError(f"{path} cannot be written: {error.strerror}") from error
    return count


def _told(one: KeptListing, base: str) -> dict[str, Any]:
    own = {name: getattr(one.listing, name) for name in ("place", *OWN)}
    photos = [
        {
            "name": photo.photo.name,
            "address": photo.photo.address,
            "digest": str(photo.digest) if photo.digest else None,
            "captured_at": photo.captured_at.isoformat() if photo.captured_at else None,
            "why": photo.why,
        }
        for photo in one.photos
    ]
    hits = [
        {
            "record": _record(found) or None,
            "verdict": found.verdict.value,
            "false_alarm_rate": found.false_alarm_rate,
            "hit": hit_address(found, base),
        }
        for found in one.hits
    ]
    found = {"state": one.state.value, "why": one.why, "photos": photos, "hits": hits}
    return own | {"columns": dict(one.listing.columns)} | found
