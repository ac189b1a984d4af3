"""Counterparts: what was lost is searched among what came to light, and the other way round.

A record's photograph is a query like any other, on behalf of the record's owner. What is registered later is compared
when it comes, so each photograph needs to be compared once; `heritage.storage.counterparts` knows which were.
"""

import logging
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Self

from heritage.domain.access import AT_THE_MACHINE, Role, Scope, Viewer
from heritage.domain.criteria import Criteria
from heritage.domain.hits import Query, View
from heritage.domain.images import ImageDigest
from heritage.domain.ports import Progress
from heritage.domain.records import RecordId, RegistryRecord
from heritage.domain.review import Comparable, Origin
from heritage.errors import HeritageError
from heritage.service.context import Context
from heritage.service.review import kept_search
from heritage.service.search import search

log = logging.getLogger(__name__)

ACTOR = "counterparts"
HIT_LIMIT = 50
PAGE_SIZE = 100


@dataclass(frozen=True, slots=True)
class ComparisonReport:
    """How many photographs were compared, how many hits are new, and what could not be compared."""

    photograph_count: int = 0
    new_count: int = 0
    failures: tuple[str, ...] = ()

    def with_one(self, new_count: int, failure: str) -> Self:
        failures = (*self.failures, failure) if failure else self.failures
        return replace(
            self,
            photograph_count=self.photograph_count + 1,
            new_count=self.new_count + new_count,
            failures=failures,
        )


def compare_photograph(context: Context, record: RegistryRecord, digest: ImageDigest) -> int:
    """Search a photograph of ``record`` among its possible counterparts; how many hits are new.

    Raises `NotFoundError`, `ImageError` or `StorageError` when the original cannot be read any more.
    """
    changes = context.counterparts.change_count()
    photo = context.decode(context.images.read(digest))
    criteria = Criteria(statuses=record.status.counterparts)
    query = Query((View(photo),), HIT_LIMIT, viewer=_owner_side(record), criteria=criteria)
    result = search(context, query)
    kept = kept_search(query, result, Origin.COUNTERPART, record.record_id)
    return context.counterparts.add(kept, result.hits, Comparable(record.record_id, digest), changes)


def compare_after_change(context: Context, record: RegistryRecord, digests: Iterable[ImageDigest]) -> None:
    """Compare photographs of a record that was just written.

    What fails is left for ``heritage counterparts``: the change itself is done, and must not look as if it were not.
    """
    for digest in digests if record.status.counterparts else ():
        try:
            compare_photograph(context, record, digest)
        except HeritageError as error:
            log.warning("%s is not compared with its possible counterparts yet: %s", record.record_id, error)


def compare_records(
    context: Context, record_ids: Sequence[RecordId], again: bool = False, progress: Progress | None = None
) -> ComparisonReport:
    """Compare every photograph of these records; without any, all that were not compared yet, or ``again`` all.

    May be interrupted: what is done stays done. ``progress`` is told ("compare", photographs done, photographs).
    Raises `NotFoundError` for a record that there is not, before anything is compared.
    """
    given = [context.records.get(record_id, AT_THE_MACHINE) for record_id in record_ids]
    photographs = [Comparable(record.record_id, digest) for record in given for digest in record.images]
    total = len(photographs) if record_ids else context.counterparts.count(again)
    report = ComparisonReport()
    for compared in photographs if record_ids else _pending(context, again):
        report = report.with_one(*_compared(context, compared))
        if progress:
            progress("compare", report.photograph_count, max(total, report.photograph_count))
    return report


def _pending(context: Context, again: bool) -> Iterator[Comparable]:
    after = (0, 0)
    while page := context.counterparts.page(after, PAGE_SIZE, again):
        yield from page
        after = page[-1].place


def _compared(context: Context, one: Comparable) -> tuple[int, str]:
    """How many hits are new, and why it could not be compared, if so."""
    record = context.records.get(one.record_id, AT_THE_MACHINE)
    if not record.status.counterparts:
        return 0, ""
    try:
        return compare_photograph(context, record, one.digest), ""
    except HeritageError as error:
        return 0, f"{one.record_id}: {error}"


def _owner_side(record: RegistryRecord) -> Viewer:
    """Whoever keeps the record: they see what their agency's registrars see, and get the hits."""
    return Viewer(ACTOR, record.owner_agency, Role.REGISTRAR, frozenset({Scope.MATCH}))
