"""The demo's report: every photograph beside what heritage answered, in one HTML file that opens anywhere."""

from collections.abc import Sequence
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
    pictures = _Pictures(context)

    def answer_of(outcome: Outcome) -> str:
        photo_url = pictures.shown(outcome.photo.read_bytes())
        return render_answer(outcome.shown_result, [photo_url], pictures.registered, key=f"answer-{outcome.photo.stem}")

    template = environment().from_string(TEMPLATE.read_text(encoding="utf-8"))
    html = template.render(
        outcomes=outcomes,
        answer_of=answer_of,
        missed_pictures=pictures.missed,
        summary=Summary.of(outcomes),
        coverage=context.coverage().statement,
        promise=promise(outcomes[0].result.rules),
        later=later,
        listed_url=pictures.listed,
        theft_urls=pictures.theft(later),
        stylesheet=stylesheet(),
    )
    path.write_text(html, encoding="utf-8")


class _Pictures:
    """Pictures as they stand in the page: data: URIs."""

    def __init__(self, context: Context) -> None:
        self._context = context
        self.registered = cache(self._registered)

    def shown(self, data: bytes, side: int = SHOWN_SIDE) -> str:
        return data_uri(self._context.thumbnail(self._context.decode(data).pixels, side))

    def missed(self, outcome: Outcome) -> list[tuple[RecordId, str]]:
        records = self._context.records
        return [(one, self.registered(records.get(one, AT_THE_MACHINE).images[0])) for one in sorted(outcome.missed)]

    def listed(self, listing: KeptListing) -> str:
        digest = listing.photos[0].digest if listing.photos else None
        return self.shown(self._context.photos.read(digest), LISTED_SIDE) if digest else ""

    def theft(self, later: Later) -> tuple[str, ...]:
        """The photo that was offered and the registered photograph; none where the theft was missed."""
        if later.hit is None:
            return ()
        offered = later.hit.search.photos[later.hit.view].digest
        return self.shown(self._context.photos.read(offered)), self.registered(later.hit.digest)

    def _registered(self, digest: ImageDigest) -> str:
        return self.shown(self._context.images.read(digest))
