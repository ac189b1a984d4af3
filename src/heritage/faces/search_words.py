"""What a kept search was narrowed to, in words."""

from heritage.domain.criteria import Criteria
from heritage.faces.languages import N_, _
from heritage.faces.wording import STATUS_NAMES

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
