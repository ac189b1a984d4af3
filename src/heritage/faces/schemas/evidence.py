"""What speaks for a hit, and what it was computed with: enough to compute it again."""

from dataclasses import asdict
from typing import Any, Protocol, Self

from pydantic import Field

from heritage.domain.advice import Advice, AdviceKind
from heritage.domain.hits import Homography, SearchedPhoto, Turn, Verdict, Verification, Versions
from heritage.domain.images import Region
from heritage.faces.schemas.base import Model
from heritage.faces.wording import ADVICE_WORDS, RETAKE_WORDS


class Found(Protocol):
    """What a hit has, be it just found or kept."""

    @property
    def view(self) -> int: ...
    @property
    def region(self) -> Region: ...
    @property
    def turn(self) -> Turn: ...
    @property
    def similarity(self) -> float: ...
    @property
    def votes(self) -> float: ...
    @property
    def verification(self) -> Verification: ...
    @property
    def score(self) -> float: ...
    @property
    def false_alarm_rate(self) -> float: ...
    @property
    def verdict(self) -> Verdict: ...


class RegionModel(Model):
    """A box in px of the upright photo."""

    left: int
    top: int
    width: int
    height: int

    @classmethod
    def of(cls, region: Region) -> Self:
        return cls(left=region.left, top=region.top, width=region.width, height=region.height)


class EvidenceModel(Model):
    """How well a registered photograph fits what was asked about."""

    verdict: Verdict
    false_alarm_rate: float = Field(
        description="share of searches of this gallery, for objects not in it, with a hit of this score or more"
    )
    score: float = Field(description="log-likelihood ratio, natural: same object against another one")
    image_width: int = Field(description="px of the upright gallery image, to which homographies lead")
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

    @staticmethod
    def values(found: Found) -> dict[str, Any]:
        """The members that every hit has, without the image's size."""
        verified = found.verification
        return {
            "verdict": found.verdict,
            "false_alarm_rate": float(f"{found.false_alarm_rate:.3g}"),
            "score": round(found.score, 4),
            "view": found.view,
            "region": RegionModel.of(found.region),
            "mirrored": found.turn.mirrored,
            "quarter_turns": found.turn.quarter_turns,
            "similarity": round(found.similarity, 4),
            "votes": round(found.votes, 2),
            "match_count": verified.match_count,
            "inlier_count": verified.inlier_count,
            "cell_count": verified.cell_count,
            "agreeing_cell_count": verified.agreeing_cell_count,
            "support": round(verified.support, 4),
            "correlation": None if verified.correlation is None else round(verified.correlation, 4),
            "homographies": list(verified.homographies),
        }


class PhotoModel(Model):
    """A photo that was asked about."""

    digest: str = Field(description="SHA-256 of its bytes: `sha256:<hex>`")
    width: int = Field(description="px of the upright photo")
    height: int
    regions: list[RegionModel] = Field(
        description="parts that were searched beside the whole: the boxes given, or found"
    )

    @staticmethod
    def values(photo: SearchedPhoto) -> dict[str, Any]:
        regions = [RegionModel.of(region) for region in photo.regions]
        return {"digest": str(photo.digest), "width": photo.width, "height": photo.height, "regions": regions}


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


class SearchedPhotoModel(PhotoModel):
    name: str | None = Field(description="the file's name, as it was given")
    advice: list[AdviceModel] = Field(description="how a better photo is taken; empty for a good one")

    @classmethod
    def of(cls, photo: SearchedPhoto, name: str | None) -> Self:
        return cls(**cls.values(photo), name=name, advice=[AdviceModel.of(advice) for advice in photo.advice])


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
