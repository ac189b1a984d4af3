"""What a kept search covered and was narrowed to, in words."""

from heritage.domain.criteria import Criteria
from heritage.domain.statements import ComparedWith, read_statement
from heritage.faces.languages import N_, _, number
from heritage.faces.wording import STATUS_NAMES, coverage_words

_LABELS = {
    "text": N_("Words"),
    "category": N_("Category"),
    "material": N_("Material"),
    "period": N_("Date or period"),
    "place": N_("Place"),
    "since": N_("Not before"),
    "until": N_("Not after"),
    "registry": N_("Registry"),
    "owner": N_("Owner agency"),
}


def labelled_criteria(criteria: Criteria) -> tuple[tuple[str, str], ...]:
    """(label, value) of what was asked for."""
    asked = tuple((_(label), getattr(criteria, name)) for name, label in _LABELS.items())
    statuses = ", ".join(_(STATUS_NAMES[status]) for status in sorted(criteria.statuses))
    return tuple((label, value) for label, value in (*asked, (_("Status"), statuses)) if value)


def kept_coverage_words(statement: str) -> str:
    """What it covered, of which the English sentence is kept; empty where that is in no words of ours."""
    made = read_statement(statement)
    if isinstance(made, ComparedWith):
        compared = _(
            "Compared with one record, which is new or changed, and with nothing else; judged as one of %(count)s "
            "comparisons."
        ) % {"count": number(made.count)}
        return f"{compared} {_('Not found is not a clearance.')}"
    return coverage_words(made) if made else ""
