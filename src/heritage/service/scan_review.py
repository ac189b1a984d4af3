"""Going through the hits of a scan one after the other, the strongest first, until nothing is left."""

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import chain

from heritage.domain.access import Viewer
from heritage.domain.review import DecisionKind
from heritage.domain.scans import FoundHit
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
        return sum(any(one.is_left for one in each.found) for each in self.folds)

    @property
    def hit_ids(self) -> tuple[str, ...]:
        return tuple(one.hit_id for each in self.folds for one in each.found)

    def place_of(self, hit_id: str) -> int:
        """The place of the fold with that hit. Raises `NotFoundError`."""
        for place, each in enumerate(self.folds):
            if any(one.hit_id == hit_id for one in each.found):
                return place
        raise NotFoundError("there is no such hit in this scan")

    def first_left(self, after: str = "") -> FoundHit | None:
        """The next hit that is left, from the fold with the hit ``after`` on, and around; None: nothing is."""
        start = self.place_of(after) if after else 0
        around = (*self.folds[start:], *self.folds[:start])
        return next((one for each in around for one in each.found if one.is_left), None)

    def shown_of(self, place: int) -> FoundHit:
        """Of the fold at that place what is left, else the best."""
        each = self.folds[place]
        return next((one for one in each.found if one.is_left), each.best)


def review_queue(context: Context, scan_id: str, viewer: Viewer) -> Queue:
    """Raises `NotFoundError`."""
    groups = by_record(context.listings.hits(scan_id, viewer))
    return Queue(tuple(chain.from_iterable(fold(context, [one.found for one in groups]))), viewer)


def decide_together(context: Context, hit_ids: Iterable[str], kind: DecisionKind, note: str, viewer: Viewer) -> int:
    """Put the same on record for each of the hits; how many. Raises `NotFoundError`, `InputError`."""
    return len([decide(context, hit_id, kind, note, viewer) for hit_id in hit_ids])
