"""Tiny look-alikes of published benchmarks, in the folder layouts of their authors."""

import json
from collections.abc import Callable
from pathlib import Path

Picture = Callable[[int], bytes]
"""The file of the picture with this number."""

MET_PATHS = {
    "MET/34/0.jpg": 34,
    "MET/34/1.jpg": 35,
    "MET/7/0.jpg": 7,
    "MET/9/0.jpg": 9,
    "test_met/a.jpg": 34,
    "test_met/b.jpg": 7,
    "test_met/c.jpg": 9,
    "test_other/d.jpg": 500,
    "test_noart/e.jpg": 501,
}
MET_TRUTH = {
    "MET_database.json": [
        {"id": 34, "path": "MET/34/0.jpg"},
        {"id": 7, "path": "MET/7/0.jpg"},
        {"id": 34, "path": "MET/34/1.jpg"},
        {"id": "9", "path": "MET/9/0.jpg"},
    ],
    "mini_MET_database.json": [{"id": 34, "path": "MET/34/0.jpg"}, {"id": 9, "path": "MET/9/0.jpg"}],
    "testset.json": [
        {"MET_id": 34, "path": "test_met/a.jpg", "photographer": "a visitor"},
        {"MET_id": 7, "path": "test_met/b.jpg"},
        {"path": "test_other/d.jpg", "category": "Paintings"},
        {"path": "test_noart/e.jpg"},
    ],
    "valset.json": [{"MET_id": "9", "path": "test_met/c.jpg"}],
}
ILIAS_PATHS = {
    "bold_bimp_000/query/Q000_00.jpg": 1,
    "bold_bimp_000/pos/P000_00.jpg": 1,
    "bold_bimp_000/pos/P000_01.jpg": 2,
    "zippy_wib_001/query/Q001_00.jpg": 3,
    "zippy_wib_001/query/Q001_01.jpg": 4,
    "zippy_wib_001/pos/P001_00.jpg": 3,
}


def write_met(folder: Path, picture: Picture) -> Path:
    """Three exhibits, one of them with two photographs; two of their photos, and two of other things."""
    for path, number in MET_PATHS.items():
        _write(folder / "images" / path, picture(number))
    for name, entries in MET_TRUTH.items():
        _write(folder / "ground_truth" / name, json.dumps(entries).encode())
    return folder


def write_ilias(folder: Path, picture: Picture) -> Path:
    """Two objects with three queries and three positives, texts and boxes beside them, and unpacked distractors."""
    for path, number in ILIAS_PATHS.items():
        _write(folder / "ilias_core" / path, picture(number))
        _write((folder / "ilias_core" / path).with_name(f"{Path(path).stem}_bbox.txt"), b"0 0 10 10\n")
    _write(folder / "ilias_core" / "bold_bimp_000" / "query" / "T000.txt", b"a bold thing")
    for number in (100, 101):
        _write(folder / "yfcc100m" / "yfcc100m_00000" / f"{number}.jpg", picture(number))
    return folder


def write_ilias_lists(folder: Path) -> None:
    """The optional lists of what must be there."""
    queries = "".join(f"{path},x\n" for path in ILIAS_PATHS if "/query/" in path)
    positives = "".join(f"{path},0.5,12\n" for path in ILIAS_PATHS if "/pos/" in path)
    _write(folder / "image_ids" / "image_query_ids.txt", queries.encode())
    _write(folder / "image_ids" / "positive_ids.txt", positives.encode())


def _write(path: Path, data: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data)
