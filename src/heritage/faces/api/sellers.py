"""/v1/sellers: who offers what in your agency's scans."""

from enum import StrEnum
from typing import Annotated

from fastapi import APIRouter, Path, Query, Response

from heritage.domain.access import Scope
from heritage.faces import examples
from heritage.faces.api.attachments import XLSX, attached
from heritage.faces.api.openapi import GUARDED, answers, files
from heritage.faces.api.paging import PageNow
from heritage.faces.api.running import RunningNow
from heritage.faces.api.viewing import ViewerNow, needs
from heritage.faces.schemas.sellers import SellerDetail, SellerList
from heritage.service.context import graph_of, sellers_table_of
from heritage.service.sellers import export_sellers, find_sellers, reused_pictures, seller_graph

router = APIRouter(tags=["scans"])

SellerName = Annotated[str, Path(max_length=2_000, examples=["Galerie X"])]


class SellersKind(StrEnum):
    CSV = "csv"
    XLSX = "xlsx"
    GRAPHML = "graphml"


_MEDIA_TYPES = {
    SellersKind.CSV: "text/csv",
    SellersKind.XLSX: XLSX,
    SellersKind.GRAPHML: "application/graphml+xml",
}


@router.get(
    "/v1/sellers",
    operation_id="sellers.list",
    dependencies=[needs(Scope.MATCH)],
    summary="Sellers in your agency's scans",
    responses=answers(examples.SELLERS, *GUARDED, 422, 503, headers=["Link"]),
)
def sellers(
    running: RunningNow,
    viewer: ViewerNow,
    page: PageNow,
    response: Response,
    text: Annotated[str, Query(max_length=300, description="that is in the name")] = "",
) -> SellerList:
    """Those with the most strong matches first. A name may be a person's: it is deleted with the scan it came in."""
    start = page.number(0)
    found = find_sellers(running.context.sellers, viewer, text, start, page.wanted_count)
    return SellerList.of(*page.shown(found, response, lambda _: str(start + page.limit)))


@router.get(
    "/v1/sellers/{name:path}",
    operation_id="sellers.get",
    dependencies=[needs(Scope.MATCH)],
    summary="One seller, and the pictures that are used again",
    responses=answers(examples.SELLER_DETAIL, *GUARDED, 404, 422, 503),
)
def one_seller(running: RunningNow, viewer: ViewerNow, name: SellerName) -> SellerDetail:
    """Pictures are compared by their bytes, by perceptual hashes and by descriptors; the last find what is alike, not
    what is the same.
    """
    found = running.context.sellers.get(name, viewer)
    with running.turns.take():
        return SellerDetail.of(found, reused_pictures(running.context, viewer, name))


@router.get(
    "/v1/seller-exports/{kind}",
    operation_id="sellers.export",
    dependencies=[needs(Scope.EXPORT)],
    summary="All sellers as a table, or who offers what as a graph",
    response_class=Response,
    responses=files(
        "A line for each seller; or sellers, listings, photos and records, and what joins them",
        {media_type: examples.SELLER_EXPORT_BY_KIND[kind] for kind, media_type in _MEDIA_TYPES.items()},
        *(*GUARDED, 422, 503),
    ),
)
def export(running: RunningNow, viewer: ViewerNow, kind: SellersKind) -> Response:
    """The graph is GraphML, for Gephi, yEd, igraph and the like."""
    if kind is SellersKind.GRAPHML:
        with running.turns.take():
            content = graph_of(seller_graph(running.context, viewer))
    else:
        content = sellers_table_of(export_sellers(running.context, viewer), f".{kind}")
    return Response(content, media_type=_MEDIA_TYPES[kind], headers=attached(f"sellers.{kind}"))
