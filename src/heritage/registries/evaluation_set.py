"""Reads an evaluation set: a folder with ``gallery.csv``, ``queries.csv`` and optionally ``distractors/``.

``gallery.csv`` has the columns ``record_id`` and ``image``; ``queries.csv`` ``query``, ``image`` and ``record_ids``:
several separated by ``;``, none when the object is not in the gallery.
"""

import csv
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from heritage.domain.evaluation import EvaluationSet, LabelledPhoto
from heritage.domain.ports import Source
from heritage.domain.records import RecordId
from heritage.errors import InputError, TableError
from heritage.registries.folder import open_source
from heritage.registries.spreadsheet import Spreadsheet, find_picture, open_spreadsheet

GALLERY = "gallery.csv"
QUERIES = "queries.csv"
DISTRACTORS = "distractors"
COLUMNS = ("query", "image", "record_ids")


def open_evaluation_set(folder: Path, distractors: Path | None = None) -> EvaluationSet:
    """The set in ``folder``; ``distractors``, a folder of pictures, takes the place of the one in it.

    A record id in ``queries.csv`` that the gallery has not is left out, with a warning: the object is not in the
    gallery, which is what an empty cell says. Raises `TableError` for anything else that is not as it should be; a
    figure over half of a set would mislead.
    """
    for name in (GALLERY, QUERIES):
        if not (folder / name).is_file():
            raise TableError(f"{folder} is no evaluation set: it has no {name}")
    gallery = open_spreadsheet(folder / GALLERY, "gallery")
    queries = _read_queries(folder / QUERIES)
    ids = _gallery_ids(gallery)
    foreign = tuple(
        f"{QUERIES}, row {query.row}: record id {text!r} is not in {GALLERY} and counts as not registered"
        for query in queries
        for text in query.record_ids
        if text not in ids
    )
    return EvaluationSet(
        name=folder.resolve().name,
        gallery=gallery,
        distractors=_open_distractors(folder, distractors),
        photos=tuple(_labelled(query, ids) for query in queries),
        warnings=(*gallery.warnings, *foreign),
    )


@dataclass(frozen=True, slots=True)
class _QueryRow:
    row: int
    name: str
    picture: Path
    record_ids: tuple[str, ...]


def _open_distractors(folder: Path, given: Path | None) -> Source | None:
    if given is None and not (folder / DISTRACTORS).is_dir():
        return None
    return open_source(given or folder / DISTRACTORS, DISTRACTORS)


def _gallery_ids(gallery: Spreadsheet) -> dict[str, RecordId]:
    """Record ids by what ``queries.csv`` may call them. Raises `TableError` on the first row that cannot be used."""
    ids: dict[str, RecordId] = {}
    for row in gallery.rows():
        if row.record is None:
            raise TableError(f"{GALLERY}, row {row.number}: {row.error}")
        if not row.pictures:
            raise TableError(f"{GALLERY}, row {row.number}: no image is given, so no photo can find the object")
        record_id = row.record.record_id
        if record_id.number in ids:
            raise TableError(f"{GALLERY}, row {row.number}: record id {record_id.number!r} is there twice; rename one")
        ids[record_id.number] = record_id
    if not ids:
        raise TableError(f"{GALLERY} has no rows")
    return ids


def _labelled(query: _QueryRow, ids: dict[str, RecordId]) -> LabelledPhoto:
    right = frozenset(ids[text] for text in query.record_ids if text in ids)
    return LabelledPhoto(query.name, query.picture, right)


def _read_queries(path: Path) -> list[_QueryRow]:
    queries: list[_QueryRow] = []
    names: set[str] = set()
    for number, cells in _read_cells(path):
        try:
            query = _query_row(number, cells, path.parent.resolve())
        except InputError as error:
            raise TableError(f"{QUERIES}, row {number}: {error}") from error
        if query.name in names:
            raise TableError(f"{QUERIES}, row {number}: query {query.name!r} is in an earlier row too; rename one")
        names.add(query.name)
        queries.append(query)
    if not queries:
        raise TableError(f"{QUERIES} has no rows")
    return queries


def _query_row(number: int, cells: dict[str | None, str | None], folder: Path) -> _QueryRow:
    if None in cells:
        raise TableError("has more cells than the header; several record ids are separated by ';'")
    if None in cells.values():
        raise TableError("has fewer cells than the header; an object that is not in the gallery has an empty cell")
    name, image, record_ids = ((cells[column] or "").strip() for column in COLUMNS)
    if not name or not image:
        raise TableError("query or image is empty")
    texts = tuple(text.strip() for text in record_ids.split(";") if text.strip())
    return _QueryRow(number, name, find_picture(image, folder), texts)


def _read_cells(path: Path) -> Iterator[tuple[int, dict[str | None, str | None]]]:
    """Row numbers (the header is 1) and cells by column. Raises `TableError` when the file is no such table."""
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            rows = csv.DictReader(file)
            rows.fieldnames = [name.strip().lower() for name in rows.fieldnames or ()]
            for column in COLUMNS:
                if column not in rows.fieldnames:
                    raise TableError(f"{path.name} has no column {column!r}; it needs {', '.join(COLUMNS)}")
            yield from enumerate(rows, start=2)
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise TableError(f"{path.name} cannot be read as a CSV file in UTF-8: {error}") from error
