"""The sentences that every face says alike."""

from collections.abc import Iterable, Sequence

from heritage.domain.access import Handling, Role, Scope
from heritage.domain.advice import AdviceKind
from heritage.domain.completeness import Completeness
from heritage.domain.differing import Comparison
from heritage.domain.hits import Coverage, Hit, SearchedPhoto, SearchResult, Verdict
from heritage.domain.images import Region
from heritage.domain.records import ObjectIdCard, PhotoView, RegistryRecord, Status
from heritage.domain.review import KeptHit
from heritage.domain.rules import Rules
from heritage.domain.terms import Facet, Language, Term, category_tree
from heritage.errors import NotFoundError
from heritage.faces.languages import N_, _, day, language, ngettext, number, percent

VERDICT_WORDS = {
    Verdict.STRONG: N_("strong match"),
    Verdict.POSSIBLE: N_("possible match"),
    Verdict.NONE: N_("nothing found"),
}

STATUS_WORDS = {
    Status.STOLEN: N_("registered as stolen"),
    Status.MISSING: N_("registered as missing"),
    Status.LOOTED: N_("registered as looted"),
    Status.FOUND: N_("registered as found"),
    Status.SEIZED: N_("registered as seized"),
    Status.RECOVERED: N_("registered as recovered"),
    Status.WITHDRAWN: N_("withdrawn by its registry"),
}

STATUS_NAMES = {
    Status.STOLEN: N_("stolen"),
    Status.MISSING: N_("missing"),
    Status.LOOTED: N_("looted"),
    Status.FOUND: N_("found"),
    Status.SEIZED: N_("seized"),
    Status.RECOVERED: N_("recovered"),
    Status.WITHDRAWN: N_("withdrawn"),
}

VIEW_WORDS = {
    PhotoView.UNSPECIFIED: N_("not said"),
    PhotoView.FRONT: N_("front"),
    PhotoView.BACK: N_("back"),
    PhotoView.SIDE: N_("side"),
    PhotoView.TOP: N_("top"),
    PhotoView.BASE: N_("base"),
    PhotoView.DETAIL: N_("detail"),
    PhotoView.MARK: N_("mark or inscription"),
}

HANDLING_WORDS = {  # who sees a record
    Handling.CLEAR: N_("everybody"),
    Handling.GREEN: N_("every agency here"),
    Handling.AMBER: N_("your agency, and those it is shared with"),
    Handling.AMBER_STRICT: N_("your agency only"),
    Handling.RED: N_("registrars and admins of your agency only"),
}

ROLE_WORDS = {
    Role.OFFICER: N_("officer"),
    Role.INVESTIGATOR: N_("investigator"),
    Role.REGISTRAR: N_("registrar"),
    Role.ADMIN: N_("admin"),
}

SCOPE_WORDS = {
    Scope.MATCH: N_("search with photos"),
    Scope.READ: N_("read records and hits"),
    Scope.DECIDE: N_("say what becomes of a hit"),
    Scope.EXPORT: N_("export"),
    Scope.WRITE: N_("change the agency's records"),
    Scope.ACCOUNTS: N_("manage people and keys"),
    Scope.AUDIT: N_("read the audit log"),
}

ADVICE_WORDS = {
    AdviceKind.BLURRED: N_("The photo is blurred."),
    AdviceKind.GLARE: N_("A reflection hides a part of the object."),
    AdviceKind.DARK: N_("The photo is too dark."),
    AdviceKind.TOO_SMALL: N_("The picture is too small to show details."),
    AdviceKind.FAR_AWAY: N_("The object is too small in the photo to show details."),
}

RETAKE_WORDS = {
    AdviceKind.BLURRED: N_("Hold the camera still, and tap on the object so that it focuses there."),
    AdviceKind.GLARE: N_("Switch off the flash, and turn the object or step aside until the reflection is gone."),
    AdviceKind.DARK: N_("Take the object to a window or a lamp, with the light behind you."),
    AdviceKind.TOO_SMALL: N_("Send the photo as the camera took it, not a preview or a screenshot."),
    AdviceKind.FAR_AWAY: N_("Go closer, until the object fills most of the picture."),
}

