"""Turns answers into HTML. The same fragment serves the live page and static reports."""

from base64 import b64encode
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

from jinja2 import Environment, PackageLoader, StrictUndefined

import heritage
from heritage.domain.differing import NOT_SAID, Comparison, Seen, compare
from heritage.domain.hits import Hit, SearchResult, Verdict
from heritage.domain.images import ImageDigest, Region
from heritage.domain.records import RecordId
from heritage.faces import languages
from heritage.faces.asking import MAX_BOXES, MAX_PHOTOS
from heritage.faces.drawing import Inlier, PairDrawing, drawn_inliers, one_above_other, side_by_side
from heritage.faces.saying import said
from heritage.faces.web.assets import STATIC, assets_version
from heritage.faces.wording import (
    ADVICE_WORDS,
    RETAKE_WORDS,
    ROLE_WORDS,
    STATUS_WORDS,
    VERDICT_WORDS,
    coverage_words,
    gap_words,
    labelled_card,
    labelled_comparisons,
    labelled_evidence,
    labelled_facts,
    next_step,
    promise,
    rate_words,
    remarks,
    scope_words,
)

ImageUrl = Callable[[ImageDigest], str]
RecordUrl = Callable[[RecordId], str]


@dataclass(frozen=True, slots=True)
class _HitView:
    """What the template says of one hit."""

    hit: Hit
    part: Region | None  # of the photo that `hit.view` names; none: the whole
    words: str
    rate: str
    status: str
    remarks: tuple[str, ...]
    evidence: tuple[tuple[str, str], ...]
    facts: tuple[tuple[str, str], ...]
    card: tuple[tuple[str, str], ...]
    comparisons: tuple[tuple[str, Comparison, str], ...]
    next_step: str
    image_url: str
    drawings: tuple[tuple[str, PairDrawing], ...]  # (layout, drawing): the style sheet shows the one that fits
    inliers: tuple[Inlier, ...]
    record_url: str = ""  # of the page of the record, for whom may read records

    @classmethod
    def of(cls, hit: Hit, result: SearchResult, image_url: ImageUrl, seen: Seen) -> "_HitView":
        photo, image = result.photos[hit.view], hit.image
        sizes = (photo.width, photo.height), (image.width, image.height)
        return cls(
            hit=hit,
            part=result.answered_part(hit),
            words=languages._(VERDICT_WORDS[hit.verdict]),
            rate=rate_words(hit.false_alarm_rate, result.rules),
            status=languages._(STATUS_WORDS[hit.record.status]),
            remarks=remarks(hit, result.rules),
            evidence=labelled_evidence(hit, result),
            facts=labelled_facts(hit.record),
            card=labelled_card(hit.record.card),
            comparisons=labelled_comparisons(compare(seen, hit.record.card), hit.record.card),
            next_step=next_step(hit.record.owner_agency, hit.record.record_id),
            image_url=image_url(image.digest),
            drawings=(
                ("wide", side_by_side(hit.verification, *sizes)),
                ("tall", one_above_other(hit.verification, *sizes)),
            ),
            inliers=drawn_inliers(hit.verification),
        )


def _no_page(_record_id: RecordId) -> str:
    return ""


@lru_cache(maxsize=1)
def environment() -> Environment:
    """Escapes everything: registries and file names are other people's text."""
    made = Environment(
        loader=PackageLoader("heritage.faces.web"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        extensions=["jinja2.ext.i18n"],
    )
    made.policies["ext.i18n.trimmed"] = True
    made.install_gettext_callables(  # type: ignore[attr-defined]  # of the extension
        languages._, languages.ngettext, newstyle=True, pgettext=languages.pgettext, npgettext=languages.npgettext
    )
    made.filters.update(number=languages.number, percent=languages.percent, day=languages.day, moment=languages.moment)
    made.filters.update(said=said)
    made.globals.update(
        language=languages.language,
        languages=tuple(languages.LANGUAGES.values()),
        version=heritage.__version__,
        assets=f"/static/{assets_version()}",
        max_photos=MAX_PHOTOS,
        max_boxes=MAX_BOXES,
        coverage_words=coverage_words,
        scope_words=scope_words,
        gap_words=gap_words,
        role_words=ROLE_WORDS,
        advice_words=ADVICE_WORDS,
        retake_words=RETAKE_WORDS,
    )
    return made


def render_answer(
    result: SearchResult,
    photo_urls: Sequence[str],
    image_url: ImageUrl,
    key: str = "answer",
    seen: Seen = NOT_SAID,
    record_url: RecordUrl = _no_page,
) -> str:
    """The answer as an HTML fragment, to stand in any page that has `stylesheet()`.

    ``photo_urls``, in the order of the photos, and ``image_url(digest)`` say where pictures are, data: URIs included;
    ``key`` sets this answer's element ids apart from others on the same page (letters, digits, hyphens).
    ``record_url(record_id)`` says where the page of a record is; empty: there is none for whoever reads this.
    ``seen`` is what somebody said of the object: where a record says otherwise, that is shown.
    """
    views = [
        replace(_HitView.of(hit, result, image_url, seen), record_url=record_url(hit.record.record_id))
        for hit in result.hits
    ]
    hits = [view for view in views if view.hit.verdict is not Verdict.NONE]
    return (
        environment()
        .get_template("_answer.html")
        .render(
            result=result,
            photo_urls=photo_urls,
            key=key,
            promise=promise(result.rules),
            part_count=sum(len(photo.regions) for photo in result.photos),
            total_ms=sum(ms for _, ms in result.latency_ms),
            hits=hits,
            several_objects=len(_places(hits, Verdict.STRONG)) > 1,
            nearest=[view for view in views if view.hit.verdict is Verdict.NONE],
        )
    )


def _places(views: Sequence[_HitView], verdict: Verdict) -> set[Region | None]:
    """The parts of the photo, or of the photo with most of them, that hits of this verdict answer."""
    parts: dict[int, set[Region | None]] = {}
    for view in views:
        if view.hit.verdict is verdict:
            parts.setdefault(view.hit.view, set()).add(view.part)
    return max(parts.values(), key=len, default=set())


def answer_title(result: SearchResult) -> str:
    """The answer in a few words."""
    return languages._(VERDICT_WORDS[result.verdict]).capitalize()


def stylesheet() -> str:
    """The text of all style sheets, for a page that must be a single file."""
    return "\n".join((STATIC / name).read_text(encoding="utf-8") for name in ("heritage.css", "answer.css"))


def data_uri(jpeg: bytes) -> str:
    return f"data:image/jpeg;base64,{b64encode(jpeg).decode('ascii')}"
