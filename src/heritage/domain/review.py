"""What is kept of searches: hits for people to decide on, and what they decided."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime
from enum import StrEnum
from typing import Self

from heritage.domain.access import Viewer
from heritage.domain.criteria import ANYTHING, Criteria
from heritage.domain.hits import Hit, SearchedPhoto, Turn, Verdict, Verification, Versions
from heritage.domain.images import ImageDigest, Region
from heritage.domain.records import RecordId, RegisteredImage, RegistryRecord, check_text
from heritage.errors import FieldError

MAX_NOTE_LENGTH = 2_000


class Origin(StrEnum):
    """Why a search was made."""

    QUERY = "query"  # somebody asked
    WATCH = "watch"  # a photo that was seen before was searched again, since a record is new or changed
    COUNTERPART = "counterpart"  # a record's photograph was compared with the records that may be of the same object
    SCAN = "scan"  # it was one of many listings


class DecisionKind(StrEnum):
    """What a person may say to a hit."""

    CONFIRMED = "confirmed"
    REJECTED = "rejected"
    ASK_OWNER = "ask_owner"
    ASK_EXPERT = "ask_expert"


class HitState(StrEnum):
    """What the decisions on a hit come to."""

    OPEN = "open"
    CONFIRMED = "confirmed"
    REJECTED = "rejected"


class Side(StrEnum):
    """For whom somebody decided: the agency that keeps the record, or the one that searched."""

    OWNER = "owner"
    SEARCHER = "searcher"


_STATE_BY_KIND = {
    DecisionKind.CONFIRMED: HitState.CONFIRMED,
    DecisionKind.REJECTED: HitState.REJECTED,
}


@dataclass(frozen=True, slots=True)
class Decision:
    """One entry under a hit; ``at`` is UTC. Later ones add to it, none takes its place."""

    kind: DecisionKind
    side: Side
    at: datetime
    actor: str
    agency: str
    note: str = ""

    def __post_init__(self) -> None:
        check_text("the note", self.note, MAX_NOTE_LENGTH)

    def shown_to(self, viewer: Viewer) -> Self:
        """The same for one who may see the hit: who decided is told within their own agency only."""
        return self if _is_of(viewer, self.agency) else replace(self, actor="")


def check_reason(kind: DecisionKind, note: str) -> None:
    """Raises `FieldError` for a rejection without a word.

    It takes the hit off the lists of both agencies and lets its photo go: whoever asks later must find out why.
    """
    if kind is DecisionKind.REJECTED and not note.strip():
        raise FieldError("say why it is not the object: the other agency acts on it, and it stays on record", "note")


def side_for(record: RegistryRecord | None, viewer: Viewer) -> Side:
    """For whom ``viewer``, who may see a hit on ``record``, decides. A record that they must not see is not theirs.

    Without accounts nobody is known to speak for an owner, whose word would outrank all others: for one only where the
    record names none, and so nobody else could be asked.
    """
    if record is None:
        return Side.SEARCHER
    is_own = not record.owner_agency if viewer.is_unrestricted else viewer.owns(record)
    return Side.OWNER if is_own else Side.SEARCHER


def state_of(decisions: Iterable[Decision]) -> HitState:
    """What ``decisions``, oldest first, come to.

    The owner knows the object, so its last confirmation or rejection counts, whenever the searcher said what; as long
    as the owner said neither, the searcher's last one does. A question changes nothing.
    """
    state_by_side = {one.side: _STATE_BY_KIND[one.kind] for one in decisions if one.kind in _STATE_BY_KIND}
    return state_by_side.get(Side.OWNER) or state_by_side.get(Side.SEARCHER, HitState.OPEN)


@dataclass(frozen=True, slots=True)
class KeptSearch:
    """A search without its photos, but with all that its answer depended on. ``at`` is UTC.

    ``source`` is the record whose photograph was searched, when it was not a photo that somebody sent. ``coverage`` is
    the sentence that was shown with the answer.
    """

    at: datetime
    actor: str
    agency: str
    origin: Origin
    photos: tuple[SearchedPhoto, ...]
    criteria: Criteria
    versions: Versions
    gallery_count: int
    coverage: str
    source: RecordId | None = None
    search_id: str = ""  # set by storage

    def shown_to(self, viewer: Viewer) -> Self:
        """The same for one who may see a hit of it: another agency is not told who searched, nor what else for."""
        if _is_of(viewer, self.agency):
            return self
        return replace(self, actor="", criteria=ANYTHING, gallery_count=0, coverage="")


@dataclass(frozen=True, slots=True, eq=False)
class KeptHit:
    """A hit as it was found, for one who may see it: ``record`` is None where they may not see that.

    ``record_version`` is the state that the record was in. ``verification`` is without its points, which a search of
    the same photo gives again. ``lift`` is None where there was no cohort, and ``vote_lead`` too where the hit was kept
    before they were.
    """

    hit_id: str
    search: KeptSearch
    record: RegistryRecord | None
    record_version: int
    digest: ImageDigest
    image_width: int
    image_height: int
    view: int
    region: Region
    turn: Turn
    similarity: float
    votes: float
    verification: Verification
    score: float
    false_alarm_rate: float
    verdict: Verdict
    decisions: tuple[Decision, ...] = ()
    lift: float | None = None
    vote_lead: float | None = None

    @property
    def state(self) -> HitState:
        return state_of(self.decisions)

    @property
    def hit(self) -> Hit | None:
        """The hit as it was answered, without its points, on the record as it is now; None where that is not shown."""
        if self.record is None:
            return None
        return Hit(
            image=RegisteredImage(0, self.digest, self.image_width, self.image_height, self.record),
            view=self.view,
            region=self.region,
            turn=self.turn,
            similarity=self.similarity,
            votes=self.votes,
            verification=self.verification,
            score=self.score,
            false_alarm_rate=self.false_alarm_rate,
            verdict=self.verdict,
        )

    def side_of(self, viewer: Viewer) -> Side:
        """See `side_for`."""
        return side_for(self.record, viewer)


@dataclass(frozen=True, slots=True)
class Outcome:
    """How many hits a kept search brought, and the best verdict among them."""

    hit_count: int = 0
    verdict: Verdict = Verdict.NONE


def _is_of(viewer: Viewer, agency: str) -> bool:
    return viewer.is_unrestricted or (bool(agency) and viewer.agency == agency)


@dataclass(frozen=True, slots=True)
class Kept:
    """How a search was kept: the ids of its hits in their order, None for each that was no match."""

    search_id: str
    hit_ids: tuple[str | None, ...]


@dataclass(frozen=True, slots=True)
class HitQuestion:
    """Which hits are asked for; what is None is not asked. ``record`` may be on either side of a counterpart.

    ``side``: what the asking agency's own searches found, or what others found among its records. ``is_waiting``:
    whether the searcher asked the owner, who has not answered since. ``is_unsettled``: only those that nobody decided
    on or whose question waits.
    """

    state: HitState | None = None
    origin: Origin | None = None
    record: RecordId | None = None
    since: date | None = None
    side: Side | None = None
    is_waiting: bool | None = None
    is_unsettled: bool = False


def is_asked(decisions: Iterable[Decision]) -> bool:
    """Whether the searcher asked the owner, and the owner has not confirmed or rejected since; oldest first."""
    asked = False
    for one in decisions:
        if one.kind is DecisionKind.ASK_OWNER and one.side is Side.SEARCHER:
            asked = True
        elif one.kind in _STATE_BY_KIND and one.side is Side.OWNER:
            asked = False
    return asked


@dataclass(frozen=True, slots=True)
class Comparable:
    """A record's photograph that is to be compared with lost or found ones; ``place`` is its place among all."""

    record_id: RecordId
    digest: ImageDigest
    place: tuple[int, int] = (0, 0)
