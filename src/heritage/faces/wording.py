"""The sentences that every face says alike."""

from heritage.domain.hits import Verdict
from heritage.domain.records import ObjectIdCard, RegistryRecord, Status

VERDICT_WORDS = {
    Verdict.STRONG: "strong match",
    Verdict.POSSIBLE: "possible match",
    Verdict.NONE: "nothing found",
}

STATUS_WORDS = {
    Status.STOLEN: "registered as stolen",
    Status.MISSING: "registered as missing",
    Status.LOOTED: "registered as looted",
    Status.FOUND: "registered as found",
    Status.SEIZED: "registered as seized",
    Status.RECOVERED: "registered as recovered",
    Status.WITHDRAWN: "withdrawn by its registry",
}

PROVISIONAL = (
    "The verdict rules are provisional: they are not yet calibrated to a stated false-alarm rate, "
    "so every match must be checked by eye."
)


def next_step(owner_agency: str, record_id: object) -> str:
    """What to do about a hit. A hit alone is no ground for stopping anybody."""
    return (
        f"Do not act on this alone; ask {owner_agency or 'the agency that registered the object'}, quoting {record_id}."
    )


_CARD_LABELS = {  # in the order of the Object ID standard
    "object_type": "Type of object",
    "materials": "Materials and techniques",
    "measurements": "Measurements",
    "inscriptions": "Inscriptions and markings",
    "distinguishing_features": "Distinguishing features",
    "title": "Title",
    "subject": "Subject",
    "period": "Date or period",
    "maker": "Maker",
    "description": "Description",
    "inventory_number": "Inventory number",
    "related_material": "Related written material",
    "place_of_origin": "Place of origin or discovery",
    "cross_references": "Cross-references",
    "date_documented": "Date documented",
}


def labelled_facts(record: RegistryRecord) -> tuple[tuple[str, str], ...]:
    """(label, value) of what the registry says beside the card; only what it says."""
    facts = (
        ("Record", str(record.record_id)),
        ("Status", record.status.value),
        ("Owner agency", record.owner_agency),
        ("Date of theft", record.theft_date),
        ("Place of theft", record.theft_place),
    )
    return tuple((label, value) for label, value in facts if value)


def labelled_card(card: ObjectIdCard) -> tuple[tuple[str, str], ...]:
    """(label, value) of the card's filled fields."""
    filled = ((label, getattr(card, name)) for name, label in _CARD_LABELS.items())
    return tuple((label, value) for label, value in filled if value)
