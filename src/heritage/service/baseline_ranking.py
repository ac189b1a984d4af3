"""Ranks the whole gallery by one baseline, picture by picture: no index, so that none can be blamed."""

import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from itertools import chain, islice
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from heritage.domain.images import Photo
from heritage.domain.metrics import RankedHit
from heritage.domain.ports import Baseline, Decoder, Progress, Source
from heritage.domain.records import RecordId
from heritage.errors import ImageError

PICTURES_AT_ONCE = 64


@dataclass(frozen=True, slots=True, eq=False)
class BaselineRanking:
    """A gallery as ``baseline`` describes it, the record of each picture, and the records."""

    baseline: Baseline
    gallery: Any
    owners: npt.NDArray[np.int64]  # (pictures,), places in record_ids
    record_ids: tuple[RecordId, ...]

    @property
    def name(self) -> str:
        return self.baseline.name

    def answer(self, photo: Photo, limit: int) -> tuple[list[RankedHit], tuple[tuple[str, float], ...]]:
        """Records by their best picture, at least the best ``limit`` and all that tie with the last of them."""
        started = time.perf_counter()
        described = self.baseline.describe_query(photo.pixels)
        compared = time.perf_counter()
        best = np.full(len(self.record_ids), -np.inf, np.float32)
        np.maximum.at(best, self.owners, self.baseline.similarities(described, self.gallery))
        least = np.partition(best, -limit)[-limit] if len(best) > limit else -np.inf
        hits = [RankedHit(self.record_ids[place], float(best[place])) for place in np.flatnonzero(best >= least)]
        ended = time.perf_counter()
        return hits, (("describe", (compared - started) * 1000), ("retrieve", (ended - compared) * 1000))


def describe_gallery(
    sources: Sequence[Source],
    baselines: Sequence[Baseline],
    decode: Decoder,
    pool: ThreadPoolExecutor,
    progress: Progress | None = None,
) -> list[BaselineRanking]:
    """The sources' pictures as each baseline describes them; pictures that cannot be decoded are passed over.

    ``progress`` is told ("baselines", records done, records).
    """
    total = sum(source.row_count for source in sources)
    place_by_record: dict[RecordId, int] = {}
    owners: list[int] = []
    rows: list[list[Any]] = [[] for _ in baselines]
    pictures = chain.from_iterable(_pictures(source) for source in sources)
    for group in iter(lambda: list(islice(pictures, PICTURES_AT_ONCE)), []):
        described = pool.map(partial(_describe, baselines, decode), [path for _, path in group])
        for (record_id, _), one in zip(group, described, strict=True):
            if one is None:
                continue
            owners.append(place_by_record.setdefault(record_id, len(place_by_record)))
            for kept, row in zip(rows, one, strict=True):
                kept.append(row)
        if progress:
            progress("baselines", len(place_by_record), total)
    if progress:
        progress("baselines", total, total)
    if not owners:
        return []
    return [
        BaselineRanking(baseline, baseline.gather(kept), np.array(owners, np.int64), tuple(place_by_record))
        for baseline, kept in zip(baselines, rows, strict=True)
    ]


def _pictures(source: Source) -> Iterator[tuple[RecordId, Path]]:
    for row in source.rows():
        if row.record is not None:
            yield from ((row.record.record_id, path) for path in row.pictures)


def _describe(baselines: Sequence[Baseline], decode: Decoder, path: Path) -> list[Any] | None:
    try:
        pixels = decode(path.read_bytes()).pixels
    except (ImageError, OSError):
        return None
    return [baseline.describe(pixels) for baseline in baselines]
