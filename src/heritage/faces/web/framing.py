"""The frame around every page: who reads it, and where they may go from it."""

from dataclasses import dataclass, replace
from http import HTTPStatus
from typing import cast

from starlette.requests import Request
from starlette.responses import HTMLResponse

from heritage.domain.access import ANYBODY, Scope, Viewer
from heritage.domain.accounts import Person
from heritage.faces.api.running import Running
from heritage.faces.languages import N_, _, number
from heritage.faces.web.rendering import environment
from heritage.service.context import Context
from heritage.service.review import count_waiting


@dataclass(frozen=True, slots=True)
class Place:
    """A page that every other one leads to, for whom has one of the rights it needs."""

    address: str
    label: str
    scopes: frozenset[Scope]
    covers: tuple[str, ...] = ()  # addresses of pages that belong to it and do not lie below it


INBOX = Place("/inbox", N_("Inbox"), frozenset({Scope.READ}), covers=("/hits", "/searches", "/watches"))
ADMINISTRATION = Place(
    "/administration",
    N_("Administration"),
    frozenset({Scope.ACCOUNTS, Scope.AUDIT}),
    covers=("/people", "/keys", "/agency", "/agencies", "/audit"),
)
REGISTRY = Place("/registry", N_("Registry"), frozenset({Scope.READ}), covers=("/records", "/edit", "/withdraw"))
CASES = Place("/cases", N_("Cases"), frozenset({Scope.DECIDE}))
SCANS = Place("/scans", N_("Scans"), frozenset({Scope.MATCH}), covers=("/sellers",))
PLACES = (Place("/", N_("Search"), frozenset({Scope.MATCH})), SCANS, INBOX, CASES, REGISTRY, ADMINISTRATION)
MOST_COUNTED = 100  # in the menu: more than that says no more


@dataclass(frozen=True, slots=True)
class Frame:
    """Who reads a page, and at which address. ``waiting_count`` hits wait for a word of their agency.

    ``photo_days``: for how many days the photos of their searches are kept; None where nobody is known.
    """

    viewer: Viewer = ANYBODY
    person: Person | None = None
    path: str = ""
    waiting_count: int = 0
    photo_days: int | None = None

    @classmethod
    def of(cls, request: Request) -> "Frame":
        """Nobody is known at the pages that everybody may open."""
        caller = getattr(request.state, "caller", None)
        return cls(caller.viewer, caller.person, request.url.path) if caller else cls(path=request.url.path)

    def filled(self, context: Context) -> "Frame":
        """The same with what the database knows of its reader."""
        count = count_waiting(context, self.viewer, MOST_COUNTED) if self.viewer.may(Scope.READ) else 0
        return replace(self, waiting_count=count, photo_days=context.photos.days_of(self.viewer.agency))

    @property
    def places(self) -> tuple[Place, ...]:
        return tuple(place for place in PLACES if any(map(self.viewer.may, place.scopes)))

    def label_of(self, place: Place) -> str:
        """The place's name, and what waits there."""
        name = _(place.label)
        if place is not INBOX or not self.waiting_count:
            return name
        count = number(min(self.waiting_count, MOST_COUNTED - 1)) + ("+" if self.waiting_count >= MOST_COUNTED else "")
        return _("%(place)s (%(count)s)") % {"place": name, "count": count}

    def is_at(self, place: Place) -> bool:
        """Whether the page is that place or one below it."""
        return any(
            self.path == address or (address != "/" and self.path.startswith(f"{address}/"))
            for address in (place.address, *place.covers)
        )


NOBODY = Frame()


def rendered(template: str, frame: Frame = NOBODY, **values: object) -> str:
    """The page that ``template`` makes of ``values``, in ``frame``."""
    return environment().get_template(template).render(frame=frame, **values)


def page(request: Request, template: str, status: int = 200, **values: object) -> HTMLResponse:
    """The same as the answer to ``request``, in the frame of whoever asks."""
    frame = Frame.of(request)
    # Where the server itself failed, nothing more is asked of its database.
    if frame.viewer is not ANYBODY and status < HTTPStatus.INTERNAL_SERVER_ERROR:
        frame = frame.filled(cast(Running, request.app.state.running).context)
    return HTMLResponse(rendered(template, frame, **values), status)
