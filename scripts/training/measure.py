"""Recall@1 of the global descriptor alone on an evaluation folder, distractors included; one line per data set."""

import csv
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from PIL import Image

from heritage.domain.descriptors import Vectors
from heritage.vision.clip_embedder import ClipEmbedder
from heritage.vision.weights import find_model
from training.photographs import Rgb


@dataclass(frozen=True)
class GlobalLaneFigures:
    """Recall per registered object in a query (a photo showing two counts twice)."""

    recall_at_1: float
    recall_at_10: float
    object_count: int
    gallery_count: int


def measure(model_folder: Path, dataset: Path, threads: int) -> GlobalLaneFigures:
    """Whole photographs only, cosine similarity, exact search; ties count worst-case."""
    embedder = ClipEmbedder(find_model(model_folder.parent, f"{model_folder.parent}/{model_folder.name}"), threads)
    gallery_rows = _read_csv(dataset / "gallery.csv")
    distractors = sorted(path for path in (dataset / "distractors").glob("*") if path.is_file())
    paths = [dataset / row["image"] for row in gallery_rows] + distractors
    record_ids = [row["record_id"] for row in gallery_rows] + [""] * len(distractors)
    queries = [row for row in _read_csv(dataset / "queries.csv") if row["record_ids"]]
    gallery = embedder.embed([_read(path) for path in paths])
    similarities = embedder.embed([_read(dataset / row["image"]) for row in queries]) @ gallery.T
    ranks = [
        _rank(row, record_ids, wanted)
        for row, query in zip(similarities, queries, strict=True)
        for wanted in query["record_ids"].split(";")
    ]
    at_1, at_10 = (float(np.mean([rank <= k for rank in ranks])) for k in (1, 10))
    return GlobalLaneFigures(at_1, at_10, len(ranks), len(paths))


def _rank(similarities: Vectors, record_ids: list[str], wanted: str) -> int:
    """1 for the most similar image; images of ``wanted`` other than its best one do not count as better.

    A label whose record is not in the gallery at all counts as missed, last of all.
    """
    of_wanted = np.array([record_id == wanted for record_id in record_ids])
    return 1 + int((similarities[~of_wanted] >= similarities[of_wanted].max(initial=-np.inf)).sum())


def _read_csv(path: Path) -> list[dict[str, str]]:
    with path.open(newline="") as file:
        return list(csv.DictReader(file))


def _read(path: Path) -> Rgb:
    with Image.open(path) as image:
        return np.asarray(image.convert("RGB"), np.uint8)
