"""Hits that are kept, and what people decided on them."""

from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime
from typing import Self

from pydantic import ConfigDict, Field

from heritage.domain.criteria import Criteria
from heritage.domain.records import Status
from heritage.domain.review import (
    MAX_NOTE_LENGTH,
    Decision,
    DecisionKind,
    HitState,
    KeptHit,
    KeptSearch,
    Origin,
    Side,
)
from heritage.faces import examples
from heritage.faces.schemas.base import Model
from heritage.faces.schemas.evidence import EvidenceModel, PhotoModel, VersionsModel
from heritage.faces.schemas.records import ImageModel, RecordModel
from heritage.faces.wording import NO_RECORD_STEP, next_step


class CriteriaModel(Model):
    """What records had to be like to be searched; empty where nothing was asked."""

    text: str
    category: str
    material: str
    period: str
    place: str
    since: str
    until: str
    statuses: list[Status]
    registry: str
    owner: str

    @classmethod
    def of(cls, criteria: Criteria) -> Self:
        return cls(**asdict(criteria) | {"statuses": sorted(criteria.statuses)})


class SearchModel(Model):
    """The search that found a hit. Another agency is not told who searched, among what, or by which criteria."""

    search_id: str
    at: datetime = Field(description="UTC")
    origin: Origin = Field(description="`counterpart`: a record's photograph was compared with lost, or found, ones")
    agency: str = Field(description="on whose behalf")
    actor: str = Field(description="who, for their own agency; else empty")
    source: str | None = Field(description="the record whose photograph was searched: `registry/number`")
    photos: list[PhotoModel]
    criteria: CriteriaModel | None
    gallery_count: int | None = Field(description="images searched: the false-alarm rate holds for so many")
    coverage: str | None = Field(description="what was searched, in a sentence")
    versions: VersionsModel

    @classmethod
    def of(cls, search: KeptSearch) -> Self:
        is_told = bool(search.coverage)
        return cls(
            search_id=search.search_id,
            at=search.at,
            origin=search.origin,
            agency=search.agency,
            actor=search.actor,
            source=str(search.source) if search.source else None,
            photos=[PhotoModel(**PhotoModel.values(photo)) for photo in search.photos],
            criteria=CriteriaModel.of(search.criteria) if is_told else None,
            gallery_count=search.gallery_count if is_told else None,
            coverage=search.coverage or None,
            versions=VersionsModel.of(search.versions),
        )


class DecisionModel(Model):
    decision: DecisionKind
    side: Side = Field(description="for whom: the owner of the record, or the agency that searched")
    at: datetime = Field(description="UTC")
    agency: str
    actor: str = Field(description="who, for their own agency; else empty")
    note: str

    @classmethod
    def of(cls, made: Decision) -> Self:
        return cls(decision=made.kind, side=made.side, at=made.at, agency=made.agency, actor=made.actor, note=made.note)


class KeptHitModel(EvidenceModel):
    """A hit as it was found, and what was decided on it since."""

    model_config = ConfigDict(json_schema_extra={"examples": [examples.KEPT_HIT]})

    hit_id: str
    state: HitState = Field(
        description="by the owner's last confirmation or rejection; as long as there is none, by the searcher's last"
    )
    record: RecordModel | None = Field(description="as it is now; null when you may not see it")
    record_version: int = Field(description="the version in which it was found")
    image: ImageModel | None = Field(description="the photograph that was found; null when you may not see it")
    search: SearchModel
    decisions: list[DecisionModel] = Field(description="oldest first; none is ever changed or removed")
    next_step: str

    @classmethod
    def of(cls, hit: KeptHit) -> Self:
        record = hit.record
        return cls(
            **cls.values(hit),
            hit_id=hit.hit_id,
            state=hit.state,
            record=RecordModel.of(record) if record else None,
            record_version=hit.record_version,
            image=ImageModel.of(hit.digest) if record else None,
            image_width=hit.image_width,
            image_height=hit.image_height,
            search=SearchModel.of(hit.search),
            decisions=[DecisionModel.of(one) for one in hit.decisions],
            next_step=next_step(record.owner_agency, record.record_id) if record else NO_RECORD_STEP,
        )


class HitPage(Model):
    model_config = ConfigDict(json_schema_extra={"examples": [examples.HIT_PAGE]})

    hits: list[KeptHitModel] = Field(description="the newest first")
    next: str | None = Field(description="`cursor` of the page after this one; null: this is the last")

    @classmethod
    def of(cls, hits: Sequence[KeptHit], following: str | None) -> Self:
        return cls(hits=[KeptHitModel.of(one) for one in hits], next=following)


class DecisionDraft(Model):
    """What you say to a hit."""

    decision: DecisionKind
    note: str = Field(
        default="",
        max_length=MAX_NOTE_LENGTH,
        description="for both agencies to read; required to say why, if you reject",
    )
