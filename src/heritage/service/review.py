"""Review: searches are kept with their photos and hits, and people decide on those."""

from collections.abc import Sequence
from datetime import UTC, datetime

from heritage.domain.access import Viewer
from heritage.domain.audit import Action, event
from heritage.domain.hits import Query, SearchResult
from heritage.domain.images import ImageDigest, Photo
from heritage.domain.photos import KeptPhoto
from heritage.domain.records import RecordId
from heritage.domain.review import (
    DecisionKind,
    HitQuestion,
    Kept,
    KeptHit,
    KeptSearch,
    Origin,
    Outcome,
    Side,
    check_reason,
)
from heritage.service import auditing
from heritage.service.context import Context
from heritage.service.reading import log_restricted
from heritage.service.search import search


def search_and_keep(context: Context, query: Query, files: Sequence[bytes]) -> tuple[SearchResult, Kept]:
    """Search on behalf of the query's viewer, and keep that it was done and what it found.

    ``files``, the query's photos as they were sent, are kept as long as the viewer's agency keeps photos.
    """
    result = search(context, query)
    photos = [kept_photo(view.photo, data) for view, data in zip(query.views, files, strict=True)]
    keeping = context.photos.keeping(query.viewer.agency, list(zip(photos, files, strict=True)))
    kept = context.hits.add(kept_search(query, result), result.hits, keeping)
    digests = " ".join(str(photo.digest) for photo in result.photos)
    auditing.record(context.audit, event(query.viewer, Action.SEARCH, kept.search_id, f"{result.verdict} {digests}"))
    return result, kept


def find_hits(
    context: Context, asked: HitQuestion, viewer: Viewer, after: str = "", limit: int = 100
) -> tuple[KeptHit, ...]:
    """Hits of ``viewer``'s agency's searches and on its records, the newest first. Raises `NotFoundError`."""
    found = context.hits.find(asked, viewer, after, limit)
    log_restricted(context, viewer, [one.record for one in found if one.record])
    return found


def find_searches(
    context: Context, viewer: Viewer, after: str = "", limit: int = 100, origin: Origin | None = None
) -> tuple[KeptSearch, ...]:
    """Searches of ``viewer``'s agency, the newest first: of that ``origin``, or of any but scans."""
    return context.searches.find(viewer, after, limit, origin)


def read_search(
    context: Context, search_id: str, viewer: Viewer
) -> tuple[KeptSearch, tuple[KeptHit, ...], frozenset[ImageDigest]]:
    """A search of ``viewer``'s agency, its hits, best first, and which of its photos are still kept.

    Raises `NotFoundError`.
    """
    found, hits, kept = context.searches.get(search_id, viewer)
    log_restricted(context, viewer, [one.record for one in hits if one.record])
    return found, hits, kept


def outcomes(context: Context, searches: Sequence[KeptSearch]) -> tuple[Outcome, ...]:
    """What each search that was shown to somebody brought, in order."""
    return context.hits.outcomes([one.search_id for one in searches])


def count_waiting(context: Context, viewer: Viewer, limit: int) -> int:
    """How many hits that others found wait for a word of ``viewer``'s agency, no further than ``limit``."""
    return context.hits.count(HitQuestion(side=Side.OWNER, is_unsettled=True), viewer, limit)


def read_hit(context: Context, hit_id: str, viewer: Viewer) -> KeptHit:
    """Raises `NotFoundError`, also for a hit that is not ``viewer``'s to see."""
    found = context.hits.get(hit_id, viewer)
    log_restricted(context, viewer, [found.record] if found.record else [])
    return found


def decide(context: Context, hit_id: str, kind: DecisionKind, note: str, viewer: Viewer) -> KeptHit:
    """Put on record what a person says to a hit. Raises `NotFoundError`, `InputError`; see `check_reason`."""
    check_reason(kind, note)
    return context.hits.decide(hit_id, kind, note, viewer)


def kept_photo(photo: Photo, data: bytes) -> KeptPhoto:
    """What is kept of a photo beside its bytes."""
    return KeptPhoto(photo.digest, photo.media_type, len(data), photo.width, photo.height)


def kept_search(
    query: Query, result: SearchResult, origin: Origin = Origin.QUERY, source: RecordId | None = None
) -> KeptSearch:
    """What is kept of a search, its hits aside."""
    return KeptSearch(
        at=datetime.now(UTC),
        actor=query.viewer.actor,
        agency=query.viewer.agency,
        origin=origin,
        photos=result.photos,
        criteria=query.criteria,
        versions=result.versions,
        gallery_count=result.rules.gallery_count,
        coverage=result.coverage.statement,
        source=source,
    )
