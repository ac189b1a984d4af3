"""Registry records, as they are sent to be registered or changed."""

from dataclasses import replace
from typing import Annotated, Self

from pydantic import Field, StringConstraints

from heritage.domain.access import Handling, Viewer
from heritage.domain.images import ImageDigest
from heritage.domain.records import (
    MAX_SHARED,
    ObjectIdCard,
    Photograph,
    PhotoView,
    RecordId,
    RegistryRecord,
    Status,
)
from heritage.faces.schemas.base import Model
from heritage.faces.schemas.records import CardModel

MAX_TERMS = 50

Term = Annotated[str, StringConstraints(max_length=64, pattern=r"^\S*$")]
AgencyName = Annotated[str, StringConstraints(min_length=1, max_length=200)]


class RecordDetails(Model):
    """What may be said of any record; what is left out is empty."""

    status: Status = Status.STOLEN
    owner_agency: str | None = Field(default=None, max_length=200, description="your own agency unless told")
    theft_date: str = Field(default="", description="ISO 8601: 1998, 1998-05 or 1998-05-21")
    theft_place: str = ""
    category: Term = ""
    terms: list[Term] = Field(default=[], max_length=MAX_TERMS)
    handling: Handling = Handling.GREEN
    shared_with: list[AgencyName] = Field(default=[], max_length=MAX_SHARED)
    icg_reference: str = ""
    card: CardModel = CardModel()

    def record(self, record_id: RecordId, viewer: Viewer) -> RegistryRecord:
        """The record that these are the details of, without photographs. Raises `RecordError`."""
        return RegistryRecord(
            record_id=record_id,
            status=self.status,
            owner_agency=viewer.agency if self.owner_agency is None else self.owner_agency,
            theft_date=self.theft_date,
            theft_place=self.theft_place,
            category=self.category,
            terms=tuple(self.terms),
            handling=self.handling,
            shared_with=tuple(sorted(set(self.shared_with))),
            icg_reference=self.icg_reference,
            card=ObjectIdCard(**self.card.model_dump()),
        )


class RecordDraft(RecordDetails):
    """A record to register. Its photographs follow by `POST /v1/images`."""

    registry: str
    number: str

    @property
    def record_id(self) -> RecordId:
        return RecordId(self.registry, self.number)


class PhotographDraft(Model):
    digest: str
    view: PhotoView = PhotoView.UNSPECIFIED

    @property
    def photograph(self) -> Photograph:
        return Photograph(ImageDigest.parse(self.digest), self.view)


class RecordChange(RecordDetails):
    """The members of a record that a merge patch may change. `photographs` may be reordered, renamed or left out."""

    photographs: list[PhotographDraft] = Field(default=[])

    @classmethod
    def of(cls, record: RegistryRecord) -> Self:
        """The record as it is, for a patch to be merged into."""
        return cls(
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
            photographs=[PhotographDraft(digest=str(one.digest), view=one.view) for one in record.photographs],
        )

    def changed(self, record_id: RecordId, viewer: Viewer) -> RegistryRecord:
        """The record that is to be saved. Raises `RecordError`, `InputError`."""
        return replace(self.record(record_id, viewer), photographs=tuple(one.photograph for one in self.photographs))