MIRROR_IMAGE = N_("The registered photograph matches the mirror image of this photo; dealers flip photos.")
NEAR_TWIN = N_("Another record fits this place in the photo better: this one may be a near-twin of the object.")

_CORRELATION_WORDS = (
    (0.75, N_("they agree closely")),
    (0.5, N_("they agree in most places")),
    (0.25, N_("they agree in places only")),
    (-1.0, N_("they hardly agree: look for a near-twin")),
)


def rate_words(rate: float, rules: Rules) -> str:
    """How many searches for objects that are not registered bring one false alarm. Claims no more than is promised."""
    if rate < rules.strong_rate:
        return _("fewer than 1 in %(count)s searches") % {"count": number(_rounded(1 / rules.strong_rate))}
    if rate > 0.4:
        return _("about every second search") if rate < 0.7 else _("nearly every search")
    return _("about 1 in %(count)s searches") % {"count": number(_rounded(1 / rate))}


def promise(rules: Rules) -> str:
    """What the verdicts promise at the size of this gallery, and on how much that rests."""
    promised = ngettext(
        "Of searches of this %(count)s photograph for objects that are not among them, fewer than 1 in %(strong)s "
        "should bring a strong match, fewer than 1 in %(possible)s a possible one; near-twins, such as casts from one "
        "mould, are mistaken more often.",
        "Of searches of these %(count)s photographs for objects that are not among them, fewer than 1 in %(strong)s "
        "should bring a strong match, fewer than 1 in %(possible)s a possible one; near-twins, such as casts from one "
        "mould, are mistaken more often.",
        rules.gallery_count,
    ) % {
        "count": number(rules.gallery_count),
        "strong": number(_rounded(1 / rules.strong_rate)),
        "possible": number(_rounded(1 / rules.possible_rate)),
    }
    return f"{promised} {_basis(rules)}"


def _basis(rules: Rules) -> str:
    if rules.proven_rate is None:
        return _("These rates are calculated; no measured searches stand behind them yet.")
    return _(
        "These rates are calculated from %(count)s measured searches; no false alarm in that many would by itself "
        "prove only fewer than 1 in %(proven)s (95 %% confidence)."
    ) % {"count": number(rules.search_count), "proven": number(int(1 / rules.proven_rate + 1e-9))}


def coverage_words(coverage: Coverage) -> str:
    """What was searched, what was not, and the reminder that must stand under every answer."""
    scope = scope_words(coverage)
    searched = _("Searched %(scope)s.") % {"scope": scope} if coverage.object_count else _("Nothing was searched.")
    return " ".join(filter(None, (searched, gap_words(coverage), _("Not found is not a clearance."))))


def scope_words(coverage: Coverage) -> str:
    """What a search covers, to stand within a sentence."""
    registries = ", ".join(f"{name} ({number(count)})" for name, count in coverage.object_count_by_registry)
    objects = ngettext("%(count)s registered object", "%(count)s registered objects", coverage.object_count)
    images = ngettext("%(count)s photograph", "%(count)s photographs", coverage.image_count)
    covered = _("%(objects)s with %(photographs)s in %(registries)s") % {
        "objects": objects % {"count": number(coverage.object_count)},
        "photographs": images % {"count": number(coverage.image_count)},
        "registries": registries,
    }
    if coverage.newest_record is None:
        return covered
    return _("%(covered)s, newest record %(day)s") % {"covered": covered, "day": day(coverage.newest_record)}


def gap_words(coverage: Coverage) -> str:
    """What a search does not cover though it could, as sentences; empty when there is nothing."""
    undescribed = ngettext(
        "Not searched: %(count)s registered object that the model in use has not described; ingest the registry again.",
        "Not searched: %(count)s registered objects that the model in use has not described; ingest the registry "
        "again.",
        coverage.unsearched_count,
    ) % {"count": number(coverage.unsearched_count)}
    gaps = (
        (undescribed, coverage.unsearched_count > 0),
        (_("Not searched: objects that other agencies keep to themselves."), coverage.is_restricted),
        (_("Not searched: objects that do not meet the criteria asked for."), coverage.is_narrowed),
    )
    told = " ".join(sentence for sentence, holds in gaps if holds)
    return told or ("" if coverage.object_count else _("Nothing is registered that could be searched."))


