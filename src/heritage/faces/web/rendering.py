"""Turns answers into HTML. The same fragment serves the live page and static reports."""

import secrets
from base64 import b64encode
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from jinja2 import Environment, PackageLoader, StrictUndefined

import heritage
from heritage.domain.access import ANYBODY, Scope, Viewer
from heritage.domain.differing import NOT_SAID, Seen
from heritage.domain.hits import SearchResult, Verdict
from heritage.domain.images import Region
from heritage.domain.review import Kept, side_for
from heritage.faces import languages
from heritage.faces.asking import MAX_BOXES, MAX_PHOTOS
from heritage.faces.decision_words import MADE_WORDS, REASONS, STATE_NAMES, choices_of, note_words
from heritage.faces.saying import said
from heritage.faces.search_words import kept_coverage_words
from heritage.faces.web.assets import STATIC, assets_version, page_style
from heritage.faces.web.hit_view import HitView, ImageUrl
from heritage.faces.wording import (
    ADVICE_WORDS,
    RETAKE_WORDS,
    ROLE_WORDS,
    SCOPE_WORDS,
    VERDICT_WORDS,
    coverage_words,
    gap_words,
    label_words,
    promise,
    scope_words,
)


@dataclass(frozen=True, slots=True)
class Asking:
    """Who reads an answer, how it was kept for them to decide on, and what they said of the object."""

    viewer: Viewer = ANYBODY
    kept: Kept | None = None
    seen: Seen = NOT_SAID

    @property
    def search_id(self) -> str:
        """What was kept of the search, for who may read it; else empty."""
        return self.kept.search_id if self.kept and self.viewer.may(Scope.READ) else ""

    def view(self, view: HitView, place: int) -> HitView:
        """The hit at ``place`` of the answer, with what this reader may do."""
        shown = view.beside(self.seen)
        if self.search_id:
            shown = shown.linked(self.kept.hit_ids[place] if self.kept else None)
        if self.kept is None or not self.viewer.may(Scope.DECIDE):
            return shown
        choices = choices_of(side_for(view.hit.record, self.viewer), self.viewer)
        return shown.decided_by(choices, self.kept.hit_ids[place])


NOBODY_ASKS = Asking()


def _escaping_environment() -> Environment:
    """Escapes everything: registries and file names are other people's text. Sentences are in the reader's language."""
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
    return made


@lru_cache(maxsize=1)
def environment() -> Environment:
    """The templates, with the words and figures that they ask for."""
    made = _escaping_environment()
    made.filters.update(
        label_words=label_words,
        number=languages.number,
        percent=languages.percent,
        day=languages.day,
        moment=languages.moment,
    )
    made.filters.update(said=said, note_words=note_words)
    made.globals.update(
        language=languages.language,
        languages=tuple(languages.LANGUAGES.values()),
        version=heritage.__version__,
        assets=f"/static/{assets_version()}",
        page_style=page_style(),
        max_photos=MAX_PHOTOS,
        max_boxes=MAX_BOXES,
        coverage_words=coverage_words,
        kept_coverage_words=kept_coverage_words,
        scope_words=scope_words,
        gap_words=gap_words,
        role_words=ROLE_WORDS,
        right_words=SCOPE_WORDS,
        advice_words=ADVICE_WORDS,
        retake_words=RETAKE_WORDS,
        reasons=REASONS,
        made_words=MADE_WORDS,
        state_names=STATE_NAMES,
        verdict_words=VERDICT_WORDS,
        form_token=secrets.token_urlsafe,
    )
    return made


def render_answer(
    result: SearchResult,
    photo_urls: Sequence[str],
    image_url: ImageUrl,
    key: str = "answer",
    asking: Asking = NOBODY_ASKS,
) -> str:
    """The answer as an HTML fragment, to stand in any page that has `stylesheet()`.

    ``photo_urls``, in the order of the photos, and ``image_url(digest)`` say where pictures are, data: URIs included;
    ``key`` sets this answer's element ids apart from others on the same page (letters, digits, hyphens).
    ``asking``: what they saw is set against the records, and they may decide; a report that is kept asks nobody.
    """
    views = [
        asking.view(HitView.of(hit, result.photos, result.rules, image_url), place)
        for place, hit in enumerate(result.hits)
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
            search_id=asking.search_id,
            part_count=sum(len(photo.regions) for photo in result.photos),
            total_ms=sum(ms for _, ms in result.latency_ms),
            hits=hits,
            several_objects=len(_places(hits, Verdict.STRONG)) > 1,
            nearest=[view for view in views if view.hit.verdict is Verdict.NONE],
        )
    )


def _places(views: Sequence[HitView], verdict: Verdict) -> set[Region | None]:
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
    return page_style() + (STATIC / "answer.css").read_text(encoding="utf-8")


def data_uri(jpeg: bytes) -> str:
    return f"data:image/jpeg;base64,{b64encode(jpeg).decode('ascii')}"
