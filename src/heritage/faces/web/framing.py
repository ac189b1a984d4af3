"""The frame around every page: who reads it, and where they may go from it."""

from dataclasses import dataclass

from starlette.requests import Request
from starlette.responses import HTMLResponse

from heritage.domain.access import ANYBODY, Scope, Viewer
from heritage.domain.accounts import Person
from heritage.faces.languages import N_
from heritage.faces.web.rendering import environment


@dataclass(frozen=True, slots=True)
class Place:
    """A page that every other one leads to, for whom has one of the rights it needs."""

    address: str
    label: str
    scopes: frozenset[Scope]


PLACES = (
    Place("/", N_("Search"), frozenset({Scope.MATCH})),
    Place("/registry", N_("Registry"), frozenset({Scope.READ})),
)


@dataclass(frozen=True, slots=True)
class Frame:
    """Who reads a page, and at which address.

    ``photo_days``: for how many days the photos of their searches are kept; None where nobody is known.
    """

    viewer: Viewer = ANYBODY
    person: Person | None = None
    path: str = ""
    photo_days: int | None = None

    @classmethod
    def of(cls, request: Request) -> "Frame":
        """Nobody is known at the pages that everybody may open."""
        caller = getattr(request.state, "caller", None)
        if caller is None:
            return cls(path=request.url.path)
        photos = request.app.state.running.context.photos
        return cls(caller.viewer, caller.person, request.url.path, photos.days_of(caller.viewer.agency))

    @property
    def places(self) -> tuple[Place, ...]:
        return tuple(place for place in PLACES if any(map(self.viewer.may, place.scopes)))

    def is_at(self, place: Place) -> bool:
        """Whether the page is that place or one below it."""
        return self.path == place.address or (place.address != "/" and self.path.startswith(f"{place.address}/"))


NOBODY = Frame()


def rendered(template: str, frame: Frame = NOBODY, **values: object) -> str:
    """The page that ``template`` makes of ``values``, in ``frame``."""
    return environment().get_template(template).render(frame=frame, **values)


def page(request: Request, template: str, status: int = 200, **values: object) -> HTMLResponse:
    """The same as the answer to ``request``, in the frame of whoever asks."""
    return HTMLResponse(rendered(template, Frame.of(request), **values), status)
