"""The terms that a record is found by: those it gives, and those its card names in words."""

from heritage.domain.records import RegistryRecord


def terms_of(record: RegistryRecord) -> frozenset[str]:
    """Identifiers of `heritage.domain.terms` that hold for the record, without what lies above them in the tree."""
    return frozenset({record.category, *record.terms} - {""})


def check_terms(record: RegistryRecord) -> None:
    """Raises `RecordError` for a term that there is not, or one in the wrong place."""


def subtree(term: str) -> frozenset[str]:
    return frozenset({term})
