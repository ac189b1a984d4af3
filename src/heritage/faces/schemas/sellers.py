"""Sellers, as the API tells of them."""

from collections.abc import Sequence
from datetime import datetime
from typing import Self

from pydantic import ConfigDict, Field

from heritage.domain.sellers import Reused, Seller, Sighting
from heritage.faces import examples
from heritage.faces.schemas.base import Model


class SellerModel(Model):
    """All listings under one name in your agency's scans. Two people may use one name, and one person several."""

    name: str
    listing_count: int
    strong_count: int = Field(description="of the listings, those with a strong match")
    possible_count: int
    first_seen: datetime = Field(description="when a listing of theirs was first searched, UTC")
    last_seen: datetime
    hosts: list[str] = Field(description="of the pages that show their listings")
    pages: list[str] = Field(description="addresses of listings, the newest first, not all of them")

    @classmethod
    def of(cls, one: Seller) -> Self:
        return cls(
            name=one.name,
            listing_count=one.listing_count,
            strong_count=one.strong_count,
            possible_count=one.possible_count,
            first_seen=one.first_seen,
            last_seen=one.last_seen,
            hosts=list(one.hosts),
            pages=list(one.pages),
        )


class SellerList(Model):
    model_config = ConfigDict(json_schema_extra={"examples": [examples.SELLERS]})

    sellers: list[SellerModel] = Field(description="those with the most strong matches first")
    next: str | None = Field(default=None, description="cursor of the next page; null on the last one")

    @classmethod
    def of(cls, found: Sequence[Seller], following: str | None) -> Self:
        return cls(sellers=list(map(SellerModel.of, found)), next=following)


class SightingModel(Model):
    scan: str
    place: int = Field(description="of the listing in its scan, from 0")
    title: str
    seller: str
    address: str
    state: str
    at: datetime

    @classmethod
    def of(cls, one: Sighting) -> Self:
        return cls(
            scan=one.scan_id,
            place=one.place,
            title=one.title or one.key,
            seller=one.seller,
            address=one.address,
            state=one.state,
            at=one.at,
        )


class ReusedModel(Model):
    """A picture in several listings, also of others."""

    likeness: str = Field(description="`same photograph`, `nearly the same photograph`, or `alike` by descriptors")
    photos: list[str] = Field(description="digests of the files that show it")
    listings: list[SightingModel] = Field(description="the oldest first")

    @classmethod
    def of(cls, one: Reused) -> Self:
        photos, listings = list(map(str, one.photos)), list(map(SightingModel.of, one.sightings))
        return cls(likeness=one.likeness, photos=photos, listings=listings)


class SellerDetail(Model):
    model_config = ConfigDict(json_schema_extra={"examples": [examples.SELLER_DETAIL]})

    seller: SellerModel
    reused: list[ReusedModel] = Field(description="pictures that stand in several listings")

    @classmethod
    def of(cls, one: Seller, reused: Sequence[Reused]) -> Self:
        return cls(seller=SellerModel.of(one), reused=list(map(ReusedModel.of, reused)))
