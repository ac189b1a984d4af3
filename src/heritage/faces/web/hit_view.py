"""What a page says of one hit, be it just found or kept."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Self
from urllib.parse import quote

from heritage.domain.differing import Comparison, Seen, compare
from heritage.domain.hits import Hit, SearchedPhoto
from heritage.domain.images import ImageDigest, Region
from heritage.domain.records import RecordId
from heritage.domain.rules import Rules
from heritage.faces.decision_words import Choice
from heritage.faces.drawing import Inlier, PairDrawing, drawn_inliers, one_above_other, side_by_side
from heritage.faces.languages import _
from heritage.faces.schemas.records import image_url
from heritage.faces.wording import (
    STATUS_WORDS,
    VERDICT_WORDS,
    labelled_card,
    labelled_comparisons,
    labelled_evidence,
    labelled_facts,
    next_step,
    rate_words,
    remarks,
)

REGISTERED_SIDE = 800  # px, long side; a script asks for a larger one where somebody looks closely
ImageUrl = Callable[[ImageDigest], str]


def registered_url(digest: ImageDigest) -> str:
    """Where a registered photograph is had as large as a page shows it."""
    return f"{image_url(digest)}?size={REGISTERED_SIDE}"


def record_address(record_id: RecordId) -> str:
    """Where the record's page is."""
    return quote(f"/records/{record_id}")


@dataclass(frozen=True, slots=True)
class HitView:
    """``part`` is of the photo that ``hit.view`` names; None: the whole of it.

    ``hit_id`` says where the reader may put on record which of ``choices``; empty: they may not.
    """

    hit: Hit
    part: Region | None
    words: str
    rate: str
    status: str
    remarks: tuple[str, ...]
    evidence: tuple[tuple[str, str], ...]
    facts: tuple[tuple[str, str], ...]
    card: tuple[tuple[str, str], ...]
    next_step: str
    image_url: str
    drawings: tuple[tuple[str, PairDrawing], ...]  # (layout, drawing): the style sheet shows the one that fits
    inliers: tuple[Inlier, ...]
    comparisons: tuple[tuple[str, Comparison, str], ...] = ()
    hit_id: str = ""
    choices: tuple[Choice, ...] = ()
    record_url: str = ""  # of the page of the record, for whom may read records
    hit_url: str = ""

    @classmethod
    def of(cls, hit: Hit, photos: Sequence[SearchedPhoto], rules: Rules, image_url: ImageUrl) -> Self:
        photo, image = photos[hit.view], hit.image
        sizes = (photo.width, photo.height), (image.width, image.height)
        return cls(
            hit=hit,
            part=photo.part(hit.region),
            words=_(VERDICT_WORDS[hit.verdict]),
            rate=rate_words(hit.false_alarm_rate, rules),
            status=_(STATUS_WORDS[hit.record.status]),
            remarks=remarks(hit, rules),
            evidence=labelled_evidence(hit, photos, rules),
            facts=labelled_facts(hit.record),
            card=labelled_card(hit.record.card),
            next_step=next_step(hit.record.owner_agency, hit.record.record_id),
            image_url=image_url(image.digest),
            drawings=(
                ("wide", side_by_side(hit.verification, *sizes)),
                ("tall", one_above_other(hit.verification, *sizes)),
            ),
            inliers=drawn_inliers(hit.verification),
        )

    def beside(self, seen: Seen) -> Self:
        """The same with what somebody saw set against the record."""
        card = self.hit.record.card
        return replace(self, comparisons=labelled_comparisons(compare(seen, card), card))

    def linked(self, hit_id: str | None = None) -> Self:
        """The same with a link to the record, and to the hit's own page where that is another one and it was kept."""
        own = f"/hits/{hit_id}" if hit_id else ""
        return replace(self, record_url=record_address(self.hit.record.record_id), hit_url=own)

    def decided_by(self, choices: tuple[Choice, ...], hit_id: str | None) -> Self:
        """The same with forms to decide by, unless the hit was not kept."""
        return replace(self, choices=choices, hit_id=hit_id or "")
