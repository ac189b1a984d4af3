"""The sentences that every face says alike."""

from collections.abc import Iterable

from heritage.domain.advice import AdviceKind
from heritage.domain.completeness import Completeness
from heritage.domain.differing import Comparison
from heritage.domain.hits import Hit, SearchResult, Verdict
from heritage.domain.images import Region
from heritage.domain.records import ObjectIdCard, RegistryRecord, Status
from heritage.domain.rules import Rules

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

ADVICE_WORDS = {
    AdviceKind.BLURRED: "The photo is blurred.",
    AdviceKind.GLARE: "A reflection hides a part of the object.",
    AdviceKind.DARK: "The photo is too dark.",
    AdviceKind.TOO_SMALL: "The picture is too small to show details.",
    AdviceKind.FAR_AWAY: "The object is too small in the photo to show details.",
}

RETAKE_WORDS = {
    AdviceKind.BLURRED: "Hold the camera still, and tap on the object so that it focuses there.",
    AdviceKind.GLARE: "Switch off the flash, and turn the object or step aside until the reflection is gone.",
    AdviceKind.DARK: "Take the object to a window or a lamp, with the light behind you.",
    AdviceKind.TOO_SMALL: "Send the photo as the camera took it, not a preview or a screenshot.",
    AdviceKind.FAR_AWAY: "Go closer, until the object fills most of the picture.",
}

MIRROR_IMAGE = "The registered photograph matches the mirror image of this photo; dealers flip photos."
NEAR_TWIN = "Another record fits this place in the photo better: this one may be a near-twin of the object."

_CORRELATION_WORDS = (
    (0.75, "they agree closely"),
    (0.5, "they agree in most places"),
    (0.25, "they agree in places only"),
    (-1.0, "they hardly agree: look for a near-twin"),
)


def rate_words(rate: float, rules: Rules) -> str:
    """How many searches for objects that are not registered bring one false alarm. Claims no more than is promised."""
    if rate < rules.strong_rate:
        return f"fewer than 1 in {_rounded(1 / rules.strong_rate):,} searches"
    if rate > 0.4:
        return "about every second search" if rate < 0.7 else "nearly every search"
    return f"about 1 in {_rounded(1 / rate):,} searches"


def promise(rules: Rules) -> str:
    """What the verdicts promise at the size of this gallery, and on how much that rests."""
    photographs = f"{rules.gallery_count:,} photograph{'' if rules.gallery_count == 1 else 's'}"
    promised = (
        f"Of searches of these {photographs} for objects that are not among them, "
        f"fewer than 1 in {_rounded(1 / rules.strong_rate):,} should bring a strong match, "
        f"fewer than 1 in {_rounded(1 / rules.possible_rate):,} a possible one; "
        "near-twins, such as casts from one mould, are mistaken more often."
    )
    return f"{promised} {_basis(rules)}"


def _basis(rules: Rules) -> str:
    if rules.proven_rate is None:
        return "These rates are calculated; no measured searches stand behind them yet."
    return (
        f"These rates are calculated from {rules.search_count:,} measured searches; no false alarm in that many would "
        f"by itself prove only fewer than 1 in {int(1 / rules.proven_rate + 1e-9):,} (95 % confidence)."
    )


def place_words(region: Region | None, view: int, view_count: int) -> str:
    """Which part of which photo is meant; empty for the whole of the only photo."""
    photo = f"photo {view + 1}" if view_count > 1 else ""
    if region is None:
        return photo
    part = f"{region.width} x {region.height} px at {region.left}, {region.top}"
    return f"{part} of {photo}" if photo else part


def remarks(hit: Hit, rules: Rules) -> tuple[str, ...]:
    """Sentences that must stand beside a hit, since its verdict alone would mislead."""
    possible = ((MIRROR_IMAGE, is_mirrored(hit)), (NEAR_TWIN, _is_rivalled(hit, rules)))
    return tuple(sentence for sentence, holds in possible if holds)


