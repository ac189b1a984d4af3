"""Registry records, as they are shown."""

from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime
from typing import TYPE_CHECKING, Self

from pydantic import ConfigDict, Field

from heritage.domain.access import Handling
from heritage.domain.completeness import Completeness, completeness
from heritage.domain.duplicates import Duplicate, DuplicateKind
from heritage.domain.images import ImageDigest
from heritage.domain.records import ObjectIdCard, Photograph, PhotoView, RegistryRecord, Status, StatusChange
from heritage.faces import examples
from heritage.faces.schemas.base import Model

if TYPE_CHECKING:  # the client reads these models without the whole service
    from heritage.service.reading import ShownCapture
    from heritage.service.registering import AddedPhotograph


def image_url(digest: ImageDigest) -> str:
    """Where the API serves a derivative of the image."""
    return f"/v1/images/{digest}"


def photo_url(digest: ImageDigest) -> str:
    """Where the API serves a derivative of a photo that somebody searched with."""
    return f"/v1/photos/{digest}"


class ImageModel(Model):
    digest: str = Field(description="SHA-256 of the original's bytes: `sha256:<hex>`", examples=[examples.DIGEST])
    url: str = Field(description="where the API serves a derivative of it", examples=[examples.IMAGE_URL])

    @classmethod
    def of(cls, digest: ImageDigest) -> Self:
        return cls(digest=str(digest), url=image_url(digest))


class PhotographModel(ImageModel):
    view: PhotoView = Field(description="what it shows of the object; empty when the registry does not say")

    @classmethod
    def shown(cls, photograph: Photograph) -> Self:
        return cls(digest=str(photograph.digest), url=image_url(photograph.digest), view=photograph.view)


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


class CompletenessModel(Model):
    """How well the object could be told from all others by what is on record (Object ID)."""

    score: float = Field(description="0 to 1")
    missing: list[str] = Field(description="card fields, `photographs`, `further_views`; the weightiest first")

    @classmethod
    def of(cls, found: Completeness) -> Self:
        return cls(score=round(found.score, 2), missing=list(found.missing))


class RecordModel(Model):
    model_config = ConfigDict(json_schema_extra={"examples": [examples.RECORD]})

    record_id: str = Field(description="`registry/number`")
    registry: str
    number: str
    label: str = Field(description="what to call the object in one line")
    status: Status
    owner_agency: str = Field(description="the agency that may change the record, and decides its handling")
    theft_date: str = Field(
        description="of the theft, loss or find; ISO 8601, as precise as known: 1998, 1998-05 or 1998-05-21, or empty"
    )
    theft_place: str
    category: str = Field(description="the kind of object: a term of the tree")
    terms: list[str] = Field(description="its materials, techniques and periods: terms of the tree")
    handling: Handling = Field(description="who may see it, by the Traffic Light Protocol 2.0")
    shared_with: list[str] = Field(description="further agencies that see it when it is `TLP:AMBER`")
    icg_reference: str = Field(description="import licence or importer statement under Regulation (EU) 2019/880")
    card: CardModel
    photographs: list[PhotographModel]
    completeness: CompletenessModel
    version: int = Field(description="counts the record's states from 1; the `ETag`, for `If-Match`")
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
            category=record.category,
            terms=list(record.terms),
            handling=record.handling,
            shared_with=list(record.shared_with),
            icg_reference=record.icg_reference,
            card=CardModel.of(record.card),
            photographs=[PhotographModel.shown(one) for one in record.photographs],
            completeness=CompletenessModel.of(completeness(record)),
            version=record.version,
            updated_at=record.updated_at,
        )


class RecordPage(Model):
    model_config = ConfigDict(json_schema_extra={"examples": [examples.RECORD_PAGE]})

    records: list[RecordModel] = Field(description="in order of registry and number")
    next: str | None = Field(description="`cursor` of the page after this one; null: this is the last")

    @classmethod
    def of(cls, records: Sequence[RegistryRecord], following: str | None) -> Self:
        return cls(records=[RecordModel.of(one) for one in records], next=following)


class StatusChangeModel(Model):
    status: Status
    at: datetime = Field(description="since when, UTC")
    agency: str = Field(description="on whose behalf it was set")

    @classmethod
    def of(cls, step: StatusChange) -> Self:
        return cls(status=step.status, at=step.at, agency=step.agency)


class HistoryModel(Model):
    """What became of an object, as its registry tells it."""

    record_id: str
    steps: list[StatusChangeModel] = Field(description="oldest first")


class DuplicateModel(Model):
    """A photograph that is registered already under other records."""

    kind: DuplicateKind = Field(description="the same file, or nearly the same picture by PDQ")
    distance: int = Field(description="bits of 256 in which the PDQ hashes differ")
    record_ids: list[str] = Field(description="`registry/number`, the first ten")

    @classmethod
    def of(cls, duplicate: Duplicate) -> Self:
        return cls(
            kind=duplicate.kind, distance=duplicate.distance, record_ids=[str(one) for one in duplicate.record_ids]
        )


class AddedImageModel(ImageModel):
    """A photograph that a record shows from now on."""

    width: int = Field(description="px of the upright photo")
    height: int
    duplicates: list[DuplicateModel] = Field(description="nearest first; only of records that you may see")
    record: RecordModel

    @classmethod
    def added(cls, added: "AddedPhotograph", record: RecordModel) -> Self:
        return cls(
            digest=str(added.digest),
            url=image_url(added.digest),
            width=added.width,
            height=added.height,
            duplicates=[DuplicateModel.of(one) for one in added.duplicates],
            record=record,
        )


class CaptureModel(Model):
    """What the camera wrote of a photograph, unverified; empty or null where it wrote nothing."""

    digest: str
    taken_at: str = Field(description="as written, in a time zone that is seldom known")
    camera_make: str
    camera_model: str
    latitude: float | None = Field(description="degrees, north positive; null when unknown or withheld")
    longitude: float | None = Field(description="degrees, east positive; null when unknown or withheld")
    is_place_withheld: bool = Field(
        description="you would not be told the place, known or not: it is for registrars and admins of an agency that "
        "owns a record showing the photograph"
    )

    @classmethod
    def of(cls, digest: ImageDigest, shown: "ShownCapture") -> Self:
        return cls(digest=str(digest), **asdict(shown.capture), is_place_withheld=shown.is_place_withheld)
