"""Scans and their listings, as the API tells of them."""

from collections.abc import Sequence
from datetime import datetime
from typing import Self

from pydantic import ConfigDict, Field

from heritage.domain.hits import Verdict
from heritage.domain.review import KeptHit
from heritage.domain.scans import KeptListing, ListingState, ReadPhoto, Scan, ScanState
from heritage.faces import examples
from heritage.faces.schemas.base import Model


class ScanLinksModel(Model):
    self: str = Field(description="where to ask how far it is")
    listings: str = Field(description="its listings, in pages")


class ScanCountsModel(Model):
    """How many listings there are in each state; together they are `total`."""

    total: int
    waiting: int
    strong: int
    possible: int
    nothing: int = Field(description="searched, and nothing found: no clearance")
    unreadable: int
    unreachable: int


class ScanModel(Model):
    """A batch of listings, each searched once."""

    model_config = ConfigDict(json_schema_extra={"examples": [examples.SCAN]})

    id: str
    source: str = Field(description="what was sent")
    state: ScanState = Field(description="`finished` and `cancelled` are final")
    counts: ScanCountsModel
    message: str = Field(description="why it paused by itself; else empty")
    actor: str = Field(description="who asked for it")
    created_at: datetime
    changed_at: datetime
    finished_at: datetime | None = Field(default=None, description="null before")
    links: ScanLinksModel

    @classmethod
    def of(cls, scan: Scan) -> Self:
        counts, own = scan.counts, scan_url(scan)
        return cls(
            id=scan.scan_id,
            source=scan.source.name,
            state=scan.state,
            counts=ScanCountsModel(
                total=counts.listing_count,
                waiting=counts.waiting,
                strong=counts.strong,
                possible=counts.possible,
                nothing=counts.nothing,
                unreadable=counts.unreadable,
                unreachable=counts.unreachable,
            ),
            message=scan.message,
            actor=scan.viewer.actor,
            created_at=scan.created_at,
            changed_at=scan.changed_at,
            finished_at=scan.finished_at,
            links=ScanLinksModel(self=own, listings=f"{own}/listings"),
        )


class ScanList(Model):
    model_config = ConfigDict(json_schema_extra={"examples": [examples.SCANS]})

    scans: list[ScanModel] = Field(description="the newest first")

    @classmethod
    def of(cls, scans: Sequence[Scan]) -> Self:
        return cls(scans=list(map(ScanModel.of, scans)))


class ListingPhotoModel(Model):
    name: str = Field(description="what the source calls it")
    address: str = Field(description="where it was fetched from; empty for one in the source itself")
    digest: str | None = Field(default=None, description="of its bytes; null when it could not be had")
    captured_at: datetime | None = Field(default=None, description="when it was read, UTC")
    why: str = Field(description="it could not be searched; else empty")

    @classmethod
    def of(cls, photo: ReadPhoto) -> Self:
        return cls(
            name=photo.photo.name,
            address=photo.photo.address,
            digest=str(photo.digest) if photo.digest else None,
            captured_at=photo.captured_at,
            why=photo.why,
        )


class ListingHitModel(Model):
    """A hit in short; `GET /v1/hits/{hit_id}` has all of it."""

    hit_id: str
    record: str | None = Field(default=None, description="`registry/number`; null when it is not yours to see")
    verdict: Verdict
    false_alarm_rate: float

    @classmethod
    def of(cls, hit: KeptHit) -> Self:
        return cls(
            hit_id=hit.hit_id,
            record=str(hit.record.record_id) if hit.record else None,
            verdict=hit.verdict,
            false_alarm_rate=hit.false_alarm_rate,
        )


class ListingModel(Model):
    place: int = Field(description="in the source, from 0")
    key: str
    title: str
    seller: str
    address: str = Field(description="of the page that shows it")
    columns: list[tuple[str, str]] = Field(description="the others that it came with")
    state: ListingState
    why: str = Field(description="it, or one of its photos, could not be searched; else empty")
    photos: list[ListingPhotoModel]
    search_id: str | None = Field(default=None, description="for `GET /v1/searches/{search_id}`; null: not searched")
    hits: list[ListingHitModel] = Field(description="the strongest first")

    @classmethod
    def of(cls, one: KeptListing) -> Self:
        return cls(
            place=one.listing.place,
            key=one.listing.key,
            title=one.listing.title,
            seller=one.listing.seller,
            address=one.listing.address,
            columns=list(one.listing.columns),
            state=one.state,
            why=one.why,
            photos=list(map(ListingPhotoModel.of, one.photos)),
            search_id=one.search_id or None,
            hits=list(map(ListingHitModel.of, one.hits)),
        )


class ListingPage(Model):
    model_config = ConfigDict(json_schema_extra={"examples": [examples.LISTINGS]})

    listings: list[ListingModel]
    next: str | None = Field(default=None, description="cursor of the next page; null on the last one")

    @classmethod
    def of(cls, found: Sequence[KeptListing], following: str | None) -> Self:
        return cls(listings=list(map(ListingModel.of, found)), next=following)


def scan_url(scan: Scan) -> str:
    return f"/v1/scans/{scan.scan_id}"
