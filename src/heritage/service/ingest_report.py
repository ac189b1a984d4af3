"""What an ingest did: counts, and the rows it could not take."""

from dataclasses import dataclass, field, replace

from heritage.domain.records import Outcome as Outcome

FAILURES_KEPT = 1_000  # and as many remarks; the report file has all


@dataclass(frozen=True, slots=True)
class RowOutcome:
    """What became of the row with that number; ``label`` is its record id as far as it is known.

    ``detail`` says why a row was rejected, or what is remarkable of one that was not. ``completeness`` is the score of
    a record that was taken, 0..1.
    """

    row: int
    label: str
    outcome: Outcome
    detail: str = ""
    completeness: float = field(default=0.0, compare=False)


@dataclass(frozen=True, slots=True)
class IngestReport:
    """How many records came to which outcome, how many were remarked on, and the first thousand of these and of the
    rejected."""

    added: int = 0
    updated: int = 0
    unchanged: int = 0
    rejected: int = 0
    remarked: int = 0
    failures: tuple[RowOutcome, ...] = ()
    remarks: tuple[RowOutcome, ...] = ()
    score_sum: float = field(default=0.0, compare=False)

    @property
    def row_count(self) -> int:
        return self.added + self.updated + self.unchanged + self.rejected

    @property
    def completeness(self) -> float | None:
        """The mean score of the records that were taken, 0..1; None when none was."""
        taken = self.row_count - self.rejected
        return self.score_sum / taken if taken else None

    def with_row(self, row: RowOutcome) -> "IngestReport":
        count = {row.outcome.value: getattr(self, row.outcome.value) + 1}
        counted = replace(self, **count, score_sum=self.score_sum + row.completeness)
        if row.outcome is Outcome.REJECTED and len(self.failures) < FAILURES_KEPT:
            return replace(counted, failures=(*self.failures, row))
        if row.outcome is not Outcome.REJECTED and row.detail:
            kept = (*self.remarks, row)[:FAILURES_KEPT]
            return replace(counted, remarked=self.remarked + 1, remarks=kept)
        return counted
