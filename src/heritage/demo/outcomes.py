"""What the demo's searches came to: found, missed, false alarms, time."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from statistics import median

from heritage.domain.hits import SearchResult, Verdict
from heritage.domain.records import RecordId
from heritage.faces.wording import notes


@dataclass(frozen=True, slots=True)
class Outcome:
    """One officer's photograph, what it shows, and what heritage said; ``milliseconds`` from bytes to answer."""

    photo: Path
    story: str
    expected: frozenset[RecordId]
    result: SearchResult
    milliseconds: float

    @property
    def found(self) -> frozenset[RecordId]:
        """Objects in the photo whose record was given as a strong or possible match."""
        return self.expected & self._with_verdict(Verdict.STRONG, Verdict.POSSIBLE)

    @property
    def missed(self) -> frozenset[RecordId]:
        return self.expected - self.found

    @property
    def false_alarms(self) -> frozenset[RecordId]:
        """Records of objects that are not in the photo, given as a strong match."""
        return self._with_verdict(Verdict.STRONG) - self.expected

    @property
    def is_right(self) -> bool:
        return not self.missed and not self.false_alarms

    @property
    def words(self) -> str:
        """The outcome in a few words."""
        parts = [f"{len(self.found)} found"] if self.found else []
        parts += [f"missed {record}" for record in sorted(self.missed)]
        parts += [f"false alarm {record}" for record in sorted(self.false_alarms)]
        return ", ".join(parts) or "rightly nothing"

    @property
    def shown_result(self) -> SearchResult:
        """The answer with the matches only: the report shows eighty of them."""
        return replace(self.result, hits=tuple(hit for hit in self.result.hits if hit.verdict is not Verdict.NONE))

    @property
    def notes(self) -> str:
        """Where the objects were found, if not in the whole photo, and which were mirrored."""
        found = [hit for hit in self.result.hits if hit.record.record_id in self.found]
        return " | ".join(filter(None, ("; ".join(notes(hit, self.result)) for hit in found)))

    def _with_verdict(self, *verdicts: Verdict) -> frozenset[RecordId]:
        return frozenset(hit.record.record_id for hit in self.result.hits if hit.verdict in verdicts)


@dataclass(frozen=True, slots=True)
class Summary:
    """Totals over photographs."""

    photo_count: int
    object_count: int
    found_count: int
    unknown_count: int
    false_alarm_count: int
    median_ms: float

    @classmethod
    def of(cls, outcomes: Sequence[Outcome]) -> "Summary":
        return cls(
            photo_count=len(outcomes),
            object_count=sum(len(outcome.expected) for outcome in outcomes),
            found_count=sum(len(outcome.found) for outcome in outcomes),
            unknown_count=sum(not outcome.expected for outcome in outcomes),
            false_alarm_count=sum(bool(outcome.false_alarms) for outcome in outcomes),
            median_ms=median(outcome.milliseconds for outcome in outcomes),
        )

    @property
    def missed_count(self) -> int:
        return self.object_count - self.found_count
