"""Measures heritage on labelled photographs, beside what it is compared with, in one run.

The context is opened on an empty home that its owner removes afterwards: everything in it is part of the gallery.
"""

import time
from collections.abc import Collection, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field

import numpy as np

from heritage.domain.evaluation import EvaluationReport, EvaluationSet, LabelledPhoto, Measurement
from heritage.domain.hits import Lane, Query, Versions
from heritage.domain.images import ImageDigest, Photo
from heritage.domain.metrics import RankedAnswer, RankedHit, figures_of, latency_of
from heritage.domain.ports import Baseline, Progress, Source
from heritage.errors import ImageError, InputError
from heritage.service.baseline_ranking import BaselineRanking, describe_gallery
from heritage.service.context import Context
from heritage.service.ingest import ingest
from heritage.service.search import search

HIT_LIMIT = 10  # per photo and method: recall at 10 needs no more, and nobody looks at more
EVERY_LANE = frozenset(Lane)
LANES_ALONE = (("global_lane", frozenset({Lane.GLOBAL})), ("keypoint_lane", frozenset({Lane.KEYPOINT})))

Stages = tuple[tuple[str, float], ...]
"""(stage, milliseconds) in order."""


def evaluate(
    context: Context, evaluation_set: EvaluationSet, progress: Progress | None = None, slow: Collection[str] = ()
) -> EvaluationReport:
    """Load the registry, ask about every photo with every method, and compare the answers with the labels.

    ``slow`` names the slow baselines to ask as well.

    A photo that cannot be decoded counts as answered with nothing, with a warning, and so does a record that cannot be
    loaded as one that is never found. Raises `InputError` when not one record of the registry can be loaded, and when
    there is no such baseline.
    """
    baselines = (*context.baselines, *_slow_baselines(context, slow))
    warnings = list(evaluation_set.warnings)
    for source in evaluation_set.sources:
        warnings += _load(context, source, progress)
    context.gallery.build(progress)
    methods = [_Search(context, "heritage", EVERY_LANE)]
    methods += [_Search(context, name, lanes) for name, lanes in LANES_ALONE]
    tallies = [_Tally(method) for method in methods]
    tallies += [_Tally(ranking) for ranking in _rankings(context, baselines, evaluation_set, progress)]
    versions = _warm_up(context)
    for done, photo in enumerate(evaluation_set.photos, start=1):
        warnings += _ask(context, photo, tallies)
        if progress:
            progress("search", done, len(evaluation_set.photos))
    heritage, *others = (tally.measurement() for tally in tallies)
    return EvaluationReport(evaluation_set.name, heritage, tuple(others), versions, tuple(warnings))


@dataclass(frozen=True, slots=True)
class _Search:
    """heritage's own search, by some of its lanes."""

    context: Context
    name: str
    lanes: frozenset[Lane]

    def answer(self, photo: Photo, limit: int) -> tuple[list[RankedHit], Stages]:
        result = search(self.context, Query.of(photo, limit, self.lanes))
        return [RankedHit(hit.record.record_id, hit.score, hit.verdict) for hit in result.hits], result.latency_ms


@dataclass(slots=True)
class _Tally:
    """What one method answered so far."""

    method: _Search | BaselineRanking
    answers: list[RankedAnswer] = field(default_factory=list)
    milliseconds_by_stage: dict[str, list[float]] = field(default_factory=dict)

    def ask(self, labelled: LabelledPhoto, photo: Photo, decode_ms: float) -> None:
        hits, stages = self.method.answer(photo, HIT_LIMIT)
        self.answers.append(RankedAnswer(labelled.right, tuple(hits)).top(HIT_LIMIT))
        stages = (("decode", decode_ms), *stages)
        for stage, milliseconds in (*stages, ("total", sum(milliseconds for _, milliseconds in stages))):
            self.milliseconds_by_stage.setdefault(stage, []).append(milliseconds)

    def answer_nothing(self, labelled: LabelledPhoto) -> None:
        self.answers.append(RankedAnswer(labelled.right, ()))

    def measurement(self) -> Measurement:
        figures = figures_of(self.answers, with_verdicts=isinstance(self.method, _Search))
        latency = tuple(latency_of(stage, times) for stage, times in self.milliseconds_by_stage.items())
        return Measurement(self.method.name, figures, latency)


def _load(context: Context, source: Source, progress: Progress | None) -> Iterator[str]:
    """Ingest ``source``; a warning for every row that was rejected."""
    report = ingest(context, source, progress=progress)
    if report.rejected == report.row_count and report.failures:
        first = report.failures[0]
        raise InputError(f"not one record could be loaded; row {first.row} ({first.label}): {first.detail}")
    for failure in report.failures:
        yield f"row {failure.row} ({failure.label}) is not in the gallery: {failure.detail}"


def _slow_baselines(context: Context, names: Collection[str]) -> list[Baseline]:
    by_name = {baseline.name: baseline for baseline in context.slow_baselines}
    for name in names:
        if name not in by_name:
            raise InputError(f"no baseline to ask for is called {name[:80]!r}; there is {', '.join(by_name)}")
    return [by_name[name] for name in dict.fromkeys(names)]


def _rankings(
    context: Context, baselines: Sequence[Baseline], evaluation_set: EvaluationSet, progress: Progress | None
) -> Sequence[BaselineRanking]:
    with ThreadPoolExecutor(context.settings.thread_count) as pool:
        return describe_gallery(evaluation_set.sources, baselines, context.decode, pool, progress)


def _warm_up(context: Context) -> Versions:
    """One search of a blank picture: whatever loads with the first search must not count in the latencies."""
    pixels = np.full((64, 64, 3), 128, np.uint8)
    return search(context, Query.of(Photo(ImageDigest.of(pixels.tobytes()), pixels, "image/png"))).versions


def _ask(context: Context, labelled: LabelledPhoto, tallies: Sequence[_Tally]) -> Iterator[str]:
    """Ask every method about the photo; a warning when there is no photo to ask about."""
    try:
        data = labelled.picture.read_bytes()
        started = time.perf_counter()
        photo = context.decode(data)
        decode_ms = (time.perf_counter() - started) * 1000
    except (ImageError, OSError) as error:
        yield f"query {labelled.name} counts as answered with nothing: {error}"
        for tally in tallies:
            tally.answer_nothing(labelled)
    else:
        for tally in tallies:
            tally.ask(labelled, photo, decode_ms)