def place_words(region: Region | None, view: int, view_count: int) -> str:
    """Which part of which photo is meant; empty for the whole of the only photo."""
    photo = _("photo %(place)s") % {"place": number(view + 1)} if view_count > 1 else ""
    if region is None:
        return photo
    size = {"width": region.width, "height": region.height, "left": region.left, "top": region.top}
    part = _("%(width)d x %(height)d px at %(left)d, %(top)d") % size
    return _("%(part)s of %(photo)s") % {"part": part, "photo": photo} if photo else part


def remarks(hit: Hit, rules: Rules) -> tuple[str, ...]:
    """Sentences that must stand beside a hit, since its verdict alone would mislead."""
    possible = ((MIRROR_IMAGE, is_mirrored(hit)), (NEAR_TWIN, _is_rivalled(hit, rules)))
    return tuple(_(sentence) for sentence, holds in possible if holds)


def notes(hit: Hit, result: SearchResult) -> tuple[str, ...]:
    """The same in the few words that a table has room for, and which part of which photo is meant."""
    found = (
        place_words(result.answered_part(hit), hit.view, len(result.photos)),
        _("mirror image") if is_mirrored(hit) else "",
        _("near-twin of a better one?") if _is_rivalled(hit, result.rules) else "",
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
    return _("%(grade)s (correlation %(correlation)s)") % {"grade": _(grade), "correlation": number(correlation, 2)}


def labelled_evidence(hit: Hit | KeptHit, photos: Sequence[SearchedPhoto], rules: Rules) -> tuple[tuple[str, str], ...]:
    """(label, value) of what speaks for a hit of a search with ``photos``; only what was looked at."""
    found, view_count = hit.verification, len(photos)
    place = place_words(photos[hit.view].part(hit.region), hit.view, view_count)
    facts = (
        (_("Such a false alarm happens in"), rate_words(hit.false_alarm_rate, rules)),
        (_("Part of the photo") if view_count == 1 else _("Found in"), place),
        (_("Matched points that agree"), number(found.inlier_count)),
        (_("Separate places they cover"), number(found.cell_count)),
        (_("Pixels laid over each other"), "" if found.correlation is None else correlation_words(found.correlation)),
        (_("Similarity of the pictures"), number(hit.similarity, 2) if hit.similarity else ""),
    )
    return tuple((label, value) for label, value in facts if value)


def _rounded(count: float) -> int:
    """To two digits that mean something: 1,234 to 1,200."""
    digits = max(0, len(str(int(count))) - 2)
    unit = int(10**digits)
    return round(count / unit) * unit


def next_step(owner_agency: str, record_id: object) -> str:
    """What to do about a hit. A hit alone is no ground for stopping anybody."""
    if not owner_agency:
        return _("Do not act on this alone; ask the agency that registered the object, quoting %(record)s.") % {
            "record": record_id
        }
    return _("Do not act on this alone; ask %(agency)s, quoting %(record)s.") % {
        "agency": owner_agency,
        "record": record_id,
    }


NO_RECORD_STEP = N_("Do not act on this; its owner does not show you the record any more.")

CARD_LABELS = {  # in the order of the Object ID standard
    "object_type": N_("Type of object"),
    "materials": N_("Materials and techniques"),
    "measurements": N_("Measurements"),
    "inscriptions": N_("Inscriptions and markings"),
    "distinguishing_features": N_("Distinguishing features"),
    "title": N_("Title"),
    "subject": N_("Subject"),
    "period": N_("Date or period"),
    "maker": N_("Maker"),
    "description": N_("Description"),
    "inventory_number": N_("Inventory number"),
    "related_material": N_("Related written material"),
    "place_of_origin": N_("Place of origin or discovery"),
    "cross_references": N_("Cross-references"),
    "date_documented": N_("Date documented"),
}


def term_label(term_id: str) -> str:
    """What a person calls the term; itself where it is none of the tree's, which a registry may have of its own."""
    try:
        return category_tree().label(term_id, Language(language().code))
    except NotFoundError:
        return term_id


def term_path(term: Term) -> str:
    """Its names from the top of the tree down: two terms may have one name, but never one path."""
    told = Language(language().code)
    above = category_tree().ancestors(term.id)
    return " › ".join(one.label(told) for one in (*reversed(above[:-1]), term))


def term_options(facet: Facet) -> list[tuple[str, str]]:
    """(id, label) of the terms below the facet's root, those below others set in, parents first."""
    told = Language(language().code)
    return [
        (term.id, "\u2003" * (depth - 1) + term.label(told)) for depth, term in category_tree().walk(facet) if depth
    ]


def labelled_facts(record: RegistryRecord) -> tuple[tuple[str, str], ...]:
    """(label, value) of what the registry says beside the card; only what it says."""
    facts = (
        (_("Record"), str(record.record_id)),
        (_("Status"), _(STATUS_NAMES[record.status])),
        (_("Owner agency"), record.owner_agency),
        (_("Date of theft"), record.theft_date),
        (_("Place of theft"), record.theft_place),
        (_("Category"), ", ".join(map(term_label, filter(None, (record.category, *record.terms))))),
        (_("Handling"), record.handling.value),
        (_("Import licence or statement"), record.icg_reference),
    )
    return tuple((label, value) for label, value in facts if value)


def label_words(record: RegistryRecord) -> str:
    """What the object is called; `RegistryRecord.label` in the language that is spoken."""
    title = record.card.title or record.card.object_type
    return title or _("Object %(number)s") % {"number": record.record_id.number}


def labelled_card(card: ObjectIdCard) -> tuple[tuple[str, str], ...]:
    """(label, value) of the card's filled fields."""
    return tuple((label, value) for label, value in whole_card(card) if value)


def whole_card(card: ObjectIdCard) -> tuple[tuple[str, str], ...]:
    """(label, value) of all the card's fields, in the standard's order."""
    return tuple((_(label), getattr(card, name)) for name, label in CARD_LABELS.items())


def labelled_comparisons(
    comparisons: Iterable[Comparison], card: ObjectIdCard
) -> tuple[tuple[str, Comparison, str], ...]:
    """(label, comparison, what the record says) of each field that was compared."""
    return tuple((_(CARD_LABELS[one.field]), one, getattr(card, one.field)) for one in comparisons)


_RECORD_LABELS = {  # of what is on record beside the card
    "status": N_("Status"),
    "owner_agency": N_("Owner agency"),
    "theft_date": N_("Date of theft"),
    "theft_place": N_("Place of theft"),
    "category": N_("Category"),
    "terms": N_("Materials, techniques and periods"),
    "handling": N_("Handling"),
    "shared_with": N_("Shared with"),
    "icg_reference": N_("Import licence or statement"),
    "photographs": N_("Photographs"),
}


def field_label(name: str) -> str:
    """What a field of the record or of its card is called."""
    return _(CARD_LABELS.get(name) or _RECORD_LABELS[name])


_MISSING_WORDS = {"photographs": N_("a photograph"), "further_views": N_("photographs from other sides")}


def missing_words(found: Completeness) -> list[str]:
    """What a record lacks of Object ID, the weightiest first, to stand within a sentence."""
    return [_(_MISSING_WORDS.get(name) or CARD_LABELS[name]).lower() for name in found.missing]


def completeness_words(found: Completeness) -> str:
    """How much of Object ID a record has, and what it lacks, the weightiest first."""
    share = percent(found.score)
    lacks = missing_words(found)
    return _("%(share)s; missing: %(fields)s") % {"share": share, "fields": ", ".join(lacks)} if lacks else share
