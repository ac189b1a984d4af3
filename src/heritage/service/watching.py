"""Looking back: what is registered now is searched among the photos that were seen before.

It works the other way round only to find candidates: photos that look like the record's photograph. Each of them is
then searched as it would be searched today, on behalf of the agency that keeps it, so that verdict, evidence and rights
are those of any search. The false-alarm rate is that of the larger of both galleries: a record that is compared with
every photo ever seen has as many chances to be mistaken as there are photos.
"""

import logging
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from itertools import islice

from heritage.domain.access import AT_THE_MACHINE, Role, Scope, Viewer
from heritage.domain.hits import Narrowing, Query, View
from heritage.domain.images import ImageDigest, Photo
from heritage.domain.review import Origin
from heritage.domain.scoring import cast_votes
from heritage.domain.statements import ComparedWith
from heritage.domain.watches import WATCHED, Watch
from heritage.errors import HeritageError, ImageError, NotFoundError, StorageError
from heritage.service.context import Context
from heritage.service.looking import Look, describe_photos, look, looks_of
from heritage.service.retrieval import NEIGHBOURS
from heritage.service.review import kept_search
from heritage.service.search import search
from heritage.storage.watching import NewPhotograph

log = logging.getLogger("heritage.watching")

ACTOR = "watch"
CANDIDATES = 10  # of each lane
RETRIEVED = 50  # of each lane, for most may be nobody's any more
LEAST_VOTES = 2.0  # fewer say nothing: some keypoint of any photo is near some keypoint of any other
DESCRIBED_TOGETHER = 8  # photos
PAGE_SIZE = 50
HIT_LIMIT = 10
WATCHES_LISTED = 200

Turn = Callable[[], AbstractContextManager[None]]
"""What each piece of heavy work is done within, so that those who search need not wait."""


@dataclass(frozen=True, slots=True)
class LookBack:
    """What one round did: photos described, photographs of records compared with those, and hits that are news."""

    described_count: int = 0
    compared_count: int = 0
    hit_count: int = 0

    def __bool__(self) -> bool:
        return bool(self.described_count or self.compared_count)

    def plus(self, other: "LookBack") -> "LookBack":
        return LookBack(
            self.described_count + other.described_count,
            self.compared_count + other.compared_count,
            self.hit_count + other.hit_count,
        )


def look_back(
    context: Context,
    now: Callable[[], datetime] = lambda: datetime.now(UTC),
    turn: Turn = nullcontext,
    goes_on: Callable[[], bool] = lambda: True,
    failed: set[ImageDigest] | None = None,
) -> Iterator[LookBack]:
    """Describe kept photos that are not described yet, then compare what is new in the registry with those of before.

    Yields after each piece; may be killed at any moment, and goes on where it was. The order matters: a photo that was
    searched before a record came is described before that record is taken to be compared with everything. Photos in
    ``failed`` are left alone, and those that cannot be read or described are added to it. After a change of model all
    kept photos are described anew, and nothing is compared again for that. A record is compared with no photo that was
    first searched some minutes after the record was there: that search has answered.
    """
    context = context.current()
    failed = set() if failed is None else failed
    while goes_on() and (photos := _undescribed(context, failed)):
        with turn():
            yield LookBack(described_count=_describe(context, photos, failed))
    if goes_on() and context.watching.pending(now(), 1):
        with turn():
            context.seen_gallery.update(context.settings.tail_limit)
    while goes_on() and (pending := _pending(context, now(), failed)):
        for one in pending:
            if not goes_on():
                return
            try:
                with turn():
                    found = _compare(context, one, now())
            except StorageError as error:  # a disk that is not there today; noted, it would never be compared
                failed.add(one.digest)
                log.warning("%s cannot be compared with photos seen before: %s", one.record_id, error)
                continue
            context.watching.note(one, now())
            yield LookBack(compared_count=1, hit_count=found)


def watch_photo(context: Context, digest: ImageDigest, viewer: Viewer) -> Watch:
    """Tell the viewer's agency if what a photo shows is registered within a year; the photo is kept as long.

    Raises `ForbiddenError`, and `NotFoundError` when the agency does not keep the photo.
    """
    viewer.require(Scope.MATCH)
    at = datetime.now(UTC)
    return context.watching.watch(Watch("", digest, viewer.agency, viewer.actor, at, at + WATCHED), viewer)


def watches_of(context: Context, viewer: Viewer) -> tuple[Watch, ...]:
    """The newest watches of the viewer's agency. Raises `ForbiddenError`."""
    viewer.require(Scope.READ)
    return context.watching.watches(viewer, datetime.now(UTC), WATCHES_LISTED)


def watches_on(context: Context, digests: Sequence[ImageDigest], viewer: Viewer) -> tuple[Watch, ...]:
    """The watches of the viewer's agency on these photos. Raises `ForbiddenError`."""
    viewer.require(Scope.MATCH)
    return context.watching.of_photos(digests, viewer.agency, datetime.now(UTC))


