"""The demo's report: every photograph beside what heritage answered, in one HTML file that opens anywhere."""

from collections.abc import Iterable
from functools import cache
from pathlib import Path

from heritage.demo.outcomes import Outcome, Summary
from heritage.domain.images import ImageDigest
from heritage.faces.web.rendering import data_uri, environment, render_answer, stylesheet
from heritage.service.context import Context

SHOWN_SIDE = 420  # px, long side of the pictures in the report: eighty answers in one file


def write_report(context: Context, outcomes: Iterable[Outcome], summary: Summary, path: Path) -> None:
    """Write ``path``, a single file without references to others, those that went wrong first."""

    @cache
    def image_url(digest: ImageDigest) -> str:
        pixels = context.decode(context.images.read(digest)).pixels
        return data_uri(context.thumbnail(pixels, SHOWN_SIDE))

    def answer_of(outcome: Outcome) -> str:
        photo_url = data_uri(context.thumbnail(context.decode(outcome.photo.read_bytes()).pixels, SHOWN_SIDE))
        return render_answer(outcome.shown_result, photo_url, image_url, key=outcome.photo.stem)

    template = environment().from_string((Path(__file__).parent / "report.html").read_text(encoding="utf-8"))
    ordered = sorted(outcomes, key=lambda outcome: (outcome.is_right, outcome.photo.name))
    html = template.render(outcomes=ordered, answer_of=answer_of, summary=summary, stylesheet=stylesheet())
    path.write_text(html, encoding="utf-8")
