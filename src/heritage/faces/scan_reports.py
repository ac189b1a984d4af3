"""The words of a report on a scan, in the language of whoever asks."""

from collections.abc import Iterable

from heritage.domain.calibration import POSSIBLE_RATE, STRONG_RATE
from heritage.domain.forms import FormPicture
from heritage.domain.reports import Report, ReportEntry, ReportSection, Rows
from heritage.domain.rules import Rules
from heritage.domain.scans import KeptListing
from heritage.faces.decision_words import STATE_NAMES
from heritage.faces.languages import _, language, moment, ngettext, number
from heritage.faces.saying import said
from heritage.faces.scan_words import SCAN_WORDS, STATE_WORDS
from heritage.faces.search_words import kept_coverage_words
from heritage.faces.wording import HANDLING_WORDS, VERDICT_WORDS, rate_words
from heritage.service.folding import ShownFold
from heritage.service.scan_reporting import Findings, FoundFold

RULES = Rules(STRONG_RATE, POSSIBLE_RATE, gallery_count=0, search_count=0)  # only its rates are told


def scan_report(findings: Findings, base: str = "") -> Report:
    """``base`` is the address of the server that shows the hits."""
    scan, spoken = findings.scan, language()
    return Report(
        language=spoken.code,
        direction=spoken.direction,
        title=_("Report on the scan of %(source)s") % {"source": scan.source.name},
        notice=_("Nothing found is not a clearance: an object that is not registered, or looks otherwise, may be "
                 "stolen all the same. A match is evidence for a person to look at; only people decide."),
        sections=(_counts(findings), _searched(findings), _matches(findings, base), *_failures(findings)),
        footer=_("Scan %(id)s, report of %(moment)s") % {"id": scan.scan_id, "moment": moment(findings.at)},
    )  # fmt: skip


def _counts(findings: Findings) -> ReportSection:
    scan = findings.scan
    states: Rows = tuple((_(words), number(getattr(scan.counts, state.value))) for state, words in STATE_WORDS.items())
    rows: Rows = (
        (_("Source"), scan.source.name),
        (_("State of the scan"), _(SCAN_WORDS[scan.state])),
        (_("Begun"), moment(scan.created_at)),
        *(((_("Ended"), moment(scan.finished_at)),) if scan.finished_at else ()),
        (_("Asked for by"), " · ".join(filter(None, (scan.viewer.agency, scan.viewer.actor))) or _("this machine")),
        (_("Listings"), number(scan.counts.listing_count)),
    )
    return ReportSection(_("What became of the listings"), rows=(*rows, *states))


def _searched(findings: Findings) -> ReportSection:
    """What a search covered, in the report's language, or as it is kept where it is in no words of ours."""
    versions = dict.fromkeys(one.versions for one in findings.searches)
    rows = [
        (
            _("Versions"),
            f"heritage {one.heritage}, {one.descriptor_spec}, {one.keypoint_spec}, {one.index}, {one.rules}",
        )
        for one in versions
    ]
    return ReportSection(
        _("What was searched"),
        tuple(kept_coverage_words(one.coverage) or one.coverage for one in findings.searches)
        or (_("Nothing could be searched."),),
        tuple(rows),
    )


def _matches(findings: Findings, base: str) -> ReportSection:
    told = [] if findings.folds else [_("No match was found.")]
    if findings.fold_count > len(findings.folds):
        counts = {"count": number(len(findings.folds)), "total": number(findings.fold_count)}
        told.append(_("The strongest %(count)s of %(total)s are told here; the table has all of them.") % counts)
    entries = tuple(_entry(one, base) for one in findings.folds)
    return ReportSection(_("Matches"), tuple(told), entries=entries)


def _entry(one: FoundFold, base: str) -> ReportEntry:
    hit = one.fold.best
    pictures = ((one.photo, _("The photo of the listing")), (one.registered, _("The registered photograph")))
    record: Rows = ((_("Record"), _("A record that is not shown to you")),)
    if hit.record:
        record = (
            (_("Record"), f"{hit.record.record_id} {hit.record.label}"),
            *(((_("Owner agency"), hit.record.owner_agency),) if hit.record.owner_agency else ()),
            (_("Handling"), f"{hit.record.handling}: {_(HANDLING_WORDS[hit.record.handling])}"),
        )
    return ReportEntry(
        heading=_name(one.fold.listings[0]),
        tag=_(VERDICT_WORDS[hit.verdict]),
        kind=hit.verdict.value,
        rows=(
            *record,
            (_("False alarm"), rate_words(hit.false_alarm_rate, RULES)),
            (_("Decision"), _(STATE_NAMES[hit.state])),
            *_listings(one.fold),
            *(((_("Address of the match"), f"{base.rstrip('/')}/hits/{hit.hit_id}"),) if base else ()),
        ),
        pictures=tuple(FormPicture(jpeg, caption) for jpeg, caption in pictures if jpeg),
    )


def _listings(shown: ShownFold) -> Rows:
    """Each with its seller and its page."""
    rows: list[tuple[str, str]] = []
    for one in shown.listings:
        told = " · ".join(filter(None, (one.listing.key, one.listing.title, one.listing.seller)))
        rows += [(_("Listing"), told)]
        rows += [(_("Its page"), one.listing.address)] if one.listing.address else []
    count = len(shown.fold.found)
    if count > 1:
        sellers = _("Of one seller.") if len(shown.fold.sellers) == 1 else _("Of different sellers.")
        listed = ngettext("%(count)s listing with this picture", "%(count)s listings with this picture", count)
        rows.append((_("Same picture"), f"{listed % {'count': number(count)}}. {sellers}"))
    return tuple(rows)


def _failures(findings: Findings) -> Iterable[ReportSection]:
    if not findings.failed:
        return
    counts = findings.scan.counts
    more = counts.unreadable + counts.unreachable - len(findings.failed)
    told = _("%(count)s more; the table has all of them.") % {"count": number(more)}
    rows = tuple((_name(one), f"{_(STATE_WORDS[one.state])}: {said(one.why)}") for one in findings.failed)
    yield ReportSection(_("Not searched, and why"), (told,) if more > 0 else (), rows)


def _name(one: KeptListing) -> str:
    return one.listing.title or one.listing.key