def end_watch(context: Context, watch_id: str, viewer: Viewer) -> Watch:
    """The watch as it ended. Raises `ForbiddenError`, `NotFoundError`."""
    viewer.require(Scope.MATCH)
    return context.watching.end(watch_id, datetime.now(UTC), context.settings.photo_days, viewer)


def _undescribed(context: Context, failed: set[ImageDigest]) -> list[ImageDigest]:
    wanted = context.watching.undescribed(context.specs, DESCRIBED_TOGETHER + len(failed))
    return [one for one in wanted if one not in failed][:DESCRIBED_TOGETHER]


def _pending(context: Context, now: datetime, failed: set[ImageDigest]) -> list[NewPhotograph]:
    wanted = context.watching.pending(now, PAGE_SIZE + len(failed))
    return [one for one in wanted if one.digest not in failed]


def _describe(context: Context, digests: Sequence[ImageDigest], failed: set[ImageDigest]) -> int:
    photos = []
    for digest in digests:
        try:
            photos.append(context.decode(context.photos.read(digest)))
        except (ImageError, NotFoundError, StorageError) as error:
            failed.add(digest)
            log.warning("photo %s cannot be described: %s", digest, error)
    if photos:
        with ThreadPoolExecutor(context.settings.thread_count) as pool:
            described = describe_photos(context, pool, photos)
        context.seen.add({photo.digest: ones for photo, ones in zip(photos, described, strict=True)}, context.specs)
    return len(photos)


def _compare(context: Context, new: NewPhotograph, now: datetime) -> int:
    """How many hits are news. What is damaged is left out, and said in the log. Raises `StorageError`."""
    if not context.watching.has_photo_of(new.before):  # a home may begin with all the world's thefts
        return 0
    try:
        photo = context.decode(context.images.read(new.digest))
    except (ImageError, NotFoundError) as error:
        log.warning("%s is not compared with photos seen before: %s", new.record_id, error)
        return 0
    seen_count = context.watching.seen_count(context.specs)
    return sum(
        _search_again(context, digest, agency, new, seen_count)
        for digest, agencies in _candidates(context, photo, new, now).items()
        for agency in agencies
    )


def _candidates(
    context: Context, photo: Photo, new: NewPhotograph, now: datetime
) -> dict[ImageDigest, tuple[str, ...]]:
    """Photos seen before that may show what a registered photograph shows, from both lanes, and who keeps each.

    What nobody keeps any more, or was searched later, takes no other's place.
    """
    lanes = _lanes(context, photo)
    digests = context.seen_descriptors.digests_at([one for lane in lanes for one in lane], context.specs)
    found: dict[ImageDigest, tuple[str, ...]] = {}
    for lane in lanes:
        known = (digests[one] for one in lane if one in digests)
        kept = ((one, context.watching.keepers(one, new.before, now)) for one in known)
        found |= dict(islice(((one, agencies) for one, agencies in kept if agencies), CANDIDATES))
    return found


def _lanes(context: Context, photo: Photo) -> tuple[list[int], list[int]]:
    """Serials of photos, those with most votes and those that are most alike, best first."""
    snapshot = context.seen_gallery.snapshot()
    whole = look(context, Query.of(photo))[0]
    votes: dict[int, float] = {}
    if whole.keypoints is not None:
        votes = dict(cast_votes(*snapshot.nearest(whole.keypoints.local_descriptors, NEIGHBOURS)))
    by_votes = sorted((one for one in votes if votes[one] >= LEAST_VOTES), key=lambda one: -votes[one])
    return by_votes[:RETRIEVED], snapshot.retrieve(whole.vectors, RETRIEVED)


def _search_again(context: Context, digest: ImageDigest, agency: str, new: NewPhotograph, seen_count: int) -> int:
    try:
        photo = context.decode(context.photos.read(digest))
    except HeritageError as error:  # removed meanwhile, perhaps
        log.info("photo %s is not searched again: %s", digest, error)
        return 0
    looks = _looks(context, digest, photo)
    narrowing = Narrowing((new.sequence,), seen_count)
    query = Query((View(photo),), HIT_LIMIT, viewer=_keeper(agency), narrowing=narrowing)
    result = search(context, query, looks)
    coverage = ComparedWith(result.rules.gallery_count)
    kept = replace(kept_search(query, result, Origin.WATCH), coverage=coverage.statement)
    return context.watching.add(kept, result.hits)


def _looks(context: Context, digest: ImageDigest, photo: Photo) -> list[Look]:
    known = context.seen.find([digest], context.specs).get(digest)
    return looks_of([known]) if known else look(context, Query.of(photo))


def _keeper(agency: str) -> Viewer:
    """Whoever searched with the photo: what their registrars may see may be found in it.

    Photos of no agency are of whoever holds the machine, and sees all of it.
    """
    if not agency:
        return replace(AT_THE_MACHINE, actor=ACTOR)
    return Viewer(ACTOR, agency, Role.REGISTRAR, frozenset({Scope.MATCH}))
