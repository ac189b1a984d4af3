"""The answer to photos of one object."""

from collections.abc import Sequence
from dataclasses import asdict
from typing import Self

from pydantic import ConfigDict, Field

from heritage.domain.differing import NOT_SAID, Agreement, Comparison, Seen, compare
from heritage.domain.hits import Hit, SearchResult, Verdict
from heritage.domain.records import ObjectIdCard
from heritage.domain.review import Kept
from heritage.domain.rules import Rules
from heritage.faces import examples
from heritage.faces.drawing import MAX_DRAWN_INLIERS, Inlier, Point, drawn_inliers
from heritage.faces.schemas.base import Model
from heritage.faces.schemas.coverage import CoverageModel
from heritage.faces.schemas.evidence import EvidenceModel, SearchedPhotoModel, VersionsModel
from heritage.faces.schemas.records import ImageModel, RecordModel
from heritage.faces.wording import next_step, promise


class InlierModel(Model):
    """A point found in both pictures, (x, y) in px of the upright, full-size photo and of the gallery image."""

    query: Point
    gallery: Point

    @classmethod
    def of(cls, inlier: Inlier) -> Self:
        return cls(query=inlier.query, gallery=inlier.gallery)


class ComparisonModel(Model):
    """What somebody sees set against one field of a record's card."""

    field: str = Field(description="`object_type`, `materials` or `measurements`")
    agreement: Agreement
    seen: str = Field(description="as you said it")
    registered: str = Field(description="what the record says")

    @classmethod
    def of(cls, compared: Comparison, card: ObjectIdCard) -> Self:
        registered = getattr(card, compared.field)
        return cls(field=compared.field, agreement=compared.agreement, seen=compared.seen, registered=registered)


class HitModel(EvidenceModel):
    """A registry record, with the evidence that put it here."""

    hit_id: str | None = Field(description="where the hit is kept for decisions; null: it is not kept")
    record: RecordModel
    image: ImageModel
    inliers: list[InlierModel] = Field(description="some of the inliers, for drawing", max_length=MAX_DRAWN_INLIERS)
    comparisons: list[ComparisonModel] = Field(
        description="what you said you see, beside the record; only what both say in a way that can be compared"
    )
    next_step: str

    @classmethod
    def of(cls, hit: Hit, hit_id: str | None = None, seen: Seen = NOT_SAID) -> Self:
        card = hit.record.card
        return cls(
            **cls.values(hit),
            hit_id=hit_id,
            record=RecordModel.of(hit.record),
            image=ImageModel.of(hit.image.digest),
            image_width=hit.image.width,
            image_height=hit.image.height,
            inliers=[InlierModel.of(inlier) for inlier in drawn_inliers(hit.verification)],
            comparisons=[ComparisonModel.of(one, card) for one in compare(seen, card)],
            next_step=next_step(hit.record.owner_agency, hit.record.record_id),
        )


class StageLatency(Model):
    stage: str
    ms: float


class FalseAlarmsModel(Model):
    """What the verdicts promise: a false alarm is a hit for an object that is in no registry searched."""

    strong_rate: float = Field(description="fewer searches than this share bring a false `strong`")
    possible_rate: float = Field(description="fewer searches than this share bring a false `possible` or `strong`")
    gallery_count: int = Field(description="images searched, for which that holds")
    search_count: int = Field(description="measured searches that the calibration rests on; 0: it is calculated only")
    proven_rate: float | None = Field(
        description="below this (95 % confidence) is all that no false alarm in so many searches proves; null: nothing"
    )
    statement: str = Field(description="the same in words")

    @classmethod
    def of(cls, rules: Rules) -> Self:
        return cls(**asdict(rules), proven_rate=rules.proven_rate, statement=promise(rules))


class MatchResponse(Model):
    """The answer about one object, in one photo or several."""

    model_config = ConfigDict(json_schema_extra={"examples": [examples.MATCH]})

    search_id: str | None = Field(description="where the search is kept; null: it is not kept")
    photos: list[SearchedPhotoModel] = Field(description="in the order given; a hit's `view` counts them from 0")
    verdict: Verdict = Field(description="the best among the hits; there is no verdict that clears an object")
    hits: list[HitModel] = Field(description="best first, one for each record; those with verdict `none` are no match")
    coverage: CoverageModel
    false_alarms: FalseAlarmsModel
    versions: VersionsModel
    latency_ms: list[StageLatency]

    @classmethod
    def of(
        cls, result: SearchResult, names: Sequence[str | None], kept: Kept | None = None, seen: Seen = NOT_SAID
    ) -> Self:
        """``names`` of the photos' files, in order; ``kept``: how the search was kept, if it was."""
        hit_ids = kept.hit_ids if kept else [None] * len(result.hits)
        return cls(
            search_id=kept.search_id if kept else None,
            photos=[SearchedPhotoModel.of(photo, name) for photo, name in zip(result.photos, names, strict=True)],
            verdict=result.verdict,
            hits=[HitModel.of(hit, hit_id, seen) for hit, hit_id in zip(result.hits, hit_ids, strict=True)],
            coverage=CoverageModel.of(result.coverage),
            false_alarms=FalseAlarmsModel.of(result.rules),
            versions=VersionsModel.of(result.versions),
            latency_ms=[StageLatency(stage=stage, ms=round(ms, 1)) for stage, ms in result.latency_ms],
        )
