"""The demo's report: every photograph beside what heritage answered, in one HTML file that opens anywhere."""

from collections.abc import Sequence
from functools import cache
from pathlib import Path

from heritage.demo.outcomes import Outcome, Summary
from heritage.domain.access import AT_THE_MACHINE
from heritage.domain.images import ImageDigest
from heritage.domain.records import RecordId
from heritage.faces.web.rendering import data_uri, environment, render_answer, stylesheet
from heritage.faces.wording import promise
from heritage.service.context import Context

SHOWN_SIDE = 420  # px, long side of the pictures in the report: eighty answers in one file
TEMPLATE = Path(__file__).parent / "report.html"


def write_report(context: Context, outcomes: Sequence[Outcome], path: Path) -> None:
    """Write ``path``, a single file without references to others."""

    @cache
    def image_url(digest: ImageDigest) -> str:
        return shown(context.images.read(digest))

    def shown(data: bytes) -> str:
        return data_uri(context.thumbnail(context.decode(data).pixels, SHOWN_SIDE))

    def answer_of(outcome: Outcome) -> str:
        photo_url = shown(outcome.photo.read_bytes())
        return render_answer(outcome.shown_result, [photo_url], image_url, key=f"answer-{outcome.photo.stem}")

    def missed_pictures(outcome: Outcome) -> list[tuple[RecordId, str]]:
        return [
            (record, image_url(context.records.get(record, AT_THE_MACHINE).images[0]))
            for record in sorted(outcome.missed)
        ]

    template = environment().from_string(TEMPLATE.read_text(encoding="utf-8"))
    html = template.render(
        outcomes=outcomes,
        answer_of=answer_of,
        missed_pictures=missed_pictures,
        summary=Summary.of(outcomes),
        coverage=context.coverage().statement,
        promise=promise(outcomes[0].result.rules),
        stylesheet=stylesheet(),
    )
    path.write_text(html, encoding="utf-8")
