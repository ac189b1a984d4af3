"""From a hit to the cases of one's agency: those that it is filed in, and those that it may be filed in."""

from dataclasses import dataclass
from typing import Self

from heritage.domain.access import Scope, Viewer
from heritage.domain.cases import CaseFault, CaseFieldError, CaseQuestion, CaseSummary
from heritage.errors import NotFoundError
from heritage.service.cases import add_entries, cases_with_hit, find_cases, hit_contents
from heritage.service.context import Context

MOST_OFFERED = 100  # into an older one a hit is filed at the page of the case


@dataclass(frozen=True, slots=True)
class Filing:
    """``filed_in``: cases that have the hit; ``choices``: open ones that have not, each by key and title."""

    filed_in: tuple[CaseSummary, ...] = ()
    choices: tuple[tuple[str, str], ...] = ()

    @classmethod
    def of(cls, context: Context, hit_id: str, viewer: Viewer) -> Self:
        """Nothing for whom may see no cases."""
        if not viewer.may(Scope.DECIDE):
            return cls()
        filed_in = cases_with_hit(context, hit_id, viewer)
        known = {one.key for one in filed_in}
        found = find_cases(context, CaseQuestion(), viewer, limit=MOST_OFFERED)
        return cls(filed_in, tuple((one.key, f"{one.title} ({one.key})") for one in found if one.key not in known))


def file_in_case(context: Context, hit_id: str, key: str, viewer: Viewer, once: str) -> None:
    """Raises `ConflictError`, `CaseFieldError`: for no such case just as for one that ``viewer`` must not know of."""
    try:
        add_entries(context, key, hit_contents(context, hit_id, viewer), viewer, once)
    except NotFoundError as error:
        raise CaseFieldError("case", CaseFault.NO_CASE) from error
