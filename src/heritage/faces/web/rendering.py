"""Turns answers into HTML. The same fragment serves the live page and static reports."""

from base64 import b64encode
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from jinja2 import Environment, PackageLoader, StrictUndefined

import heritage
from heritage.domain.hits import Coverage, Hit, SearchResult, Verdict
from heritage.domain.images import ImageDigest
from heritage.faces.drawing import PairDrawing, one_above_other, side_by_side
from heritage.faces.wording import (
    PROVISIONAL,
    STATUS_WORDS,
    VERDICT_WORDS,
    labelled_card,
    labelled_facts,
    next_step,
)

STATIC = Path(__file__).parent / "static"
ImageUrl = Callable[[ImageDigest], str]


@dataclass(frozen=True, slots=True)
class _HitView:
    """What the template says of one hit."""

    hit: Hit
    words: str
    status: str
    facts: tuple[tuple[str, str], ...]
    card: tuple[tuple[str, str], ...]
    next_step: str
    image_url: str
    drawings: tuple[tuple[str, PairDrawing], ...]  # (layout, drawing): the style sheet shows the one that fits

    @classmethod
    def of(cls, hit: Hit, photo_size: tuple[int, int], image_url: ImageUrl) -> "_HitView":
        image = hit.image
        sizes = photo_size, (image.width, image.height)
        return cls(
            hit=hit,
            words=VERDICT_WORDS[hit.verdict],
            status=STATUS_WORDS[hit.record.status],
            facts=labelled_facts(hit.record),
            card=labelled_card(hit.record.card),
            next_step=next_step(hit.record.owner_agency, hit.record.record_id),
            image_url=image_url(image.digest),
            drawings=(
                ("wide", side_by_side(hit.verification, *sizes)),
                ("tall", one_above_other(hit.verification, *sizes)),
            ),
        )


@lru_cache(maxsize=1)
def environment() -> Environment:
    """Escapes everything: registries and file names are other people's text."""
    made = Environment(
        loader=PackageLoader("heritage.faces.web"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.globals.update(version=heritage.__version__, provisional=PROVISIONAL)
    return made


def render_answer(result: SearchResult, photo_url: str, image_url: ImageUrl, key: str = "answer") -> str:
    """The answer as an HTML fragment, to stand in any page that has `stylesheet()`.

    ``photo_url`` and ``image_url(digest)`` say where the photo and registered images are, data: URIs included; ``key``
    sets this answer's element ids apart from others on the same page (letters, digits, hyphens).
    """
    size = (result.width, result.height)
    views = [_HitView.of(hit, size, image_url) for hit in result.hits]
    return (
        environment()
        .get_template("_answer.html")
        .render(
            result=result,
            photo_url=photo_url,
            key=key,
            total_ms=sum(ms for _, ms in result.latency_ms),
            hits=[view for view in views if view.hit.verdict is not Verdict.NONE],
            nearest=[view for view in views if view.hit.verdict is Verdict.NONE],
        )
    )


def render_answer_page(result: SearchResult, photo_url: str, image_url: ImageUrl) -> str:
    """The whole page that answers an upload."""
    answer = render_answer(result, photo_url, image_url)
    title = VERDICT_WORDS[result.verdict].capitalize()
    return environment().get_template("answer.html").render(answer=answer, title=title)


def render_start(problem: str = "", coverage: Coverage | None = None) -> str:
    """The start page; with ``problem``, why the last photo could not be searched."""
    return environment().get_template("start.html").render(problem=problem, coverage=coverage)


def stylesheet() -> str:
    """The style sheet's text, for a page that must be a single file."""
    return (STATIC / "heritage.css").read_text(encoding="utf-8")


def data_uri(jpeg: bytes) -> str:
    return f"data:image/jpeg;base64,{b64encode(jpeg).decode('ascii')}"
