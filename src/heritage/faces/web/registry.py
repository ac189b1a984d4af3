"""The page at ``/registry``: records by words and criteria, with how many there are behind each further step."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from urllib.parse import urlencode

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import HTMLResponse

from heritage.domain.access import Scope
from heritage.domain.criteria import Criteria
from heritage.domain.digits import western
from heritage.domain.facets import Breakdown, FacetName, Facets
from heritage.domain.records import PARTIAL_DATE, RecordId, RegistryRecord, Status
from heritage.domain.terms import Facet, category_tree
from heritage.errors import InputError, NotFoundError
from heritage.faces.api.criteria import MAX_LENGTH
from heritage.faces.api.paging import MAX_PAGE
from heritage.faces.api.running import RunningNow
from heritage.faces.api.viewing import ViewerNow, needs
from heritage.faces.languages import N_, _
from heritage.faces.schemas.records import image_url
from heritage.faces.web.framing import page
from heritage.faces.web.hit_view import record_address
from heritage.faces.wording import STATUS_NAMES, label_words, term_label, term_options
from heritage.service.reading import count_facets, find_records

router = APIRouter(include_in_schema=False, default_response_class=HTMLResponse)

THUMBNAIL_SIDE = 240  # px
LINKS_SHOWN = 20  # of one facet: the page stays small, and whoever wants another value types it
TEXT_FIELDS = ("text", "category", "material", "period", "place", "since", "until", "registry", "owner")
_FACET_LABELS = {
    FacetName.STATUS: N_("Status"),
    FacetName.CATEGORY: N_("Category"),
    FacetName.MATERIAL: N_("Material"),
    FacetName.PERIOD: N_("Period"),
    FacetName.REGISTRY: N_("Registry"),
    FacetName.OWNER: N_("Owner agency"),
}
_TREE_FACETS = {
    FacetName.CATEGORY: Facet.OBJECT,
    FacetName.MATERIAL: Facet.MATERIAL,
    FacetName.PERIOD: Facet.PERIOD,
}


@dataclass(frozen=True, slots=True)
class Asked:
    """What was asked for, as it was typed: (name, value) of each parameter that has one."""

    pairs: tuple[tuple[str, str], ...]

    @classmethod
    def of(cls, request: Request) -> "Asked":
        given = request.query_params.multi_items()
        known = {*TEXT_FIELDS, "status"}
        return cls(tuple((name, value.strip()) for name, value in given if name in known and value.strip()))

    def value(self, name: str) -> str:
        return dict(self.pairs).get(name, "")

    @property
    def statuses(self) -> frozenset[Status]:
        return frozenset(Status(value) for name, value in self.pairs if name == "status" and value in set(Status))

    def problems(self) -> dict[str, str]:
        """What is wrong with single fields, by their names."""
        dates = (name for name in ("since", "until") if self.value(name))
        wrong = (name for name in dates if not PARTIAL_DATE.fullmatch(western(self.value(name))))
        return {name: _("Write a date like 1998, 1998-05 or 1998-05-21.") for name in wrong}

    def criteria(self) -> Criteria:
        """Raises `InputError`."""
        if any(len(value) > MAX_LENGTH for _name, value in self.pairs):
            raise InputError(f"ask with {MAX_LENGTH} characters at most")
        return Criteria(**{name: self.value(name) for name in TEXT_FIELDS}, statuses=self.statuses)

    def address(self, name: str = "", *values: str, after: str = "") -> str:
        """Of the page with these ``values`` of one parameter, none or several, in place of those it has."""
        pairs = [pair for pair in self.pairs if pair[0] != name] + [(name, value) for value in values if value]
        pairs += [("after", after)] if after else []
        return f"/registry?{urlencode(pairs)}" if pairs else "/registry"


@dataclass(frozen=True, slots=True)
class FacetLink:
    """A further step: where it leads, and how many records there are behind it."""

    label: str
    address: str
    record_count: int = 0
    is_chosen: bool = False


@dataclass(frozen=True, slots=True)
class FacetView:
    """One facet: what leads back up from what is chosen, and what leads further."""

    label: str
    chosen: tuple[FacetLink, ...]
    links: tuple[FacetLink, ...]
    is_partial: bool


@dataclass(frozen=True, slots=True)
class CardView:
    """A record as one of many: ``image`` is empty where no photograph may be shown."""

    label: str
    record_id: RecordId
    status: str
    address: str
    image: str


@router.get("/registry", dependencies=[needs(Scope.READ)])
def browse(request: Request, running: RunningNow, viewer: ViewerNow, after: str = "") -> HTMLResponse:
    asked = Asked.of(request)
    problems = asked.problems()
    problem, status = "", 200
    records: Sequence[RegistryRecord] = ()
    facets: Facets | None = None
    if not problems:
        try:
            criteria = asked.criteria()
            place = RecordId.parse(after) if after else None
            records = find_records(running.context, criteria, viewer, place, MAX_PAGE + 1)
            facets = count_facets(running.context, criteria, viewer)
        except InputError as error:
            problem = str(error)
    if problem or problems:
        status = 422
    last = str(records[MAX_PAGE - 1].record_id) if len(records) > MAX_PAGE else ""
    return page(
        request,
        "registry.html",
        status,
        asked=asked,
        problem=problem,
        problems=problems,
        facets=facets,
        links_shown=LINKS_SHOWN,
        facet_views=tuple(_facet_views(asked, facets)) if facets else (),
        cards=[card_of(one) for one in records[:MAX_PAGE]],
        first_address=asked.address() if after else "",
        next_address=asked.address(after=last) if last else "",
        status_names=STATUS_NAMES,
        options={
            "category": term_options(Facet.OBJECT),
            "material": term_options(Facet.MATERIAL) + term_options(Facet.TECHNIQUE),
            "period": term_options(Facet.PERIOD),
        },
        may_write=viewer.may(Scope.WRITE),
    )


def card_of(record: RegistryRecord) -> CardView:
    """The photographs of a withdrawn record are not shown."""
    is_shown = record.photographs and record.status is not Status.WITHDRAWN
    return CardView(
        label=label_words(record),
        record_id=record.record_id,
        status=_(STATUS_NAMES[record.status]),
        address=record_address(record.record_id),
        image=f"{image_url(record.images[0])}?size={THUMBNAIL_SIDE}" if is_shown else "",
    )


def _facet_views(asked: Asked, facets: Facets) -> Iterator[FacetView]:
    for one in facets.breakdowns:
        if one.name is FacetName.STATUS:
            view = _status_view(asked, one)
        else:
            label = _(_FACET_LABELS[one.name])
            view = FacetView(label, tuple(_back(asked, one.name)), tuple(_further(asked, one)), one.is_partial)
        if view.links or view.chosen:
            yield view


def _status_view(asked: Asked, found: Breakdown) -> FacetView:
    """Several statuses may be chosen: each link adds its own, or takes it away."""
    links = []
    for one in found.counts:
        status = Status(one.value)
        is_chosen = status in asked.statuses
        address = asked.address("status", *sorted(asked.statuses ^ {status}))
        links.append(FacetLink(_(STATUS_NAMES[status]), address, one.record_count, is_chosen))
    return FacetView(_("Status"), (), tuple(links), found.is_partial)


def _further(asked: Asked, found: Breakdown) -> Iterator[FacetLink]:
    chosen = asked.value(found.name.value)
    for one in found.counts:
        label = term_label(one.value) if found.name in _TREE_FACETS else one.value
        is_chosen = one.value == chosen
        address = asked.address(found.name.value, "" if is_chosen else one.value)
        yield FacetLink(label, address, one.record_count, is_chosen)


def _back(asked: Asked, name: FacetName) -> Iterator[FacetLink]:
    """From everything down to what is chosen."""
    chosen = asked.value(name.value)
    if not chosen or name not in _TREE_FACETS:
        return
    yield FacetLink(_("All"), asked.address(name.value))
    try:
        above = category_tree().ancestors(chosen)
    except NotFoundError:
        return
    for term in reversed(above[:-1]):  # but the root
        yield FacetLink(term_label(term.id), asked.address(name.value, term.id))
    yield FacetLink(term_label(chosen), asked.address(name.value, chosen), is_chosen=True)
