"""One search, as it reads: look at the photos, retrieve candidates, verify them, compare pixels, rank the hits."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import groupby

import heritage
from heritage.domain.calibration import POSSIBLE_RATE, STRONG_RATE
from heritage.domain.hits import Evidence, Hit, Lane, Query, SearchedPhoto, SearchResult, Verdict, Versions
from heritage.domain.images import Photo, Region
from heritage.domain.rules import Rules
from heritage.domain.scoring import rank
from heritage.service.context import Context
from heritage.service.indexing import Snapshot
from heritage.service.looking import Look, look
from heritage.service.retrieval import retrieve
from heritage.service.verification import compare, verify, verify_mirrored


def search(context: Context, query: Query, looks: list[Look] | None = None) -> SearchResult:
    """Is the object in these photos registered? Hits best first, at most ``query.limit``, one per registry record.

    ``looks``: what `look` sees of them in this very context, where that is known already.
    """
    context = context.current() if looks is None else context
    snapshot, looks, evidence, clock = gather(context, query, looks)
    with clock.stage("rank"):
        hits = _rank(context, query, snapshot, evidence)[: query.limit]
        coverage = context.coverage(query.viewer, query.criteria)
    with clock.stage("describe"):
        searched = _searched(context, query, looks)
    rules, versions = _rules(context, snapshot), _versions(context, snapshot)
    return SearchResult(searched, hits, coverage, rules, versions, clock.times)


def gather(
    context: Context, query: Query, looks: list[Look] | None = None
) -> tuple[Snapshot, list[Look], list[Evidence], "Clock"]:
    """All evidence for the query, before it is weighed: what a calibration is fitted on."""
    clock = Clock()
    with clock.stage("describe"):
        looks = look(context, query) if looks is None else looks
    snapshot = context.gallery.snapshot().narrowed(context.records.selection(query.viewer, query.criteria))
    evidence: list[Evidence] = []
    for _, group in groupby(looks, key=lambda one: one.view):
        evidence += _ask(context, query, snapshot, list(group), clock)
    return snapshot, looks, evidence, clock


def _ask(context: Context, query: Query, snapshot: Snapshot, looks: list[Look], clock: "Clock") -> list[Evidence]:
    """The evidence that one photo gives; as its mirror image too, unless every region is answered already."""
    with clock.stage("retrieve"):
        leads = retrieve(context, query, snapshot, looks)
    with clock.stage("verify"):
        evidence = verify(context, query, looks, leads)
    if Lane.KEYPOINT in query.lanes:
        with clock.stage("compare"):
            evidence = compare(context, query, evidence)
        strong = [hit for hit in _rank(context, query, snapshot, evidence) if hit.verdict is Verdict.STRONG]
        if len(strong) < max(1, len(looks) - 1):
            with clock.stage("mirror"):
                evidence += compare(context, query, verify_mirrored(context, query, snapshot, looks))
    return evidence


def _rank(context: Context, query: Query, snapshot: Snapshot, evidence: list[Evidence]) -> tuple[Hit, ...]:
    return rank(evidence, context.calibration, len(query.views), snapshot.image_count)


def _searched(context: Context, query: Query, looks: list[Look]) -> tuple[SearchedPhoto, ...]:
    by_view = {view: tuple(one.region for one in group) for view, group in groupby(looks, key=lambda one: one.view)}
    return tuple(_searched_photo(context, view.photo, by_view[place][1:]) for place, view in enumerate(query.views))


def _searched_photo(context: Context, photo: Photo, regions: tuple[Region, ...]) -> SearchedPhoto:
    advice = context.advise(photo.pixels, regions)
    return SearchedPhoto(photo.digest, photo.width, photo.height, regions, advice)


def _rules(context: Context, snapshot: Snapshot) -> Rules:
    search_count = context.calibration.tail.search_count
    return Rules(STRONG_RATE, POSSIBLE_RATE, snapshot.image_count, search_count)


def _versions(context: Context, snapshot: Snapshot) -> Versions:
    return Versions(
        heritage=heritage.__version__,
        descriptor_spec=context.specs.descriptor.digest,
        keypoint_spec=context.specs.keypoint.digest,
        index=snapshot.name,
        rules=context.calibration.version,
    )


@dataclass(slots=True)
class Clock:
    """Milliseconds per stage, in the order in which stages first began; a stage that recurs adds up."""

    milliseconds: dict[str, float] = field(default_factory=dict)

    @contextmanager
    def stage(self, name: str) -> Iterator[None]:
        started = time.perf_counter()
        yield
        self.milliseconds[name] = self.milliseconds.get(name, 0.0) + (time.perf_counter() - started) * 1000

    @property
    def times(self) -> tuple[tuple[str, float], ...]:
        return tuple(self.milliseconds.items())
