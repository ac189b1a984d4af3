"""What every face answers in JSON: ``heritage match --json`` and ``POST /v1/match`` give the same `MatchResponse`.

Each model is made from one domain noun by its ``of``; nothing but these models leaves the API.
"""

from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime
from typing import Self

from pydantic import BaseModel, ConfigDict, Field

from heritage.domain.advice import Advice, AdviceKind
from heritage.domain.hits import Coverage, Hit, Homography, SearchedPhoto, SearchResult, Verdict, Versions
from heritage.domain.images import ImageDigest, Region
from heritage.domain.records import ObjectIdCard, RegistryRecord, Status
from heritage.domain.rules import Rules
from heritage.faces import examples
from heritage.faces.drawing import MAX_DRAWN_INLIERS, Inlier, Point, drawn_inliers
from heritage.faces.wording import ADVICE_WORDS, RETAKE_WORDS, next_step, promise


class Model(BaseModel):
    """Base of the response models: nothing unforeseen in, nothing changed afterwards."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class ImageModel(Model):
    digest: str = Field(description="SHA-256 of the original's bytes: `sha256:<hex>`", examples=[examples.DIGEST])
    url: str = Field(description="where the API serves a derivative of it", examples=[examples.IMAGE_URL])

    @classmethod
    def of(cls, digest: ImageDigest) -> Self:
        return cls(digest=str(digest), url=image_url(digest))


class CardModel(Model):
    """The Object ID card (ICOM); empty where the registry says nothing."""

    object_type: str = ""
    materials: str = ""
    measurements: str = ""
    inscriptions: str = ""
    distinguishing_features: str = ""
    title: str = ""
    subject: str = ""
    period: str = ""
    maker: str = ""
    description: str = ""
    inventory_number: str = ""
    related_material: str = ""
    place_of_origin: str = ""
    cross_references: str = ""
    date_documented: str = ""

    @classmethod
    def of(cls, card: ObjectIdCard) -> Self:
        return cls(**asdict(card))


class RecordModel(Model):
    model_config = ConfigDict(json_schema_extra={"examples": [examples.RECORD]})

    record_id: str = Field(description="`registry/number`")
    registry: str
    number: str
    label: str = Field(description="what to call the object in one line")
    status: Status
    owner_agency: str
    theft_date: str = Field(description="ISO 8601, as precise as known: 1998, 1998-05 or 1998-05-21; empty if unknown")
    theft_place: str
    card: CardModel
    images: list[ImageModel]
    updated_at: datetime | None

    @classmethod
    def of(cls, record: RegistryRecord) -> Self:
        return cls(
            record_id=str(record.record_id),
            registry=record.record_id.registry,
            number=record.record_id.number,
            label=record.label,
            status=record.status,
            owner_agency=record.owner_agency,
            theft_date=record.theft_date,
            theft_place=record.theft_place,
            card=CardModel.of(record.card),
            images=[ImageModel.of(digest) for digest in record.images],
            updated_at=record.updated_at,
        )


class RegionModel(Model):
    """A box in px of the upright photo."""

    left: int
    top: int
    width: int
    height: int

    @classmethod
    def of(cls, region: Region) -> Self:
        return cls(left=region.left, top=region.top, width=region.width, height=region.height)


class InlierModel(Model):
    """A point found in both pictures, (x, y) in px of the upright, full-size photo and of the gallery image."""

    query: Point
    gallery: Point

    @classmethod
    def of(cls, inlier: Inlier) -> Self:
        return cls(query=inlier.query, gallery=inlier.gallery)


class HitModel(Model):
    """A registry record, with the evidence that put it here."""

    verdict: Verdict
    false_alarm_rate: float = Field(
        description="share of searches of this gallery, for objects not in it, with a hit of this score or more"
    )
    score: float = Field(description="log-likelihood ratio, natural: same object against another one")
    record: RecordModel
    image: ImageModel
    image_width: int = Field(description="px of the upright gallery image, in which inliers are given")
    image_height: int
    view: int = Field(description="the photo that shows it best: its place in `photos`, from 0")
    region: RegionModel = Field(description="the part of that photo that is answered; the whole of it, or a part")
    mirrored: bool = Field(description="whether it is the photo's mirror image that matches")
    quarter_turns: int = Field(description="how often the photo was turned by 90 degrees, counter-clockwise, to match")
    similarity: float = Field(description="cosine of the global descriptors, -1 to 1, no probability; 0: not compared")
    votes: float = Field(description="weight given by the keypoint lane, 0 when it did not retrieve the image")
    match_count: int = Field(description="matched keypoints before geometric verification")
    inlier_count: int = Field(description="keypoints that agree with a homography; may be more, found under it")
    cell_count: int = Field(description="distinct places covered by inliers, the smaller of both pictures")
    agreeing_cell_count: int = Field(description="the same for matches that agree roughly, as on a round object")
    support: float = Field(description="share of keypoints in the common area that found their partner, 0 to 1")
    correlation: float | None = Field(description="of the pixels laid over each other, -1 to 1; null: not compared")
    homographies: list[Homography] = Field(
        description="each maps px of the photo to px of the gallery image, best supported first; empty: none"
    )
    inliers: list[InlierModel] = Field(description="some of the inliers, for drawing", max_length=MAX_DRAWN_INLIERS)
    next_step: str

    @classmethod
    def of(cls, hit: Hit) -> Self:
        found = hit.verification
        return cls(
            verdict=hit.verdict,
            false_alarm_rate=float(f"{hit.false_alarm_rate:.3g}"),
            score=round(hit.score, 4),
            record=RecordModel.of(hit.record),
            image=ImageModel.of(hit.image.digest),
            image_width=hit.image.width,
            image_height=hit.image.height,
            view=hit.view,
            region=RegionModel.of(hit.region),
            mirrored=hit.turn.mirrored,
            quarter_turns=hit.turn.quarter_turns,
            similarity=round(hit.similarity, 4),
            votes=round(hit.votes, 2),
            match_count=found.match_count,
            inlier_count=found.inlier_count,
            cell_count=found.cell_count,
            agreeing_cell_count=found.agreeing_cell_count,
            support=round(found.support, 4),
            correlation=None if found.correlation is None else round(found.correlation, 4),
            homographies=list(found.homographies),
            inliers=[InlierModel.of(inlier) for inlier in drawn_inliers(found)],
            next_step=next_step(hit.record.owner_agency, hit.record.record_id),
        )


class RegistryCountModel(Model):
    registry: str
    object_count: int


class CoverageModel(Model):
    """What was searched. Not found is not a clearance."""

    object_count: int
    image_count: int
    registries: list[RegistryCountModel]
    newest_record: datetime | None
    unsearched_count: int = Field(description="records that the model in use has not described: no search finds them")
    statement: str = Field(description="the same in one sentence, to be shown with every answer")

    @classmethod
    def of(cls, coverage: Coverage) -> Self:
        counts = coverage.object_count_by_registry
        return cls(
            object_count=coverage.object_count,
            image_count=coverage.image_count,
            registries=[RegistryCountModel(registry=name, object_count=count) for name, count in counts],
            newest_record=coverage.newest_record,
            unsearched_count=coverage.unsearched_count,
            statement=coverage.statement,
        )


class VersionsModel(Model):
    """What produced the answer, so that it can be recomputed."""

    heritage: str
    descriptor_spec: str
    keypoint_spec: str
    index: str
    rules: str

    @classmethod
    def of(cls, versions: Versions) -> Self:
        return cls(**asdict(versions))


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


class AdviceModel(Model):
    """What is wrong with a photo, and how to take a better one. It is searched all the same."""

    kind: AdviceKind
    sentence: str = Field(description="what is wrong")
    retake: str = Field(description="what to do better")
    measure: float = Field(
        description="`blurred`: by how much the object's edges weaken when they are blurred once more; `glare`: share "
        "of the object that a reflection hides; `dark`: brightness of the object's light parts, 0 to 1; `too-small`, "
        "`far-away`: long side of the object in px"
    )
    threshold: float = Field(description="the measure is above it for `glare`, below it for all others")

    @classmethod
    def of(cls, advice: Advice) -> Self:
        return cls(
            kind=advice.kind,
            sentence=ADVICE_WORDS[advice.kind],
            retake=RETAKE_WORDS[advice.kind],
            measure=round(advice.measure, 4),
            threshold=advice.threshold,
        )


class SearchedPhotoModel(Model):
    """A photo that was asked about."""

    name: str | None = Field(description="the file's name, as it was given")
    digest: str = Field(description="SHA-256 of its bytes: `sha256:<hex>`")
    width: int = Field(description="px of the upright photo")
    height: int
    regions: list[RegionModel] = Field(
        description="parts that were searched beside the whole: the boxes given, or found"
    )
    advice: list[AdviceModel] = Field(description="how a better photo is taken; empty for a good one")

    @classmethod
    def of(cls, photo: SearchedPhoto, name: str | None) -> Self:
        return cls(
            name=name,
            digest=str(photo.digest),
            width=photo.width,
            height=photo.height,
            regions=[RegionModel.of(region) for region in photo.regions],
            advice=[AdviceModel.of(advice) for advice in photo.advice],
        )


class MatchResponse(Model):
    """The answer about one object, in one photo or several."""

    model_config = ConfigDict(json_schema_extra={"examples": [examples.MATCH]})

    photos: list[SearchedPhotoModel] = Field(description="in the order given; a hit's `view` counts them from 0")
    verdict: Verdict = Field(description="the best among the hits; there is no verdict that clears an object")
    hits: list[HitModel] = Field(description="best first, one for each record; those with verdict `none` are no match")
    coverage: CoverageModel
    false_alarms: FalseAlarmsModel
    versions: VersionsModel
    latency_ms: list[StageLatency]

    @classmethod
    def of(cls, result: SearchResult, names: Sequence[str | None]) -> Self:
        """``names`` of the photos' files, in order."""
        return cls(
            photos=[SearchedPhotoModel.of(photo, name) for photo, name in zip(result.photos, names, strict=True)],
            verdict=result.verdict,
            hits=[HitModel.of(hit) for hit in result.hits],
            coverage=CoverageModel.of(result.coverage),
            false_alarms=FalseAlarmsModel.of(result.rules),
            versions=VersionsModel.of(result.versions),
            latency_ms=[StageLatency(stage=stage, ms=round(ms, 1)) for stage, ms in result.latency_ms],
        )


class AliveModel(Model):
    status: str = Field(default="alive", examples=["alive"])


class ReadyModel(Model):
    status: str = Field(default="ready", examples=["ready"])
    index: str = Field(description="the index version in use", examples=["000000000312-5f0c1a7e9b3d2c48+312"])
    coverage: CoverageModel


def image_url(digest: ImageDigest) -> str:
    """Where the API serves a derivative of the image."""
    return f"/v1/images/{digest}"
