"""On whose behalf a request is answered."""

from typing import Annotated

from fastapi import Depends
from starlette.requests import Request

from heritage.domain.access import AT_THE_MACHINE, Viewer
from heritage.faces.api.around.idempotency import claim
from heritage.faces.api.running import RunningNow


def viewer_of(request: Request, running: RunningNow) -> Viewer:
    """Whoever signed the request; at a heritage without accounts, the person at the machine."""
    viewer = AT_THE_MACHINE
    request.state.viewer = viewer  # for the log
    claim(request, viewer, running.context.replies)
    return viewer


ViewerNow = Annotated[Viewer, Depends(viewer_of)]
