"""Searches that are kept, for the agency that made them."""

from collections.abc import Collection, Sequence
from typing import Self

from pydantic import ConfigDict, Field

from heritage.domain.images import ImageDigest
from heritage.domain.review import KeptHit, KeptSearch
from heritage.faces import examples
from heritage.faces.schemas.base import Model
from heritage.faces.schemas.hits import KeptHitModel, SearchModel
from heritage.faces.schemas.records import photo_url


class KeptSearchModel(Model):
    model_config = ConfigDict(json_schema_extra={"examples": [examples.KEPT_SEARCH]})

    search: SearchModel
    photo_urls: list[str | None] = Field(
        description="where the API serves derivatives of the photos, in their order; null: not kept, or no longer"
    )
    hits: list[KeptHitModel] = Field(description="best first; empty: nothing was found")

    @classmethod
    def of(cls, search: KeptSearch, hits: Sequence[KeptHit], kept: Collection[ImageDigest]) -> Self:
        return cls(
            search=SearchModel.of(search),
            photo_urls=[photo_url(one.digest) if one.digest in kept else None for one in search.photos],
            hits=[KeptHitModel.of(hit) for hit in hits],
        )


class SearchPage(Model):
    model_config = ConfigDict(json_schema_extra={"examples": [examples.SEARCH_PAGE]})

    searches: list[SearchModel] = Field(description="the newest first")
    next: str | None = Field(description="`cursor` of the page after this one; null: this is the last")

    @classmethod
    def of(cls, searches: Sequence[KeptSearch], following: str | None) -> Self:
        return cls(searches=[SearchModel.of(one) for one in searches], next=following)
