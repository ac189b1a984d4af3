"""Cases, as they are answered and asked for."""

from collections.abc import Sequence
from datetime import datetime
from typing import Self

from pydantic import ConfigDict, Field

from heritage.domain.cases import (
    MAX_NOTE_LENGTH,
    MAX_REFERENCE_LENGTH,
    MAX_TITLE_LENGTH,
    Case,
    CaseEntry,
    CaseFacts,
    CaseReference,
    CaseStatus,
    CaseSummary,
    EntryKind,
    ReferenceKind,
    Standing,
)
from heritage.domain.images import ImageDigest
from heritage.domain.records import MAX_LINE_LENGTH
from heritage.faces import examples
from heritage.faces.schemas.base import Model
from heritage.faces.schemas.hits import KeptHitModel


def case_photo_url(key: str, digest: ImageDigest) -> str:
    """Where the API serves a derivative of a case's photo."""
    return f"/v1/cases/{key}/photos/{digest}"


class CaseFactsModel(Model):
    """What the holder calls the case, and when and where the seizure was."""

    title: str = Field(max_length=MAX_TITLE_LENGTH)
    date: str = Field(default="", description="ISO 8601, as precise as known: `2026`, `2026-05`, `2026-05-21`")
    place: str = Field(default="", max_length=MAX_LINE_LENGTH)

    @classmethod
    def of(cls, facts: CaseFacts) -> Self:
        return cls(title=facts.title, date=facts.date, place=facts.place)

    def facts(self) -> CaseFacts:
        return CaseFacts(self.title.strip(), self.date.strip(), self.place.strip())


class CaseReferenceModel(Model):
    """The number that a court, an issuer of notices or somebody else has for the same matter."""

    kind: ReferenceKind
    reference: str = Field(max_length=MAX_REFERENCE_LENGTH)

    @classmethod
    def of(cls, reference: CaseReference) -> Self:
        return cls(kind=reference.kind, reference=reference.text)

    def value(self) -> CaseReference:
        return CaseReference(self.kind, self.reference.strip())


class CasePhotoModel(Model):
    digest: str = Field(description="SHA-256 of the file as it was sent: `sha256:<hex>`", examples=[examples.DIGEST])
    url: str = Field(description="a derivative of it")

    @classmethod
    def of(cls, key: str, digest: ImageDigest) -> Self:
        return cls(digest=str(digest), url=case_photo_url(key, digest))


class CaseEntryModel(Model):
    """One entry; which members are filled goes by its kind."""

    number: int
    at: datetime = Field(description="UTC")
    agency: str
    actor: str = Field(description="who, for their own agency; else empty")
    kind: EntryKind
    text: str = Field(description="a note, or a reason")
    facts: CaseFactsModel | None = None
    reference: CaseReferenceModel | None = None
    photo: CasePhotoModel | None = None
    search_id: str | None = Field(default=None, description="the search that was made, for the agency that made it")
    hit_id: str | None = None
    hit: KeptHitModel | None = Field(default=None, description="null where you may not see it, or not any more")
    to_agency: str = Field(description="whom the case was offered or handed to")

    @classmethod
    def of(cls, key: str, entry: CaseEntry) -> Self:
        content = entry.content
        return cls(
            number=entry.number,
            at=entry.at,
            agency=entry.agency,
            actor=entry.actor,
            kind=content.kind,
            text=content.text,
            facts=CaseFactsModel.of(content.facts) if content.facts else None,
            reference=CaseReferenceModel.of(content.reference) if content.reference else None,
            photo=CasePhotoModel.of(key, content.digest) if content.digest else None,
            search_id=content.search_id or None,
            hit_id=content.hit_id or None,
            hit=KeptHitModel.of(entry.hit) if entry.hit else None,
            to_agency=content.agency,
        )


class CaseModel(Model):
    """One seizure, as far as your agency may know of it."""

    model_config = ConfigDict(json_schema_extra={"examples": [examples.CASE]})

    reference: str = Field(description="our own")
    standing: Standing = Field(
        description="`holder`: it is yours; `offered`: yours if you accept it, and only the offer is shown; `former`: "
        "you handed it over, and read it as it was then"
    )
    holder: str
    status: CaseStatus
    facts: CaseFactsModel
    references: list[CaseReferenceModel]
    offered_to: str = Field(description="an agency that has not answered yet; empty: none")
    offer_note: str
    entries: list[CaseEntryModel] = Field(description="oldest first; none is ever changed or removed")

    @classmethod
    def of(cls, case: Case) -> Self:
        return cls(
            reference=case.key,
            standing=case.standing,
            holder=case.holder,
            status=case.status,
            facts=CaseFactsModel.of(case.facts),
            references=[CaseReferenceModel.of(one) for one in case.references],
            offered_to=case.offered_to,
            offer_note=case.offer_note,
            entries=[CaseEntryModel.of(case.key, one) for one in case.entries],
        )


class CaseSummaryModel(Model):
    reference: str
    standing: Standing
    holder: str
    title: str
    status: CaseStatus
    changed_at: datetime = Field(description="UTC; of an offer, when it was made")

    @classmethod
    def of(cls, one: CaseSummary) -> Self:
        return cls(
            reference=one.key,
            standing=one.standing,
            holder=one.holder,
            title=one.title,
            status=one.status,
            changed_at=one.changed_at,
        )


class CasePage(Model):
    model_config = ConfigDict(json_schema_extra={"examples": [examples.CASE_PAGE]})

    cases: list[CaseSummaryModel] = Field(description="the newest first")
    next: str | None = Field(description="`cursor` of the page after this one; null: this is the last")

    @classmethod
    def of(cls, cases: Sequence[CaseSummary], following: str | None) -> Self:
        return cls(cases=[CaseSummaryModel.of(one) for one in cases], next=following)


class CaseDeclinedModel(Model):
    reference: str = Field(description="of the case that is not yours")


class CaseDraft(CaseFactsModel):
    """A case to open: the seizure, and what else is known of it at once."""

    references: list[CaseReferenceModel] = Field(default=[], max_length=20)
    note: str = Field(default="", max_length=MAX_NOTE_LENGTH)
    hit: str = Field(default="", max_length=24, description="the id of a hit to file in it")


class NoteDraft(Model):
    note: str = Field(max_length=MAX_NOTE_LENGTH)


class CaseHitDraft(Model):
    hit: str = Field(max_length=24, description="the id of a hit that you may see")


class OfferDraft(Model):
    agency: str = Field(max_length=200, description="its name, exactly")
    note: str = Field(default="", max_length=MAX_NOTE_LENGTH, description="what it is told beside the title")


class CaseReasonDraft(Model):
    reason: str = Field(max_length=MAX_NOTE_LENGTH)


class CaseSayingDraft(Model):
    note: str = Field(default="", max_length=MAX_NOTE_LENGTH)