def notes(hit: Hit, result: SearchResult) -> tuple[str, ...]:
    """The same in the few words that a table has room for, and which part of which photo is meant."""
    found = (
        place_words(result.answered_part(hit), hit.view, len(result.photos)),
        "mirror image" if is_mirrored(hit) else "",
        "near-twin of a better one?" if _is_rivalled(hit, result.rules) else "",
    )
    return tuple(filter(None, found))


def _is_rivalled(hit: Hit, rules: Rules) -> bool:
    """Whether the evidence alone would make it strong: another record then explains the place better."""
    return hit.verdict is Verdict.POSSIBLE and hit.false_alarm_rate < rules.strong_rate


def is_mirrored(hit: Hit) -> bool:
    """Whether points say so. That two whole pictures look more alike mirrored proves nothing: many objects do."""
    return hit.verification.mirrored


def correlation_words(correlation: float) -> str:
    """How well the pixels agree when one picture is laid over the other."""
    grade = next(words for least, words in _CORRELATION_WORDS if correlation >= least)
    return f"{grade} (correlation {correlation:.2f})"


def labelled_evidence(hit: Hit, result: SearchResult) -> tuple[tuple[str, str], ...]:
    """(label, value) of what speaks for a hit of ``result``; only what was looked at."""
    found, view_count = hit.verification, len(result.photos)
    place = place_words(result.answered_part(hit), hit.view, view_count)
    facts = (
        ("Such a false alarm happens in", rate_words(hit.false_alarm_rate, result.rules)),
        ("Part of the photo" if view_count == 1 else "Found in", place),
        ("Matched points that agree", f"{found.inlier_count:,}"),
        ("Separate places they cover", f"{found.cell_count:,}"),
        ("Pixels laid over each other", "" if found.correlation is None else correlation_words(found.correlation)),
        ("Similarity of the pictures", f"{hit.similarity:.2f}" if hit.similarity else ""),
    )
    return tuple((label, value) for label, value in facts if value)


def _rounded(count: float) -> int:
    """To two digits that mean something: 1,234 to 1,200."""
    digits = max(0, len(str(int(count))) - 2)
    unit = int(10**digits)
    return round(count / unit) * unit


def next_step(owner_agency: str, record_id: object) -> str:
    """What to do about a hit. A hit alone is no ground for stopping anybody."""
    return (
        f"Do not act on this alone; ask {owner_agency or 'the agency that registered the object'}, quoting {record_id}."
    )


NO_RECORD_STEP = "Do not act on this; its owner does not show you the record any more."

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
        ("Category", ", ".join(filter(None, (record.category, *record.terms)))),
        ("Handling", record.handling.value),
        ("Import licence or statement", record.icg_reference),
    )
    return tuple((label, value) for label, value in facts if value)


def labelled_card(card: ObjectIdCard) -> tuple[tuple[str, str], ...]:
    """(label, value) of the card's filled fields."""
    return tuple((label, value) for label, value in whole_card(card) if value)


def whole_card(card: ObjectIdCard) -> tuple[tuple[str, str], ...]:
    """(label, value) of all the card's fields, in the standard's order."""
    return tuple((label, getattr(card, name)) for name, label in _CARD_LABELS.items())


def labelled_comparisons(
    comparisons: Iterable[Comparison], card: ObjectIdCard
) -> tuple[tuple[str, Comparison, str], ...]:
    """(label, comparison, what the record says) of each field that was compared."""
    return tuple((_CARD_LABELS[one.field], one, getattr(card, one.field)) for one in comparisons)


_MISSING_WORDS = {"photographs": "a photograph", "further_views": "photographs from other sides"}


def completeness_words(found: Completeness) -> str:
    """How much of Object ID a record has, and what it lacks, the weightiest first."""
    share = f"{found.score:.0%}"
    lacks = [_MISSING_WORDS.get(name) or _CARD_LABELS[name].lower() for name in found.missing]
    return f"{share}; missing: {', '.join(lacks)}" if lacks else share
