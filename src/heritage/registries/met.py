"""Reads the Met benchmark, as its authors publish it.

Ypsilantis, Garcia, Han, Ibrahimi, van Noord, Tolias, "The Met Dataset: Instance-level Recognition for Artworks",
NeurIPS 2021 Datasets and Benchmarks; http://cmp.felk.cvut.cz/met/, code in github.com/nikosips/met. The layout read is
the one that this code reads (``code/utils/datasets.py``, ``code/examples/knn_eval.py`` and the README)::

    images/                               what all paths are relative to
    ground_truth/MET_database.json        [{"id": 34, "path": "MET/34/0.jpg"}, ...]
    ground_truth/mini_MET_database.json   the same, of fewer exhibits
    ground_truth/testset.json             [{"path": "test_met/a.jpg", "MET_id": 34}, {"path": "test_other/b.jpg"}, ...]
    ground_truth/valset.json              the same

Photographs with one ``id`` are one record. A query without ``MET_id`` shows no exhibit: its object is in no registry.
Whatever else an entry says is passed over.
"""

import json
from collections.abc import Iterator, Sequence
from pathlib import Path

from heritage.domain.evaluation import EvaluationSet
from heritage.domain.ports import Source
from heritage.errors import InputError, TableError
from heritage.registries.listed import ListedRecords, label_photos

REGISTRY = "met"
GROUND_TRUTH = "ground_truth"
IMAGES = "images"
GALLERIES = {"full": "MET_database.json", "mini": "mini_MET_database.json"}
QUERIES = {"test": "testset.json", "val": "valset.json"}


def is_met(folder: Path) -> bool:
    """Whether the folder looks like the Met benchmark, complete or not."""
    return any((folder / GROUND_TRUTH / name).is_file() for name in (*GALLERIES.values(), *QUERIES.values()))


def open_met(folder: Path, distractors: Source | None = None, parts: Sequence[str] = ()) -> EvaluationSet:
    """The test photographs against the full gallery; ``parts`` may name ``mini`` and ``val`` instead.

    Raises `TableError` when a file or a photograph is missing, or an entry makes no sense.
    """
    unknown = [part for part in parts if part not in GALLERIES and part not in QUERIES]
    if unknown:
        raise InputError(f"the Met has no part {unknown[0]!r}; it has {', '.join((*GALLERIES, *QUERIES))}")
    gallery_name = GALLERIES[_one(parts, GALLERIES, "full")]
    queries_name = QUERIES[_one(parts, QUERIES, "test")]
    images = (folder / IMAGES).resolve()
    if not images.is_dir():
        raise TableError(f"{folder} is the Met without its photographs: it has no folder {IMAGES}")
    gallery = _gallery(folder / GROUND_TRUTH / gallery_name, images)
    photos, warnings = label_photos(gallery, images, _queries(folder / GROUND_TRUTH / queries_name))
    name = f"{folder.resolve().name} ({Path(gallery_name).stem}, {Path(queries_name).stem})"
    return EvaluationSet(name, gallery, distractors, photos, warnings)


def _one(parts: Sequence[str], known: dict[str, str], usual: str) -> str:
    chosen = sorted({part for part in parts if part in known}) or [usual]
    if len(chosen) > 1:
        raise InputError(f"the Met is asked by one of {' and '.join(chosen)} at a time")
    return chosen[0]


def _gallery(path: Path, images: Path) -> ListedRecords:
    paths_by_number: dict[str, tuple[str, ...]] = {}
    for place, entry in _entries(path):
        number = _number(entry.get("id"), path, place, "id")
        paths_by_number[number] = (*paths_by_number.get(number, ()), _path(entry, path, place))
    return ListedRecords(REGISTRY, images, paths_by_number)


def _queries(path: Path) -> list[tuple[str, str | None]]:
    asked: dict[str, str | None] = {}
    for place, entry in _entries(path):
        photo = _path(entry, path, place)
        if photo in asked:
            raise TableError(f"{path.name}, entry {place}: {photo!r} is in an earlier entry too")
        asked[photo] = _number(entry["MET_id"], path, place, "MET_id") if "MET_id" in entry else None
    return list(asked.items())


def _entries(path: Path) -> Iterator[tuple[int, dict[str, object]]]:
    """Places (the first is 1) and entries. Raises `TableError` when the file is no list of objects."""
    try:
        read = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise TableError(f"{path.parent} has no {path.name}") from None
    except (OSError, ValueError, RecursionError) as error:
        raise TableError(f"{path.name} cannot be read as JSON in UTF-8: {error}") from error
    if not isinstance(read, list) or not read:
        raise TableError(f"{path.name} is no list of photographs")
    for place, entry in enumerate(read, start=1):
        if not isinstance(entry, dict):
            raise TableError(f"{path.name}, entry {place}: is no object with a path")
        yield place, entry


def _path(entry: dict[str, object], file: Path, place: int) -> str:
    path = entry.get("path")
    if not isinstance(path, str) or not path.strip():
        raise TableError(f"{file.name}, entry {place}: has no path")
    return path


def _number(value: object, file: Path, place: int, name: str) -> str:
    if isinstance(value, str) and value.strip().isdecimal():
        value = int(value)
    if not isinstance(value, int) or isinstance(value, bool):
        raise TableError(f"{file.name}, entry {place}: {name} {str(value)[:40]!r} is no whole number")
    return str(value)
