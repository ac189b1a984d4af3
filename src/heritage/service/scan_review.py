"""Going through the hits of a scan one after the other, the strongest first, until nothing is left."""

from collections.abc import Iterator
from dataclasses import dataclass

from heritage.domain.access import Viewer
from heritage.domain.review import DecisionKind, HitState, KeptHit
from heritage.errors import NotFoundError
from heritage.service.context import Context
from heritage.service.folding import Fold, fold
from heritage.service.review import decide
from heritage.service.scan_results import by_record


@dataclass(frozen=True, slots=True)
class Queue:
    """All folds of a scan's hits, those of a record together, the strongest first, for ``viewer``."""

    folds: tuple[Fold, ...]
    viewer: Viewer

    @property
    def left_count(self) -> int:
        """How many folds somebody of the viewer's agency must still look at."""
        return sum(any(map(self.is_left, one.hits)) for one in self.folds)

    @property
    def hit_ids(self) -> tuple[str, ...]:
        return tuple(hit.hit_id for one in self.folds for hit in one.hits)

    def is_left(self, hit: KeptHit) -> bool:
        """Whether nobody decided, and nobody of the viewer's side said anything yet, a question included."""
        side = hit.side_of(self.viewer)
        return hit.state is HitState.OPEN and not any(one.side is side for one in hit.decisions)

    def place_of(self, hit_id: str) -> int:
        """The place of the fold with that hit. Raises `NotFoundError`."""
        for place, one in enumerate(self.folds):
            if any(hit.hit_id == hit_id for hit in one.hits):
                return place
        raise NotFoundError("there is no such hit in this scan")

    def first_left(self, after: str = "") -> KeptHit | None:
        """The next hit that is left, from the fold with the hit ``after`` on, and around; None: nothing is."""
        start = self.place_of(after) if after else 0
        around = (*self.folds[start:], *self.folds[:start])
        return next((hit for one in around for hit in one.hits if self.is_left(hit)), None)

    def shown_of(self, place: int) -> KeptHit:
        """Of the fold at that place what is left, else the best."""
        hits = self.folds[place].hits
        return next(filter(self.is_left, hits), hits[0])


def review_queue(context: Context, scan_id: str, viewer: Viewer) -> Queue:
    """Raises `NotFoundError`."""
    context.scans.get(scan_id, viewer)
    groups = by_record(context.listings, scan_id, viewer)
    return Queue(tuple(one for group in groups for one in fold(context, group.found)), viewer)


def decide_together(
    context: Context, hits: Iterator[KeptHit] | tuple[KeptHit, ...], kind: DecisionKind, note: str, viewer: Viewer
) -> int:
    """Put the same on record for each of ``hits``; how many. Raises `NotFoundError`, `InputError`."""
    return len([decide(context, one.hit_id, kind, note, viewer) for one in hits])
