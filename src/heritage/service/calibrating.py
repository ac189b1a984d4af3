"""What a calibration is fitted to: what searches of labelled photographs bring, and what people decided on hits."""

import sys
from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import islice
from pathlib import Path

import numpy as np

from heritage.domain.access import AT_THE_MACHINE
from heritage.domain.calibration import MEASUREMENTS, measure
from heritage.domain.cohort import Cohort
from heritage.domain.decided import Decided, LeftOut, decided_pairs
from heritage.domain.descriptors import Specs
from heritage.domain.evaluation import EvaluationSet
from heritage.domain.fitting import Trials
from heritage.domain.hits import Query
from heritage.domain.images import Rgb
from heritage.domain.ports import Progress
from heritage.domain.review import HitQuestion, HitState, KeptHit
from heritage.errors import ImageError, InputError
from heritage.service.context import Context
from heritage.service.ingest import ingest
from heritage.service.search import gather
from heritage.storage.database import Database
from heritage.storage.hits import Hits

BATCH = 32
PAGE = 500  # hits read at once
LEAST_DECIDED = 10


def describe_cohort(context: Context, folder: Path, progress: Progress | None = None) -> Cohort:
    """Descriptors of the pictures in ``folder``; what is no picture is passed over. Raises `InputError` below 100."""
    paths = iter(sorted(path for path in folder.iterdir() if path.is_file()))
    rows = [np.zeros((0, context.specs.descriptor.dimension), np.float32)]
    while batch := list(islice(paths, BATCH)):
        pictures = [pixels for path in batch if (pixels := _picture(context, path)) is not None]
        rows.append(context.embedder.embed(pictures))
        if progress:
            progress("cohort", sum(map(len, rows)), sum(map(len, rows)))
    cohort = Cohort(np.concatenate(rows))
    if not cohort.is_known:
        raise InputError(f"{folder} holds {len(cohort.vectors)} pictures; a cohort needs at least 100")
    return cohort


def collect(context: Context, labelled: EvaluationSet, progress: Progress | None = None) -> Trials:
    """Load the gallery into an empty home, ask about every photo, keep what every retrieved candidate measures."""
    for source in labelled.sources:
        ingest(context, source, progress=progress)
    context.gallery.build(progress)
    place_by_record: dict[str, int] = {}
    rows: list[tuple[np.ndarray, bool, int, int]] = []
    image_count = genuine_count = 0
    for search, asked in enumerate(labelled.photos):
        photo = context.decode(asked.picture.read_bytes())
        snapshot, _, evidence, _ = gather(context, Query.of(photo))
        image_count = snapshot.image_count
        genuine_count += len(asked.right)
        name = min(map(str, asked.right), default=f"nobody's {search}")
        group = place_by_record.setdefault(name, len(place_by_record))
        for one in evidence:
            is_genuine = any(image.record.record_id in asked.right for image in one.candidate.images)
            rows.append((measure(one), is_genuine, search, group))
        if progress:
            progress("search", search + 1, len(labelled.photos))
    searches = len(labelled.photos)
    columns = list(zip(*rows, strict=True)) if rows else [(), (), (), ()]
    return Trials(
        np.array(columns[0], np.float64).reshape(-1, len(MEASUREMENTS)),
        np.array(columns[1], bool),
        np.array(columns[2], np.int64),
        np.array(columns[3], np.int64),
        np.zeros(len(rows), bool),
        searches,
        genuine_count,
        searches * image_count - genuine_count,
    )


def collect_decided(database: Database, specs: Specs) -> Decided:
    """All that was decided on hits found under ``specs``; ``database`` is only read."""
    hits = Hits(database)
    decided = decided_pairs(_decided_hits(hits), specs)
    open_count = hits.count(HitQuestion(HitState.OPEN), AT_THE_MACHINE, limit=sys.maxsize)
    left_out = ((LeftOut.UNDECIDED, open_count),) if open_count else ()
    return replace(decided, left_out=left_out + decided.left_out)


def check_enough(decided: Decided) -> None:
    """Raises `InputError` when so little was decided that a fit would follow the taste of single people."""
    if min(decided.confirmed_count, decided.rejected_count) < LEAST_DECIDED:
        raise InputError(
            f"{decided.confirmed_count} confirmed and {decided.rejected_count} rejected hits can be used, which is too "
            f"few to learn from: it takes {LEAST_DECIDED} of each; fit without them until more is decided"
        )


def _decided_hits(hits: Hits) -> Iterator[KeptHit]:
    for state in (HitState.CONFIRMED, HitState.REJECTED):
        last = ""
        while page := hits.find(HitQuestion(state), AT_THE_MACHINE, last, PAGE):
            yield from page
            last = page[-1].hit_id


def joined(parts: Sequence[Trials], are_twins: Sequence[bool]) -> Trials:
    """Trials of several sets as one; those of twins count only as candidates, not as searches of random objects."""
    searches = np.cumsum([0, *(int(part.search.max(initial=-1)) + 1 for part in parts)])
    groups = np.cumsum([0, *(int(part.group.max(initial=-1)) + 1 for part in parts)])
    moved = [
        replace(part, search=part.search + search, group=part.group + group, is_twin=np.full(len(part.search), is_twin))
        for part, search, group, is_twin in zip(parts, searches, groups, are_twins, strict=False)
    ]
    random = [part for part, is_twin in zip(parts, are_twins, strict=True) if not is_twin]
    return Trials(
        np.concatenate([part.measured for part in moved]),
        np.concatenate([part.is_genuine for part in moved]),
        np.concatenate([part.search for part in moved]),
        np.concatenate([part.group for part in moved]),
        np.concatenate([part.is_twin for part in moved]),
        sum(part.search_count for part in random),
        sum(part.genuine_count for part in parts),
        sum(part.impostor_count for part in random),
    )


def _picture(context: Context, path: Path) -> Rgb | None:
    try:
        return context.decode(path.read_bytes()).pixels
    except ImageError:
        return None
