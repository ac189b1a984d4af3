"""The demo's report: every photograph beside what heritage answered, in one HTML file that opens anywhere."""

from collections.abc import Callable, Sequence
from functools import cache
from pathlib import Path

from heritage.demo.later import Later
from heritage.demo.outcomes import Outcome, Summary
from heritage.domain.access import AT_THE_MACHINE
from heritage.domain.images import ImageDigest
from heritage.domain.records import RecordId
from heritage.domain.scans import KeptListing
from heritage.faces.web.rendering import data_uri, environment, render_answer, stylesheet
from heritage.faces.wording import promise
from heritage.service.context import Context

SHOWN_SIDE = 420  # px, long side of the pictures in the report: eighty answers in one file
LISTED_SIDE = 160
TEMPLATE = Path(__file__).parent / "report.html"


def write_report(context: Context, outcomes: Sequence[Outcome], later: Later, path: Path) -> None:
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

    def listed_url(listing: KeptListing) -> str:
        digest = listing.photos[0].digest if listing.photos else None
        return small(context.photos.read(digest)) if digest else ""

    def small(data: bytes) -> str:
        return data_uri(context.thumbnail(context.decode(data).pixels, LISTED_SIDE))

    template = environment().from_string(TEMPLATE.read_text(encoding="utf-8"))
    html = template.render(
        outcomes=outcomes,
        answer_of=answer_of,
        missed_pictures=missed_pictures,
        summary=Summary.of(outcomes),
        coverage=context.coverage().statement,
        promise=promise(outcomes[0].result.rules),
        later=later,
        listed_url=listed_url,
        theft_urls=_theft_urls(later, image_url, lambda digest: shown(context.photos.read(digest))),
        stylesheet=stylesheet(),
    )
    path.write_text(html, encoding="utf-8")


def _theft_urls(
    later: Later, image_url: Callable[[ImageDigest], str], photo_url: Callable[[ImageDigest], str]
) -> tuple[str, ...]:
    """The photo that was offered and the registered photograph; none where the theft was missed."""
    if later.hit is None:
        return ()
    return photo_url(later.hit.search.photos[later.hit.view].digest), image_url(later.hit.digest)
