"""Which entry may follow in a case, and by whom."""

from heritage.domain.cases import Case, CaseStatus, EntryKind, Standing
from heritage.errors import ConflictError, ForbiddenError

_ANSWERS = frozenset({EntryKind.DECLINED, EntryKind.HANDED_OVER})


def check_follows(case: Case, standing: Standing, kind: EntryKind) -> None:
    """``case`` as it is, ``standing`` of the agency that adds the entry. Raises `ForbiddenError`, `ConflictError`."""
    if standing is Standing.FORMER:
        raise ForbiddenError("your agency handed the case over; whoever has it now may add to it")
    if standing is Standing.OFFERED and kind not in _ANSWERS:
        raise ForbiddenError("the case is not your agency's yet; accept it first")
    if standing is Standing.HOLDER and kind in _ANSWERS:
        raise ConflictError("the case is your agency's already; only an agency that it is offered to can answer")
    _check_status(case, kind)
    _check_offer(case, kind)


def _check_status(case: Case, kind: EntryKind) -> None:
    if kind is EntryKind.REOPENED and case.status is CaseStatus.OPEN:
        raise ConflictError("the case is open already")
    if kind is not EntryKind.REOPENED and case.status is CaseStatus.CLOSED:
        raise ConflictError("the case is closed; reopen it first")


def _check_offer(case: Case, kind: EntryKind) -> None:
    if case.offered_to and kind in (EntryKind.CLOSED, EntryKind.OFFERED):
        raise ConflictError(f"the case is offered to {case.offered_to}; take the offer back first")
    if not case.offered_to and kind is EntryKind.TAKEN_BACK:
        raise ConflictError("the case is offered to nobody, or was answered meanwhile")
