"""Writes what became of listings: a table with the columns that they came with, or JSON Lines with all hits."""

import json
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

from heritage.domain.review import KeptHit
from heritage.domain.scans import KeptListing
from heritage.errors import StorageError
from heritage.registries.table_writer import table_file

OWN = ("key", "title", "seller", "address")
ADDED = ("state", "why", "verdict", "record", "false_alarm_rate", "decision", "hit", "further_records")
_PREFIX = "heritage_"  # the input may have a column of its own that is called state


def write_scan(listings: Iterable[KeptListing], path: Path, base: str = "", columns: Sequence[str] = ()) -> int:
    """A line for each listing into a .csv, .xlsx or .jsonl file; how many. ``base`` is where hits are shown.

    ``columns``: the names of those that a table has of what listings came with; a .jsonl has all of them. Raises
    `InputError` for another suffix, `StorageError`.
    """
    if path.suffix.lower() in (".jsonl", ".ndjson"):
        return _write_lines(listings, path, base)
    header = (*OWN, "photos", *columns, *(f"{_PREFIX}{name}" for name in ADDED))
    count = 0
    with table_file(path, header) as table:
        for one in listings:
            own = [getattr(one.listing, name) for name in OWN]
            photos = "; ".join(photo.address or photo.name for photo in one.listing.photos)
            table.write([*own, photos, *_others(one, columns), *_found(one, base)])
            count += 1
    return count


def _others(one: KeptListing, columns: Sequence[str]) -> list[str]:
    """By name: a listing has no cell of what was empty."""
    texts_by_name: dict[str, list[str]] = {}
    for name, text in reversed(one.listing.columns):
        texts_by_name.setdefault(name, []).append(text)
    return [texts.pop() if (texts := texts_by_name.get(name)) else "" for name in columns]


def _found(one: KeptListing, base: str) -> list[str]:
    best = one.hits[0] if one.hits else None
    if best is None:
        return [one.state.value, one.why, "", "", "", "", "", ""]
    further = "; ".join(dict.fromkeys(filter(None, map(_record, one.hits[1:]))))
    rate = f"{best.false_alarm_rate:.3g}"
    decided = (best.verdict.value, _record(best), rate, best.state.value)
    return [one.state.value, one.why, *decided, hit_address(best, base), further]


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
            "decision": found.state.value,
            "hit": hit_address(found, base),
        }
        for found in one.hits
    ]
    found = {"state": one.state.value, "why": one.why, "photos": photos, "hits": hits}
    return own | {"columns": dict(one.listing.columns)} | found
